// Limits that hold, as a client of the chat routes meets them.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import OpenAI, { RateLimitError } from "openai";
import { get, post, start, temporaryFolder, until } from "./support/program.mjs";
import { startTheirServer } from "./support/their_server.mjs";

const hello = [{ role: "user", content: "Hello, are you open on Sunday?" }];
const chat = (server, body = {}, headers = {}) =>
  post(`${server.url}/v1/chat/completions`, { model: "leasing", messages: hello, ...body }, headers);

/** What a gauge of /metrics shows. */
async function gauge(server, name, headers = {}) {
  const { text } = await get(`${server.url}/metrics`, headers);
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)[1]);
}

/** A folder with one agent, "hours", that has no tools and few words. */
function smallAgent() {
  const agents = temporaryFolder();
  mkdirSync(agents, { recursive: true });
  writeFileSync(
    join(agents, "hours.yaml"),
    "name: hours\ntitle: Opening hours\nfirst_message: Hello!\nsystem_prompt: You tell when we are open.\n",
  );
  return agents;
}

/** A promise, and what fulfils it. */
function promised() {
  let fulfil;
  const promise = new Promise((resolve) => (fulfil = resolve));
  return { promise, fulfil };
}

const patient = { OFFHOOK_LLM_FIRST_TOKEN_MS: "60000", OFFHOOK_FIRST_WORDS_MS: "60000", OFFHOOK_LLM_BETWEEN_TOKENS_MS: "60000" };

/** Runs `body(server)` with a server that has these settings. */
async function withServer(env, body, more = {}) {
  const server = await start({ env, ...more });
  try {
    await body(server);
  } finally {
    assert.equal(await server.stop(), 0);
  }
}

/** The same with a model of somebody else behind it, which answers as `say` does. */
async function withModel(say, env, body) {
  const theirs = await startTheirServer({ say });
  try {
    await withServer({ OPENAI_BASE_URL: `${theirs.url}/llm`, ...env }, (server) => body(server, theirs));
  } finally {
    await theirs.close();
  }
}

test("each key has its requests an hour, and reads what is left of them", async () => {
  const env = { OFFHOOK_API_KEYS: "key-number-one,key-number-two", OFFHOOK_KEY_RATE_PER_HOUR: "2" };
  await withServer(env, async (server) => {
    const one = { Authorization: "Bearer key-number-one" };
    const first = await chat(server, {}, one);
    assert.equal(first.status, 200);
    assert.equal(first.headers.get("x-ratelimit-limit-requests"), "2");
    assert.equal(first.headers.get("x-ratelimit-remaining-requests"), "1");
    assert.match(first.headers.get("x-ratelimit-reset-requests"), /^(29m\d+s|30m0s)$/);
    const streamed = await chat(server, { stream: true }, one);
    assert.equal(streamed.status, 200);
    assert.equal(streamed.headers.get("x-ratelimit-remaining-requests"), "0");
    const refused = await chat(server, {}, one);
    assert.equal(refused.status, 429);
    assert.equal(refused.json.error.type, "rate_limit_error");
    assert.equal(refused.json.error.code, "rate_limit_exceeded");
    const wait = Number(refused.headers.get("retry-after"));
    assert.ok(wait > 1700 && wait <= 1800, `Retry-After: ${wait}`);
    assert.equal(refused.headers.get("x-ratelimit-remaining-requests"), "0");
    const two = await chat(server, {}, { Authorization: "Bearer key-number-two" });
    assert.equal(two.status, 200);
  });
});

test("in open mode on loopback nobody is limited unless it was asked for", async () => {
  await withServer({}, async (server) => {
    const answer = await chat(server);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("x-ratelimit-limit-requests"), null);
  });
  await withServer({ OFFHOOK_RATE_PER_HOUR: "1" }, async (server) => {
    assert.equal((await chat(server)).status, 200);
    assert.equal((await chat(server)).status, 429);
  });
});

