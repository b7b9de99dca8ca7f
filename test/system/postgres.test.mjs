// The whole program on PostgreSQL: what it stores is there after a restart, it says 503 while the server is away and
// goes on when it is back, and several processes share one database.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startPostgres } from "./support/postgres.mjs";
import { get, post, run, start, startWithSampleData, temporaryFolder, until } from "./support/program.mjs";

let postgres;
let env;

before(async () => {
  postgres = await startPostgres();
  env = { DATABASE_URL: postgres.url };
});
after(() => postgres.stop());

const tell = (server, message) => post(`${server.url}/vapi/webhook`, { message });

/** A tool call of the platform; `number` is the caller's. */
const toolCall = (callId, id, name, args, number = "+14155550171") => ({
  type: "tool-calls",
  timestamp: Date.now(),
  call: { id: callId, customer: { number } },
  toolCallList: [{ id, function: { name, arguments: args } }],
});

/** A weekday some weeks from now, as YYYY-MM-DD. */
function dayAhead(days) {
  const day = new Date(Date.now() + days * 86_400_000);
  while ([0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

/** What the API tells of the call and of the lead. */
async function readBack(server) {
  const call = (await get(`${server.url}/api/v1/voice/calls/pg-call`)).json;
  const leads = (await get(`${server.url}/api/v1/leads?phone=%2B14155550171`)).json.data;
  const tours = (await get(`${server.url}/api/v1/tours`)).json.data.filter((tour) => tour.lead_id === leads[0]?.id);
  return { call, leads, tours };
}

test("a webhook, a tool and the CRM are read back, also after a restart and by another process", async () => {
  const server = await startWithSampleData({ env });
  const call = { id: "pg-call", type: "inboundPhoneCall", customer: { number: "+14155550171" } };
  const begun = Date.parse("2025-11-20T14:46:40Z");
  for (const message of [
    { type: "status-update", status: "in-progress", timestamp: begun, call },
    { type: "transcript", role: "user", transcriptType: "final", transcript: "Grüße 🏠 \u0000!", timestamp: begun + 500, call },
  ]) {
    const { status, json } = await tell(server, message);
    assert.equal(status, 200);
    assert.deepEqual(json, { status: "received" });
  }
  const booking = toolCall("pg-call", "T1", "schedule_tour", { date: dayAhead(20), time: "11:00", name: "Pat Kim" });
  const booked = await tell(server, booking);
  assert.match(booked.json.results[0].result, /booked/);
  assert.deepEqual((await tell(server, booking)).json, booked.json, "sent again, it is answered and not done again");

  const stored = await readBack(server);
  assert.equal(stored.call.status, "in-progress");
  assert.deepEqual(stored.call.transcript.map((line) => line.text), ["Grüße 🏠 \u0000!"]);
  assert.equal(stored.call.tool_calls.length, 1);
  assert.equal(stored.leads.length, 1);
  assert.equal(stored.leads[0].name, "Pat Kim");
  assert.equal(stored.tours.length, 1);
  assert.equal(await server.stop(), 0);

  const again = await start({ env });
  const other = await start({ env });
  assert.deepEqual(await readBack(again), stored);
  assert.deepEqual(await readBack(other), stored);
  await again.kill("SIGKILL");
  assert.deepEqual(await readBack(other), stored);
  assert.equal(await other.stop(), 0);
});

test("bytes that PostgreSQL cannot store are no fault", async () => {
  const server = await start({ env });
  for (const phone of ["%00", "%FF", "a%ED%A0%80", "%F4%8F%B8%80"]) {
    const { status, json } = await get(`${server.url}/api/v1/leads?phone=${phone}`);
    assert.equal(status, 200, JSON.stringify(json));
    assert.deepEqual(json.data, []);
  }
  assert.equal(await server.stop(), 0);
});

test("while the database is away everything that needs it answers 503, and afterwards all is well", async () => {
  const server = await start({ env });
  const message = (n) => ({
    type: "transcript",
    role: "user",
    transcriptType: "final",
    transcript: `line ${n}`,
    timestamp: Date.parse("2025-11-20T14:46:40Z") + n * 1000,
    call: { id: "pg-outage", type: "inboundPhoneCall" },
  });
  assert.equal((await tell(server, message(1))).status, 200);
  for (let round = 0; round < 2; ++round) {
    await postgres.stop();
    for (let i = 0; i < 3; ++i) {
      const told = await tell(server, message(2 + round));
      assert.equal(told.status, 503, told.text);
      assert.equal(told.json.error.type, "service_unavailable_error");
      assert.doesNotMatch(told.text, /postgres|libpq|socket|SQL/i);
    }
    assert.equal((await get(`${server.url}/readyz`)).status, 503);
    assert.equal((await get(`${server.url}/api/v1/leads`)).status, 503);
    assert.equal((await get(`${server.url}/healthz`)).status, 200);
    await postgres.start();
    await until(async () => (await tell(server, message(2 + round))).status === 200, "webhooks are stored again");
    await until(async () => (await get(`${server.url}/readyz`)).status === 200, "the server is ready again");
  }
  // Each reading thread has a connection of its own, and comes back when it is next asked.
  const call = await until(async () => {
    const answer = await get(`${server.url}/api/v1/voice/calls/pg-outage`);
    return answer.status === 200 && answer.json;
  }, "calls can be read again");
  assert.deepEqual(call.transcript.map((line) => line.text), ["line 1", "line 2", "line 3"]);
  assert.equal(await server.stop(), 0);
});

test("two processes on one database: no slot is booked twice, no message stored twice", async () => {
  const servers = await Promise.all([start({ env }), start({ env })]);
  const date = dayAhead(30);
  const bookings = [];
  for (let i = 0; i < 12; ++i) {
    const number = `+141555502${String(i).padStart(2, "0")}`;
    const message = toolCall(`pg-race-${i}`, `R${i}`, "schedule_tour", { date, time: "14:00", name: `Racer ${i}`, phone: number }, number);
    // Each is sent to both at once, as a platform might that lost patience.
    for (const server of servers) bookings.push(tell(server, message));
  }
  for (const { status, text } of await Promise.all(bookings)) assert.equal(status, 200, text);
  const tours = (await get(`${servers[0].url}/api/v1/tours?limit=500`)).json.data;
  const taken = tours.filter((tour) => tour.starts_at.startsWith(date) && tour.status === "scheduled");
  assert.equal(taken.length, 1, JSON.stringify(taken));
  const leads = (await get(`${servers[1].url}/api/v1/leads?limit=500`)).json.data.filter((lead) => lead.name.startsWith("Racer"));
  assert.equal(new Set(leads.map((lead) => lead.phone)).size, leads.length, "no lead twice");

  const lines = Array.from({ length: 20 }, (_, n) => ({
    type: "transcript",
    role: n % 2 ? "assistant" : "user",
    transcriptType: "final",
    transcript: `line ${n}`,
    timestamp: Date.parse("2025-11-20T14:46:40Z") + n * 1000,
    call: { id: "pg-shared", type: "inboundPhoneCall" },
  }));
  const told = await Promise.all(lines.flatMap((line) => servers.map((server) => tell(server, line))));
  for (const { status, text } of told) assert.equal(status, 200, text);
  const call = (await get(`${servers[0].url}/api/v1/voice/calls/pg-shared`)).json;
  assert.deepEqual(call.transcript.map((line) => line.text).sort(), lines.map((line) => line.transcript).sort());
  assert.equal(call.events.length, lines.length);
  for (const server of servers) assert.equal(await server.stop(), 0);
});

test("forget, retention, recordings and replay work on it, beside the server", async () => {
  const server = await start({ env });
  const at = (command, ...args) => run([command, ...args, "--data", server.data], { env });
  const call = { id: "pg-person", type: "inboundPhoneCall", customer: { number: "+14155550188", name: "Ottilie Quist" } };
  const begun = Date.now() - 60_000;
  for (const message of [
    { type: "status-update", status: "in-progress", timestamp: begun, call },
    { type: "transcript", role: "user", transcriptType: "final", transcript: "It is Ottilie.", timestamp: begun + 500, call },
  ]) {
    assert.equal((await tell(server, message)).status, 200);
  }
  const booked = await tell(server, toolCall("pg-person", "F1", "schedule_callback", { at: `${dayAhead(12)}T11:00`, reason: "rent" }, "+14155550188"));
  assert.match(booked.json.results[0].result, /call you back/);

  const replayed = await at("replay", "pg-person");
  assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
  assert.match(replayed.stdout, /the call is as it is stored/);
  assert.match((await at("replay", "pg-nobody")).stderr, /there is no call/);
  assert.match((await at("recordings")).stdout, /^0 in quarantine\n$/);

  const count = (text, what) => Number(new RegExp(`${what} +(\\d+)\\n`).exec(text)?.[1]);
  const dry = await at("forget", "(415) 555-0188", "--dry-run");
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /would erase of \+14155550188/);
  assert.equal((await get(`${server.url}/api/v1/voice/calls/pg-person`)).status, 200, "a dry run erases nothing");
  const forgotten = await at("forget", "(415) 555-0188");
  assert.equal(forgotten.code, 0, forgotten.stderr);
  for (const [what, rows] of [["calls", 1], ["transcript entries", 1], ["callbacks", 1], ["jobs", 1], ["webhook payloads", 3]]) {
    assert.equal(count(forgotten.stdout, `\n  ${what}`), rows, `${what}\n${forgotten.stdout}`);
  }
  assert.equal(forgotten.stdout.split("\n").slice(1).join("\n"), dry.stdout.split("\n").slice(1).join("\n"));
  assert.equal((await get(`${server.url}/api/v1/voice/calls/pg-person`)).status, 404);
  assert.match((await at("forget", "+14155550188")).stdout, /together +0\n/);

  // What the other tests said in 2025 is older than a month.
  const months = { ...env, OFFHOOK_KEEP_TRANSCRIPTS_DAYS: "30" };
  const old = (await run(["retention", "--data", server.data], { env: months })).stdout;
  assert.ok(count(old, "transcript entries") > 0, old);
  const removed = await run(["retention", "--apply", "--data", server.data], { env: months });
  assert.equal(removed.code, 0, removed.stderr);
  assert.equal(count(removed.stdout, "transcript entries"), count(old, "transcript entries"));
  assert.equal(count((await run(["retention", "--data", server.data], { env: months })).stdout, "transcript entries"), 0);
  assert.equal(await server.stop(), 0);
});

test("several programs may start on an empty database at once", async () => {
  const fresh = await startPostgres();
  const migrations = await Promise.all([1, 2, 3].map(() => run(["migrate"], { env: { DATABASE_URL: fresh.url } })));
  for (const { code, stdout, stderr } of migrations) {
    assert.equal(code, 0, stderr);
    assert.match(stdout, /PostgreSQL database postgres on .* is up to date/);
  }
  await fresh.stop();
});

test("what is wrong with the database is said in one sentence without its password", async () => {
  const secret = "very-s3cret";
  const cases = [
    [`postgres://offhook:${secret}@127.0.0.1:1/postgres`, /127\.0\.0\.1.*check DATABASE_URL/],
    [`postgres://nobody:${secret}@/postgres?host=${encodeURIComponent(postgres.folder)}`, /nobody.*check DATABASE_URL/],
    [`postgres://offhook:${secret}@/missing?host=${encodeURIComponent(postgres.folder)}`, /missing.*check DATABASE_URL/],
    [`postgres://offhook:${secret}@host@example.com/postgres`, /DATABASE_URL.*%40/],
    [`postgres://offhook:${secret}/x@example.com/postgres`, /DATABASE_URL.*%2F/],
    [`postgres://offhook:${secret}@example.com:many/postgres`, /DATABASE_URL/],
    [`mysql://offhook:${secret}@example.com/postgres`, /DATABASE_URL.*postgres:\/\//],
  ];
  for (const [url, words] of cases) {
    const { code, stdout, stderr } = await run(["serve", "--port", "0"], { env: { DATABASE_URL: url, OFFHOOK_LOG: "debug" } });
    assert.equal(code, 1, url + stdout + stderr);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    assert.match(stderr, words);
    assert.doesNotMatch(stdout + stderr, /s3cret/);
  }
  const shown = await run(["settings"], { env: { DATABASE_URL: cases[0][0] } });
  assert.match(shown.stdout, /DATABASE_URL +\(set\)/);
  assert.doesNotMatch(shown.stdout, /s3cret/);
});

test("simulate does not touch it", async () => {
  const played = await run(["simulate", "--agent", "leasing", "--seed", "3"], {
    env: { DATABASE_URL: "postgres://offhook@127.0.0.1:1/nowhere" },
    cwd: temporaryFolder(),
  });
  assert.equal(played.code, 0, played.stdout + played.stderr);
});
