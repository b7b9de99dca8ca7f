// The REST API under /api/v1 over the real program: assistants and calls on a scripted Vapi and on the local exchange,
// what is written into the CRM, analytics, and the OpenAPI document under Redocly's linter.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { get, post, run, start, startWithSampleData, temporaryFolder, until } from "./support/program.mjs";
import { startVapi } from "./support/their_vapi.mjs";

const key = "vapi-key-of-the-tests";
const secret = "whsec-of-the-tests";
const auth = { Authorization: "Bearer api-key-of-the-tests" };
let vapi; // the platform of `server`
let server; // pushes to Vapi
let local; // sample data, the exchange

before(async () => {
  vapi = await startVapi({ key });
  server = await start({
    env: {
      VAPI_API_KEY: key,
      VAPI_BASE_URL: vapi.url,
      VAPI_PHONE_NUMBER_ID: "number-1",
      VAPI_WEBHOOK_SECRET: secret,
      OFFHOOK_API_KEYS: "api-key-of-the-tests",
      OFFHOOK_PUBLIC_URL: "https://offhook.example.com",
    },
  });
  local = await startWithSampleData();
});
after(async () => {
  assert.equal(await server.stop(), 0);
  assert.equal(await local.stop(), 0);
  await vapi.close();
});

async function send(method, url, body, headers = {}) {
  const response = await fetch(url, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : undefined };
}
const at = (method, path, body) => send(method, `${server.url}/api/v1${path}`, body, auth);
const here = (method, path, body) => send(method, `${local.url}/api/v1${path}`, body);
const made = (answer) => {
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
};

test("an assistant is pushed to Vapi, changed there and removed there", async () => {
  const wish = { name: "Desk", first_message: "Hello.", system_prompt: "Be brief.", voice_id: "21m00Tcm4TlvDq8ikWAM", model: "gpt-9", functions: ["qualify_lead"] };
  const assistant = made(await at("POST", "/voice/assistants", wish));
  assert.equal(assistant.platform, "vapi");
  assert.equal(assistant.warnings.length, 2, "a voice and a model of somebody else's");
  const pushed = vapi.assistants.get(assistant.platform_id);
  assert.equal(pushed.name, "Desk");
  assert.equal(pushed.firstMessage, "Hello.");
  assert.deepEqual(pushed.voice, { provider: "11labs", voiceId: "21m00Tcm4TlvDq8ikWAM" });
  assert.equal(pushed.model.model, "gpt-9");
  assert.equal(pushed.model.provider, "custom-llm");
  assert.equal(pushed.model.url, "https://offhook.example.com/api");
  assert.equal(pushed.model.messages[0].content, "Be brief.");
  assert.ok(pushed.model.tools.some((tool) => tool.function?.name === "qualify_lead"));
  assert.equal(pushed.server.secret, secret);
  assert.doesNotMatch(JSON.stringify(assistant), new RegExp(secret));

  const changed = await at("PUT", `/voice/assistants/${assistant.id}`, { first_message: "Good day." });
  assert.equal(changed.status, 200, changed.text);
  assert.equal(changed.json.name, "Desk", "what is not given stays");
  assert.equal(vapi.assistants.get(assistant.platform_id).firstMessage, "Good day.");
  assert.equal((await at("GET", `/voice/assistants/${assistant.platform_id}`)).json.id, assistant.id, "by either id");

  vapi.assistants.delete(assistant.platform_id);
  const again = await at("PUT", `/voice/assistants/${assistant.id}`, { name: "Again" });
  assert.equal(again.status, 200, again.text);
  assert.notEqual(again.json.platform_id, assistant.platform_id, "one that was removed there is made anew");
  assert.equal((await at("DELETE", `/voice/assistants/${assistant.id}`)).status, 200);
  assert.equal(vapi.assistants.size, 0);
  assert.equal((await at("GET", `/voice/assistants/${assistant.id}`)).status, 404);
});

