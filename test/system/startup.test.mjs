// Faults at the start: one clear sentence that says what to do, exit 1; wrong usage exits 2.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { get, run, start, temporaryFolder } from "./support/program.mjs";

/** One sentence on standard error, nothing on standard output. */
async function refuses(args, words, { env, cwd } = {}) {
  const ran = await run(args, { env, cwd });
  assert.equal(ran.code, 1, `${args.join(" ")}: ${ran.stdout}${ran.stderr}`);
  assert.equal(ran.stdout, "");
  const lines = ran.stderr.trimEnd().split("\n");
  assert.equal(lines.length, 1, ran.stderr);
  assert.match(lines[0], /^offhook: \S/);
  assert.ok(lines[0].length < 300, lines[0]);
  for (const word of [words].flat()) assert.match(lines[0], word);
  assert.doesNotMatch(ran.stderr, /std::|exception|terminate|\.cpp/);
}

const serve = (...args) => ["serve", "--port", "0", ...args];

test("a port in use is said to be so, and the first server keeps it", async () => {
  const first = await start();
  for (const command of ["serve", "demo"]) {
    await refuses([command, "--port", String(first.port), "--data", temporaryFolder()], [/port/i, new RegExp(first.port)]);
  }
  assert.equal((await get(`${first.url}/healthz`)).status, 200);
  assert.equal(await first.stop(), 0);
});

test("a data folder that is a file is refused", async () => {
  const file = join(temporaryFolder(), "data");
  writeFileSync(file, "not a folder");
  await refuses(serve("--data", file), [/data/, /--data/]);
});

test("a database that is a folder is refused", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "offhook.db"));
  await refuses(serve("--data", folder), [/offhook\.db/, /--data/]);
});

test("a database that is something else is refused", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "offhook.db"), "This is a letter to a friend.\n".repeat(200));
  await refuses(serve("--data", folder), [/offhook\.db/, /not a database/, /--data/]);
});

test("a data folder that may not be written is refused", async () => {
  const folder = temporaryFolder();
  if (process.getuid() === 0) {
    // Root may write everywhere but where nobody can.
    await refuses(serve("--data", "/proc/offhook"), [/\/proc\/offhook/, /--data/]);
  } else {
    chmodSync(folder, 0o500);
    await refuses(serve("--data", join(folder, "below")), [/below/, /--data/]);
    chmodSync(folder, 0o700);
  }
});

test("wrong values of settings are named with where they came from", async () => {
  const wrong = {
    OFFHOOK_PORT: "eighty",
    OFFHOOK_LOG: "loud",
    OFFHOOK_API_KEYS: "short",
    OFFHOOK_PUBLIC_URL: "example.com",
    OPENAI_BASE_URL: "localhost",
    OFFHOOK_LOOPS: "-1",
    OFFHOOK_MAX_TOKENS: "many",
    OFFHOOK_DRAIN_SECONDS: "99999",
    OFFHOOK_HMAC_ALGORITHM: "md5",
    OFFHOOK_HMAC_ENCODING: "morse",
  };
  for (const [name, value] of Object.entries(wrong)) {
    const args = name === "OFFHOOK_PORT" ? ["serve"] : serve();
    await refuses([...args, "--data", temporaryFolder()], [new RegExp(name), /environment/], { env: { [name]: value } });
  }
  await refuses(serve("--data", temporaryFolder()), [/OFFHOOK_AGENT/, /nobody/], { env: { OFFHOOK_AGENT: "nobody" } });
  await refuses(serve("--data", temporaryFolder()), [/OFFHOOK_LLM/, /oracle/], { env: { OFFHOOK_LLM: "oracle,brain" } });
  await refuses(["serve", "--port", "99999", "--data", temporaryFolder()], [/OFFHOOK_PORT/, /flag/]);
});

test("several wrong settings are all reported at once", async () => {
  const ran = await run(serve("--data", temporaryFolder()), { env: { OFFHOOK_LOG: "loud", OFFHOOK_LOOPS: "x" } });
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /OFFHOOK_LOG/);
  assert.match(ran.stderr, /OFFHOOK_LOOPS/);
});

test("a settings file is read, and its faults are named by line", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "wrong.yaml"), "port: 0\nloops: many\n");
  await refuses(["serve", "--config", "wrong.yaml"], [/wrong\.yaml line 2/, /OFFHOOK_LOOPS/], { cwd: folder });
  writeFileSync(join(folder, "unknown.yaml"), "port: 0\n\ncolour: green\n");
  await refuses(["serve", "--config", "unknown.yaml"], [/unknown\.yaml line 3/, /colour/], { cwd: folder });
  writeFileSync(join(folder, "broken.yaml"), "port: [0\nloops: 1\n");
  await refuses(["serve", "--config", "broken.yaml"], [/broken\.yaml line \d/], { cwd: folder });
  await refuses(["serve", "--config", "absent.yaml"], [/absent\.yaml/], { cwd: folder });
});

test("listening beyond this machine needs keys", async () => {
  const words = [/OFFHOOK_API_KEYS/, /VAPI_WEBHOOK_SECRET/];
  await refuses(serve("--host", "0.0.0.0", "--data", temporaryFolder()), words);
  await refuses(serve("--host", "0.0.0.0", "--data", temporaryFolder()), words, { env: { OFFHOOK_API_KEYS: "only-one-of-both" } });
  const server = await start({
    args: ["--host", "0.0.0.0"],
    env: { OFFHOOK_API_KEYS: "a-key-of-the-tests", VAPI_WEBHOOK_SECRET: "a-secret-of-the-tests" },
  });
  assert.equal((await get(`${server.url}/v1/models`)).status, 401);
  assert.equal(await server.stop(), 0);
});

test("an address that is not ours is refused", async () => {
  const env = { OFFHOOK_API_KEYS: "a-key-of-the-tests", VAPI_WEBHOOK_SECRET: "a-secret-of-the-tests" };
  await refuses(serve("--host", "203.0.113.7", "--data", temporaryFolder()), [/203\.0\.113\.7/], { env });
});

test("wrong usage exits 2 and says what is wrong", async () => {
  const wrong = [
    [],
    ["dance"],
    ["serve", "--colour", "green"],
    ["serve", "--port"],
    ["simulate", "--seed", "many"],
    ["say"],
  ];
  for (const args of wrong) {
    const ran = await run(args);
    assert.equal(ran.code, 2, `${args.join(" ")}: ${ran.stdout}${ran.stderr}`);
    assert.ok((ran.stderr + ran.stdout).length > 10, args.join(" "));
  }
});

test("--help and --version exit 0", async () => {
  for (const args of [["--help"], ["--version"], ["serve", "--help"], ["demo", "--help"], ["simulate", "--help"]]) {
    const ran = await run(args);
    assert.equal(ran.code, 0, args.join(" "));
    assert.ok(ran.stdout.length > 3);
  }
});

test("both SIGTERM and SIGINT stop the server with exit 0, and its port is free again", async () => {
  for (const signal of ["SIGTERM", "SIGINT"]) {
    const server = await start();
    assert.equal((await get(`${server.url}/healthz`)).status, 200);
    assert.deepEqual(await server.kill(signal), { code: 0, signal: null });
    await assert.rejects(get(`${server.url}/healthz`));
  }
});
