// Webhooks as integration guides paste them and as the platform sends them: on every route, signed and not.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pasteAll } from "./support/paste.mjs";
import { get, post, start, startWithSampleData } from "./support/program.mjs";

const data = join(import.meta.dirname, "../data/vapi");
const webhookRoutes = ["/api/v1/voice/webhook", "/api/v1/webhooks/vapi/webhook", "/vapi/webhook", "/webhooks/vapi/call"];
let server;

before(async () => (server = await startWithSampleData()));
after(async () => assert.equal(await server.stop(), 0));

/** Does something for every webhook route at once. */
const everywhere = (action) => Promise.all(webhookRoutes.map(action));

test("an assistant-request is answered with an assistant that greets a known caller", async () => {
  const body = { message: { type: "assistant-request", call: { id: "guide-inbound", customer: { number: "+15551234567" } } } };
  for (const route of webhookRoutes) {
    const { status, json } = await post(server.url + route, body);
    assert.equal(status, 200);
    assert.match(json.assistant.firstMessage, /Sunset Apartments/);
    assert.equal(json.assistant.model.provider, "custom-llm");
    assert.ok(json.assistant.voice);
  }
});

test("unsigned functionCall webhooks are answered on every route, with and without slash and envelope", async () => {
  const call = { type: "function-call", functionCall: { name: "check_availability", parameters: { bedrooms: 2 } } };
  const bodies = [{ message: call }, call, { message: { functionCall: call.functionCall } }];
  await everywhere(async (route) => {
    const commands = ["", "/"].flatMap((slash) =>
      bodies.map(
        (body) => `curl -s -X POST $URL${route}${slash} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`,
      ),
    );
    for (const [i, answer] of (await pasteAll(commands, server.url)).entries()) {
      assert.match(JSON.parse(answer).result, /two-bedroom/, commands[i]);
      assert.doesNotMatch(JSON.parse(answer).result, /\n/);
    }
  });
  const unknown = await post(`${server.url}/vapi/webhook`, {
    message: { type: "function-call", functionCall: { name: "fly_to_moon", parameters: {} } },
  });
  assert.equal(unknown.status, 200);
  assert.deepEqual(unknown.json, { error: "Unknown function: fly_to_moon" });
});

test("tool-calls are understood in all layouts that were seen", async () => {
  const args = { bedrooms: 2 };
  const name = "check_availability";
  const layouts = {
    "arguments as an object": { toolCallList: [{ id: "L1", type: "function", function: { name, arguments: args } }] },
    "arguments as text": { toolCallList: [{ id: "L2", type: "function", function: { name, arguments: JSON.stringify(args) } }] },
    "parameters inside the function": { toolCallList: [{ id: "L3", function: { name, parameters: args } }] },
    "name and parameters flat": { toolCallList: [{ id: "L4", name, parameters: args }] },
    "name and arguments flat": { toolCallList: [{ id: "L5", name, arguments: args }] },
    "toolCalls only": { toolCalls: [{ id: "L6", type: "function", function: { name, arguments: args } }] },
    "toolWithToolCallList only": {
      toolWithToolCallList: [
        { type: "function", name, function: { name }, toolCall: { id: "L7", function: { name, parameters: args } } },
      ],
    },
    "toolWithToolCallList, name outside": { toolWithToolCallList: [{ name, toolCall: { id: "L8", parameters: args } }] },
  };
  for (const [what, fields] of Object.entries(layouts)) {
    const { status, json } = await post(`${server.url}/vapi/webhook`, {
      message: { type: "tool-calls", timestamp: Date.now(), call: { id: `guide-${what}` }, ...fields },
    });
    assert.equal(status, 200, what);
    assert.equal(json.results.length, 1, what);
    assert.equal(json.results[0].toolCallId, JSON.stringify(fields).match(/"id":"(L\d)"/)[1], what);
    assert.match(json.results[0].result, /two-bedroom/, what);
  }
  const observed = readFileSync(join(data, "tool-calls.observed.json"), "utf8");
  const unknown = await post(`${server.url}/vapi/webhook`, observed);
  assert.equal(unknown.json.results[0].toolCallId, "call_7Qk2");
  assert.match(unknown.json.results[0].error, /Unknown function: find_table/);
  const schema = JSON.parse(readFileSync(join(data, "tool-calls.schema.json"), "utf8"));
  assert.equal((await post(`${server.url}/vapi/webhook`, schema)).status, 200);
});

