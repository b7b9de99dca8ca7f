// Documents: files in by a browser's own form, passages and answers out, nothing lost in a kill.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { get, post, run, start, temporaryFolder, until } from "./support/program.mjs";

const rules = `# House rules

## Pets

Cats and small dogs are welcome. The pet deposit is 300 dollars.

## Parking

A second parking space costs 75 dollars a month.
`;

let server;
before(async () => (server = await start({ env: { OFFHOOK_LOG: "error" } })));
after(async () => assert.equal(await server.stop(), 0));

async function upload(files, fields = {}, url = server.url) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [name, content] of files) form.append("file", new Blob([content]), name);
  const response = await fetch(`${url}/api/documents/upload/`, { method: "POST", body: form });
  return { status: response.status, json: await response.json() };
}
const settled = (id, url = server.url) =>
  until(async () => {
    const { json } = await get(`${url}/api/documents/${id}/`);
    return ["ready", "failed"].includes(json.state) ? json : undefined;
  }, `${id} has been read`);

test("a file is taken in, listed, searched and cited", async () => {
  const { status, json } = await upload([["rules.md", rules]]);
  assert.ok([201, 202].includes(status));
  assert.deepEqual((({ name, error }) => ({ name, error }))(json), { name: "rules.md", error: null });
  const document = await settled(json.id);
  assert.equal(document.state, "ready");
  assert.equal(document.chunks, 2);
  const listed = (await get(`${server.url}/api/documents`)).json.data;
  assert.ok(listed.some(({ id }) => id === json.id));
  const found = await post(`${server.url}/api/documents/search/`, { query: "How much is the pet deposit?", limit: 1 });
  assert.equal(found.status, 200);
  const [passage] = found.json.data;
  assert.equal(passage.document_id, json.id);
  assert.equal(passage.name, "rules.md");
  assert.equal(passage.heading, "House rules > Pets");
  assert.ok(passage.score > 0 && found.json.took_ms >= 0);
  const marked = passage.highlights.map(([begin, end]) => passage.text.slice(begin, end).toLowerCase());
  assert.ok(marked.includes("deposit"));
});

test("one question gets one answer with its sources, and what is not there is said", async () => {
  const ask = async (body) => (await post(`${server.url}/api/agent/query/`, body)).json;
  const answer = await ask({ query: "How much is the pet deposit?", agent: "leasing" });
  assert.match(answer.answer, /300 dollars/);
  assert.equal(answer.sources[0].name, "rules.md");
  assert.equal(answer.tools[0].name, "search_documents");
  const unknown = await ask({ query: "Who is the president of France?", agent: "support" });
  assert.deepEqual(unknown.sources, []);
  assert.doesNotMatch(unknown.answer, /300|75/);
  const wrong = await post(`${server.url}/api/agent/query/`, { query: "Hi", agent: "nobody" });
  assert.equal(wrong.status, 400);
  assert.equal(wrong.json.error.param, "agent");
});

test("the platform's tool call and its knowledge base are answered from the documents", async () => {
  const call = { id: "documents-1" };
  const toolCall = { id: "t1", function: { name: "search_documents", arguments: { query: "second parking space" } } };
  const { json } = await post(`${server.url}/vapi/webhook`, { message: { type: "tool-calls", call, toolCallList: [toolCall] } });
  assert.match(json.results[0].result, /75 dollars a month/);
  const messages = [{ role: "user", content: "What does a second parking space cost?" }];
  const base = await post(`${server.url}/vapi/webhook`, { message: { type: "knowledge-base-request", call, messages } });
  assert.match(base.json.documents[0].content, /75 dollars/);
  assert.ok(base.json.documents[0].similarity > 0.4);
});