test("what Vapi fails at is a VoiceError with details, and leaves nothing stored", async () => {
  const cases = [
    { name: "401", steps: [{ status: 401, body: { message: `Invalid Key ${key}` } }], status: 401, message: /Invalid Key \*\*\*/ },
    { name: "402", steps: [{ status: 402, body: { message: "Wallet empty" } }], status: 402, message: /Wallet empty/ },
    { name: "400 with a list", steps: [{ status: 400, body: { message: ["name too long", "bad voice"] } }], status: 400, message: /name too long; bad voice/ },
    { name: "429 for longer than we wait", steps: [{ status: 429, body: { message: "Slow down" }, headers: { "Retry-After": "60" } }], status: 429, message: /Slow down/ },
    { name: "500", steps: [{ status: 500, body: { message: "Oops" } }], status: 500, message: /Oops/ },
    { name: "garbage", steps: [{ garbage: "<html>fine</html>" }], status: null, message: /makes no sense/ },
    { name: "a lost connection", steps: [{ drops: true }], status: null, message: /cannot be reached|makes no sense/ },
    { name: "silence", steps: [{ hangs: true }], status: null, message: /in time/ },
  ];
  for (const { name, steps, status, message } of cases) {
    const before = vapi.requests.length;
    vapi.fail("/assistant", ...steps);
    const answer = await at("POST", "/voice/assistants", { name });
    assert.equal(answer.status, 503, `${name}: ${answer.text}`);
    assert.equal(answer.json.error.type, "VoiceError", name);
    assert.equal(answer.json.error.details.platform, "vapi", name);
    assert.equal(answer.json.error.details.status, status, name);
    assert.match(answer.json.error.message, message, name);
    assert.doesNotMatch(answer.text, new RegExp(`${key}|${secret}|127\\.0\\.0\\.1`), name);
    assert.equal(vapi.requests.length - before, 1, `${name}: a creation is not sent twice`);
  }
  assert.deepEqual((await at("GET", "/voice/assistants")).json.data, []);
  vapi.fail("/call", { status: 500, body: { message: "Oops" } });
  const call = await at("POST", "/voice/call", { phone_number: "+14155550123" });
  assert.equal(call.status, 503);
  assert.equal(call.json.error.type, "VoiceError");
  assert.deepEqual((await at("GET", "/voice/calls")).json.data, []);
});

test("what may be repeated is: a refusal for now, and a change that was lost", async () => {
  vapi.fail("/assistant", { status: 429, body: {}, headers: { "Retry-After": "0" } });
  const assistant = made(await at("POST", "/voice/assistants", { name: "Patient" }));
  vapi.fail("/assistant/", { drops: true }, { status: 503 });
  const changed = await at("PUT", `/voice/assistants/${assistant.id}`, { name: "Very patient" });
  assert.equal(changed.status, 200, changed.text);
  vapi.fail("/assistant/", { status: 409, body: { message: "pinned" } });
  assert.equal((await at("DELETE", `/voice/assistants/${assistant.id}`)).status, 503);
  assert.equal((await at("GET", `/voice/assistants/${assistant.id}`)).status, 200, "it is still here");
  assert.equal((await at("DELETE", `/voice/assistants/${assistant.id}`)).status, 200);
});

test("a call is placed on Vapi, followed by its messages, found by filters, and ended", async () => {
  const assistant = made(await at("POST", "/voice/assistants", { name: "Caller" }));
  const lead = made(await at("POST", "/leads", { name: "Ann Lee", phone: "+1 415 555 0123" }));
  const call = made(await at("POST", "/voice/call", { phone_number: "(415) 555-0123", assistant_id: assistant.id, lead_id: lead.id, metadata: { campaign: "spring" } }));
  assert.equal(call.status, "queued");
  assert.equal(call.phone_number, "+14155550123");
  const placed = vapi.requests.findLast((one) => one.path === "/call").body;
  assert.equal(placed.assistantId, assistant.platform_id);
  assert.equal(placed.phoneNumberId, "number-1");
  assert.deepEqual(placed.customer, { number: "+14155550123", name: "Ann Lee" });
  assert.equal(placed.metadata, undefined, "Vapi refuses fields that it does not know");
  assert.equal(placed.assistantOverrides.metadata.campaign, "spring");

  const facts = { id: call.platform_id, type: "outboundPhoneCall", assistantId: assistant.platform_id, assistantOverrides: placed.assistantOverrides };
  const tell = (message) => post(`${server.url}/vapi/webhook`, { message: { call: facts, ...message } }, { "X-Vapi-Secret": secret });
  assert.equal((await tell({ type: "status-update", status: "in-progress", timestamp: Date.now() })).status, 200);
  const metrics = { turnLatencyAverage: 812.5, turnLatencies: [{ modelLatency: 300, turnLatency: 812.5 }] };
  const running = (await at("GET", `/voice/calls/${call.platform_id}`)).json;
  assert.equal(running.id, call.id);
  assert.equal(running.status, "in-progress");
  assert.equal(running.assistant_id, assistant.id, "messages name the platform's id, the call ours");
  assert.deepEqual(running.metadata, { campaign: "spring" });
  assert.equal(running.latencies, null);

  const ended = await at("POST", `/voice/calls/${call.id}/end`);
  assert.equal(ended.status, 200, ended.text);
  assert.equal(vapi.calls.get(call.platform_id).status, "ended");
  const control = vapi.requests.findLast((one) => one.path.startsWith("/control/"));
  assert.deepEqual(control.body, { type: "end-call" });
  assert.equal(control.headers.authorization, undefined, "the control URL bears its own credential");
  await tell({ type: "end-of-call-report", endedReason: "manually-canceled", timestamp: Date.now(), artifact: { performanceMetrics: metrics } });
  const detail = (await at("GET", `/voice/calls/${call.id}`)).json;
  assert.equal(detail.status, "ended");
  assert.equal(detail.latencies.turn_average_ms, 812.5);
  assert.equal(detail.latencies.turns[0].model_ms, 300);

  const found = async (filter) => (await at("GET", `/voice/calls?${filter}`)).json.data.map((one) => one.id);
  for (const filter of [`assistant_id=${assistant.id}`, `assistant_id=${assistant.platform_id}`, `lead_id=${lead.id}`, "status=ended", "direction=outbound", "phone_number=%2B14155550123", "from=2020-01-01"])
    assert.deepEqual(await found(filter), [call.id], filter);
  for (const filter of ["assistant_id=other", "status=queued", "direction=inbound", "to=2020-01-01"])
    assert.deepEqual(await found(filter), [], filter);
  for (const [filter, param] of [["status=lost", "status"], ["direction=up", "direction"], ["from=soon", "from"], ["limit=0", "limit"], ["cursor=x", "cursor"], ["from=2026-01-02&to=2026-01-01", "to"]]) {
    const refused = await at("GET", `/voice/calls?${filter}`);
    assert.equal(refused.status, 400, filter);
    assert.equal(refused.json.error.details.param, param);
  }
  assert.equal((await at("POST", "/voice/call", { phone_number: "+1415", assistant_id: "asst_none" })).status, 404);
  assert.equal((await at("POST", "/voice/call", { phone_number: "none" })).json.error.details.param, "phone_number");
  assert.equal((await at("POST", "/voice/calls/call_none/end")).status, 404);
});

