// The call lab from the command line.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { run, temporaryFolder } from "./support/program.mjs";

const simulate = (...args) => run(["simulate", ...args]);

async function simulateJson(...args) {
  const ran = await simulate("--json", ...args);
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  return JSON.parse(ran.stdout);
}

/** A scenario that fails: nobody says "unicorn". */
const failing = `name: wants_a_unicorn
agent: leasing
direction: inbound
caller: {name: "Ann Lee", phone: "+14155550101"}
turns:
  - say: "Hi, I'm looking for a two-bedroom apartment."
    expect: {reply_has: ["unicorn"], tools: [check_availability]}
  - say: "Goodbye!"
expect: {tours: 3}
`;

function scenarioFile(text) {
  const file = join(temporaryFolder(), "scenario.yaml");
  writeFileSync(file, text);
  return file;
}

test("all scenarios go as expected, and every tool is used", async () => {
  const { seed, calls } = await simulateJson();
  assert.equal(seed, 1);
  assert.equal(calls.length, 60);
  const perAgent = {};
  for (const call of calls) {
    assert.deepEqual(Object.keys(call).sort(), ["agent", "ended_reason", "failures", "passed", "scenario", "turns"]);
    perAgent[call.agent] = (perAgent[call.agent] ?? 0) + 1;
    assert.equal(call.passed, true, call.scenario);
    assert.deepEqual(call.failures, []);
    assert.ok(call.ended_reason);
    assert.ok(call.turns.length >= 2);
    let last = 0;
    for (const turn of call.turns) {
      assert.deepEqual(Object.keys(turn).sort(), ["at_ms", "role", "text", "tools"]);
      assert.ok(["user", "assistant"].includes(turn.role));
      assert.ok(turn.at_ms >= last, "time goes on");
      assert.ok(Array.isArray(turn.tools));
      last = turn.at_ms;
    }
    assert.ok(last > 1000, "a call takes virtual seconds");
  }
  assert.deepEqual(perAgent, { banking: 15, leasing: 15, realty: 15, support: 15 });
  const tools = new Set(calls.flatMap((call) => call.turns.flatMap((turn) => turn.tools)));
  const documented = readFileSync(new URL("../../docs/tools.md", import.meta.url), "utf8").matchAll(/^\| `(\w+)` \|/gm);
  // Hanging up is left to the platform, whose own tool stands in for end_call.
  assert.ok(calls.some((call) => call.ended_reason === "assistant-ended-call"));
  // The sample data have no documents, so nobody is offered to search them; documents.test.mjs does.
  const elsewhere = ["end_call", "search_documents"];
  for (const [, tool] of documented) assert.ok(tools.has(tool) || elsewhere.includes(tool), tool);
});

test("--agent plays that agent's scenarios", async () => {
  const { calls } = await simulateJson("--agent", "support");
  assert.equal(calls.length, 15);
  assert.ok(calls.every((call) => call.agent === "support"));
  const nobody = await simulate("--agent", "nobody");
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr, /nobody/);
});

test("the same seed gives the same bytes, another seed others", async () => {
  const [one, two, other] = await Promise.all([
    simulate("--json", "--seed", "7"),
    simulate("--json", "--seed", "7"),
    simulate("--json", "--seed", "8"),
  ]);
  assert.equal(one.code, 0);
  assert.equal(one.stdout, two.stdout);
  assert.equal(other.code, 0);
  const [a, b] = [one, other].map(({ stdout }) => JSON.parse(stdout));
  assert.deepEqual([a.seed, b.seed], [7, 8]);
  assert.notDeepEqual(a.calls, b.calls, "the words of the calls depend on the seed");
  const [plain, again] = await Promise.all([simulate("--seed", "7"), simulate("--seed", "7")]);
  assert.equal(plain.stdout, again.stdout, "the printed form, too");
});

test("in real time, over sockets, the transcript is the same as in virtual time", async () => {
  const told = ({ calls }) =>
    calls.map(({ scenario, ended_reason, turns }) => ({
      scenario,
      ended_reason,
      turns: turns.map(({ role, text, tools }) => ({ role, text, tools })),
    }));
  const [virtual, real] = await Promise.all([simulateJson("--seed", "3"), simulateJson("--seed", "3", "--realtime")]);
  assert.deepEqual(told(real), told(virtual));
});

