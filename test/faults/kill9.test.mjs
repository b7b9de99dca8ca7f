// The server is killed with -9 at random moments under load, again and again on the same folder. Whatever was
// answered 200 is there afterwards, and what a tool did was done exactly once, however often it was asked.
// OFFHOOK_KILL_ROUNDS sets how many kills.
import assert from "node:assert/strict";
import { test } from "node:test";
import { get, start, temporaryFolder } from "../system/support/program.mjs";
import { Wire, request } from "../system/support/wire.mjs";

const rounds = Number(process.env.OFFHOOK_KILL_ROUNDS ?? 20);
const connections = 16;
const begun = Date.parse("2025-11-20T14:46:40Z");
const messagesInCall = 6;
const toolCallAt = 3; // which of a call's messages calls a tool

/** The n-th message of a call: a status, lines of both sides, a tool call, lines. */
function message(callId, n) {
  const call = { id: callId, type: "inboundPhoneCall" };
  const timestamp = begun + n * 1000;
  if (n === 0) return { message: { type: "status-update", status: "in-progress", timestamp, call } };
  if (n === toolCallAt) {
    // The reason is the call's id, so that the callback can be counted.
    const promise = { phone: "+14155550142", at: "2031-05-05T10:00", reason: callId };
    const toolCallList = [{ id: `tool-${callId}`, type: "function", function: { name: "schedule_callback", arguments: promise } }];
    return { message: { type: "tool-calls", timestamp, call, toolCallList } };
  }
  const said = { role: n % 2 ? "user" : "assistant", transcriptType: "final", transcript: `line ${n} of ${callId}` };
  return { message: { type: "transcript", ...said, timestamp, call } };
}

/** Sends a message and checks its answer, which for a tool call has to be `promised` when that is known. */
async function deliver(wire, callId, n, promised) {
  await wire.send(request("POST", "/vapi/webhook", { body: JSON.stringify(message(callId, n)) }));
  const { status, json } = await wire.response();
  assert.equal(status, 200);
  if (n !== toolCallAt) return assert.deepEqual(json, { status: "received" });
  assert.match(json.results[0].result, /We'll call you back/);
  if (promised) assert.deepEqual(json, promised, "the same tool call, the same answer");
  return json;
}

/** Makes calls, one after the other, until the server is gone. Notes in `answered` what was answered 200. */
async function talk(port, name, answered) {
  const wire = await Wire.open(port);
  try {
    for (let number = 0; ; ++number) {
      const callId = `${name}-${number}`;
      for (let n = 0; n < messagesInCall; ++n) {
        const known = answered.get(callId) ?? {};
        const answer = await deliver(wire, callId, n);
        answered.set(callId, { ...known, last: n, ...(n === toolCallAt && { promised: answer }) });
        // Every other message is sent twice, as a platform does that missed an answer.
        if (n % 2) await deliver(wire, callId, n, answered.get(callId).promised);
      }
    }
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error; // the rest is the connection's end
  } finally {
    wire.close();
  }
}

/** What a call has to look like when messages 0 to `last` were answered; one more may have been stored. */
function checkCall(call, callId, last) {
  const spoken = [1, 2, 4, 5].map((n) => ({ n, role: n % 2 ? "user" : "assistant", text: `line ${n} of ${callId}` }));
  const stored = call.transcript.map(({ role, text }) => ({ role, text }));
  const least = spoken.filter(({ n }) => n <= last).length;
  const most = spoken.filter(({ n }) => n <= last + 1).length;
  assert.ok(stored.length >= least && stored.length <= most, `${callId}: ${stored.length} lines, ${last} was answered`);
  assert.deepEqual(stored, spoken.slice(0, stored.length).map(({ role, text }) => ({ role, text })), "each line once, in order");
  assert.equal(call.status, "in-progress");
  assert.ok(call.events.length > last && call.events.length <= last + 2, "each event once, none by halves");
  if (last >= toolCallAt) assert.equal(call.tool_calls.length, 1, callId);
}

/** All rows of a list of the API. */
async function everything(server, path) {
  const rows = [];
  for (let cursor = ""; cursor !== null; ) {
    const page = (await get(`${server.url}${path}?limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)).json;
    rows.push(...page.data);
    cursor = page.next_cursor;
  }
  return rows;
}

/** Nothing of `answered` is lost; then the platform sends the end of each connection's last call again, and the rest. */
async function checkRound(server, answered) {
  for (const [callId, { last }] of answered) {
    const { status, json } = await get(`${server.url}/api/v1/voice/calls/${callId}`);
    assert.equal(status, 200, `${callId} is lost`);
    checkCall(json, callId, last);
  }
  const wire = await Wire.open(server.port);
  for (const [callId, state] of [...answered].slice(-connections)) {
    for (let n = state.last; n < messagesInCall; ++n) {
      const answer = await deliver(wire, callId, n, state.promised);
      if (n === toolCallAt) state.promised = answer;
    }
    state.last = messagesInCall - 1;
    checkCall((await get(`${server.url}/api/v1/voice/calls/${callId}`)).json, callId, state.last);
  }
  wire.close();
}

test(`${rounds} times kill -9 under load: nothing acknowledged is lost, nothing is done twice`, async () => {
  const data = temporaryFolder();
  const everyAnswer = new Map();
  let answered = new Map();
  for (let round = 1; round <= rounds; ++round) {
    const server = await start({ data });
    await checkRound(server, answered);
    answered = new Map();
    const talking = Array.from({ length: connections }, (_, i) => talk(server.port, `r${round}c${i}`, answered));
    // At a random moment: from the first answers to the middle of a checkpoint.
    const enough = 1 + Math.floor(Math.random() ** 2 * 300);
    let seen = 0;
    while ((seen = [...answered.values()].reduce((sum, { last }) => sum + last + 1, 0)) < enough) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(await server.kill("SIGKILL"), { code: null, signal: "SIGKILL" }, `round ${round}, after ${seen} answers`);
    await Promise.all(talking);
    for (const [callId, state] of answered) everyAnswer.set(callId, state);
  }

  const server = await start({ data });
  await checkRound(server, answered);
  const calls = new Map((await everything(server, "/api/v1/voice/calls")).map((call) => [call.platform_id, call]));
  const callbacks = new Map();
  for (const { reason } of await everything(server, "/api/v1/callbacks")) callbacks.set(reason, (callbacks.get(reason) ?? 0) + 1);
  for (const [callId, { last }] of everyAnswer) {
    assert.ok(calls.has(callId), `${callId} is lost`);
    if (last >= toolCallAt) assert.equal(callbacks.get(callId), 1, `${callId}: the promised callback`);
  }
  for (const [callId, count] of callbacks) assert.equal(count, 1, `${callId} is called back ${count} times`);
  assert.ok(calls.size <= everyAnswer.size + rounds * connections);
  assert.equal(await server.stop(), 0);
});
