// Accounts over the real program: registering, logging in, roles, keys with scopes, rotation, hostile tokens, and
// the commands that make users and keys while the server runs.
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { get, post, run, start, temporaryFolder, until } from "./support/program.mjs";
import { request, Wire } from "./support/wire.mjs";

const password = "correct horse battery";
let server;

before(async () => {
  server = await start();
});
after(async () => {
  assert.equal(await server.stop(), 0);
});

const bearer = (token) => ({ Authorization: `Bearer ${token}` });
const register = (email, at = server) => post(`${at.url}/api/v1/auth/register`, { email, password });
const logIn = (email, at = server, with_ = password) =>
  post(`${at.url}/api/v1/auth/login`, { email, password: with_ });
const me = (token, at = server) => get(`${at.url}/api/v1/auth/me`, bearer(token));

async function tokenOf(email, at = server) {
  const answer = await logIn(email, at);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.access_token;
}

/** Runs a command on the server's own database, beside it. */
async function command(args, { input, at = server } = {}) {
  const ran = await run([...args, "--data", at.data], { input });
  return { ...ran, line: ran.stdout.trim() };
}

test("an account is registered once, logs in, and knows itself", async () => {
  const made = await register("Ann@Example.com");
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.email, "ann@example.com");
  assert.equal(made.json.role, "owner");
  assert.match(made.json.created_at, /^\d{4}-\d\d-\d\dT/);
  assert.doesNotMatch(made.text, /password|argon2/);
  const again = await register("ann@example.com");
  assert.equal(again.status, 409);
  assert.equal(again.json.error.details.code, "email_taken");
  const session = await logIn("ann@example.com");
  assert.equal(session.status, 200);
  assert.deepEqual(Object.keys(session.json).sort(), ["access_token", "expires_in", "token_type"]);
  assert.equal(session.json.token_type, "bearer");
  assert.equal(session.json.expires_in, 3600);
  assert.equal(session.headers.get("cache-control"), "no-store");
  const shown = await me(session.json.access_token);
  assert.equal(shown.status, 200);
  assert.equal(shown.json.id, made.json.id);
});

test("what is no e-mail, no password or no text is a 400 that names the field", async () => {
  const cases = [
    [{ email: "ann", password }, "email"],
    [{ email: "ann@localhost", password }, "email"],
    [{ password }, "email"],
    [{ email: 7, password }, "email"],
    [{ email: "new@example.com", password: "1234567" }, "password"],
    [{ email: "new@example.com", password: "x".repeat(201) }, "password"],
    [{ email: "new@example.com" }, "password"],
    [{ email: "new@example.com", password: null }, "password"],
  ];
  for (const [body, param] of cases) {
    const answer = await post(`${server.url}/api/v1/auth/register`, body);
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.equal(answer.json.error.type, "invalid_request_error");
    assert.equal(answer.json.error.details.param, param);
  }
});

test("a wrong e-mail and a wrong password cannot be told apart", async () => {
  const wrongPassword = await logIn("ann@example.com", server, "wrong horse battery");
  const wrongEmail = await logIn("nobody@example.com", server, "wrong horse battery");
  assert.equal(wrongPassword.status, 401);
  assert.equal(wrongEmail.status, 401);
  const { message, type } = wrongPassword.json.error;
  assert.deepEqual({ message, type }, { message: wrongEmail.json.error.message, type: "authentication_error" });
});

test("guessing one user's password is soon told to wait", async () => {
  await register("guessed@example.com");
  let answer;
  for (let i = 0; i < 15; ++i) {
    answer = await logIn("guessed@example.com", server, `guess number ${i}`);
    if (answer.status === 429) break;
  }
  assert.equal(answer.status, 429);
  assert.ok(Number(answer.headers.get("retry-after")) >= 1);
});

test("a token is its own user even in open mode; without one this machine is the local owner", async () => {
  await register("open@example.com");
  const token = await tokenOf("open@example.com");
  const local = await get(`${server.url}/api/v1/auth/me`);
  assert.equal(local.json.account_id, "local");
  assert.notEqual((await me(token)).json.account_id, "local");
  for (const bad of ["nonsense", `${token}x`, "ohk_nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."]) {
    const refused = await me(bad);
    assert.equal(refused.status, 401, bad);
    assert.equal(refused.json.error.type, "authentication_error");
  }
  // One connection, two requests: the second presents nothing and is not the first one's user.
  const wire = await Wire.open(server.port);
  await wire.send(request("GET", "/api/v1/auth/me", { headers: [["Authorization", `Bearer ${token}`]] }));
  const first = await wire.response();
  await wire.send(request("GET", "/api/v1/auth/me"));
  const second = await wire.response();
  assert.notEqual(first.json.account_id, "local");
  assert.equal(second.json.account_id, "local");
  wire.close();
});

