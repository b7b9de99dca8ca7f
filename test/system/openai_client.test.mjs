// The chat completions door, driven by OpenAI's own client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { start, startWithSampleData } from "./support/program.mjs";

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