test("without a key the exchange holds the assistant, plays the call, and shows no secret", async () => {
  const property = made(await here("POST", "/properties", { name: "Harbor View", address: "5 Pier Street", time_zone: "America/Los_Angeles", phone: "+14155550170", office_hours: { mon: ["10:00", "16:00"], sun: null } }));
  const assistant = made(await here("POST", `/voice/assistants?property_id=${property.id}`));
  assert.equal(assistant.platform, "exchange");
  assert.equal(assistant.name, "Harbor View");
  assert.match(assistant.first_message, /Harbor View/);
  assert.match(assistant.system_prompt, /Harbor View, 5 Pier Street[\s\S]*Monday 10:00 to 16:00, Sunday closed/);
  assert.ok(["check_availability", "schedule_tour", "qualify_lead"].every((name) => assistant.functions.includes(name)));
  const held = await get(`${local.url}/exchange/assistant/${assistant.platform_id}`);
  assert.equal(held.status, 200);
  assert.doesNotMatch(held.text, /"secret"/);
  const call = made(await here("POST", "/voice/call", { phone_number: "+14155550123", assistant_id: assistant.id }));
  const ended = await until(async () => {
    const shown = (await here("GET", `/voice/calls/${call.id}`)).json;
    return shown.status === "ended" && shown;
  }, "the call has ended");
  assert.match(ended.transcript[0].text, /Harbor View/);
  assert.equal(ended.property_id, property.id);
  assert.equal((await here("POST", `/voice/calls/${call.id}/end`)).status, 200, "one that has ended stays so");

  // Somebody rings the property's number: its assistant answers.
  const asked = await post(`${local.url}/vapi/webhook`, { message: { type: "assistant-request", call: { id: "in-1" }, phoneNumber: { number: "+14155550170" } } });
  assert.match(asked.json.assistant.firstMessage, /Harbor View/);
  assert.equal(asked.json.assistant.metadata.property_id, property.id);
  // The custom LLM answers for it too, by either id or the number, unless the model names an agent.
  made(await here("POST", "/units", { property_id: property.id, label: "Pier 9", bedrooms: 2, rent: 2222 }));
  const ask = async (more, model = "gpt-4o") => {
    const answered = await post(`${local.url}/api/chat/completions`, { model, stream: false, messages: [{ role: "user", content: "Do you have a two-bedroom apartment?" }], ...more });
    assert.equal(answered.status, 200, answered.text);
    return answered.json.choices[0].message.content;
  };
  for (const call of [{ id: "chat-1", assistantId: assistant.platform_id }, { id: "chat-2", assistantId: assistant.id }]) {
    assert.match(await ask({ call }), /Pier 9/);
  }
  assert.match(await ask({ call: { id: "chat-3" }, phoneNumber: { number: "+14155550170" } }), /Pier 9/);
  assert.doesNotMatch(await ask({ call: { id: "chat-4", assistantId: "nobody" } }), /apartment|Pier 9/, "the banking door");
  assert.doesNotMatch(await ask({ call: { id: "chat-5", assistantId: assistant.id } }, "support"), /Pier 9/);
  assert.equal((await here("POST", "/voice/assistants?property_id=none")).status, 404);
  for (const [body, param] of [[{}, "name"], [{ name: 7 }, "name"], [{ name: "x".repeat(41) }, "name"], [{ name: "x", functions: ["fly"] }, "functions[0]"], [{ name: "x", knowledge: "all" }, "knowledge"]]) {
    const refused = await here("POST", "/voice/assistants", body);
    assert.equal(refused.status, 400, JSON.stringify(body));
    assert.equal(refused.json.error.details.param, param);
  }
});