const base64url = (value) => Buffer.from(value).toString("base64url");

function sign(header, payload, key) {
  const head = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(payload))}`;
  return `${head}.${createHmac("sha256", key).update(head).digest("base64url")}`;
}

test("hostile tokens are refused by the server that would take the honest one", async () => {
  const key = "a key of thirty-two bytes or more";
  const own = await start({ env: { OFFHOOK_JWT_SECRET: key } });
  await register("ann@example.com", own);
  const token = await tokenOf("ann@example.com", own);
  const [header, payload, signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url"));
  const head = JSON.parse(Buffer.from(header, "base64url"));
  assert.equal(head.alg, "HS256");
  assert.equal((await me(sign(head, claims, key), own)).status, 200, "the control");
  const none = base64url(JSON.stringify({ alg: "none", typ: "JWT" }));
  const hostile = {
    "alg none": `${none}.${payload}.`,
    "alg none with the signature": `${none}.${payload}.${signature}`,
    "RS256 signed with HMAC": sign({ ...head, alg: "RS256" }, claims, key),
    "HS512 in the header": sign({ ...head, alg: "HS512" }, claims, key),
    "another key": sign(head, claims, "another key of thirty-two bytes!!"),
    "a key of its own": sign({ ...head, jwk: { kty: "oct", k: base64url("mine") } }, claims, "mine"),
    "an unknown kid": sign({ ...head, kid: "0000000000000000" }, claims, key),
    expired: sign(head, { ...claims, exp: claims.iat - 1 }, key),
    "in the future": sign(head, { ...claims, nbf: claims.exp - 1 }, key),
    "no expiry": sign(head, { ...claims, exp: undefined }, key),
    "another audience": sign(head, { ...claims, aud: "somebody" }, key),
    "another issuer": sign(head, { ...claims, iss: "somebody" }, key),
    "nobody's": sign(head, { ...claims, sub: "user_nobody" }, key),
    "another version": sign(head, { ...claims, ver: claims.ver + 1 }, key),
    "times as texts": sign(head, { ...claims, exp: String(claims.exp) }, key),
    "two parts": `${header}.${payload}`,
    "four parts": `${token}.x`,
    huge: sign(head, { ...claims, x: "x".repeat(4000) }, key),
  };
  for (const [name, text] of Object.entries(hostile)) {
    const refused = await me(text, own);
    assert.equal(refused.status, 401, name);
    assert.match(refused.json.error.details.code, /^invalid_(token|api_key)$/, name);
  }
  assert.equal(await own.stop(), 0);
});

test("keys for tokens rotate: the first signs, the others still verify", async () => {
  const data = temporaryFolder();
  const older = randomBytes(24).toString("hex");
  const newer = randomBytes(24).toString("hex");
  const serve = (keys) => start({ data, env: { OFFHOOK_JWT_SECRET: keys } });
  let own = await serve(older);
  await register("ann@example.com", own);
  const old = await tokenOf("ann@example.com", own);
  assert.equal(await own.stop(), 0);
  own = await serve(`${newer},${older}`);
  assert.equal((await me(old, own)).status, 200);
  const fresh = await tokenOf("ann@example.com", own);
  assert.equal(await own.stop(), 0);
  own = await serve(newer);
  assert.equal((await me(old, own)).status, 401);
  assert.equal((await me(fresh, own)).status, 200);
  assert.equal(await own.stop(), 0);
});

test("a token outlives a restart although no key was set, and the kept key is private", async () => {
  const data = temporaryFolder();
  let own = await start({ data });
  await register("ann@example.com", own);
  const token = await tokenOf("ann@example.com", own);
  assert.equal(await own.stop(), 0);
  assert.equal(statSync(join(data, "token_key")).mode & 0o777, 0o600);
  own = await start({ data });
  assert.equal((await me(token, own)).status, 200);
  assert.equal(await own.stop(), 0);
});

test("a short key for tokens and nonsense settings stop the start", async () => {
  for (const [name, value] of [
    ["OFFHOOK_JWT_SECRET", "short"],
    ["OFFHOOK_JWT_SECRET", `${"x".repeat(32)},short`],
    ["OFFHOOK_REGISTRATION", "maybe"],
    ["OFFHOOK_TOKEN_SECONDS", "0"],
    ["OFFHOOK_API_KEYS", "ohk_something"],
  ]) {
    const ran = await run(["serve", "--port", "0"], { env: { [name]: value } });
    assert.equal(ran.code, 1, name);
    assert.match(ran.stderr, new RegExp(name));
    assert.doesNotMatch(ran.stderr, /x{32}/);
  }
});

test("registration can be closed, and tokens can be short-lived", async () => {
  const own = await start({ env: { OFFHOOK_REGISTRATION: "closed", OFFHOOK_TOKEN_SECONDS: "120" } });
  const refused = await register("ann@example.com", own);
  assert.equal(refused.status, 403);
  assert.equal(refused.json.error.type, "permission_error");
  assert.equal((await command(["user", "add", "ann@example.com"], { input: `${password}\n`, at: own })).code, 0);
  assert.equal((await logIn("ann@example.com", own)).json.expires_in, 120);
  assert.equal(await own.stop(), 0);
});

test("users are added with a role, listed and removed by commands", async () => {
  for (const role of ["owner", "agent", "viewer"]) {
    const added = await command(["user", "add", `${role}@desk.example`, "--role", role], { input: `${password}\n` });
    assert.equal(added.code, 0, added.stderr);
  }
  const listed = await command(["user", "list"]);
  assert.match(listed.stdout, /viewer +local .*viewer@desk\.example/);
  assert.doesNotMatch(listed.stdout, /argon2/);
  for (const [args, words, input] of [
    [["user", "add", "viewer@desk.example"], /already/, `${password}\n`],
    [["user", "add", "nonsense"], /nonsense/, `${password}\n`],
    [["user", "add", "new@desk.example", "--role", "king"], /king/, `${password}\n`],
    [["user", "add", "new@desk.example", "--account", "acct_none"], /acct_none/, `${password}\n`],
    [["user", "add", "new@desk.example"], /password/, "short\n"],
    [["user", "add", "new@desk.example"], /password/, ""],
    [["user", "remove", "nobody@desk.example"], /nobody/, ""],
  ]) {
    const refused = await command(args, { input });
    assert.equal(refused.code, 1, args.join(" "));
    assert.match(refused.stderr, words);
  }
  const viewer = await tokenOf("viewer@desk.example");
  assert.equal((await me(viewer)).json.role, "viewer");
  assert.equal((await get(`${server.url}/api/v1/leads`, bearer(viewer))).status, 200);
  assert.equal((await command(["user", "remove", "viewer@desk.example"])).code, 0);
  await until(async () => (await me(viewer)).status === 401, "the removed user's token is refused");
});

test("the commands work beside agent files of one's own", async () => {
  const agents = temporaryFolder();
  writeFileSync(
    join(agents, "bakery.yaml"),
    "name: bakery\ntitle: Bakery\nfirst_message: Hello.\nsystem_prompt: You sell bread.\ntools: [end_call]\n",
  );
  const env = { OFFHOOK_AGENTS: agents, OFFHOOK_AGENT: "bakery" };
  for (const args of [["user", "list"], ["key", "list"]]) {
    const ran = await run([...args, "--data", server.data], { env });
    assert.equal(ran.code, 0, ran.stderr);
  }
});

test("behind a trusted proxy each caller has a limit of its own", async () => {
  const behind = await start({ env: { OFFHOOK_TRUSTED_PROXIES: "127.0.0.1,::1", OFFHOOK_API_KEYS: "k-of-the-tests" } });
  const guess = (from, i) =>
    post(
      `${behind.url}/api/v1/auth/login`,
      { email: `user${i}@desk.example`, password: "a wrong guess" },
      { "X-Forwarded-For": `1.2.3.4, ${from}` },
    );
  let status = 0;
  for (let i = 0; i < 40 && status !== 429; ++i) status = (await guess("203.0.113.9", i)).status;
  assert.equal(status, 429, "one who guesses is told to wait");
  assert.equal((await guess("203.0.113.10", 99)).status, 401, "another one is not");
  assert.equal(await behind.stop(), 0);
});

test("a changed password ends the tokens of the old one within seconds", async () => {
  await register("changes@example.com");
  const old = await tokenOf("changes@example.com");
  assert.equal((await me(old)).status, 200);
  const changed = await command(["user", "password", "changes@example.com"], { input: "another horse battery\n" });
  assert.equal(changed.code, 0, changed.stderr);
  await until(async () => (await me(old)).status === 401, "the old token is refused");
  assert.equal((await logIn("changes@example.com")).status, 401);
  assert.equal((await logIn("changes@example.com", server, "another horse battery")).status, 200);
});

test("keys are shown once, open what their scopes say, and are revoked within seconds", async () => {
  const locked = await start({ env: { OFFHOOK_API_KEYS: "the-operators-own-key" } });
  const create = async (...scopes) => {
    const args = ["key", "create", "desk", ...scopes.flatMap((scope) => ["--scope", scope])];
    const made = await command(args, { at: locked });
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.line, /^ohk_[0-9a-f]{16}_[0-9a-f]{64}$/);
    return made.line;
  };
  const doors = {
    chat: () => ["GET", "/v1/models"],
    voice: () => ["GET", "/vapi/voices"],
    "crm:read": () => ["GET", "/api/v1/leads"],
    exchange: () => ["GET", "/exchange/assistant"],
    admin: () => ["GET", "/metrics"],
  };
  const statusOf = async (scope, key) => {
    const [, path] = doors[scope]();
    return (await get(locked.url + path, key ? bearer(key) : {})).status;
  };
  for (const scope of Object.keys(doors)) {
    const key = await create(scope);
    for (const door of Object.keys(doors)) {
      const opens = door === scope || scope === "admin";
      assert.equal(await statusOf(door, key), opens ? 200 : 403, `${scope} at ${door}`);
      assert.equal(await statusOf(door), 401, "nothing presented");
    }
  }
  const writes = await create("crm:write");
  assert.equal(await statusOf("crm:read", writes), 200);
  const usual = await create();
  for (const door of ["chat", "voice", "crm:read", "exchange"]) assert.equal(await statusOf(door, usual), 200, door);
  assert.equal(await statusOf("admin", usual), 403);

  // Asking the documents takes "chat"; changing them takes more.
  const upload = (key, name) => post(`${locked.url}/api/documents/upload`, { name, text: `${name} is open.` }, bearer(key));
  const discard = async (key, id) =>
    (await fetch(`${locked.url}/api/documents/${id}`, { method: "DELETE", headers: bearer(key) })).status;
  for (const [name, key] of Object.entries({ writes, usual, admin: await create("admin"), own: "the-operators-own-key" })) {
    const made = await upload(key, name);
    assert.ok([201, 202].includes(made.status), name);
    for (const scope of ["chat", "crm:read", "voice"]) {
      const weak = await create(scope);
      assert.equal((await upload(weak, "weak")).status, 403, scope);
      assert.equal(await discard(weak, made.json.id), 403, scope);
    }
    assert.equal(await discard(key, made.json.id), 200, name);
  }
  const asks = await create("chat");
  assert.equal((await get(`${locked.url}/api/documents`, bearer(asks))).status, 200);
  assert.equal((await post(`${locked.url}/api/documents/search`, { query: "open" }, bearer(asks))).status, 200);

  const message = { message: { type: "status-update", status: "ended", call: { id: "c-1" } } };
  const chat = await create("chat");
  assert.equal((await post(`${locked.url}/vapi/webhook`, message, bearer(usual))).status, 200);
  assert.equal((await post(`${locked.url}/vapi/webhook`, message, { "X-Vapi-Secret": usual })).status, 200);
  assert.equal((await post(`${locked.url}/vapi/webhook`, message, bearer(chat))).status, 403);

  const listed = await command(["key", "list"], { at: locked });
  assert.doesNotMatch(listed.stdout, new RegExp(usual.split("_")[2]));
  assert.match(listed.stdout, new RegExp(usual.split("_")[1]));
  for (const file of ["offhook.db", "offhook.db-wal"]) {
    assert.ok(!readFileSync(join(locked.data, file)).includes(usual.split("_")[2]), `${file} holds no secret`);
  }
  const wrong = await command(["key", "create", "x", "--scope", "everything"], { at: locked });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /everything/);
  assert.equal((await command(["key", "revoke", usual.split("_")[1]], { at: locked })).code, 0);
  await until(async () => (await statusOf("chat", usual)) === 401, "the revoked key is refused");
  assert.equal((await command(["key", "revoke", usual.split("_")[1]], { at: locked })).code, 1);
  assert.equal((await get(`${locked.url}/api/v1/leads`, bearer("the-operators-own-key"))).status, 200);
  assert.equal(await locked.stop(), 0);
});

test("neither passwords nor whole addresses are logged", async () => {
  const own = await start({ env: { OFFHOOK_LOG: "debug" } });
  await register("somebody.special@example.com", own);
  await logIn("somebody.special@example.com", own);
  await logIn("somebody.special@example.com", own, "a wrong horse battery");
  assert.equal(await own.stop(), 0);
  const { stderr } = own.output();
  assert.match(stderr, /account registered.*s\*\*\*@e\*\*\*/);
  assert.doesNotMatch(stderr, /somebody\.special|horse|eyJ|argon2/);
});
