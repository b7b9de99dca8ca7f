// What the program answers is what /openapi.json says: every documented GET route, and every POST and PATCH below
// /api/v1, asked on sample data. A field that the document does not name is a difference as well.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { startWithSampleData } from "./support/program.mjs";

let server;
let document;
let ajv;
const asked = new Set();
const faults = [];

/** A copy of a schema in which an object may have no property that it does not name. What stands in an allOf stays open. */
function closed(schema, isPart = false) {
  if (Array.isArray(schema)) return schema.map((one) => closed(one));
  if (schema === null || typeof schema !== "object") return schema;
  const copy = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "$ref") copy.$ref = `${isPart ? "open" : "closed"}${value}`;
    else if (key === "allOf") copy.allOf = value.map((one) => closed(one, true));
    else if (key === "properties") copy.properties = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closed(one)]));
    else if (["examples", "enum", "const", "default"].includes(key)) copy[key] = value;
    else copy[key] = closed(value);
  }
  const isNamed = schema.allOf || (schema.properties && !("additionalProperties" in schema));
  if (isNamed && !isPart) copy.unevaluatedProperties = false;
  return copy;
}

before(async () => {
  server = await startWithSampleData();
  document = await (await fetch(`${server.url}/openapi.json`)).json();
  ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema({ components: { schemas: document.components.schemas } }, "open");
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => [name, closed(schema)]);
  ajv.addSchema({ components: { schemas: Object.fromEntries(schemas) } }, "closed");
});
after(() => server.stop());

/** Asks a documented route; what the document does not have for its answer is a fault. Answers {status, json}. */
async function ask(method, path, { ids = {}, query = "", body, status } = {}) {
  const operation = document.paths[path]?.[method.toLowerCase()];
  assert.ok(operation, `${method} ${path} is documented`);
  asked.add(`${method} ${path}`);
  const url = server.url + path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(ids[name])) + query;
  const answer = await fetch(url, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
  const text = await answer.text();
  const told = `${method} ${url}: ${answer.status} ${text.slice(0, 1500)}`;
  const documented = operation.responses[answer.status];
  const success = Object.keys(operation.responses).find((code) => code.startsWith("2"));
  if (answer.status !== (status ?? Number(success))) faults.push(`another status than ${status ?? success}: ${told}`);
  if (!documented) {
    faults.push(`no documented status: ${told}`);
    return { status: answer.status };
  }
  const type = answer.headers.get("content-type").split(";")[0];
  const media = documented.content[type];
  if (!media) faults.push(`no documented type, ${type}: ${told}`);
  if (!media || type !== "application/json") return { status: answer.status };
  const json = JSON.parse(text);
  const validate = ajv.compile(closed(media.schema));
  if (!validate(json)) {
    const why = validate.errors.map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
    faults.push(`${[...new Set(why)].join("; ")}: ${told}`);
  }
  return { status: answer.status, json };
}

/** Fails with every difference that was found. */
function noFaults() {
  const found = faults.splice(0);
  assert.equal(found.length, 0, found.join("\n\n"));
}