test("the CRM is written: each row comes back as it was given, and faults name their field", async () => {
  const lead = made(await here("POST", "/leads", { name: "Zoe", phone: "4155550177", metadata: { from: "fair" } }));
  assert.equal(lead.phone, "+14155550177");
  assert.equal(lead.status, "new");
  const qualified = await here("PATCH", `/leads/${lead.id}`, { status: "qualified", score: 70 });
  assert.equal(qualified.json.score, 70);
  assert.deepEqual(qualified.json.metadata, { from: "fair" });
  made(await here("POST", `/leads/${lead.id}/activities`, { text: "Rang twice." }));
  const kinds = (await here("GET", `/leads/${lead.id}/activities`)).json.data.map((one) => one.kind).sort();
  assert.deepEqual(kinds, ["note", "status_changed"]);

  const customer = made(await here("POST", "/customers", { name: "Cleo", date_of_birth: "1990-02-03", postcode: "94105" }));
  assert.equal((await here("PATCH", `/customers/${customer.id}`, { postcode: "94107" })).json.postcode, "94107");
  assert.ok((await here("GET", "/customers")).json.data.some((one) => one.id === customer.id));
  const unit = made(await here("POST", "/units", { property_id: "prop_sunset", label: "9Z", bedrooms: 2, rent: 2850.5 }));
  assert.equal(unit.rent, 2850.5);
  assert.equal((await here("PATCH", `/units/${unit.id}`, { status: "let" })).json.status, "let");
  assert.equal((await here("GET", `/units/${unit.id}`)).json.label, "9Z");
  const callback = made(await here("POST", "/callbacks", { phone: "+14155550177", at: "2099-01-01T10:00:00Z", lead_id: lead.id }));
  assert.equal((await here("PATCH", `/callbacks/${callback.id}`, { status: "cancelled" })).json.status, "cancelled");

  const faults = [
    ["POST", "/leads", {}, "name"],
    ["POST", "/leads", { name: "x", email: "nowhere" }, "email"],
    ["POST", "/leads", { name: "x", score: 101 }, "score"],
    ["PATCH", `/leads/${lead.id}`, { status: "asleep" }, "status"],
    ["POST", `/leads/${lead.id}/activities`, {}, "text"],
    ["POST", "/customers", { phone: "1" }, "name"],
    ["POST", "/customers", { name: "x", date_of_birth: "1990-02-30" }, "date_of_birth"],
    ["POST", "/properties", { name: "x", time_zone: "Mars/Olympus" }, "time_zone"],
    ["POST", "/properties", { name: "x", office_hours: { mon: ["18:00", "09:00"] } }, "office_hours.mon"],
    ["POST", "/units", { property_id: "prop_sunset", label: "x" }, "rent"],
    ["POST", "/tours", { lead_id: lead.id, property_id: "prop_sunset", starts_at: "tomorrow" }, "starts_at"],
    ["POST", "/callbacks", { phone: "+1415", at: "2020-01-01T00:00:00Z" }, "at"],
  ];
  for (const [method, path, body, param] of faults) {
    const refused = await here(method, path, body);
    assert.equal(refused.status, 400, `${path} ${JSON.stringify(body)} ${refused.text}`);
    assert.equal(refused.json.error.details.param, param, path);
  }
});

/** The coming Tuesday at 10 in California (18:00 UTC in winter, 17:00 in summer), some weeks ahead. */
function tuesday(weeks) {
  const day = new Date(Date.now() + weeks * 7 * 86_400_000);
  day.setUTCDate(day.getUTCDate() + ((9 - day.getUTCDay()) % 7));
  day.setUTCHours(19, 0, 0, 0);
  return day.toISOString();
}