test("an assistant answers from the documents it was given, and from no others", async () => {
  const other = await upload([["pool.txt", "The pool opens at nine in the morning."]]);
  await settled(other.json.id);
  const made = await post(`${server.url}/api/v1/voice/assistants`, { name: "Pool desk", knowledge: [other.json.id] });
  assert.equal(made.status, 201);
  const ask = async (content) => {
    const call = { id: "documents-2", assistantId: made.json.id };
    const message = { type: "knowledge-base-request", call, messages: [{ role: "user", content }] };
    return (await post(`${server.url}/vapi/webhook`, { message })).json.documents;
  };
  assert.equal((await ask("When does the pool open?")).length, 1);
  assert.deepEqual(await ask("How much is the pet deposit?"), []);
  assert.equal((await fetch(`${server.url}/api/documents/${other.json.id}`, { method: "DELETE" })).status, 200);
});

test("text as JSON, several files at once, the same again, and a new version", async () => {
  const text = await post(`${server.url}/api/documents/upload`, { name: "hours.txt", text: "The office opens at eight." });
  assert.ok([201, 202].includes(text.status));
  await settled(text.json.id);
  const several = await upload([["a.csv", "Plan,Price,Speed\nBasic,$10,slow\nPro,$20,fast\n"], ["b.html", "<!doctype html><p>Bring a <b>towel</b>.</p>"]]);
  assert.equal(several.json.data.length, 2);
  for (const { id } of several.json.data) assert.equal((await settled(id)).state, "ready");
  const again = await post(`${server.url}/api/documents/upload`, { name: "hours.txt", text: "The office opens at eight." });
  assert.equal(again.json.id, text.json.id);
  const newer = await post(`${server.url}/api/documents/upload`, { name: "hours.txt", text: "The office opens at ten." });
  assert.equal(newer.json.id, text.json.id);
  await settled(newer.json.id);
  const { json } = await post(`${server.url}/api/documents/search`, { query: "When does the office open?" });
  assert.match(json.data[0].text, /ten/);
});

test("what cannot be read says why", async () => {
  for (const [name, content, why] of [
    ["broken.pdf", "%PDF-1.7\nnonsense", /damaged/],
    ["empty.txt", "  \n", /empty/],
    ["secret.doc", new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3]), /encrypted|old/],
    ["program.exe", new Uint8Array([0x4d, 0x5a, 0, 0, 1]), /not read/],
  ]) {
    const { json } = await upload([[name, content]]);
    const document = await settled(json.id);
    assert.equal(document.state, "failed", name);
    assert.match(document.error, why, name);
  }
});

test("wrong requests are told what is wrong", async () => {
  const nothing = await post(`${server.url}/api/documents/upload`, {});
  assert.equal(nothing.status, 400);
  assert.equal(nothing.json.error.param, "name");
  const noFile = await upload([], { collection: "leasing" });
  assert.equal(noFile.status, 400);
  assert.equal(noFile.json.error.param, "file");
  const image = await fetch(`${server.url}/api/documents/upload`, { method: "POST", body: "x", headers: { "Content-Type": "image/png" } });
  assert.equal(image.status, 415);
  assert.equal((await get(`${server.url}/api/documents/doc_nobody`)).status, 404);
  assert.equal((await post(`${server.url}/api/documents/search`, { limit: 3 })).json.error.param, "query");
  assert.equal((await post(`${server.url}/api/documents/search`, { query: "x", limit: 0 })).status, 400);
});

test("a collection is taken as it is or not at all", async () => {
  const form = (fields, filename = "x.txt") => {
    const parts = fields.map((value) => Buffer.concat([Buffer.from('--b\r\nContent-Disposition: form-data; name="collection"\r\n\r\n'), Buffer.from(value), Buffer.from("\r\n")]));
    const file = Buffer.from(`--b\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\n\r\nSome words.\r\n--b--\r\n`);
    return fetch(`${server.url}/api/documents/upload`, { method: "POST", body: Buffer.concat([...parts, file]), headers: { "Content-Type": "multipart/form-data; boundary=b" } });
  };
  const before = (await get(`${server.url}/api/documents`)).json.data.length;
  for (const fields of [["x".repeat(101)], [new Uint8Array([0x61, 0xff])], ["a\0b"], ["leasing", "leasing"]]) {
    const refused = await form(fields);
    assert.equal(refused.status, 400, String(fields));
    assert.equal((await refused.json()).error.param, "collection", String(fields));
  }
  for (const collection of ["x".repeat(101), "a\0b"]) {
    const refused = await post(`${server.url}/api/documents/upload`, { name: "x.txt", text: "Some words.", collection });
    assert.equal(refused.status, 400);
    assert.equal(refused.json.error.param, "collection");
  }
  assert.equal((await post(`${server.url}/api/documents/upload`, { name: "x\0.txt", text: "Some words." })).json.error.param, "name");
  assert.equal((await get(`${server.url}/api/documents`)).json.data.length, before);
  const longest = await form(["x".repeat(100)]);
  const taken = await longest.json();
  assert.ok([201, 202].includes(longest.status));
  assert.equal(taken.collection, "x".repeat(100));
  await settled(taken.id);
});