test("a caller is limited by the number, however it is given", async () => {
  await withServer({ OFFHOOK_CALLER_RATE_PER_HOUR: "2" }, async (server) => {
    const by = (number) => chat(server, { call: { id: "c", customer: { number } } });
    assert.equal((await by("+12125550100")).status, 200);
    const marked = [{ role: "user", content: "Hello [phone: +1 212 555 0100]" }];
    assert.equal((await chat(server, { messages: marked })).status, 200);
    const refused = await by("+12125550100");
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get("retry-after")) > 0);
    assert.ok(!refused.text.includes("5550100"));
    assert.equal((await by("+12125550101")).status, 200);
    assert.equal((await chat(server)).status, 200);
  });
});

test("a token budget that has too little left is insufficient_quota, not to be tried again", async () => {
  await withServer({ OFFHOOK_TOKENS_PER_DAY: "100" }, async (server) => {
    for (const stream of [false, true]) {
      const refused = await chat(server, { stream });
      assert.equal(refused.status, 429);
      assert.equal(refused.json.error.code, "insufficient_quota");
      assert.equal(refused.headers.get("x-should-retry"), "false");
      assert.ok(Number(refused.headers.get("retry-after")) <= 24 * 3600);
    }
  });
});

test("more than the places and the queue hold is 503 with Retry-After", async () => {
  let answerNow;
  const held = new Promise((resolve) => (answerNow = resolve));
  const env = { OFFHOOK_LLM_CONCURRENCY: "1", OFFHOOK_LLM_QUEUE: "0", OFFHOOK_LLM_FIRST_TOKEN_MS: "30000" };
  await withModel(() => held, { ...env, OFFHOOK_FIRST_WORDS_MS: "30000" }, async (server, theirs) => {
    const first = chat(server);
    await until(() => theirs.requests.length === 1, "the first request is with the model");
    const refused = await chat(server, { messages: [{ role: "user", content: "Me too" }] });
    assert.equal(refused.status, 503);
    assert.equal(refused.json.error.type, "service_unavailable_error");
    assert.equal(refused.headers.get("retry-after"), "1");
    answerNow("Yes.");
    assert.equal((await first).json.choices[0].message.content, "Yes.");
    assert.equal((await chat(server)).status, 200);
  });
});

test("the answer cache answers the same conversation without the model, in calls too", async () => {
  let count = 0;
  await withModel(() => `Answer ${++count}.`, { OFFHOOK_ANSWER_CACHE: "on" }, async (server) => {
    const content = async (body) => (await chat(server, body)).json.choices[0].message.content;
    assert.equal(await content({}), "Answer 1.");
    assert.equal(await content({}), "Answer 1.");
    assert.equal(await content({ messages: [{ role: "user", content: " hello, are you open on  sunday? " }] }), "Answer 1.");
    const otherQuestion = [{ role: "user", content: "Are you open on Monday?" }];
    const call = (id, number) => content({ messages: otherQuestion, call: { id, customer: { number } } });
    assert.equal(await call("call-1", "+12125550100"), "Answer 2.");
    assert.equal(await call("call-2", "+12125550101"), "Answer 2.");
    assert.equal(await content({ temperature: 0 }), "Answer 3.");
    assert.equal(await content({ max_tokens: 99 }), "Answer 4.");
  });
});

/** Asks by a stream, and answers its reader when its text holds "open". */
async function listenUntilOpen(server, body, signal) {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model: "leasing", stream: true, messages: hello, ...body }),
    signal,
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("open")) {
    const { value, done } = await reader.read();
    assert.ok(!done, text);
    text += value;
  }
  return reader;
}

/** The rest of what it reads. */
async function readRest(reader) {
  let rest = "";
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) rest += piece.value;
  return rest;
}

test("the same question at the same time is asked once, whatever tools are on offer", async () => {
  const { promise, fulfil } = promised();
  await withModel(() => ({ text: "We are open all day.", goesOnWhen: promise }), patient, async (server, theirs) => {
    const same = Array.from({ length: 8 }, () => listenUntilOpen(server));
    const own = listenUntilOpen(server, { customer: { number: "+12125550100" } });
    const other = listenUntilOpen(server, { messages: [{ role: "user", content: "And on Monday?" }] });
    const readers = await Promise.all([...same, own, other]);
    assert.ok(theirs.requests[0].body.tools.length > 0);
    fulfil();
    for (const reader of readers) assert.match(await readRest(reader), /day\./);
    assert.equal(theirs.requests.length, 3);
  });
});

