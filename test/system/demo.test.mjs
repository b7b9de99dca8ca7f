// The first thing a newcomer runs.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { run, startWithSampleData, temporaryFolder } from "./support/program.mjs";
import { loudest, readWav } from "./support/wav.mjs";

test("demo --once makes a whole call, twice on the same folder, and leaves a stereo recording of each", async () => {
  const data = temporaryFolder();
  for (const round of [1, 2]) {
    const ran = await run(["demo", "--once", "--port", "0", "--data", data]);
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, /listening on http:\/\/127\.0\.0\.1:\d+/);
    for (const words of [/Sunset Apartments/, /check_availability/, /schedule_tour/, /qualify_lead/, /first token/, /first audio/]) {
      assert.match(ran.stdout, words);
    }
    for (const part of ["call log", "lead", "activities", "tour", "recording", "server messages"]) {
      assert.match(ran.stdout, new RegExp(`✓ ${part}`), `${part}: ${ran.stdout}`);
    }
    assert.doesNotMatch(ran.stdout, /✗/);
    const recordings = readdirSync(join(data, "recordings"));
    assert.equal(recordings.length, round);
    const printed = /(\S+\.wav)/.exec(ran.stdout)[1];
    assert.ok(existsSync(printed), printed);
    const wav = readWav(printed);
    assert.equal(wav.channels, 2);
    assert.equal(wav.bits, 16);
    const seconds = wav.pcm.length / 4 / wav.rate;
    assert.ok(seconds > 20 && seconds < 600, `${seconds} s`);
    assert.ok(loudest(wav, 0) > 2000, "the caller is heard");
    assert.ok(loudest(wav, 1) > 2000, "the agent is heard");
  }
});

test("demo without --once goes on, prints three curl lines that work as pasted, and stops on SIGTERM", async () => {
  const server = await startWithSampleData();
  const lines = server.output().stdout.split("\n").filter((line) => /^\s*curl /.test(line));
  assert.equal(lines.length, 3, server.output().stdout);
  const printed = [];
  for (const line of lines) {
    const ran = await run(["-c", line], { program: "bash" });
    assert.equal(ran.code, 0, `${line}\n${ran.stderr}`);
    printed.push(ran.stdout);
  }
  assert.deepEqual(JSON.parse(printed[0]), { status: "ok" });
  const [call] = JSON.parse(printed[1]).data;
  assert.equal(call.status, "ended");
  assert.match(printed[2], /^data: \{.*studio/ms);
  assert.match(printed[2], /data: \[DONE\]\n\n$/);
  assert.equal(await server.stop(), 0);
  assert.equal(server.output().stderr.trim(), "", "nothing to complain about");
});

test("demo --once that cannot make its call does not exit 0", async () => {
  const ran = await run(["demo", "--once", "--port", "0", "--data", temporaryFolder()], {
    env: { OFFHOOK_LLM: "openai", OPENAI_BASE_URL: "http://127.0.0.1:9/v1" },
  });
  assert.equal(ran.code, 1, ran.stdout + ran.stderr);
});
