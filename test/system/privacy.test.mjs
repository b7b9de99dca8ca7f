// Personal data through the whole program: what must not be stored, said or logged is not; a person is forgotten, byte
// for byte, while the server runs; stored messages make the same call again.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { get, post, run, start, temporaryFolder, until } from "./support/program.mjs";

const card = "4242424242424242";
const spokenCard = "four two four two four two four two four two four two four two four two";
const phone = "+14155550142";
const name = "Zebulon Quatermass";

/** All bytes below a folder, as latin1 text. */
function bytesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((file) => join(folder, file))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, "latin1"))
    .join("\n");
}

const call = { id: "c-zeb", type: "inboundPhoneCall", customer: { number: phone, name }, phoneNumber: { number: "+14155550100" } };
let clock = Date.now() - 600_000;
const hook = (server, message) =>
  post(`${server.url}/vapi/webhook`, { message: { timestamp: (clock += 1000), call, phoneNumber: { number: "+14155550100", twilioAuthToken: "tw-very-secret" }, ...message } });

/** One call with everything in it that a caller may say. */
async function playCall(server) {
  const book = { name: "schedule_tour", arguments: { date: nextMonday(), time: "11:00", name } };
  assert.equal((await hook(server, { type: "status-update", status: "in-progress" })).status, 200);
  for (const transcript of [`I am ${name}, my card is 4242 4242 4242 4242`, "it is 4111 1111", spokenCard, "1111 1111 thanks"]) {
    assert.equal((await hook(server, { type: "transcript", transcriptType: "partial", role: "user", transcript })).status, 200);
    assert.equal((await hook(server, { type: "transcript", transcriptType: "final", role: "user", transcript })).status, 200);
  }
  const tools = await hook(server, { type: "tool-calls", toolCallList: [{ id: "t-1", function: book }] });
  assert.match(tools.json.results[0].result, /confirmation code/);
  await hook(server, { type: "tool-calls", toolCallList: [{ id: "t-2", function: { name: "transfer_to_human", arguments: { reason: `card ${card} lost` } } }] });
  await hook(server, { type: "tool-calls", toolCallList: [{ id: "t-3", function: { name: "schedule_callback", arguments: { at: `${nextMonday()}T12:00`, reason: spokenCard } } }] });
  const messages = [
    { role: "user", message: `I am ${name}, my card is ${card}`, time: clock - 5000 },
    { role: "bot", message: "Go on", time: clock - 4000 },
    { role: "user", message: "it is 4111 1111", time: clock - 3000 },
    { role: "user", message: "1111 1111 thanks", time: clock - 2000 },
  ];
  const report = await hook(server, {
    type: "end-of-call-report", endedReason: "customer-ended-call", analysis: { summary: `${name} gave the card ${card}.` },
    startedAt: new Date(clock - 60_000).toISOString(), endedAt: new Date(clock).toISOString(),
    artifact: { messages, transcript: `User: ${card}\nAI: Go on\n` },
    compliance: { recordingConsent: { type: "verbal", grantedAt: new Date(clock - 50_000).toISOString() } },
  });
  assert.equal(report.status, 200);
}

function nextMonday() {
  const day = new Date(Date.now() + 7 * 86_400_000);
  while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

const cardForms = [card, "4242 4242", "4111", "four two four two", "tw-very-secret"];
/** Ids are figures and letters a to f, and times have decimals: four figures inside of those are nobody's card. */
const isInside = (text, at, form) => /[0-9a-f.]/.test(text[at - 1] ?? "") || /[0-9a-f]/.test(text[at + form.length] ?? "");
const holds = (text, forms) =>
  forms.filter((form) => {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
      if (form.length > 4 || !isInside(text, at, form)) return true;
    }
    return false;
  });

