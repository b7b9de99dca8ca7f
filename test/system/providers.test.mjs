// Chains of models over real sockets: Gemini, Anthropic and Bedrock behind stand-ins, and what only a network can do:
// nobody listens, TLS fails, a handshake that is never answered.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { test } from "node:test";
import { post, run, start } from "./support/program.mjs";

const ask = (server, body = {}) =>
  post(`${server.url}/v1/chat/completions`, {
    model: "leasing",
    messages: [{ role: "user", content: "Hi, do you have a studio?" }],
    ...body,
  });
const said = (answer) => answer.json.choices[0].message.content;
const byBrain = /studio|apartment/i;

/** Listens on a free port with `server`; answers {port, close()}. */
async function listen(server) {
  const sockets = new Set();
  server.on("connection", (socket) => sockets.add(socket.on("error", () => {})));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** An HTTP server that keeps its requests and answers with `answer(response, request)`. */
async function listenHttp(answer) {
  const requests = [];
  const server = createServer(async (request, response) => {
    let raw = "";
    for await (const piece of request.setEncoding("utf8")) raw += piece;
    requests.push({ url: request.url, headers: request.headers, body: JSON.parse(raw) });
    answer(response, requests.at(-1));
  });
  return { requests, ...(await listen(server)) };
}

/** Gemini's stream of some words. */
function speakGemini(response, text = "Yes, on the first floor.") {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const chunk = (parts, rest) =>
    `data: ${JSON.stringify({ candidates: [{ content: { role: "model", parts }, ...rest }], modelVersion: "gemini-x" })}\r\n\r\n`;
  for (const word of text.split(/(?<= )/)) response.write(chunk([{ text: word }], {}));
  response.end(chunk([{ text: "" }], { finishReason: "STOP" }));
}

async function withServer(env, body) {
  const server = await start({ env: { OFFHOOK_LOG: "warning", ...env } });
  try {
    await body(server);
  } finally {
    assert.equal(await server.stop(), 0);
  }
}

test("a chain goes past a provider that nobody can reach, and the log says so", async () => {
  const gemini = await listenHttp((response) => speakGemini(response));
  const env = {
    ANTHROPIC_API_KEY: "key-a",
    ANTHROPIC_BASE_URL: "http://127.0.0.1:9",
    GEMINI_API_KEY: "key-g",
    GEMINI_BASE_URL: `http://127.0.0.1:${gemini.port}`,
  };
  try {
    await withServer(env, async (server) => {
      const answer = await ask(server);
      assert.equal(said(answer), "Yes, on the first floor.");
      assert.equal(answer.json.model, "gemini-x");
      const { url, headers, body } = gemini.requests[0];
      assert.equal(url, "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
      assert.equal(headers["x-goog-api-key"], "key-g");
      assert.match(body.systemInstruction.parts[0].text, /Sunset Apartments/);
      assert.ok(body.tools[0].functionDeclarations.some((tool) => tool.name === "check_availability"));
      assert.match(server.output().stderr, /model fell back.*anthropic:.*unavailable/);
      assert.doesNotMatch(server.output().stderr, /key-a|key-g/);
    });
  } finally {
    await gemini.close();
  }
});

test("the time to connect bounds a handshake that is never answered, and no slow answer", async () => {
  const silent = await listen(createTcpServer(() => {}));
  const slow = await listenHttp((response) => setTimeout(() => speakGemini(response), 600));
  const env = {
    ANTHROPIC_API_KEY: "key-a",
    ANTHROPIC_BASE_URL: `https://127.0.0.1:${silent.port}`,
    GEMINI_API_KEY: "key-g",
    GEMINI_BASE_URL: `http://127.0.0.1:${slow.port}`,
    OFFHOOK_LLM_CONNECT_MS: "300",
    OFFHOOK_LLM_FIRST_TOKEN_MS: "20000",
    OFFHOOK_FIRST_WORDS_MS: "40000",
  };
  try {
    await withServer(env, async (server) => {
      const began = Date.now();
      assert.equal(said(await ask(server)), "Yes, on the first floor.");
      assert.ok(Date.now() - began < 15_000, "long before the first token's time");
      assert.match(server.output().stderr, /model fell back.*anthropic:.*timeout/);
    });
  } finally {
    await silent.close();
    await slow.close();
  }
});

test("a TLS failure is one more reason to ask the next", async () => {
  const plain = await listen(createTcpServer((socket) => socket.end("this is no TLS\r\n")));
  const env = { ANTHROPIC_API_KEY: "key-a", ANTHROPIC_BASE_URL: `https://127.0.0.1:${plain.port}` };
  try {
    await withServer(env, async (server) => {
      assert.match(said(await ask(server)), byBrain);
      assert.match(server.output().stderr, /model fell back.*anthropic:.*unavailable/);
    });
  } finally {
    await plain.close();
  }
});

test("requests to Bedrock are signed, with the model's id as one path segment", async () => {
  const bedrock = await listenHttp((response) => {
    response.writeHead(403, { "x-amzn-ErrorType": "AccessDeniedException" });
    response.end('{"message":"not you"}');
  });
  const env = {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "the-secret-of-the-tests",
    AWS_SESSION_TOKEN: "the-token-of-the-tests",
    BEDROCK_BASE_URL: `http://127.0.0.1:${bedrock.port}`,
  };
  try {
    await withServer(env, async (server) => {
      assert.match(said(await ask(server)), byBrain);
      assert.match(said(await ask(server)), byBrain);
      assert.equal(bedrock.requests.length, 1, "a refused key is not tried again at once");
      const { url, headers } = bedrock.requests[0];
      assert.equal(url, "/model/amazon.nova-lite-v1%3A0/converse-stream");
      assert.match(headers.authorization, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/bedrock\/aws4_request, /);
      assert.match(headers.authorization, /SignedHeaders=accept;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, /);
      assert.match(server.output().stderr, /bedrock:amazon\.nova-lite-v1:0.*unauthorized/);
      assert.doesNotMatch(server.output().stderr, /the-secret-of-the-tests|the-token-of-the-tests/);
    });
  } finally {
    await bedrock.close();
  }
});

test("doctor says what is configured and what would answer now", async () => {
  const bare = await run(["doctor"]);
  assert.equal(bare.code, 0, bare.stderr);
  assert.match(bare.stdout, /gemini +not configured: set GEMINI_API_KEY\n/);
  assert.match(bare.stdout, /asked in this order: brain\n/);
  assert.match(bare.stdout, /brain would answer a call now\n/);

  const gemini = await listenHttp((response) => speakGemini(response, "OK."));
  const env = { OPENAI_BASE_URL: "http://127.0.0.1:9/v1", GEMINI_API_KEY: "key-g", GEMINI_BASE_URL: `http://127.0.0.1:${gemini.port}` };
  try {
    const asked = await run(["doctor"], { env });
    assert.equal(asked.code, 0, asked.stderr);
    assert.match(asked.stdout, /asked in this order: openai, gemini, brain\n/);
    assert.match(asked.stdout, /openai:gpt-4o-mini +unavailable: /);
    assert.match(asked.stdout, /gemini:gemini-2\.5-flash would answer a call now\n/);
    const offline = await run(["doctor", "--offline"], { env });
    assert.equal(offline.code, 0);
    assert.doesNotMatch(offline.stdout, /would answer/);
    assert.equal(gemini.requests.length, 1);
    const dead = await run(["doctor"], { env: { OPENAI_BASE_URL: "http://127.0.0.1:9/v1", OFFHOOK_LLM: "openai" } });
    assert.equal(dead.code, 1);
    assert.match(dead.stdout, /nothing would answer a call now\n/);
    const unknown = await run(["doctor"], { env: { OFFHOOK_LLM: "gemini,brain" } });
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /OFFHOOK_LLM: 'gemini' is not configured: set GEMINI_API_KEY/);
  } finally {
    await gemini.close();
  }
});
