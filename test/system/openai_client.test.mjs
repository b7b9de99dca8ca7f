// The chat completions door, driven by OpenAI's own client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { start, startWithSampleData } from "./support/program.mjs";
import { startTheirServer } from "./support/their_server.mjs";

const apiKey = "sk-not-a-real-key";
let server;
let doors; // the base URLs under which the client is pointed at us

before(async () => {
  server = await startWithSampleData();
  doors = ["/v1", "/api"].map((path) => ({
    path,
    client: new OpenAI({ apiKey, baseURL: server.url + path, maxRetries: 0 }),
  }));
});
after(async () => assert.equal(await server.stop(), 0));

const studio = [{ role: "user", content: "Hi, do you have a studio?" }];
const offeredTools = [
  {
    type: "function",
    function: {
      name: "endCall",
      description: "End the call",
      parameters: { type: "object", properties: {} },
    },
  },
];

/** Reads a stream to its end: the joined text, the finish reason, tool calls joined by index, all chunks. */
async function collect(stream) {
  const whole = { text: "", reason: null, calls: [], usage: null, chunks: [] };
  for await (const chunk of stream) {
    whole.chunks.push(chunk);
    if (chunk.usage) whole.usage = chunk.usage;
    for (const choice of chunk.choices) {
      whole.text += choice.delta.content ?? "";
      whole.reason = choice.finish_reason ?? whole.reason;
      for (const call of choice.delta.tool_calls ?? []) {
        const known = (whole.calls[call.index] ??= { id: call.id, name: "", arguments: "" });
        known.name += call.function?.name ?? "";
        known.arguments += call.function?.arguments ?? "";
      }
    }
  }
  return whole;
}

test("an agent is named by the model and answers in one piece, on both base URLs", async () => {
  for (const { path, client } of doors) {
    const answer = await client.chat.completions.create({ model: "leasing", messages: studio, stream: false });
    assert.equal(answer.object, "chat.completion", path);
    assert.match(answer.id, /^chatcmpl/);
    assert.equal(answer.choices.length, 1);
    assert.equal(answer.choices[0].finish_reason, "stop");
    assert.equal(answer.choices[0].message.role, "assistant");
    assert.match(answer.choices[0].message.content, /studio/i, path);
    assert.ok(Math.abs(answer.created - Date.now() / 1000) < 3600, "created is in seconds");
    const { prompt_tokens, completion_tokens, total_tokens } = answer.usage;
    assert.ok(prompt_tokens > 0 && completion_tokens > 0);
    assert.equal(total_tokens, prompt_tokens + completion_tokens);
  }
});

test("the streamed answer is the same text in several chunks that share one id", async () => {
  for (const { path, client } of doors) {
    const whole = await client.chat.completions.create({ model: "leasing", messages: studio, stream: false });
    const streamed = await collect(
      await client.chat.completions.create({ model: "leasing", messages: studio, stream: true }),
    );
    assert.equal(streamed.text, whole.choices[0].message.content, path);
    assert.equal(streamed.reason, "stop");
    assert.equal(streamed.usage, null);
    assert.ok(streamed.chunks.length > 3, "it comes in pieces");
    assert.equal(new Set(streamed.chunks.map((chunk) => chunk.id)).size, 1);
    assert.equal(streamed.chunks[0].choices[0].delta.role, "assistant");
    assert.ok(streamed.chunks.every((chunk) => chunk.object === "chat.completion.chunk"));
  }
});

test("any model name is accepted, and the agent of the door answers", async () => {
  const [v1, api] = doors.map((door) => door.client);
  for (const model of ["gpt-3.5-turbo", "amazon.nova-lite-v1:0", "anthropic/claude-3-haiku", "模型"]) {
    const leasing = await v1.chat.completions.create({ model, messages: studio });
    assert.match(leasing.choices[0].message.content, /studio/i, model);
    assert.ok(leasing.model.length > 0);
    const banking = await api.chat.completions.create({
      model,
      stream: false,
      messages: [{ role: "user", content: "What loans do you offer?" }],
    });
    assert.match(banking.choices[0].message.content, /loan/i, model);
  }
});

test("the four agents introduce themselves when their names are the model", async () => {
  const { client } = doors[0];
  const answers = new Set();
  for (const model of ["banking", "leasing", "realty", "support"]) {
    const answer = await client.chat.completions.create({
      model,
      messages: [{ role: "user", content: "Hello! What can you do for me?" }],
    });
    assert.ok(answer.choices[0].message.content.length > 10, model);
    answers.add(answer.choices[0].message.content);
  }
  assert.equal(answers.size, 4, "each in words of its own");
});