test("a card number is neither stored, nor answered, nor logged; the call can be replayed; its person be forgotten", async () => {
  const server = await start({ command: "demo", readyWhen: "/v1/chat/completions", env: { OFFHOOK_LOG: "debug" } });
  await playCall(server);
  const shown = await get(`${server.url}/api/v1/voice/calls/c-zeb`);
  assert.equal(shown.status, 200);
  assert.equal(shown.json.recording_consent, "granted");
  assert.deepEqual(holds(shown.text, cardForms), [], shown.text);
  assert.match(shown.json.summary, /\[card ending 4242\]/);
  assert.ok(shown.json.transcript.some((line) => line.text.includes("[card ending 1111]")), shown.text);

  const stored = bytesBelow(server.data);
  assert.deepEqual(holds(stored, [card, "4242 4242 4242", spokenCard, "tw-very-secret"]), []);

  const replayed = await run(["replay", "c-zeb", "--data", server.data]);
  assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
  assert.match(replayed.stdout, /the call is as it is stored/);
  const again = await run(["replay", "c-zeb", "--data", server.data, "--to", `${server.url}/vapi/webhook`]);
  assert.equal(again.code, 0, again.stdout + again.stderr);
  assert.equal((await run(["replay", "no-such-call", "--data", server.data])).code, 1);

  // Forgetting, beside the running server.
  const leads = await get(`${server.url}/api/v1/leads?phone=${encodeURIComponent(phone)}`);
  assert.equal(leads.json.data.length, 1);
  assert.deepEqual(holds(bytesBelow(server.data), [phone, name]), [phone, name], "the test sees what is stored");
  const dry = await run(["forget", "(415) 555-0142", "--data", server.data, "--dry-run"]);
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /would erase of \+14155550142/);
  assert.equal((await get(`${server.url}/api/v1/voice/calls/c-zeb`)).status, 200, "a dry run erases nothing");

  const forgotten = await run(["forget", "(415) 555-0142", "--data", server.data]);
  assert.equal(forgotten.code, 0, forgotten.stderr);
  for (const line of [/calls +1\n/, /leads +1\n/, /tours +1\n/, /tour times +1\n/, /callbacks +1\n/, /recording consents +1\n/]) {
    assert.match(forgotten.stdout, line);
  }
  assert.equal((await get(`${server.url}/api/v1/voice/calls/c-zeb`)).status, 404);
  assert.deepEqual((await get(`${server.url}/api/v1/leads?phone=${encodeURIComponent(phone)}`)).json.data, []);
  assert.deepEqual(holds(bytesBelow(server.data), ["4155550142", "Zebulon", "Quatermass"]), []);
  // Others are still there, the demo call's lead among them.
  assert.equal((await get(`${server.url}/api/v1/leads?phone=${encodeURIComponent("+14155550101")}`)).json.data.length, 1);
  const nobody = await run(["forget", phone, "--data", server.data]);
  assert.equal(nobody.code, 0, nobody.stderr);
  assert.match(nobody.stdout, /together +0\n/);
  // The time of the erased tour is free again.
  const free = await hook(server, { type: "tool-calls", call: { id: "c-2", customer: { number: "+14155550199" } }, toolCallList: [{ id: "t-9", function: { name: "schedule_tour", arguments: { date: nextMonday(), time: "11:00", name: "Ann Bly" } } }] });
  assert.match(free.json.results[0].result, /confirmation code/);

  assert.equal(await server.stop(), 0);
  const { stderr } = server.output();
  assert.deepEqual(holds(stderr, [...cardForms, "4155550142", "415-555", "Zebulon"]), []);
});

test("a call that was placed here, with an assistant and metadata, replays as it is stored", async () => {
  const server = await start();
  const assistant = await post(`${server.url}/api/v1/voice/assistants`, { name: "Desk", functions: [] });
  assert.equal(assistant.status, 201, assistant.text);
  assert.deepEqual(assistant.json.functions, []);
  const order = { phone_number: phone, assistant_id: assistant.json.id, metadata: { order: 7 } };
  const placed = await post(`${server.url}/api/v1/voice/call`, order);
  assert.equal(placed.status, 201, placed.text);
  const shown = () => get(`${server.url}/api/v1/voice/calls/${placed.json.id}`);
  await until(async () => (await shown()).json.status === "ended", "the call has ended");
  assert.deepEqual((await shown()).json.metadata, { order: 7 });
  assert.equal((await get(`${server.url}/api/v1/voice/calls`)).json.data.length, 1, "one row, whoever was first");
  const replayed = await run(["replay", placed.json.id, "--data", server.data]);
  assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
  const few = await run(["forget", "555-0142", "--region", "ZZ", "--data", server.data]);
  assert.equal(few.code, 1, "so few digits would find strangers");
  assert.equal(await server.stop(), 0);
});

test("forget and replay say what is wrong", async () => {
  assert.equal((await run(["forget"])).code, 2);
  const { code, stderr } = await run(["forget", phone, "--data", "nowhere"]);
  assert.equal(code, 1);
  assert.match(stderr, /there is no database/);
});

