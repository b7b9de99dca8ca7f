// The agent that docs/agents.md writes step by step: it is checked and played, as the page says.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { run, temporaryFolder } from "./support/program.mjs";

const page = readFileSync(new URL("../../docs/agents.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]);

/** The page's pieces in one file: the intent of step 3 goes under the intents of step 2. */
function writeAgent() {
  const [who, asks, does, intent] = blocks;
  const folder = join(temporaryFolder(), "my_agents");
  mkdirSync(folder);
  const path = join(folder, "workshop.yaml");
  writeFileSync(path, who + asks + intent + does);
  return { folder, path };
}

test("the guide's agent has nothing to mend, and its call goes as the guide says", async () => {
  const { folder, path } = writeAgent();
  const checked = await run(["agent", "check", path]);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  assert.match(checked.stdout, /workshop: \d+ intents with \d+ examples/);
  assert.match(checked.stdout, /nothing to mend/);
  const scenario = join(folder, "..", "asks_for_a_call.yaml");
  writeFileSync(scenario, blocks[4]);
  const played = await run(["simulate", "--scenario", scenario], { env: { OFFHOOK_AGENTS: folder } });
  assert.equal(played.code, 0, played.stdout + played.stderr);
});

test("agent check tells faults and warnings, and that a file is none", async () => {
  const { path } = writeAgent();
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace("tools: [schedule_callback, ", "tools: ["));
  const broken = await run(["agent", "check", path]);
  assert.equal(broken.code, 1);
  assert.match(broken.stdout, /✗ flow callback: its tool schedule_callback is not among the agent's/);
  writeFileSync(path, text.replace("- what time do you close", "- how expensive is a new chain"));
  const twins = await run(["agent", "check", path]);
  assert.equal(twins.code, 1);
  assert.match(twins.stdout, /"how expensive is a new chain" is also an example of hours/);
  for (const [content, wanted] of [["name: [", /workshop\.yaml/], ["name: workshop\n", /title.*missing/]]) {
    writeFileSync(path, content);
    const refused = await run(["agent", "check", path]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, wanted);
  }
  assert.equal((await run(["agent", "check", "/nowhere.yaml"])).code, 1);
  assert.notEqual((await run(["agent"])).code, 0);
});
