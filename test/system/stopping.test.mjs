// A stop signal with a call in progress: the call may end, its report is stored, and the time for it is bounded.
import assert from "node:assert/strict";
import { test } from "node:test";
import { get, post, start, until } from "./support/program.mjs";
import { startTheirServer } from "./support/their_server.mjs";

/** A server with two loops, and a call on it whose model has been asked and is thinking until `answer` is called. */
async function callInProgress(env) {
  let answer;
  const thought = new Promise((resolve) => (answer = resolve));
  const theirs = await startTheirServer({ say: () => thought });
  const server = await start({ env: { OFFHOOK_LOOPS: "2", ...env } });
  const plan = {
    assistant: {
      firstMessage: "Hello.",
      model: { provider: "custom-llm", url: `${theirs.url}/llm`, model: "slow" },
      server: { url: `${theirs.url}/webhook` },
    },
    customer: { number: "+14155550191" },
  };
  const created = await post(`${server.url}/exchange/call`, plan);
  assert.equal(created.status, 201, created.text);
  await until(() => theirs.requests.length > 0, "the model was asked");
  return { server, theirs, answer, plan, id: created.json.id };
}

/** The call as the exchange shows it after a new start on the same data, and what its own server was told. */
async function whatIsLeft({ server, theirs, id }) {
  const next = await start({ data: server.data });
  const { json: call } = await get(`${next.url}/exchange/call/${id}`);
  assert.equal(await next.stop(), 0);
  const about = theirs.messages.map(({ message }) => message).filter((message) => message.call.id === id);
  const reports = about.filter(({ type }) => type === "end-of-call-report");
  assert.equal(reports.length, 1, "one report was sent");
  assert.equal(call.status, "ended");
  assert.equal(call.endedReason, reports[0].endedReason);
  return call;
}

test("a call in progress ends by itself", async () => {
  const call = await callInProgress({});
  const stopped = call.server.kill("SIGTERM");
  const another = () => post(`${call.server.url}/exchange/call`, call.plan);
  await until(async () => (await another()).status === 503, "no new calls begin");
  call.answer("All right, good-bye.");
  const { code, signal } = await stopped;
  assert.equal(signal, null);
  assert.equal(code, 0, call.server.output().stderr);
  await call.theirs.close();
  const left = await whatIsLeft(call);
  assert.match(left.artifact.transcript, /All right, good-bye\./);
  assert.notEqual(left.endedReason, "manually-canceled");
});

test("a call that would take too long is hung up, and its report is sent all the same", async () => {
  const call = await callInProgress({ OFFHOOK_DRAIN_SECONDS: "1" });
  assert.equal(await call.server.stop(), 0, call.server.output().stderr);
  call.answer("Too late.");
  await call.theirs.close();
  const left = await whatIsLeft(call);
  assert.equal(left.endedReason, "manually-canceled");
  assert.doesNotMatch(left.artifact.transcript, /Too late/);
});

test("without a call it stops at once, whoever keeps a connection open", async () => {
  const server = await start({ env: { OFFHOOK_DRAIN_SECONDS: "3600" } });
  assert.equal((await get(`${server.url}/healthz`)).status, 200); // fetch keeps the connection
  assert.equal(await server.stop(), 0);
});