test("of those who share an answer the first may leave, and the last one's leaving cancels it", async () => {
  const { promise, fulfil } = promised();
  await withModel(() => ({ text: "We are open all day.", goesOnWhen: promise }), patient, async (server, theirs) => {
    const leaving = [new AbortController(), new AbortController()];
    const first = await listenUntilOpen(server, {}, leaving[0].signal);
    const second = await listenUntilOpen(server, {}, leaving[1].signal);
    assert.equal(theirs.requests.length, 1);
    leaving[0].abort();
    await assert.rejects(first.closed);
    // A third still joins the answer that the first began.
    const third = await listenUntilOpen(server);
    assert.equal(await gauge(server, "offhook_model_answers"), 1);
    assert.equal(theirs.requests[0].isLeft, false);
    fulfil();
    assert.match(await readRest(third), /day\./);
    await second.cancel();
    assert.equal(theirs.requests.length, 1);
    assert.equal(theirs.requests[0].isLeft, false);
  });
  const never = promised();
  await withModel(() => ({ text: "We are open all day.", goesOnWhen: never.promise }), patient, async (server, theirs) => {
    const leaving = new AbortController();
    await Promise.all([0, 1, 2].map(() => listenUntilOpen(server, {}, leaving.signal)));
    assert.equal(theirs.requests.length, 1);
    leaving.abort();
    await until(() => theirs.requests[0].isLeft, "the upstream request is cancelled");
    await until(async () => (await gauge(server, "offhook_model_answers")) === 0, "its place is free");
    never.fulfil();
  });
});

test("OpenAI's client sees a RateLimitError, and gets through by its own retries", async () => {
  await withServer({ OFFHOOK_RATE_LIMITS: "chat=30" }, async (server) => {
    const ask = { model: "leasing", messages: hello };
    const once = new OpenAI({ apiKey: "sk-none", baseURL: `${server.url}/v1`, maxRetries: 0 });
    let refused;
    for (let i = 0; i < 200 && !refused; ++i) refused = await once.chat.completions.create(ask).then(() => undefined, (error) => error);
    assert.ok(refused instanceof RateLimitError, `${refused}`);
    assert.equal(refused.status, 429);
    assert.equal(refused.code, "rate_limit_exceeded");
    assert.equal(refused.headers.get("x-ratelimit-remaining-requests"), "0");
    assert.ok(Number(refused.headers.get("retry-after")) <= 2);
    const patientClient = new OpenAI({ apiKey: "sk-none", baseURL: `${server.url}/v1`, maxRetries: 3 });
    const answer = await patientClient.chat.completions.create(ask);
    assert.ok(answer.choices[0].message.content.length > 0);
  });
});

test("OpenAI's client does not try a spent budget again", async () => {
  await withServer({ OFFHOOK_TOKENS_PER_DAY: "100" }, async (server) => {
    const client = new OpenAI({ apiKey: "sk-none", baseURL: `${server.url}/v1`, maxRetries: 3 });
    const refused = await client.chat.completions.create({ model: "leasing", messages: hello }).catch((error) => error);
    assert.ok(refused instanceof RateLimitError);
    assert.equal(refused.code, "insufficient_quota");
    const { text } = await get(`${server.url}/metrics`);
    assert.match(text, /^offhook_http_requests_total{class="4xx"} 1$/m);
  });
});