test("usage comes in a last chunk without choices when it is asked for", async () => {
  for (const { client } of doors) {
    const { chunks, usage } = await collect(
      await client.chat.completions.create({
        model: "leasing",
        messages: studio,
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    assert.ok(usage.prompt_tokens > 0 && usage.completion_tokens > 0);
    assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
    assert.deepEqual(chunks.at(-1).choices, []);
    assert.ok(chunks.slice(0, -1).every((chunk) => chunk.usage === null));
  }
});

test("an offered tool is called, streamed and not, and its result is answered", async () => {
  for (const { path, client } of doors) {
    const messages = [{ role: "user", content: "That's all. Goodbye!" }];
    const asked = { model: "leasing", messages, tools: offeredTools };
    const whole = await client.chat.completions.create({ ...asked, stream: false });
    const choice = whole.choices[0];
    assert.equal(choice.finish_reason, "tool_calls", path);
    assert.equal(choice.message.tool_calls.length, 1);
    const [call] = choice.message.tool_calls;
    assert.equal(call.type, "function");
    assert.equal(call.function.name, "endCall");
    assert.deepEqual(JSON.parse(call.function.arguments), {});

    const streamed = await collect(await client.chat.completions.create({ ...asked, stream: true }));
    assert.equal(streamed.reason, "tool_calls");
    assert.equal(streamed.calls.length, 1);
    assert.equal(streamed.calls[0].name, "endCall");
    assert.ok(streamed.calls[0].id);
    assert.deepEqual(JSON.parse(streamed.calls[0].arguments), {});

    const next = await client.chat.completions.create({
      ...asked,
      stream: false,
      messages: [
        ...messages,
        choice.message,
        { role: "tool", tool_call_id: call.id, content: "The call was not ended: the line is busy." },
        { role: "user", content: "Do you have a studio?" },
      ],
    });
    assert.match(next.choices[0].message.content, /studio/i);
  }
});

test("a whole round trip of the qualification: our tools unseen, the platform's handed out", async () => {
  const { client } = doors[0];
  const tools = [
    {
      type: "function",
      function: {
        name: "qualify_lead",
        description: "Record what the caller is looking for.",
        parameters: {
          type: "object",
          properties: {
            name: { type: "string" },
            phone: { type: "string" },
            budget: { type: "number" },
            move_in_date: { type: "string" },
            bedrooms: { type: "number" },
            pets: { type: "boolean" },
            employed: { type: "boolean" },
          },
        },
      },
    },
  ];
  const messages = [];
  const lines = [
    "Hi, I'm looking for a two-bedroom apartment. [phone: +14155550177]",
    "I'd like to move in on May first, and my budget is about 3000 dollars a month.",
    "Great. Can I tour it on Monday at 2 pm?",
    "It's Ann Lee.",
    "Yes, please book it.",
    "Sure, go ahead.",
    "I have a cat.",
    "Yes, I work full time.",
  ];
  let called;
  for (const content of lines) {
    messages.push({ role: "user", content });
    const answer = await client.chat.completions.create({ model: "leasing", messages, tools });
    const { message, finish_reason } = answer.choices[0];
    messages.push(message);
    if (finish_reason !== "tool_calls") continue;
    [called] = message.tool_calls;
    messages.push({ role: "tool", tool_call_id: called.id, content: "Thank you. That's a great fit for what we have." });
    const spoken = await client.chat.completions.create({ model: "leasing", messages, tools });
    assert.equal(spoken.choices[0].finish_reason, "stop");
    assert.match(spoken.choices[0].message.content, /thank you|great fit|anything else/i);
    messages.push(spoken.choices[0].message);
  }
  assert.ok(called, `qualify_lead was never called:\n${JSON.stringify(messages, null, 1)}`);
  assert.equal(called.function.name, "qualify_lead");
  const given = JSON.parse(called.function.arguments);
  assert.equal(given.bedrooms, 2);
  assert.equal(given.budget, 3000);
  assert.equal(given.pets, true);
  assert.equal(given.employed, true);
});

test("a client that aborts in mid-stream does no harm", async () => {
  for (const { client } of doors) {
    for (let round = 0; round < 5; ++round) {
      const stream = await client.chat.completions.create({ model: "leasing", messages: studio, stream: true });
      let seen = 0;
      for await (const chunk of stream) {
        assert.ok(chunk.id);
        if (++seen === 2) stream.controller.abort();
      }
      assert.equal(seen, 2);
    }
    const answer = await client.chat.completions.create({ model: "leasing", messages: studio, stream: false });
    assert.match(answer.choices[0].message.content, /studio/i);
  }
});

test("models.list names the agents", async () => {
  const { client } = doors[0];
  const names = [];
  for await (const model of client.models.list()) {
    assert.equal(model.object, "model");
    names.push(model.id);
  }
  assert.deepEqual(names.sort(), ["banking", "leasing", "realty", "support"]);
  assert.equal((await client.models.retrieve("banking")).id, "banking");
  await assert.rejects(client.models.retrieve("nobody"), (error) => error.status === 404 && error.code === "model_not_found");
});

test("mistakes come as the client's typed errors, with param and code", async () => {
  const user = { role: "user", content: "Hi" };
  const cases = [
    [{ model: "leasing" }, "messages", "missing_required_parameter"],
    [{ model: "leasing", messages: [] }, "messages", "invalid_value"],
    [{ model: "leasing", messages: "Hi" }, "messages", "invalid_type"],
    [{ model: "leasing", messages: [{ role: "wizard", content: "Hi" }] }, "messages[0].role", "invalid_value"],
    [{ model: "leasing", messages: [user, { role: "user" }] }, "messages[1].content", "missing_required_parameter"],
    [{ model: "leasing", messages: [user], temperature: 9 }, "temperature", "invalid_value"],
    [{ model: 7, messages: [user] }, "model", "invalid_type"],
  ];
  for (const { client } of doors) {
    for (const [body, param, code] of cases) {
      await assert.rejects(
        client.chat.completions.create(body),
        (error) => {
          assert.ok(error instanceof OpenAI.BadRequestError, String(error));
          assert.equal(error.status, 400);
          assert.equal(error.param, param);
          assert.equal(error.code, code);
          assert.equal(error.type, "invalid_request_error");
          assert.ok(error.requestID, "the request id is in the headers");
          return true;
        },
        JSON.stringify(body),
      );
    }
  }
  await assert.rejects(doors[0].client.get("/nothing/here"), OpenAI.NotFoundError);
});

test("forty requests at once, half of them streamed, are all answered", async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const { client } = doors[i % 2];
      const body = { model: "leasing", messages: studio };
      if (i % 4 < 2) return (await client.chat.completions.create({ ...body, stream: false })).choices[0].message.content;
      return (await collect(await client.chat.completions.create({ ...body, stream: true }))).text;
    }),
  );
  assert.equal(new Set(answers).size, 1);
  assert.match(answers[0], /studio/i);
});