test("answers hold no card number, streamed or whole", async () => {
  const server = await start({ command: "demo", readyWhen: "/v1/chat/completions" });
  const ask = (stream) =>
    post(`${server.url}/v1/chat/completions`, {
      model: "banking", stream, messages: [{ role: "user", content: `Please block my card ${card}. My card is ${spokenCard}.` }],
      call: { id: `c-${stream}`, customer: { number: phone } },
    });
  for (const stream of [false, true]) {
    const { status, text } = await ask(stream);
    assert.equal(status, 200);
    assert.deepEqual(holds(text, cardForms), [], text);
  }
  assert.equal(await server.stop(), 0);
  assert.deepEqual(holds(bytesBelow(server.data), [card, spokenCard]), []);
});

test("nothing personal reaches the log at debug level, on any route", async () => {
  const server = await start({ command: "demo", readyWhen: "/v1/chat/completions", env: { OFFHOOK_LOG: "debug" } });
  const routes = readFileSync(join(import.meta.dirname, "../../docs/routes.md"), "utf8")
    .split("\n")
    .flatMap((line) => {
      const found = /^\| `(GET|POST|PUT|PATCH|DELETE) ([^`]+)`/.exec(line);
      return found ? [[found[1], found[2]]] : [];
    });
  assert.ok(routes.length > 20, `only ${routes.length} routes found in docs/routes.md`);
  const personal = { phone, number: phone, name, card, text: `${name} ${phone} ${card} ${spokenCard}` };
  for (const [method, path] of routes) {
    const url = server.url + path.replaceAll(/\{[^}]+\}/g, encodeURIComponent(phone));
    const query = `?phone=${encodeURIComponent(phone)}&q=${encodeURIComponent(name)}`;
    const body = { ...personal, message: { type: "transcript", ...personal, call }, messages: [{ role: "user", content: personal.text }], call, stream: false };
    for (const sent of [body, personal, [personal], { message: personal.text }]) {
      const response = await fetch(url + query, {
        method, headers: { "Content-Type": "application/json", "User-Agent": personal.text, "X-Caller": phone },
        body: method === "GET" ? undefined : JSON.stringify(sent),
      });
      await response.arrayBuffer();
      if (method === "GET") break;
    }
  }
  assert.equal(await server.stop(), 0);
  const { stderr } = server.output();
  assert.ok(stderr.split("\n").length > 60, "the log was written");
  assert.deepEqual(holds(stderr, [...cardForms, "4155550142", "Zebulon", "Quatermass"]), []);
});

test("what is too old goes at start, and can be looked at before", async () => {
  const first = await start({ command: "demo", readyWhen: "/v1/chat/completions" });
  await playCall(first);
  assert.equal(await first.stop(), 0);
  const look = await run(["retention", "--data", first.data]);
  assert.equal(look.code, 0, look.stderr);
  assert.match(look.stdout, /kept: transcripts 730 days, recordings 180 days, payloads 90 days/);
  assert.match(look.stdout, /webhook payloads +0\n/);
  assert.match((await run(["recordings", "--data", first.data])).stdout, /0 in quarantine/);
});

/** Agent files: one that keeps recordings only with the caller's consent. */
function strictAgents() {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "strict.yaml"), [
    "name: strict", "title: Strict Bank", "first_message: Good day.",
    "recording: {consent: required}", "numbers: ['+14155550190']", "tools: [end_call]", "system_prompt: You are the voice of a bank.", ""].join("\n"));
  return folder;
}

test("a recording without consent is in quarantine, until consent comes or a person releases it with a reason", async () => {
  const env = { OFFHOOK_AGENTS: strictAgents(), OFFHOOK_AGENT: "strict" };
  const server = await start({ env });
  const recordings = join(server.data, "recordings");
  mkdirSync(recordings, { recursive: true });
  const report = (id, more = {}) =>
    hook(server, { type: "end-of-call-report", call: { id }, phoneNumber: { number: "+14155550190" }, endedReason: "customer-ended-call", recordingUrl: `https://x.example/${id}.wav`, ...more });
  const shown = async (id) => (await get(`${server.url}/api/v1/voice/calls/${id}`)).json;
  for (const id of ["q-late", "q-person"]) {
    writeFileSync(join(recordings, `${id}.wav`), "RIFF of " + id);
    assert.equal((await report(id)).status, 200);
    const call = await shown(id);
    assert.deepEqual([call.agent, call.recording_url, call.recording_status, call.recording_consent], ["strict", null, "quarantined", null]);
    assert.equal(existsSync(join(recordings, `${id}.wav`)), false);
    assert.equal(statSync(join(recordings, "quarantine")).mode & 0o777, 0o700);
    assert.equal(readFileSync(join(recordings, "quarantine", `${id}.wav`), "utf8"), "RIFF of " + id);
  }
  const listed = await get(`${server.url}/api/v1/voice/calls`);
  assert.doesNotMatch(listed.text, /x\.example/);
  const command = (...args) => run(["recordings", ...args, "--data", server.data], { env });
  const quarantine = await command();
  assert.match(quarantine.stdout, /2 in quarantine/);
  assert.match(quarantine.stdout, /strict {2}consent required, nobody has told/);

  // Consent that comes late releases by itself.
  const consent = { compliance: { recordingConsent: { type: "verbal", grantedAt: new Date(clock).toISOString() } } };
  assert.equal((await report("q-late", consent)).status, 200);
  assert.equal((await shown("q-late")).recording_status, "available");
  assert.equal((await shown("q-late")).recording_url, "https://x.example/q-late.wav");
  assert.ok(existsSync(join(recordings, "q-late.wav")));

  // A person needs a reason, and something to release.
  assert.equal((await command("release", "q-person")).code, 2);
  assert.equal((await command("release", "q-person", "--reason", "  ")).code, 1);
  assert.match((await command("release", "q-none", "--reason", "x")).stderr, /there is no call 'q-none'/);
  assert.match((await command("release", "q-late", "--reason", "x")).stderr, /is available, not in quarantine/);
  const released = await command("release", "q-person", "--reason", "written consent of 3 May");
  assert.equal(released.code, 0, released.stderr);
  assert.match(released.stdout, /^released call_\S+ {2}\S+q-person\.wav\n$/);
  const after = await shown("q-person");
  assert.deepEqual([after.recording_url, after.recording_status, after.recording_release_reason],
    ["https://x.example/q-person.wav", "available", "written consent of 3 May"]);
  assert.ok(existsSync(join(recordings, "q-person.wav")));
  assert.match((await command()).stdout, /^0 in quarantine\n$/);
  assert.equal((await command("release", "q-person", "--reason", "again")).code, 1);
  const replayed = await run(["replay", "q-person", "--data", server.data], { env });
  assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);

  // The same report again changes nothing; a caller who declines afterwards is obeyed.
  assert.equal((await report("q-person", { endedReason: "customer-busy" })).status, 200);
  assert.equal((await shown("q-person")).recording_status, "available");
  assert.equal((await report("q-person", { compliance: { recordingConsent: { type: "verbal" } } })).status, 200);
  const declined = await shown("q-person");
  assert.deepEqual([declined.recording_url, declined.recording_status, declined.recording_consent, declined.recording_release_reason],
    [null, "quarantined", "declined", null]);
  assert.ok(existsSync(join(recordings, "quarantine", "q-person.wav")));
  assert.equal(await server.stop(), 0);
});

