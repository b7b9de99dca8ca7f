// Personal data through the whole program: what must not be stored, said or logged is not; a person is forgotten, byte
// for byte, while the server runs; stored messages make the same call again.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { get, post, run, start, until } from "./support/program.mjs";

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
const holds = (text, forms) => forms.filter((form) => text.includes(form));

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
