// Tools that an agent file defines: HTTP tools against a server that does what the wire can do to one, and MCP
// servers made with the official SDK, over standard input and output and over streamable HTTP.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startMcpOverHttp } from "./support/mcp_peer.mjs";
import { get, post, run, start, temporaryFolder, until } from "./support/program.mjs";
import { startTheirServer } from "./support/their_server.mjs";

const example = readFileSync(new URL("../data/agents/shop.yaml", import.meta.url), "utf8");
const peerProgram = fileURLToPath(new URL("./support/mcp_peer.mjs", import.meta.url));
const secret = "shop-s3cret-token";

/** The shop's server. `answer(request)` decides: {status, headers, body}, or null for no answer at all. */
async function startShop(answer) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const seen = { method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(pieces).toString() };
    requests.push(seen);
    const decided = await answer(seen, requests.length);
    if (decided === null) return;
    if (decided === "cut") return response.destroy();
    const { status = 200, headers = {}, body = {} } = decided;
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** A folder with one agent file. */
function agentFolder(yaml) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "shop.yaml"), yaml);
  return folder;
}

const environment = (yaml, more = {}) => ({
  OFFHOOK_AGENTS: agentFolder(yaml),
  OFFHOOK_AGENT: "shop",
  OFFHOOK_ALLOW_PRIVATE: "127.0.0.1",
  OFFHOOK_SECRET_SHOP_TOKEN: secret,
  ...more,
});

/** A tool-calls message; `calls` are [id, name, arguments]. Answers {status, results, text}. */
async function callTools(server, callId, calls) {
  const toolCallList = calls.map(([id, name, args]) => ({ id, type: "function", function: { name, arguments: args ?? {} } }));
  const message = { type: "tool-calls", call: { id: callId }, customer: { number: "+14155550123" }, toolCallList };
  const { status, json, text } = await post(`${server.url}/vapi/webhook`, { message });
  return { status, text, results: json?.results };
}

/** What the caller hears of one tool. */
async function hear(server, callId, name, args, id = `${callId}-${name}`) {
  const { status, results } = await callTools(server, callId, [[id, name, args]]);
  assert.equal(status, 200);
  return results[0].result ?? results[0].error;
}

const names = async (server) => (await get(`${server.url}/api/v1/tools`)).json.data.filter((tool) => tool.agent === "shop").map((tool) => tool.name);

// HTTP tools

test("an HTTP tool asks with its secret and says one line; the secret is nowhere else", async () => {
  const shop = await startShop(({ url }) =>
    url.startsWith("/orders/NONE") ? { status: 404, body: { why: "stack trace" } } : { body: { order: { id: "A-1", state: "**on\nits way**" }, cost: 7 } });
  const server = await start({ env: environment(example.replaceAll("SHOP_URL", shop.url), { OFFHOOK_LOG: "debug" }) });
  assert.equal(await hear(server, "c1", "order_status", { order_id: "A-1" }), "Order A-1 is on its way.");
  assert.equal(await hear(server, "c2", "order_status", { order_id: "NONE" }), "I can't find an order of that number.");
  assert.match(await hear(server, "c3", "order_status", { order_id: "../x" }), /didn't catch the order id/);
  assert.match(await hear(server, "c4", "order_status", {}), /didn't catch the order id/);
  assert.equal(shop.requests.length, 2);
  assert.equal(shop.requests[0].url, "/orders/A-1?lang=en&caller=%2B14155550123");
  assert.equal(shop.requests[0].headers.authorization, `Bearer ${secret}`);
  const listed = (await get(`${server.url}/api/v1/tools`)).json.data.find((tool) => tool.name === "order_status");
  assert.equal(listed.effect, "reads");
  assert.equal(listed.agent, "shop");
  assert.equal(await server.stop(), 0);
  const { stdout, stderr } = server.output();
  assert.doesNotMatch(stdout + stderr + (await run(["settings"], { env: environment(example) })).stdout, new RegExp(secret));
  await shop.close();
});

test("another agent does not have it", async () => {
  const shop = await startShop(() => ({}));
  const server = await start({ env: environment(example.replaceAll("SHOP_URL", shop.url), { OFFHOOK_AGENT: "leasing" }) });
  assert.equal(await hear(server, "c1", "place_order", { item: "bell" }), "Unknown function: place_order");
  assert.equal(shop.requests.length, 0);
  assert.equal(await server.stop(), 0);
  await shop.close();
});

test("several tools of one message run at the same time, their results in the order of the calls", async () => {
  const waiting = [];
  // Nobody is answered before all have asked.
  const shop = await startShop(async ({ url }) => {
    await new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 4) waiting.forEach((go) => go());
    });
    const id = /orders\/(\w+)/.exec(url)[1];
    if (id === "C3") return { status: 200, headers: { "Content-Type": "text/html" }, body: "<h1>Sorry</h1>" };
    return { body: { order: { id, state: "ready" } } };
  });
  const server = await start({ env: environment(example.replaceAll("SHOP_URL", shop.url).replaceAll("retries: 2", "retries: 0")) });
  const { results } = await callTools(server, "c1", [
    ["t1", "order_status", { order_id: "A1" }],
    ["t2", "order_status", { order_id: "B2" }],
    ["t3", "order_status", { order_id: "C3" }],
    ["t4", "no_such_tool", {}],
    ["t5", "order_status", { order_id: "D4" }],
  ]);
  assert.deepEqual(results.map((result) => result.toolCallId), ["t1", "t2", "t3", "t4", "t5"]);
  assert.equal(results[0].result, "Order A1 is ready.");
  assert.equal(results[1].result, "Order B2 is ready.");
  assert.match(results[2].error ?? results[2].result, /couldn't look that up/);
  assert.match(results[3].error ?? results[3].result, /Unknown function/);
  assert.equal(results[4].result, "Order D4 is ready.");
  assert.equal(await server.stop(), 0);
  await shop.close();
});

