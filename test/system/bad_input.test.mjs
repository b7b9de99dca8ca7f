// Bad input gets a clear error in the documented shape, leaves the connection in order and stores nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { apiKey, cases, timedHeaders, webhookSecret } from "./bad_input.table.mjs";
import { get, post, start, until } from "./support/program.mjs";
import { Wire, request } from "./support/wire.mjs";

const settings = {
  open: {},
  locked: { OFFHOOK_API_KEYS: apiKey },
  signed: { VAPI_WEBHOOK_SECRET: webhookSecret },
  timed: { VAPI_WEBHOOK_SECRET: webhookSecret, OFFHOOK_HMAC_TIMESTAMP_HEADER: "x-timestamp" },
};
const servers = {};

before(async () => {
  for (const [name, env] of Object.entries(settings)) servers[name] = await start({ env });
});
after(async () => {
  for (const server of Object.values(servers)) assert.equal(await server.stop(), 0);
});

/** Everything that a request could have left behind. */
async function stored(server) {
  // On /api/v1 a key that is nobody's is refused, in open mode too.
  const headers = server === servers.locked ? { Authorization: `Bearer ${apiKey}` } : {};
  const lists = ["/api/v1/voice/calls", "/api/v1/leads", "/api/v1/tours", "/exchange/call", "/exchange/assistant"];
  return Promise.all(
    lists.map(async (path) => {
      const answer = await get(server.url + path, headers);
      assert.equal(answer.status, 200, path);
      return answer.text;
    }),
  );
}

const errorTypes = {
  400: "invalid_request_error",
  401: "authentication_error",
  404: "not_found_error",
  405: "invalid_request_error",
  413: "invalid_request_error",
  431: "invalid_request_error",
};

function checkShape(answer, { shape = "openai", status, param, code, words }) {
  if (shape === "none") return assert.equal(answer.body, "");
  assert.match(answer.headers.get("content-type"), /^application\/json/);
  const { json } = answer;
  assert.ok(json, answer.body);
  let message;
  if (shape === "openai") {
    assert.deepEqual(Object.keys(json), ["error"]);
    assert.deepEqual(Object.keys(json.error).sort(), ["code", "message", "param", "type"]);
    assert.equal(json.error.type, errorTypes[status]);
    ({ message } = json.error);
    if (param !== undefined) assert.equal(json.error.param, param);
    if (code !== undefined) assert.equal(json.error.code, code);
  } else if (shape === "crm") {
    assert.deepEqual(Object.keys(json), ["error"]);
    assert.deepEqual(Object.keys(json.error).sort(), ["details", "message", "type"]);
    assert.equal(json.error.type, errorTypes[status]);
    ({ message } = json.error);
    if (param !== undefined) assert.equal(json.error.details.param, param);
    if (code !== undefined) assert.equal(json.error.details.code, code);
  } else {
    assert.deepEqual(Object.keys(json).sort(), ["error", "message", "statusCode"]);
    assert.equal(json.statusCode, status);
    assert.equal(Array.isArray(json.message), status === 400, "complaints about fields come as a list");
    message = [json.message].flat().join();
  }
  assert.ok(message.length > 5 && message.length < 300, message);
  assert.doesNotMatch(message, /std::|boost|exception|\.cpp|sqlite|\/tmp\//i, "nothing internal leaks");
  if (words) assert.equal(message, words);
}

test("the table is as long as it should be", () => {
  assert.ok(cases.length >= 60, String(cases.length));
  assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length, "names are unique");
});

for (const row of cases) {
  test(`${row.name} is answered ${row.status}`, async () => {
    const server = servers[row.server ?? "open"];
    const before = await stored(server);
    const wire = await Wire.open(server.port);
    try {
      const body = typeof row.body === "object" && !Buffer.isBuffer(row.body) ? JSON.stringify(row.body) : row.body;
      const isHead = row.method === "HEAD";
      const sent = wire.send(row.raw ?? request(row.method, row.path, { headers: row.headers, body }));
      const answer = await wire.response({ isHead });
      assert.equal(answer.status, row.status, answer.body);
      assert.match(answer.headers.get("x-request-id") ?? "", /^[\w.-]+$/);
      assert.equal(answer.headers.get("allow"), row.allow);
      checkShape(answer, row);
      if (row.closes) {
        assert.equal(answer.headers.get("connection"), "close");
        assert.ok(await wire.isClosedByPeer());
      } else {
        assert.notEqual(answer.headers.get("connection"), "close");
        await sent;
        await wire.send(request("GET", "/healthz"));
        assert.equal((await wire.response()).status, 200, "the connection is usable");
      }
    } finally {
      wire.close();
    }
    assert.deepEqual(await stored(server), before, "nothing was stored");
  });
}

test("what is right is let in where the table's wrong keys and signatures were not", async () => {
  const body = JSON.stringify({
    message: { type: "status-update", status: "in-progress", timestamp: Date.now(), call: { id: "right" } },
  });
  const timestamp = Math.floor(Date.now() / 1000);
  const timed = await post(`${servers.timed.url}/vapi/webhook`, body, Object.fromEntries(timedHeaders(body, timestamp)));
  assert.deepEqual(timed.json, { status: "received" });
  const withSecret = await post(`${servers.signed.url}/vapi/webhook`, body, { "X-Vapi-Secret": webhookSecret });
  assert.deepEqual(withSecret.json, { status: "received" });
  for (const server of [servers.timed, servers.signed]) {
    assert.equal((await get(`${server.url}/api/v1/voice/calls/right`)).status, 200);
  }
  for (const scheme of ["Bearer", "Token", "bearer"]) {
    const models = await get(`${servers.locked.url}/v1/models`, { Authorization: `${scheme} ${apiKey}` });
    assert.equal(models.status, 200, scheme);
  }
});

