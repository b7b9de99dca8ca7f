// Server messages that ask something: each gets the documented shape, on every route, whatever the database does.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { get, post, startWithSampleData, until } from "./support/program.mjs";

const webhookRoutes = ["/api/v1/voice/webhook", "/api/v1/webhooks/vapi/webhook", "/vapi/webhook", "/webhooks/vapi/call"];
let server;
before(async () => (server = await startWithSampleData({ env: { OFFHOOK_LOG: "error" } })));
after(async () => assert.equal(await server.stop(), 0));

let number = 0;
/** Asks on each of the four routes; answers the last answer, once they all agree. */
async function ask(message) {
  let last;
  for (const route of webhookRoutes) {
    const call = { id: `question-${++number}`, ...message.call };
    const { status, json, text } = await post(server.url + route, { message: { timestamp: 1763650000000, ...message, call } });
    assert.equal(status, 200, text);
    if (last) assert.deepEqual(json, last, route);
    last = json;
  }
  return last;
}

test("the number that was dialled chooses agent and property", async () => {
  const at = (dialled) => ask({ type: "assistant-request", phoneNumber: { number: dialled } });
  const { assistant } = await at("+14155550100");
  assert.equal(assistant.metadata.agent, "leasing");
  assert.equal(assistant.metadata.property_id, "prop_sunset");
  const agents = (await get(`${server.url}/v1/models`)).json.data.map(({ id }) => id);
  assert.ok(agents.includes("banking"));
  const unknown = await at("+14155550000");
  assert.equal(unknown.assistant.metadata.agent, "leasing", "somebody always answers");
});

test("a caller is greeted by name only when the agent's greeting has one", async () => {
  const { assistant } = await ask({
    type: "assistant-request",
    customer: { number: "+919876543210" },
    call: { assistantId: "realty" },
  });
  assert.match(assistant.firstMessage, /Am I speaking with John\?/);
});

test("who wants a person is given the agent's number, or a sentence", async () => {
  const leasing = await ask({ type: "transfer-destination-request", call: { assistantId: "leasing" } });
  assert.equal(leasing.destination.type, "number");
  assert.equal(leasing.destination.number, "+14155550199");
  assert.ok(leasing.destination.message);
  const banking = await ask({ type: "transfer-destination-request", call: { assistantId: "banking" } });
  assert.deepEqual(Object.keys(banking), ["error"]);
  assert.match(banking.error, /^[A-Z].*\.$/);
});

test("a handoff goes to the agent that the model named", async () => {
  const to = (parameters) => ask({ type: "handoff-destination-request", parameters });
  for (const parameters of [{ destination: "support" }, { assistant: "Support" }, { agent: "SUPPORT", why: "a question" }]) {
    const { destination } = await to(parameters);
    assert.equal(destination.type, "assistant");
    assert.equal(destination.assistant.metadata.agent, "support");
    assert.equal(destination.assistant.model.provider, "custom-llm");
  }
  for (const parameters of [{ destination: "astronaut" }, {}, null, "support", [1]]) {
    assert.match((await to(parameters)).error, /^[A-Z].*\.$/, JSON.stringify(parameters));
  }
});

test("the wait for the end of a turn follows the caller's last words", async () => {
  const after = async (content) => {
    const messagesOpenAIFormatted = [
      { role: "system", content: "You answer the phone." },
      { role: "assistant", content: "How can I help you?" },
      { role: "user", content },
    ];
    const { timeoutSeconds } = await ask({ type: "call.endpointing.request", messagesOpenAIFormatted });
    assert.equal(typeof timeoutSeconds, "number");
    return timeoutSeconds;
  };
  const [asked, dictating, open] = [
    await after("Do you have a studio?"),
    await after("It's four one five"),
    await after("I'd like to book a"),
  ];
  assert.ok(asked < dictating && dictating < open, `${asked} < ${dictating} < ${open}`);
  assert.ok(asked > 0 && open <= 2);
});

test("a voice-request at the webhook is answered with audio", async () => {
  for (const route of webhookRoutes) {
    const message = { type: "voice-request", text: "Hello.", sampleRate: 8000, timestamp: 1, call: { id: "voice" } };
    const response = await fetch(server.url + route, { method: "POST", body: JSON.stringify({ message }) });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "application/octet-stream");
    const pcm = await response.arrayBuffer();
    assert.ok(pcm.byteLength > 2000 && pcm.byteLength % 2 === 0);
  }
});

test("a campaign may dial, and a question for documents gets documents", async () => {
  assert.deepEqual(await ask({ type: "campaign.predial", campaignId: "c", contact: { number: "+14155550191" } }), {
    eligible: true,
  });
  const { documents } = await ask({ type: "knowledge-base-request", messages: [{ role: "user", content: "Parking?" }] });
  assert.ok(Array.isArray(documents));
});

test("while the database is locked a caller still gets an assistant, and an event is not acknowledged", async () => {
  const db = new DatabaseSync(join(server.data, "offhook.db"));
  db.exec("BEGIN IMMEDIATE");
  const send = (message) => post(`${server.url}/vapi/webhook`, { message });
  const [assistant, event] = await Promise.all([
    send({ type: "assistant-request", timestamp: 1763650000000, call: { id: "locked" } }),
    send({ type: "status-update", status: "ringing", timestamp: 1763650000000, call: { id: "locked-event" } }),
  ]);
  assert.equal(assistant.status, 200);
  assert.match(assistant.json.assistant.firstMessage, /Sunset Apartments/);
  assert.equal(event.status, 503);
  assert.equal(event.json.error.type, "service_unavailable_error");
  db.exec("ROLLBACK");
  db.close();
  const again = await send({ type: "status-update", status: "ringing", timestamp: 1763650000000, call: { id: "locked-event" } });
  assert.equal(again.status, 200);
  await until(async () => (await get(`${server.url}/api/v1/voice/calls/locked-event`)).status === 200, "it is there now");
});
