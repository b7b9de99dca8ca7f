// Whatever was answered 200 survives kill -9: bursts of webhooks from many connections, killed at a random
// moment, restarted on the same folder, and read back. OFFHOOK_KILL_ROUNDS (default 5) sets how often.
import assert from "node:assert/strict";
import { test } from "node:test";
import { get, start, temporaryFolder } from "../system/support/program.mjs";
import { Wire, request } from "../system/support/wire.mjs";

const rounds = Number(process.env.OFFHOOK_KILL_ROUNDS ?? 5);
const connections = 16;
const begun = Date.parse("2025-11-20T14:46:40Z");

/** The n-th message of a call: in turn, a status, lines of both sides, and in the end the status again. */
function message(callId, n) {
  const fields =
    n === 0
      ? { type: "status-update", status: "in-progress" }
      : { type: "transcript", role: n % 2 ? "user" : "assistant", transcriptType: "final", transcript: `line ${n} of ${callId}` };
  return { message: { ...fields, timestamp: begun + n * 1000, call: { id: callId, type: "inboundPhoneCall" } } };
}

const send = (wire, callId, n) =>
  wire.send(request("POST", "/vapi/webhook", { body: JSON.stringify(message(callId, n)) }));

/** Sends calls of six messages, one after the other, until the server is gone. Notes what was answered 200. */
async function talk(port, name, answered) {
  const wire = await Wire.open(port);
  try {
    for (let call = 0; ; ++call) {
      const callId = `${name}-${call}`;
      for (let n = 0; n < 6; ++n) {
        // Every other message is sent twice, as a platform does that missed an answer.
        for (let times = 1 + (n % 2); times > 0; --times) {
          await send(wire, callId, n);
          const { status, json } = await wire.response();
          assert.equal(status, 200);
          assert.deepEqual(json, { status: "received" });
        }
        answered.set(callId, n);
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
  const lines = Array.from({ length: 6 }, (_, n) => n)
    .slice(1)
    .map((n) => ({ role: n % 2 ? "user" : "assistant", text: `line ${n} of ${callId}` }));
  const stored = call.transcript.map(({ role, text }) => ({ role, text }));
  assert.ok(stored.length === last || stored.length === last + 1, `${callId}: ${stored.length} lines, ${last} answered`);
  assert.deepEqual(stored, lines.slice(0, stored.length), "each line once, in order");
  assert.equal(call.status, "in-progress");
  assert.equal(call.events.length, stored.length + 1, "each event once, none by halves");
}

for (let round = 1; round <= rounds; ++round) {
  test(`round ${round}: what was answered 200 is in the database after kill -9`, async () => {
    const data = temporaryFolder();
    const server = await start({ data });
    const answered = new Map();
    const talking = Array.from({ length: connections }, (_, i) => talk(server.port, `r${round}c${i}`, answered));
    const enough = 20 + Math.floor(Math.random() * 400);
    while ([...answered.values()].reduce((sum, n) => sum + n + 1, 0) < enough) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(await server.kill("SIGKILL"), { code: null, signal: "SIGKILL" });
    await Promise.all(talking);
    assert.ok(answered.size >= 4);

    const again = await start({ data });
    for (const [callId, last] of answered) {
      const { status, json } = await get(`${again.url}/api/v1/voice/calls/${callId}`);
      assert.equal(status, 200, `${callId} is lost`);
      checkCall(json, callId, last);
    }
    // The platform sends again what it is not sure of, and then the rest: nothing comes twice.
    const wire = await Wire.open(again.port);
    for (const callId of [...answered.keys()].slice(-connections)) {
      for (let n = 0; n < 6; ++n) {
        await send(wire, callId, n);
        assert.equal((await wire.response()).status, 200);
      }
      checkCall((await get(`${again.url}/api/v1/voice/calls/${callId}`)).json, callId, 5);
    }
    wire.close();
    let listed = 0;
    for (let cursor = ""; cursor !== null; ) {
      const page = (await get(`${again.url}/api/v1/voice/calls?limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)).json;
      listed += page.data.length;
      cursor = page.next_cursor;
    }
    assert.ok(listed >= answered.size && listed <= answered.size + connections, `${listed} calls for ${answered.size}`);
    assert.equal(await again.stop(), 0);
  });
}