test("from elsewhere an address without a key has 100 requests an hour", async (t) => {
  const own = Object.values(networkInterfaces())
    .flat()
    .find((each) => each.family === "IPv4" && !each.internal);
  if (!own) return t.skip("this machine has no address but loopback");
  /** As somebody on the network asks; a foreign Host would not be let in at all. */
  const ask = (port) =>
    new Promise((resolve, reject) => {
      const headers = { Host: "localhost", "Content-Type": "application/json" };
      const sent = request({ host: own.address, port, path: "/v1/chat/completions", method: "POST", headers }, (response) => {
        response.resume().on("end", () => resolve(response));
      });
      sent.on("error", reject);
      sent.end(JSON.stringify({ model: "leasing", messages: hello }));
    });
  await withServer({}, async (server) => {
    for (let i = 0; i < 100; ++i) {
      const answer = await ask(server.port);
      assert.equal(answer.statusCode, 200);
      assert.equal(answer.headers["x-ratelimit-limit-requests"], "100");
    }
    let refused = await ask(server.port);
    // One may have come back meanwhile: 36 seconds refill it.
    for (let i = 0; i < 3 && refused.statusCode === 200; ++i) refused = await ask(server.port);
    assert.equal(refused.statusCode, 429);
    assert.ok(Number(refused.headers["retry-after"]) <= 36);
    assert.equal((await chat(server)).status, 200); // this machine itself is spared
  }, { args: ["--host", "0.0.0.0", "--insecure"] });
});