test("two tool calls in one message are both answered, and a repeated message does nothing twice", async () => {
  const body = {
    message: {
      type: "tool-calls",
      timestamp: Date.now(),
      call: { id: "guide-twice", customer: { number: "+14155550188" } },
      toolCallList: [
        { id: "T1", function: { name: "check_availability", arguments: { bedrooms: 1 } } },
        { id: "T2", function: { name: "qualify_lead", arguments: { name: "Pat Kim", budget: 2500, bedrooms: 1 } } },
      ],
    },
  };
  const first = await post(`${server.url}/vapi/webhook`, body);
  assert.deepEqual(first.json.results.map((result) => result.toolCallId), ["T1", "T2"]);
  const again = await post(`${server.url}/vapi/webhook`, body);
  assert.deepEqual(again.json, first.json);
  const leads = await get(`${server.url}/api/v1/leads?phone=%2B14155550188`);
  assert.equal(leads.json.data.length, 1);
  assert.equal(leads.json.data[0].name, "Pat Kim");
  const call = (await get(`${server.url}/api/v1/voice/calls/guide-twice`)).json;
  assert.equal(call.tool_calls.length, 2);
});

test("a call told by webhooks is read back through the API", async () => {
  const id = "6a1f2c3d-1111-4e5f-8a9b-00000000c0de";
  const begun = Date.parse("2025-11-20T14:46:40Z");
  const call = { id, type: "inboundPhoneCall", customer: { number: "+15551234567" } };
  const tell = async (message) => {
    const { status, json } = await post(`${server.url}/api/v1/voice/webhook`, { message: { call, ...message } });
    assert.equal(status, 200);
    assert.deepEqual(json, { status: "received" }, message.type);
  };
  await tell({ type: "status-update", status: "ringing", timestamp: begun - 2000 });
  await tell({ type: "status-update", status: "in-progress", timestamp: begun });
  await tell({ type: "transcript", role: "assistant", transcriptType: "final", transcript: "Hello!", timestamp: begun + 500 });
  await tell({ type: "transcript", role: "user", transcriptType: "partial", transcript: "I am", timestamp: begun + 900 });
  await tell({ type: "transcript", role: "user", transcriptType: "final", transcript: "I am late.", timestamp: begun + 1500 });
  const during = (await get(`${server.url}/api/v1/voice/calls/${id}`)).json;
  assert.equal(during.status, "in-progress");
  assert.equal(during.direction, "inbound");
  assert.deepEqual(during.transcript.map(({ role, text }) => [role, text]), [["assistant", "Hello!"], ["user", "I am late."]]);

  await tell({
    type: "end-of-call-report",
    timestamp: begun + 62_000,
    endedReason: "customer-ended-call",
    startedAt: new Date(begun).toISOString(),
    endedAt: new Date(begun + 61_500).toISOString(),
    cost: 0.12,
    analysis: { summary: "The caller is late." },
    artifact: {
      recordingUrl: "https://recordings.example.test/1.wav",
      messages: [
        { role: "bot", message: "Hello!", time: begun + 500 },
        { role: "user", message: "I am late.", time: begun + 1500 },
        { role: "bot", message: "No problem.", time: begun + 3000 },
      ],
    },
  });
  // Late and repeated messages change nothing.
  await tell({ type: "status-update", status: "in-progress", timestamp: begun });
  const shown = (await get(`${server.url}/api/v1/voice/calls/${id}`)).json;
  assert.equal(shown.platform_id, id);
  assert.equal(shown.status, "ended");
  assert.equal(shown.ended_reason, "customer-ended-call");
  assert.equal(shown.duration_seconds, 61.5);
  assert.equal(shown.cost, 0.12);
  assert.equal(shown.summary, "The caller is late.");
  assert.equal(shown.recording_url, "https://recordings.example.test/1.wav");
  assert.equal(shown.phone_number, "+15551234567");
  assert.deepEqual(shown.transcript.map(({ role, text }) => [role, text]), [
    ["assistant", "Hello!"],
    ["user", "I am late."],
    ["assistant", "No problem."],
  ]);
  assert.equal(shown.events.length, 6, "each message once");
  assert.deepEqual((await get(`${server.url}/api/v1/voice/calls/${shown.id}`)).json, shown, "found by our id, too");
  const listed = (await get(`${server.url}/api/v1/voice/calls?phone_number=%2B15551234567`)).json.data;
  const inList = listed.find((entry) => entry.platform_id === id);
  assert.ok(inList);
  assert.ok(!("transcript" in inList || "tool_calls" in inList || "events" in inList));
  assert.equal(shown.lead_id, "lead_web");
  const activities = (await get(`${server.url}/api/v1/leads/lead_web/activities`)).json.data;
  assert.ok(activities.some((activity) => activity.call_id === id && activity.kind === "call"));
});

