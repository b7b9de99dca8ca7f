// Payloads bent in every place: each field of the sample messages becomes each wrong kind of value, texts are cut and
// their bytes flipped. Every one gets an answer in the documented shape, nothing is stored by halves, nobody dies.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { get, startWithSampleData } from "./support/program.mjs";

const data = join(import.meta.dirname, "../data/vapi");
const sample = (name) => JSON.parse(readFileSync(join(data, name), "utf8"));
const webhooks = [
  sample("assistant-request.json"),
  sample("tool-calls.observed.json"),
  sample("tool-calls.schema.json"),
  sample("end-of-call-report.json"),
  ...sample("server-messages-minimal.json"),
  { message: { type: "function-call", functionCall: { name: "check_availability", parameters: { bedrooms: 2 } } } },
  { event: "call.ended", callId: "simple", duration: 12, timestamp: "2025-11-20T14:46:40Z" },
];
const chat = {
  model: "leasing",
  stream: false,
  temperature: 0.5,
  max_tokens: 50,
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: [{ type: "text", text: "Do you have a studio? [phone: +14155550142]" }] },
  ],
  tools: [{ type: "function", function: { name: "f", description: "d", parameters: { type: "object", properties: {} } } }],
  call: { id: "hostile-chat", customer: { number: "+14155550142" } },
};

const deep = JSON.parse("[".repeat(30) + "]".repeat(30));
const wrongValues = [null, true, -1, 1.5e300, "", "\u0000", "x".repeat(5000), [], [null], {}, { id: {} }, deep, "4111 1111 1111 1111"];

/** Every place in a value, as a list of keys. */
function* places(value, path = []) {
  if (path.length) yield path;
  if (value !== null && typeof value === "object") for (const key of Object.keys(value)) yield* places(value[key], [...path, key]);
}

/** A copy with something else in a place; `undefined` takes it away. */
function bent(value, path, other) {
  const copy = structuredClone(value);
  let parent = copy;
  for (const key of path.slice(0, -1)) parent = parent[key];
  if (other === undefined && !Array.isArray(parent)) delete parent[path.at(-1)];
  else parent[path.at(-1)] = other;
  return copy;
}

/** The same numbers in every run, so that a failure can be found again. */
function* numbers(seed) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

/** Bent copies of the samples, `every`-th place and value of all. */
function* bentBodies(samples, every) {
  let at = 0;
  for (const body of samples)
    for (const path of places(body))
      for (const other of [undefined, ...wrongValues]) if (at++ % every === 0) yield JSON.stringify(bent(body, path, other));
}

/** Bytes cut off and flipped. */
function* brokenBodies(samples, count) {
  const random = numbers(7);
  const next = (below) => random.next().value % below;
  for (let i = 0; i < count; ++i) {
    const bytes = Buffer.from(JSON.stringify(samples[i % samples.length]));
    if (i % 2) yield bytes.subarray(0, next(bytes.length));
    else {
      for (let flips = 1 + next(4); flips > 0; --flips) bytes[next(bytes.length)] = next(256);
      yield bytes;
    }
  }
}

let server;
before(async () => (server = await startWithSampleData({ env: { OFFHOOK_LOG: "off" } })));
after(async () => assert.equal(await server.stop(), 0));

/** Sends all of them, eight at a time; answers how many got which status. */
async function sendAll(path, bodies) {
  const statuses = {};
  const waiting = bodies[Symbol.iterator]();
  const send = async () => {
    for (let { value: body, done } = waiting.next(); !done; { value: body, done } = waiting.next()) {
      const response = await fetch(server.url + path, { method: "POST", headers: { "Content-Type": "application/json" }, body });
      const text = await response.text();
      const shown = `${path} ${response.status} ${text.slice(0, 300)} for ${body.toString().slice(0, 2000)}`;
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      assert.ok(response.status === 200 || response.status === 400, shown);
      assert.ok(response.headers.get("x-request-id"), shown);
      if (response.status === 400) {
        const { error } = JSON.parse(text);
        assert.equal(error.type, "invalid_request_error", shown);
        assert.match(error.message, /\S/, shown);
        assert.doesNotMatch(text, /boost|sqlite|exception|\.cpp|std::/i, shown);
      } else if (response.headers.get("content-type") === "application/json") {
        JSON.parse(text);
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, send));
  return statuses;
}

const rows = (sql) => {
  const db = new DatabaseSync(join(server.data, "offhook.db"), { readOnly: true });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
};

test("a thousand bent server messages", async () => {
  const statuses = await sendAll("/vapi/webhook", bentBodies(webhooks, 11));
  assert.ok(statuses[200] + statuses[400] > 1000, JSON.stringify(statuses));
});

test("five hundred broken server messages", async () => {
  const statuses = await sendAll("/api/v1/voice/webhook", brokenBodies(webhooks, 500));
  assert.ok(statuses[400] > 200, JSON.stringify(statuses));
});

test("bent and broken chats", async () => {
  await sendAll("/v1/chat/completions", bentBodies([chat], 3));
  await sendAll("/v1/chat/completions", brokenBodies([chat], 100));
});

test("afterwards the server is well and nothing is stored by halves", async () => {
  assert.equal((await get(`${server.url}/readyz`)).status, 200);
  assert.deepEqual(rows("SELECT call_id FROM transcript_entries t WHERE NOT EXISTS (SELECT 1 FROM calls WHERE id = t.call_id)"), []);
  // Whatever made a call is kept as an event.
  assert.deepEqual(
    rows("SELECT platform_id FROM calls c WHERE platform_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM webhook_events WHERE platform_call_id = c.platform_id)"),
    [],
  );
  assert.equal(rows("PRAGMA integrity_check")[0].integrity_check, "ok");
  const calls = (await get(`${server.url}/api/v1/voice/calls?limit=1000`)).json.data;
  for (const { id } of calls.slice(0, 50)) assert.equal((await get(`${server.url}/api/v1/voice/calls/${encodeURIComponent(id)}`)).status, 200);
});