test("with OFFHOOK_API_KEYS set, a wrong key is an AuthenticationError and a right one is let in", async () => {
  const locked = await start({ env: { OFFHOOK_API_KEYS: "first-key-12345,second-key-12345" } });
  try {
    for (const path of ["/v1", "/api"]) {
      const clientWith = (key) => new OpenAI({ apiKey: key, baseURL: locked.url + path, maxRetries: 0 });
      await assert.rejects(
        clientWith("wrong-key-12345").chat.completions.create({ model: "leasing", messages: studio }),
        (error) => {
          assert.ok(error instanceof OpenAI.AuthenticationError, String(error));
          assert.equal(error.code, "invalid_api_key");
          assert.equal(error.type, "authentication_error");
          return true;
        },
      );
      const answer = await clientWith("second-key-12345").chat.completions.create({
        model: "banking",
        stream: false,
        messages: [{ role: "user", content: "What loans do you offer?" }],
      });
      assert.match(answer.choices[0].message.content, /loan/i);
    }
  } finally {
    assert.equal(await locked.stop(), 0);
  }
});

/** Runs `body(client, theirs)` with a server whose only model is `say`; the client retries as it likes. */
async function withModel(say, body, { env, ...options } = {}) {
  const theirs = await startTheirServer({ say });
  const own = await start({
    env: { OPENAI_BASE_URL: `${theirs.url}/llm`, OFFHOOK_LLM: "openai", OFFHOOK_LOG: "off", ...env },
  });
  try {
    await body(new OpenAI({ apiKey, baseURL: `${own.url}/v1`, maxRetries: 0, ...options }), theirs, own);
  } finally {
    assert.equal(await own.stop(), 0);
    await theirs.close();
  }
}

const roomSchema = {
  type: "json_schema",
  json_schema: {
    name: "wish",
    strict: true,
    schema: {
      type: "object",
      required: ["bedrooms"],
      additionalProperties: false,
      properties: { bedrooms: { type: "integer" } },
    },
  },
};

test("a demanded form is kept: json_schema by parse(), json_object, whole and streamed", async () => {
  const { client } = doors[0];
  const messages = [{ role: "user", content: "Hi, I'm looking for a two-bedroom apartment." }];
  const asked = { model: "leasing", messages, response_format: roomSchema };
  const parsed = await client.chat.completions.parse(asked);
  assert.deepEqual(parsed.choices[0].message.parsed, { bedrooms: 2 });
  const streamed = await collect(await client.chat.completions.create({ ...asked, stream: true }));
  assert.deepEqual(JSON.parse(streamed.text), { bedrooms: 2 });
  const object = await client.chat.completions.create({ ...asked, response_format: { type: "json_object" } });
  assert.match(JSON.parse(object.choices[0].message.content).answer, /bedroom/i);
});

