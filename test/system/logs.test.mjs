// Every line about a call can be found by the call's id, and every line about a request by the request's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { post, start } from "./support/program.mjs";
import { startTheirServer } from "./support/their_server.mjs";

const call = { id: "call-of-the-night", customer: { number: "+14155550142" } };
let theirs;
let server;
before(async () => {
  theirs = await startTheirServer({ say: () => ({ status: 503 }) });
  server = await start({
    env: { OFFHOOK_LOG: "debug,json", OPENAI_BASE_URL: `${theirs.url}/llm`, OPENAI_API_KEY: "sk-x" },
  });
});
after(() => theirs.close());

test("a call's requests, tools and failures share its id", async () => {
  const as = (request_id) => ({ "X-Request-Id": request_id });
  const chat = { model: "leasing", stream: false, call, messages: [{ role: "user", content: "Hi, I am Ann Bly." }] };
  assert.equal((await post(`${server.url}/api/chat/completions/`, chat, as("chat-1"))).status, 200);
  assert.equal((await post(`${server.url}/api/chat/completions/`, { ...chat, stream: true }, as("chat-2"))).status, 200);
  const hook = { message: { type: "status-update", status: "in-progress", call } };
  assert.equal((await post(`${server.url}/vapi/webhook`, hook, as("hook-1"))).status, 200);
  const voice = { message: { type: "voice-request", text: "Hello.", sampleRate: 8000, call } };
  assert.equal((await post(`${server.url}/vapi/tts`, voice, as("voice-1"))).status, 200);
  assert.equal((await post(`${server.url}/vapi/webhook`, "{", as("broken-1"))).status, 400);
  assert.equal(await server.stop(), 0);

  const { stderr } = server.output();
  const lines = stderr.trim().split("\n").map((line) => JSON.parse(line));
  const about = (message) => lines.filter((line) => line.message === message);
  // A line is written after its answer, so the next request may be faster.
  const ids = (found) => found.map((line) => `${line.request_id} ${line.call_id}`).sort();
  assert.deepEqual(ids(about("request")), [
    "broken-1 undefined",
    `chat-1 ${call.id}`,
    `chat-2 ${call.id}`,
    `hook-1 ${call.id}`,
    `voice-1 ${call.id}`,
  ]);
  assert.deepEqual(ids(about("model fell back")), [`chat-1 ${call.id}`, `chat-2 ${call.id}`]);
  assert.deepEqual(ids(about("server message")), [`hook-1 ${call.id}`]);
  assert.ok(!stderr.includes("4155550142") && !stderr.includes("Bly"), "nobody is named");
});