test("the sample report and one of every other message are taken", async () => {
  const report = readFileSync(join(data, "end-of-call-report.json"), "utf8");
  assert.deepEqual((await post(`${server.url}/vapi/webhook`, report)).json, { status: "received" });
  for (const body of JSON.parse(readFileSync(join(data, "server-messages-minimal.json"), "utf8"))) {
    const { status, json } = await post(`${server.url}/vapi/webhook`, body);
    assert.equal(status, 200, body.message.type);
    if (body.message.type !== "voice-request") assert.ok(json, body.message.type);
  }
  const unknown = await post(`${server.url}/vapi/webhook`, { message: { type: "from-the-future", call: { id: "f" } } });
  assert.deepEqual(unknown.json, { status: "ignored" });
});

test("signed webhooks, as the guides sign them with openssl, are let in and others are not", async () => {
  const secret = "your-webhook-secret";
  const locked = await start({ env: { VAPI_WEBHOOK_SECRET: secret } });
  try {
    await everywhere(async (route) => {
      for (const slash of ["", "/"]) {
        const body = `{"message":{"type":"function-call","functionCall":{"name":"transfer_to_human","parameters":{"reason":"asked"}},"call":{"id":"signed-${route}${slash}"}}}`;
        const code = (headers) => `curl -s -w '\\n%{http_code}' -X POST $URL${route}${slash} ${headers} \\
          -H 'Content-Type: application/json' -d "$BODY"`;
        const signed = `BODY='${body}'
          SIGNATURE=$(printf '%s' "$BODY" | openssl dgst -sha256 -hmac '${secret}' | sed 's/^.* //')\n`;
        const answers = await pasteAll(
          [
            signed + code('-H "x-vapi-signature: $SIGNATURE"'),
            code(`-H 'X-Vapi-Secret: ${secret}'`),
            code(`-H 'Authorization: Bearer ${secret}'`),
            code('-H "x-vapi-signature: 00$SIGNATURE"'),
            code(""),
          ],
          locked.url,
        );
        assert.deepEqual(
          answers.map((answer) => answer.split("\n").at(-1)),
          ["200", "200", "200", "401", "401"],
          route + slash,
        );
        assert.ok(JSON.parse(answers[0].split("\n")[0]).result);
      }
    });
    const body = JSON.stringify({ message: { type: "hang", call: { id: "h" } } });
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    for (const written of [signature, signature.toUpperCase(), `sha256=${signature}`]) {
      assert.equal((await post(`${locked.url}/vapi/webhook`, body, { "X-Vapi-Signature": written })).status, 200);
    }
  } finally {
    assert.equal(await locked.stop(), 0);
  }
});