test("HEAD answers like GET, without a body", async () => {
  const wire = await Wire.open(servers.open.port);
  for (const path of ["/healthz", "/v1/models", "/api/v1/leads"]) {
    await wire.send(request("GET", path));
    const full = await wire.response();
    await wire.send(request("HEAD", path));
    const head = await wire.response({ isHead: true });
    assert.equal(head.status, 200);
    assert.equal(head.headers.get("content-length"), String(Buffer.byteLength(full.body)));
  }
  wire.close();
});

test("pipelined requests, good and bad, are answered in order", async () => {
  const wire = await Wire.open(servers.open.port);
  const chat = JSON.stringify({ model: "leasing", messages: [{ role: "user", content: "Hi" }] });
  await wire.send(
    Buffer.concat([
      request("GET", "/healthz"),
      request("POST", "/v1/chat/completions", { body: "{" }),
      request("POST", "/v1/chat/completions", { body: chat }),
      request("GET", "/nothing"),
      request("POST", "/api/chat/completions/", { body: chat }),
      request("GET", "/v1/models"),
    ]),
  );
  const statuses = [];
  for (let i = 0; i < 6; ++i) statuses.push((await wire.response()).status);
  assert.deepEqual(statuses, [200, 400, 200, 404, 200, 200]);
  wire.close();
});

// Not so for a chat, whose caller's hang-up looks the same: docs/decisions/0010.
test("a client that half-closes after a short request still gets the answer", async () => {
  for (const path of ["/healthz", "/api/v1/leads"]) {
    const wire = await Wire.open(servers.open.port);
    await wire.send(request("GET", path));
    wire.endSending();
    assert.equal((await wire.response()).status, 200, path);
    assert.ok(await wire.isClosedByPeer());
    wire.close();
  }
});

test("a body that comes byte by byte, in chunks, is read whole", async () => {
  const wire = await Wire.open(servers.open.port);
  const chat = JSON.stringify({ model: "leasing", messages: [{ role: "user", content: "Hi" }] });
  await wire.send(request("POST", "/v1/chat/completions", { headers: [["Transfer-Encoding", "chunked"]] }));
  for (const letter of chat) await wire.send(`1\r\n${letter}\r\n`);
  await wire.send("0\r\n\r\n");
  assert.equal((await wire.response()).status, 200);
  wire.close();
});

test("a chunked body without any data, byte by byte, is an empty body", async () => {
  const wire = await Wire.open(servers.open.port);
  await wire.send(request("POST", "/v1/chat/completions", { headers: [["Transfer-Encoding", "chunked"]] }));
  for (const letter of "0\r\n\r\n") {
    await wire.send(letter);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal((await wire.response()).status, 400);
  wire.close();
});

test("a client that waits for 100 Continue gets it, and is refused before it sends too much", async () => {
  const wire = await Wire.open(servers.open.port);
  const body = JSON.stringify({ model: "leasing", messages: [{ role: "user", content: "Hi" }] });
  const expect = (length) => [
    ["Expect", "100-continue"],
    ["Content-Length", length],
  ];
  await wire.send(request("POST", "/v1/chat/completions", { headers: expect(body.length) }));
  assert.equal((await wire.response()).status, 100);
  await wire.send(body);
  assert.equal((await wire.response()).status, 200);
  await wire.send(request("POST", "/v1/chat/completions", { headers: expect(50 << 20) }));
  assert.equal((await wire.response()).status, 413);
  wire.close();
});

test("connections that break off in mid-request harm nobody and store nothing", async () => {
  const server = servers.open;
  const before = await stored(server);
  const hook = JSON.stringify({ message: { type: "status-update", status: "ringing", call: { id: "half" } } });
  const whole = request("POST", "/vapi/webhook", { body: hook });
  for (let end = 1; end < whole.length; end += 23) {
    const wire = await Wire.open(server.port);
    await wire.send(whole.subarray(0, end));
    wire.close();
  }
  assert.equal((await get(`${server.url}/healthz`)).status, 200);
  assert.deepEqual(await stored(server), before);
});

test("a caller's line of 16 KiB keeps nobody waiting for long", async () => {
  const server = await start({ env: { OFFHOOK_LOOPS: "1" } });
  try {
    const line = "I want a studio, and I want it soon. ".repeat(450);
    const signal = AbortSignal.timeout(15_000); // far beyond what anybody on the phone would wait
    for (const model of ["leasing", "banking"]) {
      const answer = fetch(`${server.url}/v1/chat/completions`, {
        method: "POST",
        body: JSON.stringify({ model, messages: [{ role: "user", content: line }] }),
        signal,
      });
      const health = fetch(`${server.url}/healthz`, { signal });
      assert.equal((await health).status, 200);
      assert.equal((await answer).status, 200);
    }
  } finally {
    await server.kill("SIGKILL");
  }
});

test("whoever fails a hundred times is told to wait, whoever has the key is not", async () => {
  const server = await start({ env: { OFFHOOK_API_KEYS: apiKey } });
  const tryKey = (key) => get(`${server.url}/v1/models`, { Authorization: `Bearer ${key}` });
  const refused = await until(async () => {
    const answer = await tryKey("nothing-like-it");
    return answer.status === 429 && answer;
  }, "attempts were limited");
  assert.equal(refused.json.error.type, "rate_limit_error");
  assert.equal(refused.json.error.code, "rate_limit_exceeded");
  assert.ok(Number(refused.headers.get("retry-after")) > 0);
  assert.equal((await tryKey(apiKey)).status, 200);
  assert.equal(await server.stop(), 0);
});