test("a read is retried; a write is sent once, bears a key, and is answered from the journal", async () => {
  const shop = await startShop(({ method }, nth) => (method === "GET" && nth < 3 ? { status: 503 } : { body: { order: { id: "A-7", state: "new" } } }));
  const server = await start({ env: environment(example.replaceAll("SHOP_URL", shop.url)) });
  assert.equal(await hear(server, "c1", "order_status", { order_id: "A-7" }), "Order A-7 is new.");
  assert.equal(shop.requests.length, 3);
  for (let times = 0; times < 3; ++times) {
    assert.equal(await hear(server, "c2", "place_order", { item: "bell", count: "2" }), "I've ordered that for you. Your order number is A-7.");
  }
  const sent = shop.requests.slice(3);
  assert.equal(sent.length, 1);
  assert.deepEqual(JSON.parse(sent[0].body), { item: "bell", count: 2, phone: "+14155550123" });
  assert.match(sent[0].headers["idempotency-key"], /^[0-9a-f-]{36}$/);
  assert.equal(await server.stop(), 0);
  await shop.close();
});

test("what the wire can do to a write is a sentence, and it is never sent twice", async () => {
  const cases = {
    redirect: [{ status: 307, headers: { Location: "http://169.254.169.254/latest/meta-data/" } }, /didn't work/],
    cut: ["cut", /can't tell whether that went through/],
    silent: [null, /can't tell whether that went through/],
    broken: [{ status: 500, headers: { "Content-Type": "text/plain" }, body: "NullPointerException at Shop.java:17" }, /can't tell/],
    refused: [{ status: 422, body: { error: "internal detail" } }, /didn't work/],
    huge: [{ status: 200, body: `"${"x".repeat(1_000_000)}"` }, /That's done/],
    html: [{ status: 200, headers: { "Content-Type": "text/html" }, body: "<html>" }, /That's done/],
  };
  const shop = await startShop(({ body }) => cases[JSON.parse(body).item][0]);
  const server = await start({ env: environment(example.replaceAll("SHOP_URL", shop.url)) });
  for (const [name, [, heard]] of Object.entries(cases)) {
    for (let times = 0; times < 2; ++times) {
      const said = await hear(server, name, "place_order", { item: name });
      assert.match(said, heard, name);
      assert.doesNotMatch(said, /internal|Exception|http/i);
    }
    assert.equal(shop.requests.filter(({ body }) => JSON.parse(body).item === name).length, 1, `${name} was sent once`);
  }
  assert.equal(await server.stop(), 0);
  await shop.close();
});

test("a server that is not there may be asked again later", async () => {
  const gone = await startShop(() => ({}));
  await gone.close();
  const server = await start({ env: environment(example.replaceAll("SHOP_URL", gone.url)) });
  assert.match(await hear(server, "c1", "place_order", { item: "bell" }), /didn't work/);
  assert.equal(await server.stop(), 0);
});

test("two deliveries at once are one request", async () => {
  let go;
  const shop = await startShop(async () => {
    await new Promise((resolve) => (go = resolve));
    return { body: { order: { id: "A-8" } } };
  });
  const server = await start({ env: environment(example.replaceAll("SHOP_URL", shop.url), { OFFHOOK_LOOPS: "4" }) });
  const heard = Array.from({ length: 6 }, () => hear(server, "c1", "place_order", { item: "bell" }, "t1"));
  await until(() => go, "the shop was asked");
  go();
  assert.deepEqual(new Set(await Promise.all(heard)), new Set(["I've ordered that for you. Your order number is A-8."]));
  assert.equal(shop.requests.length, 1);
  assert.equal(await server.stop(), 0);
  await shop.close();
});

test("kill -9 between sending and the answer: unknown, or sent again with the same key when that is allowed", async () => {
  let answers = false;
  const shop = await startShop(() => (answers ? { body: { order: { id: "A-9" } } } : null));
  const env = environment(example.replaceAll("SHOP_URL", shop.url));
  const first = await start({ env });
  const givenUp = [hear(first, "c1", "place_order", { item: "bell" }), hear(first, "c2", "reserve_item", { item: "bell" })];
  const left = Promise.allSettled(givenUp);
  await until(() => shop.requests.length === 2, "both were sent");
  assert.deepEqual(await first.kill("SIGKILL"), { code: null, signal: "SIGKILL" });
  assert.ok((await left).every(({ status }) => status === "rejected"), "nobody was answered");
  answers = true;
  const second = await start({ env, data: first.data });
  assert.match(await hear(second, "c1", "place_order", { item: "bell" }), /can't tell whether that went through/);
  assert.equal(await hear(second, "c2", "reserve_item", { item: "bell" }), "It is reserved for you until tomorrow evening.");
  assert.equal(await hear(second, "c2", "reserve_item", { item: "bell" }), "It is reserved for you until tomorrow evening.");
  assert.equal(await second.stop(), 0);
  const orders = shop.requests.filter(({ url }) => url === "/orders");
  const reservations = shop.requests.filter(({ url }) => url.startsWith("/reservations/"));
  assert.equal(orders.length, 1, "not sent again");
  assert.equal(reservations.length, 2);
  assert.equal(reservations[0].headers["idempotency-key"], reservations[1].headers["idempotency-key"]);
  await shop.close();
});

test("faults of an agent file are all named with file and line, and nothing starts", async () => {
  const yaml = example.replaceAll("SHOP_URL", "http://169.254.169.254").replace("retries: 2", "retries: many");
  const ran = await run(["serve", "--port", "0", "--data", temporaryFolder()], { env: { OFFHOOK_AGENTS: agentFolder(yaml) } });
  assert.equal(ran.code, 1);
  for (const fault of [/shop\.yaml line 14: 'url': 169\.254\.169\.254 is a link-local address/, /line 23: 'retries' must be a whole number/, /set OFFHOOK_SECRET_SHOP_TOKEN/]) {
    assert.match(ran.stderr, fault);
  }
});

test("a name that resolves to this machine is refused where the socket is opened", async () => {
  const shop = await startShop(() => ({}));
  const yaml = example.replaceAll("SHOP_URL", shop.url.replace("127.0.0.1", "ip6-localhost"));
  const server = await start({ env: environment(yaml) });
  assert.match(await hear(server, "c1", "order_status", { order_id: "A-1" }), /couldn't look that up/);
  assert.equal(shop.requests.length, 0);
  assert.equal(await server.stop(), 0);
  await shop.close();
});

test("a model is offered the tools, and its calls run in the turn", async () => {
  const shop = await startShop(() => ({ body: { order: { id: "A-1", state: "ready" } } }));
  const theirs = await startTheirServer({
    say: ({ messages }) =>
      messages.at(-1).role === "tool" ? JSON.parse(messages.at(-1).content).speakable : { id: "call_a", tool: "order_status", arguments: { order_id: "A-1" } },
  });
  const server = await start({ env: environment(example.replaceAll("SHOP_URL", shop.url), { OPENAI_BASE_URL: `${theirs.url}/llm` }) });
  const body = { model: "shop", messages: [{ role: "user", content: "Where is my order A-1?" }] };
  const { json } = await post(`${server.url}/v1/chat/completions`, body);
  assert.equal(json.choices[0].message.content, "Order A-1 is ready.");
  assert.deepEqual(theirs.requests[0].body.tools.map((tool) => tool.function.name), ["end_call", "order_status", "place_order", "reserve_item"]);
  const seen = JSON.parse(theirs.requests[1].body.messages.at(-1).content);
  assert.deepEqual(seen, { ok: true, speakable: "Order A-1 is ready.", status: 200, response: { "order.id": "A-1", "order.state": "ready" } });
  assert.equal(await server.stop(), 0);
  await theirs.close();
  await shop.close();
});

// MCP

const head = "name: shop\ntitle: Shop\nfirst_message: Hello.\nsystem_prompt: You sell bicycles.\n";
const stdio = (notes) => `${head}mcp_servers:
  - name: workshop
    command: [${JSON.stringify(process.execPath)}, ${JSON.stringify(peerProgram)}, ${JSON.stringify(notes)}]
    env: {TOKEN: "\${secret:SHOP_TOKEN}"}
    settings:
      environment: {effect: reads, response: {say: "{{pid}} {{token}} {{names.0}} {{names.1}}"}}
      hang: {timeout: 500ms}
http_tools:
  - {name: order_status, description: Looks up, effect: reads, url: "https://shop.example.com/"}
`;
const notesOf = (file) => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").filter(Boolean).map(JSON.parse) : []);
const isRunning = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("MCP over stdio: the SDK's server is listed, called, started again, and ended", async () => {
  const notes = join(temporaryFolder(), "notes");
  const server = await start({ env: environment(stdio(notes), { OFFHOOK_LOG: "info", OFFHOOK_LOOPS: "3", SOMETHING_ELSE: "hidden" }) });
  // A slow machine may have it in only after the server has begun to listen.
  await until(async () => (await names(server)).includes("free_slots"), "its tools are listed");
  const listed = (await get(`${server.url}/api/v1/tools`)).json.data.filter((tool) => tool.agent === "shop");
  const effects = Object.fromEntries(listed.map(({ name, effect }) => [name, effect]));
  assert.equal(effects.free_slots, "reads");
  assert.equal(effects.book_slot, "writes");
  assert.ok("workshop_order_status" in effects, "the name was taken");
  assert.equal(await hear(server, "c1", "free_slots", { day: "Monday" }), "On Monday there is nine and ten.");
  assert.match(await hear(server, "c1b", "free_slots", {}), /didn't catch the day/);
  for (let times = 0; times < 3; ++times) assert.equal(await hear(server, "c2", "book_slot", { slot: "nine" }), "Booked nine.");
  const booked = notesOf(notes).filter(({ name }) => name === "book_slot");
  assert.equal(booked.length, 1);
  assert.match(booked[0].key, /^[0-9a-f-]{36}$/);
  assert.equal(await hear(server, "c3", "workshop_order_status"), "From the workshop.");
  assert.match(await hear(server, "c4", "fail"), /^I'm sorry, that didn't work\.$/);

  const [pid, token, ...given] = (await hear(server, "c5", "environment")).split(" ");
  assert.equal(token, secret);
  assert.deepEqual(given, ["PATH", "TOKEN"]);

  assert.match(await hear(server, "c6", "hang"), /can't tell whether that went through/);
  await until(() => notesOf(notes).some(({ name }) => name === "aborted"), "the call was cancelled there");

  assert.equal(await hear(server, "c7", "grow"), "Grown.");
  await until(async () => (await names(server)).includes("late"), "the new tool is listed");
  assert.equal(await hear(server, "c8", "late"), "Better late than never.");

  assert.match(await hear(server, "c9", "crash"), /can't tell whether that went through/);
  await until(() => !isRunning(Number(pid)), "the old server is gone");
  await until(async () => (await hear(server, "c10", "free_slots", { day: "Friday" })).startsWith("On Friday"), "it was started again");
  const newPid = Number((await hear(server, "c11", "environment")).split(" ")[0]);
  assert.notEqual(newPid, Number(pid));
  assert.equal(await server.stop(), 0);
  assert.equal(isRunning(newPid), false, "it ends with the server");
  const { stderr } = server.output();
  assert.match(stderr, /mcp server says.*peer: started with a caller \+\*\*\* and \*\*\*/);
  assert.doesNotMatch(stderr, new RegExp(`${secret}|14155550199|ECONNREFUSED`));
});

test("MCP over stdio: a server that cannot be started stops nobody", async () => {
  const yaml = `${head}mcp_servers: [{name: none, command: [/nonexistent/server]}, {name: dies, command: [sh, -c, "exit 3"]}]`;
  const server = await start({ env: environment(yaml) });
  assert.deepEqual(await names(server), []);
  assert.equal(await hear(server, "c1", "anything"), "Sorry, I can't do that at the moment. Please try again a little later.");
  assert.equal((await get(`${server.url}/healthz`)).status, 200);
  assert.equal(await server.stop(), 0);
  assert.match(server.output().stderr, /mcp server unreachable.*none/);
});

const web = (url) => `${head}mcp_servers:
  - name: web
    url: ${url}
    headers: {Authorization: "Bearer \${secret:SHOP_TOKEN}"}
    tools: [free_slots, book_slot, grow, late, hang]
`;

test("MCP over streamable HTTP: a tool whose server is down at first works for the same delivery once it is up", async () => {
  const first = await startMcpOverHttp();
  const { port } = first;
  await first.close();
  const server = await start({ env: environment(web(first.url), { OFFHOOK_LOG: "error" }) });
  const notYet = "Sorry, I can't do that at the moment. Please try again a little later.";
  for (let times = 0; times < 2; ++times) {
    const { status, results } = await callTools(server, "c1", [["t1", "book_slot", { slot: "nine" }]]);
    assert.deepEqual([status, results[0].error], [200, notYet]);
  }
  assert.equal(await hear(server, "c2", "nonsense"), "Unknown function: nonsense", "its file lists its tools");
  const old = { type: "function-call", call: { id: "c3" }, functionCall: { name: "book_slot", parameters: { slot: "ten" } } };
  assert.deepEqual((await post(`${server.url}/vapi/webhook`, { message: old })).json, { error: notYet });

  const peer = await startMcpOverHttp({ port });
  await until(async () => (await names(server)).includes("book_slot"), "its tools are listed");
  for (let times = 0; times < 2; ++times) {
    const { results } = await callTools(server, "c1", [["t1", "book_slot", { slot: "nine" }]]);
    assert.equal(results[0].result, "Booked nine.", "the same delivery as before");
  }
  assert.equal(peer.calls.length, 1, "and it happens once");
  assert.deepEqual((await post(`${server.url}/vapi/webhook`, { message: old })).json, { result: "Booked ten." });
  assert.equal(await server.stop(), 0);
  await peer.close();
});

test("MCP over streamable HTTP: the SDK's server is listed and called, across a lost session", async () => {
  const peer = await startMcpOverHttp();
  const server = await start({ env: environment(web(peer.url), { OFFHOOK_LOOPS: "3" }) });
  assert.deepEqual((await names(server)).sort(), ["book_slot", "free_slots", "grow", "hang"]);
  assert.equal(await hear(server, "c1", "free_slots", { day: "Monday" }), "On Monday there is nine and ten.");
  for (let times = 0; times < 3; ++times) assert.equal(await hear(server, "c2", "book_slot", { slot: "ten" }), "Booked ten.");
  assert.equal(peer.calls.filter(({ name }) => name === "book_slot").length, 1);

  await until(() => peer.requests.some(({ method }) => method === "GET"), "it listens");
  assert.equal(await hear(server, "c3", "grow"), "Grown.");
  await until(async () => (await names(server)).includes("late"), "the new tool is listed");

  peer.forgetSessions();
  assert.equal(await hear(server, "c4", "book_slot", { slot: "eleven" }), "Booked eleven.");
  assert.equal(peer.calls.filter(({ args }) => args?.slot === "eleven").length, 1);
  assert.equal(await server.stop(), 0);
  for (const { method, headers } of peer.requests) {
    assert.equal(headers.authorization, `Bearer ${secret}`);
    if (method !== "POST") assert.equal(headers["mcp-protocol-version"], "2025-06-18");
  }
  assert.ok(peer.requests.some(({ method }) => method === "DELETE"), "it said good-bye");
  await peer.close();
});

test("MCP over streamable HTTP: a server that is down comes in when it is back", async () => {
  const before = await startMcpOverHttp();
  await before.close();
  const server = await start({ env: environment(web(before.url)) });
  assert.deepEqual(await names(server), []);
  const peer = await startMcpOverHttp({ port: before.port });
  await until(async () => (await names(server)).includes("book_slot"), "it is listed");
  assert.equal(await hear(server, "c1", "book_slot", { slot: "one" }), "Booked one.");
  await peer.close();
  assert.match(await hear(server, "c2", "book_slot", { slot: "two" }), /that didn't work|can't tell/);
  assert.equal(await server.stop(), 0);
});

test("an MCP server at a private address is refused at start unless it is allowed", async () => {
  const ran = await run(["serve", "--port", "0", "--data", temporaryFolder()], {
    env: environment(web("http://10.0.0.7/mcp"), {}),
  });
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /line 7: 'url': 10\.0\.0\.7 is a private address/);
});