test("a failed expectation exits 1 and is named", async () => {
  const file = scenarioFile(failing);
  const junit = join(temporaryFolder(), "junit.xml");
  const ran = await simulate("--scenario", file, "--junit", junit);
  assert.equal(ran.code, 1);
  assert.match(ran.stdout, /unicorn/);
  assert.match(ran.stdout, /tours?/);
  assert.match(ran.stdout, /1 of 1 calls not as expected/);
  const xml = readFileSync(junit, "utf8");
  checkXml(xml);
  assert.match(xml, /<testsuite [^>]*tests="1" failures="1"/);
  assert.match(xml, /<failure [^>]*unicorn/);

  const asJson = await simulate("--scenario", file, "--json");
  assert.equal(asJson.code, 1);
  const [call] = JSON.parse(asJson.stdout).calls;
  assert.equal(call.passed, false);
  assert.ok(call.failures.some((failure) => failure.includes("unicorn")));
  assert.ok(call.failures.some((failure) => failure.includes("tour")));
});

test("--junit writes well-formed XML with a case for each call", async () => {
  const junit = join(temporaryFolder(), "junit.xml");
  const ran = await simulate("--junit", junit);
  assert.equal(ran.code, 0, ran.stderr);
  const xml = readFileSync(junit, "utf8");
  checkXml(xml);
  assert.match(xml, /<testsuite [^>]*tests="60" failures="0"/);
  assert.equal(xml.match(/<testcase /g).length, 60);
  const nowhere = await simulate("--junit", "/proc/nowhere/junit.xml");
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /cannot write/);
});

/** Well-formed: one root, every element closed, no stray markup characters in texts and attributes. */
function checkXml(text) {
  assert.match(text, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/);
  const open = [];
  let roots = 0;
  let at = text.indexOf("?>") + 2;
  const tag = /<(\/?)([\w.:-]+)((?:\s+[\w.:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  tag.lastIndex = at;
  for (let match; (match = tag.exec(text)); at = tag.lastIndex) {
    const [, closing, name, attributes, selfClosing, words] = match;
    assert.doesNotMatch(attributes ?? words, /&(?!(amp|lt|gt|quot|apos|#\d+);)/, "ampersands are escaped");
    if (words !== undefined) continue;
    if (closing) assert.equal(open.pop(), name);
    else if (open.length === 0) roots += 1;
    if (!closing && !selfClosing) open.push(name);
  }
  assert.equal(at, text.length, `not XML from: ${text.slice(at, at + 80)}`);
  assert.deepEqual(open, []);
  assert.equal(roots, 1);
}

test("--name and --phone play the realty qualification call with that person", async () => {
  const { calls } = await simulateJson("--name", "John Doe", "--phone", "9876543210");
  assert.equal(calls.length, 1);
  assert.equal(calls[0].agent, "realty");
  assert.equal(
    calls[0].turns[0].text,
    "Hello, this is RealtyAssistant calling about your enquiry. Am I speaking with John?",
  );
  assert.ok(calls[0].turns.some((turn) => turn.tools.includes("qualify_lead")));
  const { calls: others } = await simulateJson("--name", "Priya Nair", "--phone", "9812345678");
  assert.match(others[0].turns[0].text, /speaking with Priya\?/);
});

test("a scenario that is missing or wrong exits 1 and names file and line", async () => {
  const missing = await simulate("--scenario", "/nowhere/at/all.yaml");
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /\/nowhere\/at\/all\.yaml/);
  for (const [text, line] of [
    ["name: a\nagent: leasing\nturns: 5\n", /line \d/],
    ["name: a\nagent: leasing\ncolour: green\nturns: [{say: Hi}]\n", /line 3.*colour/],
    ["name: [a\n", /line \d/],
    ["name: a\nagent: leasing\nturns:\n  - shout: Hi\n", /line 4.*shout/],
  ]) {
    const ran = await simulate("--scenario", scenarioFile(text));
    assert.equal(ran.code, 1, text);
    assert.match(ran.stderr, line);
  }
  const nobody = await simulate("--scenario", scenarioFile("name: a\nagent: nobody\nturns: [{say: Hi}]\n"));
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr + nobody.stdout, /nobody/);
});

test("several --scenario files are played in the order given", async () => {
  const scenario = (name) => scenarioFile(`name: ${name}\nagent: banking\nturns:\n  - say: "What loans do you offer?"\n`);
  const { calls } = await simulateJson("--scenario", scenario("second"), "--scenario", scenario("first"));
  assert.deepEqual(calls.map((call) => call.scenario), ["second", "first"]);
});
