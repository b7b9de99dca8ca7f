// The exchange, driven by Vapi's own SDK, and what the exchange sends, checked against the SDK's types.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { VapiClient, VapiError } from "@vapi-ai/server-sdk";
import { run, start, temporaryFolder, until } from "./support/program.mjs";
import { startTheirServer } from "./support/their_server.mjs";

const here = import.meta.dirname;
const secret = "a-secret-of-the-tests";
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
let server;
let vapi;

before(async () => {
  server = await start({ env: { VAPI_WEBHOOK_SECRET: secret } });
  vapi = new VapiClient({ token: "any", baseUrl: `${server.url}/exchange`, maxRetries: 0 });
});
after(async () => assert.equal(await server.stop(), 0));

const hmac = (key, bytes) => createHmac("sha256", key).update(bytes).digest("hex");

/** Waits until the call is over and answers it. */
const ended = (id) =>
  until(async () => {
    const call = await vapi.calls.get({ id });
    return call.status === "ended" && call.artifact && call;
  }, `call ${id} ended`);

test("assistants are created, read, listed, updated and deleted", async () => {
  const created = await vapi.assistants.create({
    name: "Front Desk",
    firstMessage: "Hi, this is the front desk.",
    model: { provider: "openai", model: "gpt-4o", messages: [{ role: "system", content: "You book tables." }] },
    metadata: { colour: "green" },
  });
  assert.match(created.id, uuid);
  assert.ok(created.orgId);
  assert.ok(!Number.isNaN(Date.parse(created.createdAt)));
  assert.equal(created.firstMessage, "Hi, this is the front desk.");

  const { id } = created;
  assert.deepEqual(await vapi.assistants.get({ id }), created);
  assert.ok((await vapi.assistants.list()).some((assistant) => assistant.id === id));
  assert.equal((await vapi.assistants.list({ limit: 1 })).length, 1);

  const updated = await vapi.assistants.update({ id, name: "Night Desk", metadata: { size: "small" } });
  assert.equal(updated.name, "Night Desk");
  assert.deepEqual(updated.metadata, { size: "small" }, "a field is replaced whole");
  assert.equal(updated.firstMessage, created.firstMessage);
  assert.equal(updated.createdAt, created.createdAt);
  assert.deepEqual(await vapi.assistants.get({ id }), updated);

  assert.equal((await vapi.assistants.delete({ id })).id, id);
  await assert.rejects(vapi.assistants.get({ id }), (error) => {
    assert.ok(error instanceof VapiError);
    assert.equal(error.statusCode, 404);
    return true;
  });
  assert.ok(!(await vapi.assistants.list()).some((assistant) => assistant.id === id));
});

test("a call runs to its end and keeps its transcript", async () => {
  const assistant = await vapi.assistants.create({
    name: "Leasing",
    firstMessage: "Thank you for calling Sunset Apartments.",
    model: { provider: "custom-llm", url: `${server.url}/api`, model: "leasing" },
  });
  const created = await vapi.calls.create({
    assistantId: assistant.id,
    customer: { number: "+14155550191" },
    phoneNumberId: "9c2e4b10-3333-4f6a-8b7c-00000000b001",
    name: "A test call",
  });
  assert.match(created.id, uuid);
  assert.equal(created.status, "queued");
  assert.equal(created.type, "outboundPhoneCall");
  assert.equal(created.assistantId, assistant.id);
  const call = await ended(created.id);
  assert.ok(call.endedReason);
  assert.ok(!call.endedReason.includes("error"), call.endedReason);
  assert.equal(call.name, "A test call", "fields that were given stay");
  assert.equal(call.customer.number, "+14155550191");
  assert.ok(Date.parse(call.endedAt) >= Date.parse(call.startedAt));
  assert.match(call.artifact.transcript, /Sunset Apartments/);
  const roles = new Set(call.artifact.messages.map((message) => message.role));
  assert.ok(roles.has("user") && roles.has("bot"), [...roles].join());
  assert.ok(call.artifact.messagesOpenAiFormatted ?? call.artifact.messagesOpenAIFormatted);
  assert.ok((await vapi.calls.list()).some((listed) => listed.id === call.id));
});