test("those who wait are served key by key, and whoever leaves the queue makes room in it", async () => {
  const env = { ...patient, OFFHOOK_LLM_CONCURRENCY: "1", OFFHOOK_LLM_QUEUE: "5", OFFHOOK_API_KEYS: "key-number-a,key-number-b" };
  const { promise, fulfil } = promised();
  await withModel(() => promise, env, async (server, theirs) => {
    const keys = { a: { Authorization: "Bearer key-number-a" }, b: { Authorization: "Bearer key-number-b" } };
    const waiting = (count) =>
      until(async () => (await gauge(server, "offhook_model_requests_waiting", keys.a)) === count, `${count} wait`);
    const ask = (name, signal) =>
      fetch(`${server.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...keys[name[0]] },
        body: JSON.stringify({ model: "leasing", messages: [{ role: "user", content: name }] }),
        signal,
      });
    const asked = [ask("a0")];
    await until(() => theirs.requests.length === 1, "the first request is with the model");
    for (let i = 1; i <= 4; ++i) {
      asked.push(ask(`a${i}`));
      await waiting(i);
    }
    const leaver = new AbortController();
    const left = ask("a5", leaver.signal);
    left.catch(() => {});
    await waiting(5);
    const tooMany = await ask("a6");
    assert.equal(tooMany.status, 503);
    assert.equal(tooMany.headers.get("retry-after"), "1");
    assert.equal((await tooMany.json()).error.code, "queue_full");
    leaver.abort();
    await waiting(4);
    asked.push(ask("b1"));
    await waiting(5);
    fulfil("Yes.");
    for (const answer of await Promise.all(asked)) assert.equal(answer.status, 200);
    const order = theirs.requests.map((request) => request.body.messages.at(-1).content);
    assert.deepEqual(order, ["a0", "a1", "b1", "a2", "a3", "a4"]);
  });
});

/** Asks different questions one after the other until the budget refuses. Answers how many were answered. */
async function askUntilRefused(server, limit = 1000) {
  for (let count = 0; count < limit; ++count) {
    const question = [{ role: "user", content: `Question number ${count}` }];
    const answer = await chat(server, { model: "hours", max_tokens: 50, messages: question });
    if (answer.status === 200) continue;
    assert.equal(answer.status, 429);
    assert.equal(answer.json.error.code, "insufficient_quota");
    return count;
  }
  return limit;
}

const budget = 6000;
const cost = 300;
const usage = { prompt_tokens: 200, completion_tokens: 100, total_tokens: cost };
/** A budget is a day's: no test of one may go on over midnight. */
const aDayEnds = new Date().getUTCHours() === 23 && new Date().getUTCMinutes() >= 55 && "midnight in UTC is near";
const thrifty = () => ({ OFFHOOK_AGENTS: smallAgent(), OFFHOOK_TOKENS_PER_DAY: String(budget), OFFHOOK_AGENT: "hours" });

test("a token budget outlives the process: to the token when it is stopped, and never more when it is killed", { skip: aDayEnds }, async () => {
  const theirs = await startTheirServer({ say: () => ({ text: "Nine to five.", usage }) });
  const env = { OPENAI_BASE_URL: `${theirs.url}/llm`, ...thrifty() };
  try {
    const whole = await start({ env });
    const allowed = await askUntilRefused(whole);
    assert.equal(await whole.stop(), 0);
    assert.ok(allowed >= 10 && allowed * cost <= budget, `${allowed} were answered`);

    const data = temporaryFolder();
    const stopped = await start({ env, data });
    assert.equal(await askUntilRefused(stopped, 5), 5);
    assert.equal(await stopped.stop(), 0);
    const again = await start({ env, data });
    assert.equal(await askUntilRefused(again), allowed - 5);
    assert.equal(await again.stop(), 0);

    const killedData = temporaryFolder();
    const before = theirs.requests.length;
    for (let round = 0; round < 20; ++round) {
      const killed = await start({ env, data: killedData });
      const answered = await askUntilRefused(killed, 3);
      await killed.kill("SIGKILL");
      if (answered < 3) break;
      assert.ok(round < 19, "the budget never ends");
    }
    const asked = theirs.requests.length - before;
    assert.ok(asked * cost <= budget && asked >= 6, `${asked} were asked`);
  } finally {
    await theirs.close();
  }
});

test("many at the same time never overspend a token budget, nor do those who leave in the middle", { skip: aDayEnds }, async () => {
  const never = promised();
  // A token a word, and one more for everything that was asked.
  const words = "We are open from nine to five.";
  const say = (body) => {
    const isCut = body.messages.at(-1).content.startsWith("Cut");
    return isCut ? { text: words, goesOnWhen: never.promise } : { text: words, usage };
  };
  await withModel(say, { ...thrifty(), ...patient }, async (server, theirs) => {
    const leaving = [];
    for (let i = 0; i < 3; ++i) {
      const leaver = new AbortController();
      const response = await fetch(`${server.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ model: "hours", stream: true, max_tokens: 50, messages: [{ role: "user", content: `Cut ${i}` }] }),
        signal: leaver.signal,
      });
      assert.equal(response.status, 200);
      // The head comes at once; the words, when the model has been asked.
      for await (const piece of response.body) if (Buffer.from(piece).includes("We")) break;
      leaver.abort();
      leaving.push(until(() => theirs.requests[i].isLeft, "the model is left"));
    }
    await Promise.all(leaving);
    const asked = Array.from({ length: 60 }, (_, i) =>
      chat(server, { model: "hours", max_tokens: 50, stream: i % 2 === 0, messages: [{ role: "user", content: `Ask ${i}` }] }),
    );
    const statuses = (await Promise.all(asked)).map((answer) => answer.status);
    const answered = statuses.filter((status) => status === 200).length;
    assert.equal(statuses.filter((status) => status === 429).length, 60 - answered);
    assert.ok(answered > 0 && answered < 60, `${answered} were answered`);
    assert.equal(theirs.requests.length, answered + 3);
    // The cut ones cost at least a prompt and what was said of the answer.
    assert.ok(answered * cost + 3 * (words.split(" ").length + 1) <= budget, `${answered} were answered`);
    never.fulfil();
  });
});

test("the answer cache gives a caller back what is the caller's own, and gives it to nobody else", async () => {
  let count = 0;
  await withModel(() => `Your number ends in ${1000 + ++count}.`, { OFFHOOK_ANSWER_CACHE: "on" }, async (server) => {
    const content = async (number) =>
      (await chat(server, number ? { customer: { number } } : {})).json.choices[0].message.content;
    assert.equal(await content("+12125550100"), "Your number ends in 1001.");
    assert.equal(await content("+12125550100"), "Your number ends in 1001.");
    assert.equal(await content("+12125550101"), "Your number ends in 1002.");
    assert.equal(await content(), "Your number ends in 1003.");
    assert.equal(await content(), "Your number ends in 1004.");
  });
});