test("a slot is booked once: the second hears of free times", async () => {
  const lead = made(await here("POST", "/leads", { name: "Tess" }));
  const wish = { lead_id: lead.id, property_id: "prop_sunset", starts_at: tuesday(3) };
  const both = await Promise.all([here("POST", "/tours", wish), here("POST", "/tours", wish)]);
  assert.deepEqual(both.map((one) => one.status).sort(), [201, 409]);
  const refused = both.find((one) => one.status === 409).json.error.details;
  assert.equal(refused.code, "slot_taken");
  assert.equal(refused.alternatives.length, 3);
  const tour = both.find((one) => one.status === 201).json;
  const moved = await here("PATCH", `/tours/${tour.id}`, { starts_at: refused.alternatives[0] });
  assert.equal(moved.json.starts_at, refused.alternatives[0], moved.text);
  assert.equal((await here("GET", `/leads/${lead.id}`)).json.status, "tour_scheduled");
  assert.equal((await here("PATCH", `/tours/${tour.id}`, { status: "cancelled" })).json.status, "cancelled");
  made(await here("POST", "/tours", { ...wish, starts_at: refused.alternatives[0] }));
  assert.equal((await here("PATCH", `/tours/${tour.id}`, { starts_at: tuesday(4) })).status, 409, "it is cancelled");
  const past = await here("POST", "/tours", { ...wish, starts_at: "2020-01-07T18:00:00Z" });
  assert.equal(past.status, 400);
  assert.equal(past.json.error.details.code, "in_the_past");

  const customer = made(await here("POST", "/customers", { name: "Abe" }));
  const first = made(await here("POST", "/appointments", { customer_id: customer.id, starts_at: tuesday(5) }));
  const second = await here("POST", "/appointments", { customer_id: customer.id, starts_at: tuesday(5) });
  assert.equal(second.status, 409, second.text);
  assert.equal((await here("PATCH", `/appointments/${first.id}`, { status: "cancelled" })).json.status, "cancelled");
  assert.equal((await here("GET", `/appointments/${first.id}`)).json.status, "cancelled");
});

test("analytics count an account's own, in a range that is bounded", async () => {
  const analytics = (await here("GET", "/analytics")).json;
  assert.ok(analytics.calls >= 1);
  assert.equal(analytics.calls, analytics.calls_per_day.reduce((sum, day) => sum + day.calls, 0));
  assert.equal(analytics.calls, analytics.outcomes.reduce((sum, one) => sum + one.calls, 0));
  assert.ok(analytics.average_duration_seconds > 0);
  assert.ok(analytics.conversion.leads >= analytics.conversion.qualified);
  const nobody = await post(`${local.url}/api/v1/auth/register`, { email: "an@example.com", password: "correct horse" });
  assert.equal(nobody.status, 201);
  const session = await post(`${local.url}/api/v1/auth/login`, { email: "an@example.com", password: "correct horse" });
  const empty = await get(`${local.url}/api/v1/analytics`, { Authorization: `Bearer ${session.json.access_token}` });
  assert.equal(empty.json.calls, 0);
  assert.equal(empty.json.conversion.qualified_rate, null);
  for (const range of ["from=2020-01-01", "from=2026-01-02&to=2026-01-01", "to=never"])
    assert.equal((await here("GET", `/analytics?${range}`)).status, 400, range);
});

test("/openapi.json is valid, names every route, and /docs shows it by itself", async () => {
  const document = await get(`${local.url}/openapi.json`);
  assert.equal(document.status, 200);
  assert.match(document.json.openapi, /^3\.1\./);
  const file = join(temporaryFolder(), "openapi.json");
  writeFileSync(file, document.text);
  const linter = join(import.meta.dirname, "node_modules/.bin/redocly");
  const env = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", CI: "true", PATH: process.env.PATH };
  const lint = await run([linter, "lint", file, "--format=stylish"], { program: process.execPath, env });
  assert.equal(lint.code, 0, lint.stdout + lint.stderr);
  const broken = { ...document.json, paths: { "/x": { get: { responses: { 200: {} } } } } };
  writeFileSync(file, JSON.stringify(broken));
  assert.equal((await run([linter, "lint", file], { program: process.execPath, env })).code, 1, "the linter does lint");

  const page = await get(`${local.url}/docs`);
  assert.match(page.headers.get("content-type"), /^text\/html/);
  for (const path of Object.keys(document.json.paths)) assert.ok(page.text.includes(`<code>${path}</code>`), path);
  assert.doesNotMatch(page.text, /<script|src=|href="?https?:/);
});