test("mistakes come as the SDK's typed errors", async () => {
  // The SDK raises its base class for these operations; the status and the body tell the rest.
  const refused = async (promise, statusCode, words) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof VapiError, String(error));
      assert.equal(error.statusCode, statusCode);
      assert.equal(error.body.statusCode, statusCode);
      assert.match([error.body.message].flat().join(), words);
      return true;
    });
  const before = (await vapi.calls.list()).length;
  await refused(vapi.calls.create({ customer: { number: "+14155550191" } }), 400, /assistantId/);
  await refused(vapi.assistants.create({ name: "x".repeat(41) }), 400, /name/);
  await refused(vapi.assistants.create({ firstMessage: 7 }), 400, /firstMessage/);
  await refused(vapi.calls.create({ assistantId: "nobody", customer: { number: "+14155550191" } }), 404, /Couldn.t Find/);
  await refused(vapi.calls.get({ id: "nobody" }), 404, /Couldn.t Find/);
  await refused(vapi.assistants.update({ id: "nobody", name: "x" }), 404, /Couldn.t Find/);
  await refused(vapi.assistants.delete({ id: "nobody" }), 404, /Couldn.t Find/);
  assert.equal((await vapi.calls.list()).length, before, "a refused call leaves nothing");
});

test("with VAPI_API_KEY set the SDK's token is checked", async () => {
  const locked = await start({ env: { VAPI_API_KEY: "the-right-token" } });
  const withToken = (token) => new VapiClient({ token, baseUrl: `${locked.url}/exchange`, maxRetries: 0 });
  try {
    assert.deepEqual(await withToken("the-right-token").assistants.list(), []);
    await assert.rejects(withToken("a-wrong-token").assistants.list(), (error) => {
      assert.ok(error instanceof VapiError);
      assert.equal(error.statusCode, 401);
      return true;
    });
  } finally {
    assert.equal(await locked.stop(), 0);
  }
});

/** A call against a server of somebody else, with a secret or none: its LLM calls a tool, then answers. */
async function captureCall(theirSecret) {
  const theirs = await startTheirServer({
    say: (body) =>
      body.messages.some((message) => message.role === "tool")
        ? "Your table is booked."
        : { id: "call_7Qk2", tool: "find_table", arguments: { party: 2, time: "19:00" } },
    answerTool: () => "Table four is free.",
  });
  const created = await vapi.calls.create({
    assistant: {
      name: "Front Desk",
      firstMessage: "Hi, this is the front desk.",
      model: {
        provider: "custom-llm",
        url: `${theirs.url}/llm`,
        model: "desk-1",
        messages: [{ role: "system", content: "You book tables." }],
        tools: [
          {
            type: "function",
            function: {
              name: "find_table",
              description: "Find a free table",
              parameters: { type: "object", properties: { party: { type: "number" }, time: { type: "string" } } },
            },
          },
        ],
      },
      server: { url: `${theirs.url}/webhook`, secret: theirSecret },
    },
    customer: { number: "+14155550191" },
  });
  const call = await ended(created.id);
  await until(() => theirs.messages.some(({ message }) => message.type === "end-of-call-report"), "the report came");
  await theirs.close();
  return { theirs, call };
}

test("what the exchange delivers is signed, in order, and fits the SDK's types", async () => {
  const { theirs, call } = await captureCall("their-own-secret");
  for (const { headers, raw, message } of theirs.messages) {
    assert.equal(headers["x-vapi-secret"], "their-own-secret", message.type);
    assert.equal(headers["x-vapi-signature"], hmac("their-own-secret", raw), message.type);
    assert.match(headers["content-type"], /^application\/json/);
    assert.equal(message.call.id, call.id);
    assert.equal(typeof message.timestamp, "number");
  }
  const of = (type) => theirs.messages.map(({ message }) => message).filter((message) => message.type === type);
  assert.deepEqual(
    of("status-update").map((message) => message.status),
    ["ringing", "in-progress", "ended"],
  );
  assert.ok(of("transcript").some((message) => message.role === "user"));
  assert.ok(of("transcript").some((message) => message.role === "assistant"));
  assert.ok(of("tool-calls").length > 0);
  assert.deepEqual(of("tool-calls")[0].toolCallList[0].function, {
    name: "find_table",
    arguments: { party: 2, time: "19:00" },
  });
  assert.equal(of("end-of-call-report").length, 1);
  assert.equal(theirs.messages.at(-1).message.type, "end-of-call-report");
  assert.ok(of("end-of-call-report")[0].endedReason);

  // The custom LLM was asked as Vapi asks: the whole conversation, the tool's result, call and customer.
  const last = theirs.requests.at(-1).body;
  assert.equal(last.stream, true);
  assert.equal(last.call.id, call.id);
  assert.equal(last.messages[0].role, "system");
  const toolAt = last.messages.findIndex((message) => message.role === "tool");
  assert.equal(last.messages[toolAt].content, "Table four is free.");
  assert.equal(last.messages[toolAt - 1].tool_calls[0].id, last.messages[toolAt].tool_call_id);
  assert.equal(last.tools[0].function.name, "find_table");

  await fitsTypes(
    theirs.messages.map(({ message }) => message),
    call,
  );
});