test("a new version that cannot be read is not said to be made, and the old one answers", async () => {
  const first = await upload([["turn.md", "# Turn\n\nTurn left at the gate.\n"]]);
  await settled(first.json.id);
  const second = await upload([["turn.md", "  \n"]]);
  assert.equal(second.status, 202);
  assert.equal((await settled(second.json.id)).state, "ready");
  assert.match((await get(`${server.url}/api/documents/${second.json.id}`)).json.error, /empty/);
});

test("another account's document does not exist", async () => {
  const made = await run(["user", "add", "x@example.com", "--account", "new", "--role", "owner", "--data", server.data], { input: "a-long-password\na-long-password\n" });
  assert.equal(made.code, 0, made.stderr);
  const account = /acct_\w+/.exec(made.stdout + made.stderr)?.[0];
  const key = await run(["key", "create", "docs", "--scope", "chat", "--account", account, "--data", server.data]);
  assert.equal(key.code, 0, key.stderr);
  const headers = { Authorization: `Bearer ${/[\w-]{20,}/.exec(key.stdout.split("\n").find((line) => line.length > 20))[0]}` };
  const ours = (await get(`${server.url}/api/documents`)).json.data[0];
  assert.equal((await get(`${server.url}/api/documents/${ours.id}`, headers)).status, 404);
  assert.deepEqual((await get(`${server.url}/api/documents`, headers)).json.data, []);
  assert.deepEqual((await post(`${server.url}/api/documents/search`, { query: "pet deposit" }, headers)).json.data, []);
});

test("kill -9 right after the answer loses no document", async () => {
  const data = temporaryFolder();
  const ids = [];
  for (let round = 0; round < 3; ++round) {
    const victim = await start({ data, env: { OFFHOOK_LOG: "error" } });
    const text = Array.from({ length: 3000 }, (_, i) => `Sentence ${i} of round ${round} says something.`).join(" ");
    const sent = [0, 1, 2].map((i) => upload([[`round${round}-${i}.txt`, `${text} The password of file ${i} is marker${round}x${i}.`]], {}, victim.url));
    const first = await Promise.race(sent);
    ids.push(first.json.id);
    sent.forEach((each) => each.catch(() => {}));
    await victim.kill();
  }
  const again = await start({ data, env: { OFFHOOK_LOG: "error" } });
  for (const id of ids) assert.equal((await settled(id, again.url)).state, "ready");
  const { json } = await post(`${again.url}/api/documents/search`, { query: "marker0x0 marker0x1 marker0x2" });
  assert.ok(json.data.length > 0);
  assert.equal(await again.stop(), 0);
});

test("files are taken in and searched by hand beside a running server", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "sauna.md"), "# Sauna\n\nThe sauna is open on Fridays from six.\n");
  const taken = await run(["ingest", join(folder, "sauna.md"), "--data", server.data]);
  assert.equal(taken.code, 0, taken.stderr);
  assert.match(taken.stdout, /sauna\.md/);
  const found = await run(["search", "When is the sauna open?", "--data", server.data]);
  assert.equal(found.code, 0, found.stderr);
  assert.match(found.stdout, /Fridays from six/);
  const nothing = await run(["search", "Who is the president of France?", "--data", server.data]);
  assert.equal(nothing.code, 1);
});