test("an answer that does not fit its schema is an error before any chunk, whole and streamed", async () => {
  await withModel(
    () => "Two bedrooms, I think.",
    async (client, theirs) => {
      for (const stream of [false, true]) {
        await assert.rejects(
          client.chat.completions.create({ model: "leasing", messages: studio, response_format: roomSchema, stream }),
          (error) => {
            assert.ok(error instanceof OpenAI.InternalServerError, String(error));
            assert.equal(error.status, 503);
            assert.equal(error.code, "invalid_model_output");
            return true;
          },
        );
      }
      assert.equal(theirs.requests.length, 4, "each was asked for once more");
      assert.deepEqual(theirs.requests[0].body.response_format, roomSchema);
    },
  );
});

test("a schema that cannot be compiled is a BadRequestError", async () => {
  const schema = { type: "json_schema", json_schema: { name: "x", schema: { $ref: "#" } } };
  await assert.rejects(
    doors[0].client.chat.completions.create({ model: "leasing", messages: studio, response_format: schema }),
    (error) =>
      error instanceof OpenAI.BadRequestError && error.param === "response_format.json_schema.schema",
  );
});

test("stop texts and max_completion_tokens bound the answer and reach the model", async () => {
  const { client } = doors[0];
  const whole = (await client.chat.completions.create({ model: "leasing", messages: studio })).choices[0].message.content;
  const word = whole.split(" ")[3];
  const stopped = await client.chat.completions.create({ model: "leasing", messages: studio, stop: [word] });
  assert.equal(stopped.choices[0].message.content, whole.slice(0, whole.indexOf(word)));
  assert.equal(stopped.choices[0].finish_reason, "stop");
  const short = await client.chat.completions.create({ model: "leasing", messages: studio, max_completion_tokens: 2 });
  assert.equal(short.choices[0].finish_reason, "length");
  assert.ok(short.choices[0].message.content.length <= 8);
  await withModel(
    () => "All right.",
    async (other, theirs) => {
      await other.chat.completions.create({
        model: "leasing",
        messages: studio,
        stop: "END",
        max_completion_tokens: 77,
        temperature: 0.2,
      });
      const { body } = theirs.requests[0];
      assert.deepEqual([body.stop].flat(), ["END"]);
      assert.equal(body.max_completion_tokens ?? body.max_tokens, 77);
      assert.equal(body.temperature, 0.2);
    },
  );
});

test("the client's own retries: after 429 and after 503 it asks again and is answered", async () => {
  let failures = 2;
  await withModel(
    () => (failures-- > 0 ? { status: 500 } : "Here I am."),
    async (client) => {
      const answer = await client.chat.completions.create({ model: "leasing", messages: studio });
      assert.equal(answer.choices[0].message.content, "Here I am.");
    },
    { maxRetries: 4 },
  );
  await withModel(
    () => "Here I am.",
    async (client, theirs, own) => {
      const once = new OpenAI({ apiKey, baseURL: `${own.url}/v1`, maxRetries: 0 });
      let refused;
      for (let i = 0; i < 10 && !refused; ++i) {
        refused = await once.chat.completions.create({ model: "leasing", messages: studio }).catch((error) => error);
        if (!(refused instanceof Error)) refused = undefined;
      }
      assert.ok(refused instanceof OpenAI.RateLimitError, String(refused));
      assert.equal(refused.status, 429);
      assert.equal(refused.code, "rate_limit_exceeded");
      assert.ok(Number(refused.headers.get("retry-after")) >= 1);
    },
    { env: { OFFHOOK_RATE_LIMITS: "chat=2" } },
  );
});

test("Server-Timing is a header of a whole answer and a trailer of a stream", async () => {
  const { request } = await import("node:http");
  const ask = (stream) =>
    new Promise((resolve, reject) => {
      const asked = request(
        `${server.url}/v1/chat/completions`,
        { method: "POST", headers: { "Content-Type": "application/json", TE: "trailers" } },
        (response) => {
          response.resume();
          response.on("end", () => resolve(response));
        },
      );
      asked.on("error", reject);
      asked.end(JSON.stringify({ model: "leasing", messages: studio, stream }));
    });
  const shape = /^queue;dur=[\d.]+, first-words;dur=[\d.]+, model;dur=[\d.]+, tools;dur=[\d.]+, overhead;dur=[\d.]+, total;dur=[\d.]+$/;
  assert.match((await ask(false)).headers["server-timing"], shape);
  const streamed = await ask(true);
  assert.equal(streamed.headers.trailer, "Server-Timing");
  assert.match(streamed.trailers["server-timing"], shape);
});