test("a server without a secret of its own gets our signature, but not our secret", async () => {
  const { theirs } = await captureCall();
  assert.ok(theirs.messages.length > 5);
  for (const { headers, raw, message } of theirs.messages) {
    assert.equal(headers["x-vapi-signature"], hmac(secret, raw), message.type);
    assert.ok(!JSON.stringify(headers).includes(secret), message.type);
  }
  for (const { headers } of theirs.requests) assert.equal(headers.authorization, undefined);
});

test("a call survives a webhook that fails, and ends with Vapi's reason when the custom LLM does", async () => {
  const reasons = {
    400: "call.in-progress.error-providerfault-custom-llm-400-bad-request-validation-failed",
    401: "call.in-progress.error-providerfault-custom-llm-401-unauthorized",
    500: "call.in-progress.error-providerfault-custom-llm-500-server-error",
  };
  for (const status of [200, ...Object.keys(reasons).map(Number)]) {
    const theirs = await startTheirServer({
      say: () => (status === 200 ? "All right." : { status }),
      webhookStatus: 500,
    });
    const created = await vapi.calls.create({
      assistant: {
        firstMessage: "Hello.",
        model: { provider: "custom-llm", url: `${theirs.url}/llm`, model: "desk-1" },
        server: { url: `${theirs.url}/webhook` },
      },
      customer: { number: "+14155550191" },
    });
    const call = await ended(created.id);
    await theirs.close();
    if (status === 200) {
      assert.doesNotMatch(call.endedReason, /error/);
      assert.match(call.artifact.transcript, /All right\./);
    } else {
      assert.equal(call.endedReason, reasons[status]);
    }
    assert.ok(theirs.messages.length > 3, "the webhook was told all the same");
  }
});

/** Type-checks the captured messages and the call as values of the SDK's types, with tsc. */
async function fitsTypes(messages, call) {
  const types = {
    "status-update": "ServerMessageStatusUpdate",
    transcript: "ServerMessageTranscript",
    "tool-calls": "ServerMessageToolCalls",
    "end-of-call-report": "ServerMessageEndOfCallReport",
  };
  // Fields may be there that the SDK does not know (the platform sends such, too), hence the detour over
  // `captured`: only fresh literals are searched for excess ones. It makes literal types that are mutable.
  let source = `import type { Vapi } from "@vapi-ai/server-sdk";
type Wire<T> = T extends object ? { -readonly [K in keyof T]: Wire<T[K]> } : T;
declare function wire<const T>(value: T): Wire<T>;\n`;
  const check = (value, type) => {
    const name = `captured${(checks += 1)}`;
    source += `const ${name} = wire(${JSON.stringify(value, argumentsAsText, 1)});\n`;
    source += `export const typed${checks}: Vapi.${type} = ${name};\n`;
  };
  let checks = 0;
  for (const message of messages) {
    assert.ok(types[message.type], `no type is known for ${message.type}`);
    check(message, types[message.type]);
    check({ message }, "ServerMessage");
  }
  check(call, "Call");
  await tsc(source);
  assert.ok(checks > 10);
  // The check can fail: the same with a status that is none.
  const wrong = { ...messages.find((message) => message.type === "status-update"), status: "dancing" };
  source += `export const wrong: Vapi.ServerMessageStatusUpdate = wire(${JSON.stringify(wrong)});\n`;
  await assert.rejects(tsc(source), /dancing/);
}

/** The SDK types a tool call's arguments as text; the platform sends an object, and so do we. */
function argumentsAsText(key, value) {
  return key === "arguments" && typeof value === "object" ? JSON.stringify(value) : value;
}

async function tsc(source) {
  const folder = temporaryFolder();
  symlinkSync(join(here, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder, "src/captured.ts"), source);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: join(here, "tsconfig.json"), files: ["src/captured.ts"] }),
  );
  const checked = await run([join(here, "node_modules/typescript/bin/tsc"), "-p", folder], {
    program: process.execPath,
    cwd: folder,
  });
  if (checked.code !== 0) throw new Error(`tsc found faults:\n${checked.stdout}${checked.stderr}`);
}