/** A working day some weeks ahead, at an hour of UTC when offices in California are open. */
function workingDay(days) {
  const day = new Date(Date.now() + days * 86_400_000);
  while ([0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() + 1);
  return `${day.toISOString().slice(0, 10)}T20:00:00Z`;
}

const none = { id: "none-such" };

test("what is created is answered as documented, and so are faults", async () => {
  const post = async (path, body, options = {}) => {
    const { json } = await ask("POST", path, { body, ...options });
    return json;
  };
  const wrong = (path, options = {}) => ask("POST", path, { body: { phone: 7, email: 7, name: 7, model: 7 }, status: 400, ...options });
  const credentials = { email: "openapi@example.com", password: "a long password" };
  await post("/api/v1/auth/register", credentials);
  await ask("POST", "/api/v1/auth/register", { body: credentials, status: 409 });
  await post("/api/v1/auth/login", credentials);
  await ask("POST", "/api/v1/auth/login", { body: { ...credentials, password: "another password" }, status: 401 });
  await wrong("/api/v1/auth/register");
  await wrong("/api/v1/auth/login");

  const lead = await post("/api/v1/leads", { name: "Ann", phone: "+14155550161", email: "ann@example.com", score: 40, metadata: { a: [1, 2.5, null] } });
  await wrong("/api/v1/leads");
  await post("/api/v1/leads/{id}/activities", { text: "Rang." }, { ids: lead });
  await wrong("/api/v1/leads/{id}/activities", { ids: lead });
  await ask("POST", "/api/v1/leads/{id}/activities", { ids: none, body: { text: "x" }, status: 404 });
  await ask("PATCH", "/api/v1/leads/{id}", { ids: lead, body: { status: "qualified" } });
  const customer = await post("/api/v1/customers", { name: "Bo", phone: "+14155550162", date_of_birth: "1990-02-28", postcode: "94110" });
  await wrong("/api/v1/customers");
  await ask("PATCH", "/api/v1/customers/{id}", { ids: customer, body: { email: "bo@example.com" } });
  const property = await post("/api/v1/properties", { name: "Hill House", address: "1 Hill", time_zone: "America/Los_Angeles", phone: "+14155550163", office_hours: { mon: ["09:00", "18:00"], sun: null } });
  await wrong("/api/v1/properties");
  await ask("PATCH", "/api/v1/properties/{id}", { ids: property, body: { address: "2 Hill" } });
  const unit = await post("/api/v1/units", { property_id: property.id, label: "7", bedrooms: 2, bathrooms: 1.5, rent: 1234.5, available_from: "2030-01-01", pets_allowed: true });
  await wrong("/api/v1/units");
  await ask("PATCH", "/api/v1/units/{id}", { ids: unit, body: { rent: 1300 } });

  const when = workingDay(30);
  const tour = await post("/api/v1/tours", { lead_id: lead.id, property_id: "prop_sunset", unit_id: "unit_302", starts_at: when });
  await ask("POST", "/api/v1/tours", { body: { lead_id: lead.id, property_id: "prop_sunset", starts_at: when }, status: 409 });
  await wrong("/api/v1/tours");
  await ask("PATCH", "/api/v1/tours/{id}", { ids: tour, body: { starts_at: workingDay(31) } });
  await ask("PATCH", "/api/v1/tours/{id}", { ids: tour, body: { status: "cancelled" } });
  const appointment = await post("/api/v1/appointments", { customer_id: customer.id, starts_at: when });
  await ask("POST", "/api/v1/appointments", { body: { customer_id: customer.id, starts_at: when }, status: 409 });
  await wrong("/api/v1/appointments");
  await ask("PATCH", "/api/v1/appointments/{id}", { ids: appointment, body: { status: "cancelled" } });
  const callback = await post("/api/v1/callbacks", { phone: "+14155550161", at: "2099-01-01T10:00:00Z", reason: "rent", lead_id: lead.id });
  await wrong("/api/v1/callbacks");
  await ask("PATCH", "/api/v1/callbacks/{id}", { ids: callback, body: { at: "2099-01-02T10:00:00Z" } });
  for (const path of ["leads", "customers", "properties", "units", "tours", "appointments", "callbacks"]) {
    const body = ["tours", "appointments"].includes(path) ? { status: "cancelled" } : {};
    await ask("PATCH", `/api/v1/${path}/{id}`, { ids: none, body, status: 404 });
  }

  const assistant = await post("/api/v1/voice/assistants", { name: "Desk", voice_id: "somebody", model: "gpt-x" }, { query: `?property_id=${property.id}` });
  await wrong("/api/v1/voice/assistants");
  await ask("PUT", "/api/v1/voice/assistants/{id}", { ids: assistant, body: { first_message: "Hello." } });
  const call = await post("/api/v1/voice/call", { phone_number: "+14155550161", assistant_id: assistant.id, lead_id: lead.id, metadata: { x: 1 } });
  await wrong("/api/v1/voice/call");
  await ask("POST", "/api/v1/voice/calls/{id}/end", { ids: call });
  await ask("POST", "/api/v1/voice/calls/{id}/end", { ids: none, status: 404 });
  const extra = await post("/api/v1/voice/assistants", { name: "Short-lived" });
  await ask("DELETE", "/api/v1/voice/assistants/{id}", { ids: extra });

  noFaults();
  const isWrite = (route) => /^(POST|PATCH|PUT|DELETE) \/api\/v1\//.test(route) && !route.includes("webhook");
  assert.deepEqual(documentedRoutes().filter((route) => isWrite(route) && !asked.has(route)), [], "asked here as well");
});

const documentedRoutes = () =>
  Object.entries(document.paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`));

test("every GET route answers as documented: lists, pages, one object, and one that is not there", async () => {
  const gets = documentedRoutes().filter((route) => route.startsWith("GET ")).map((route) => route.slice(4));
  assert.ok(gets.length > 25, gets.join(" "));
  const queries = { "/api/v1/units": "?property_id=prop_sunset", "/api/v1/analytics": `?from=${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)}` };
  const first = {};
  await ask("POST", "/api/documents/upload", { body: { name: "rules.md", text: "# Rules\n\nCats may stay." }, status: 201 });
  await ask("POST", "/api/documents/search", { body: { query: "cats" } });
  for (const path of gets.filter((route) => !route.includes("{"))) {
    const { json } = await ask("GET", path, { query: queries[path] });
    const rows = Array.isArray(json) ? json : json?.data;
    if (!Array.isArray(rows)) continue;
    if (path.startsWith("/api/v1") || path.startsWith("/exchange")) assert.ok(rows.length > 0, `${path} shows something`);
    first[path] = rows[0]?.id;
    if (json.next_cursor !== undefined && rows.length > 1) {
      const page = (await ask("GET", path, { query: `${queries[path] ?? "?"}${queries[path] ? "&" : ""}limit=1` })).json;
      if (page.next_cursor) await ask("GET", path, { query: `${queries[path] ?? "?"}${queries[path] ? "&" : ""}limit=1&cursor=${encodeURIComponent(page.next_cursor)}` });
    }
  }
  for (const path of gets.filter((route) => route.includes("{"))) {
    const list = path.slice(0, path.indexOf("/{"));
    assert.ok(first[list], `${path} has an object to show`);
    await ask("GET", path, { ids: { id: first[list] } });
    await ask("GET", path, { ids: none, status: 404 });
  }
  for (const call of (await ask("GET", "/api/v1/voice/calls")).json.data) await ask("GET", "/api/v1/voice/calls/{id}", { ids: call });
  noFaults();
});

test("numbers are printed as people write them", async () => {
  let all = "";
  for (const path of ["/api/v1/voice/calls", "/api/v1/analytics", "/api/v1/units?property_id=prop_sunset", "/exchange/call"]) {
    all += await (await fetch(server.url + path)).text();
  }
  assert.doesNotMatch(all, /[:,[]-?\d+(\.\d+)?[eE][-+]?\d/);
  assert.match(all, /":\d+\.\d+[,}]/, "there are fractions among them");
});