test("a call is replayed to a server that wants signatures", async () => {
  const first = await start();
  const said = { type: "transcript", transcriptType: "final", role: "user", transcript: "Hello there." };
  for (const message of [{ type: "status-update", status: "in-progress" }, said, { type: "status-update", status: "ended", endedReason: "customer-ended-call" }]) {
    assert.equal((await hook(first, message)).status, 200);
  }
  const plans = [
    [{}, /^secret$/],
    [{ OFFHOOK_HMAC_HEADER: "x-my-signature", OFFHOOK_HMAC_ALGORITHM: "sha512", OFFHOOK_HMAC_PREFIX: "sha512=" }, /^hmac/],
  ];
  for (const [plan, verified] of plans) {
    const env = { VAPI_WEBHOOK_SECRET: "replay-s3cret", ...plan };
    const second = await start({ env: { ...env, OFFHOOK_API_KEYS: "key-for-reading" } });
    const to = ["--to", `${second.url}/vapi/webhook`];
    for (const wrong of [{}, { ...env, VAPI_WEBHOOK_SECRET: "another" }]) {
      const refused = await run(["replay", "c-zeb", "--data", first.data, ...to], { env: wrong });
      assert.equal(refused.code, 1, refused.stdout);
      assert.match(refused.stderr, /answered 401/);
    }
    const sent = await run(["replay", "c-zeb", "--data", first.data, ...to], { env });
    assert.equal(sent.code, 0, sent.stdout + sent.stderr);
    assert.match(sent.stdout, /3 messages sent/);
    const made = await get(`${second.url}/api/v1/voice/calls/c-zeb`, { Authorization: "Bearer key-for-reading" });
    assert.equal(made.status, 200, made.text);
    assert.equal(made.json.status, "ended");
    assert.deepEqual(made.json.transcript.map((line) => line.text), ["Hello there."]);
    assert.equal(made.json.events.length, 3);
    for (const event of made.json.events) assert.match(event.verified, verified);
    assert.equal(await second.stop(), 0);
  }
  assert.equal(await first.stop(), 0);
});
