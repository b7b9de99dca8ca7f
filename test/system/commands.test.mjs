// The small commands: say, settings, migrate.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { get, run, start, temporaryFolder } from "./support/program.mjs";
import { loudest, readWav } from "./support/wav.mjs";

test("say writes a mono WAV at each of the four rates", async () => {
  const cwd = temporaryFolder();
  for (const rate of [8000, 16000, 22050, 24000]) {
    const ran = await run(["say", "Your tour is on Saturday at 2 pm.", "-o", `${rate}.wav`, "--rate", String(rate)], { cwd });
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(ran.stdout, `${rate}.wav\n`);
    const wav = readWav(join(cwd, `${rate}.wav`));
    assert.equal(wav.channels, 1);
    assert.equal(wav.rate, rate);
    const seconds = wav.pcm.length / 2 / rate;
    assert.ok(seconds > 1 && seconds < 8, `${seconds} s`);
    assert.ok(loudest(wav) > 2000);
  }
});

test("say refuses what it cannot speak in one sentence and leaves no file", async () => {
  const cwd = temporaryFolder();
  for (const args of [["Hi", "--rate", "44100"], [" "], ["Hi", "--language", "klingon"]]) {
    const ran = await run(["say", ...args, "-o", "none.wav"], { cwd });
    assert.equal(ran.code, 1, args.join(" "));
    assert.match(ran.stderr, /^offhook: .+\n$/);
    assert.ok(!existsSync(join(cwd, "none.wav")));
  }
  const ran = await run(["say", "Hi", "-o", "/proc/nowhere/x.wav"], { cwd });
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /\/proc\/nowhere\/x\.wav/);
});

test("settings shows every setting and where it stands, and no secret", async () => {
  const secrets = {
    OFFHOOK_API_KEYS: "a-key-of-the-tests",
    VAPI_WEBHOOK_SECRET: "a-secret-of-the-tests",
    VAPI_API_KEY: "a-token-of-the-tests",
    OPENAI_API_KEY: "sk-of-the-tests",
  };
  const ran = await run(["settings", "--port", "8020"], { env: { ...secrets, OFFHOOK_AGENT: "realty" } });
  assert.equal(ran.code, 0, ran.stderr);
  for (const secret of Object.values(secrets)) assert.ok(!ran.stdout.includes(secret), secret);
  for (const name of Object.keys(secrets)) assert.match(ran.stdout, new RegExp(`^${name} `, "m"));
  assert.match(ran.stdout, /^OFFHOOK_PORT +8020 /m);
  assert.match(ran.stdout, /^OFFHOOK_AGENT +realty /m);
});

test("migrate makes a database that serve takes, and may run again", async () => {
  const data = temporaryFolder();
  for (let round = 0; round < 2; ++round) {
    const ran = await run(["migrate", "--data", data]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /offhook\.db is up to date/);
  }
  const server = await start({ data });
  assert.deepEqual((await get(`${server.url}/api/v1/voice/calls`)).json, { data: [], next_cursor: null });
  assert.equal(await server.stop(), 0);
});

test("two ports are served by one program", async () => {
  const server = await start({ args: ["--port", "0"], readyWhen: "\n" });
  const urls = [...server.output().stdout.matchAll(/listening on (http:\S+)/g)].map(([, url]) => url);
  assert.equal(new Set(urls).size, 2, server.output().stdout);
  for (const url of urls) assert.equal((await get(`${url}/healthz`)).status, 200);
  assert.equal(await server.stop(), 0);
});
