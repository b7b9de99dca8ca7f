// Limits that hold, as a client of the chat routes meets them.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { post, start, temporaryFolder, until } from "./support/program.mjs";
import { startTheirServer } from "./support/their_server.mjs";

const hello = [{ role: "user", content: "Hello, are you open on Sunday?" }];
const chat = (server, body = {}, headers = {}) =>
  post(`${server.url}/v1/chat/completions`, { model: "leasing", messages: hello, ...body }, headers);

/** Runs `body(server)` with a server that has these settings. */
async function withServer(env, body) {
  const server = await start({ env });
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

test("the answer cache answers the same conversation without the model, but no caller's", async () => {
  let count = 0;
  await withModel(() => `Answer ${++count}.`, { OFFHOOK_ANSWER_CACHE: "on" }, async (server) => {
    const content = async (body) => (await chat(server, body)).json.choices[0].message.content;
    assert.equal(await content({}), "Answer 1.");
    assert.equal(await content({}), "Answer 1.");
    assert.equal(await content({ messages: [{ role: "user", content: " hello, are you open on  sunday? " }] }), "Answer 1.");
    assert.equal(await content({ customer: { number: "+12125550100" } }), "Answer 2.");
    assert.equal(await content({ customer: { number: "+12125550100" } }), "Answer 3.");
  });
});

test("the same question at the same time is asked once, where no tool could act", async () => {
  const agents = temporaryFolder();
  mkdirSync(agents, { recursive: true });
  writeFileSync(
    join(agents, "hours.yaml"),
    "name: hours\ntitle: Opening hours\nfirst_message: Hello!\nsystem_prompt: You tell when we are open.\n",
  );
  let answerNow;
  const held = new Promise((resolve) => (answerNow = resolve));
  const env = { OFFHOOK_AGENTS: agents, OFFHOOK_LLM_FIRST_TOKEN_MS: "30000", OFFHOOK_FIRST_WORDS_MS: "30000" };
  await withModel(() => held, env, async (server, theirs) => {
    const asked = [chat(server, { model: "hours" })];
    await until(() => theirs.requests.length === 1, "the first request is with the model");
    for (let i = 0; i < 5; ++i) asked.push(chat(server, { model: "hours", stream: i % 2 === 1 }));
    const own = chat(server, { model: "hours", customer: { number: "+12125550100" } });
    await until(() => theirs.requests.length === 2, "the caller's own request is with the model");
    answerNow("From nine to five.");
    for (const answer of await Promise.all(asked)) assert.equal(answer.status, 200);
    assert.equal((await asked[1]).json.choices[0].message.content, "From nine to five.");
    assert.match((await asked[2]).text, /From .*nine .*to .*five\./s);
    assert.equal((await own).status, 200);
    assert.equal(theirs.requests.length, 2);
  });
});
