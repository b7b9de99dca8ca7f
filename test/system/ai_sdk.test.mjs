// The chat completions door, driven by Vercel's AI SDK with its OpenAI-compatible provider, both unmodified.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateObject, generateText, NoObjectGeneratedError, Output, RetryError, stepCountIs, streamObject, streamText, tool } from "ai";
import { z } from "zod";
import { start, startWithSampleData, until } from "./support/program.mjs";
import { startTheirServer } from "./support/their_server.mjs";

const hiStudio = "Hi, do you have a studio?";
let server;
let offhook;

/** The SDK's provider for the server at `url`. */
const providerFor = (url, options = {}) =>
  createOpenAICompatible({
    name: "offhook",
    baseURL: `${url}/v1`,
    apiKey: "sk-not-a-real-key",
    includeUsage: true,
    supportsStructuredOutputs: true,
    ...options,
  });

before(async () => {
  server = await startWithSampleData();
  offhook = providerFor(server.url);
});
after(async () => assert.equal(await server.stop(), 0));

/** Runs `body(provider, theirs, server)` with a server whose only model is `say`. */
async function withModel(say, body) {
  const theirs = await startTheirServer({ say });
  const own = await start({
    env: { OPENAI_BASE_URL: `${theirs.url}/llm`, OFFHOOK_LLM: "openai", OFFHOOK_LOG: "off" },
  });
  try {
    await body(providerFor(own.url), theirs, own);
  } finally {
    assert.equal(await own.stop(), 0);
    await theirs.close();
  }
}

test("generateText answers with text, finish reason and usage", async () => {
  const answer = await generateText({ model: offhook("leasing"), prompt: hiStudio });
  assert.match(answer.text, /studio/i);
  assert.equal(answer.finishReason, "stop");
  assert.ok(answer.usage.inputTokens > 0 && answer.usage.outputTokens > 0);
  assert.equal(answer.usage.totalTokens, answer.usage.inputTokens + answer.usage.outputTokens);
  assert.match(answer.response.id, /^chatcmpl/);
  assert.ok(answer.response.headers["x-request-id"]);
  assert.deepEqual(answer.warnings ?? [], []);
});

test("streamText streams the same words, with usage at the end", async () => {
  const whole = await generateText({ model: offhook("leasing"), prompt: hiStudio });
  const stream = streamText({ model: offhook("leasing"), prompt: hiStudio });
  const pieces = [];
  for await (const piece of stream.textStream) pieces.push(piece);
  assert.equal(pieces.join(""), whole.text);
  assert.ok(pieces.length > 1, "it comes in pieces");
  assert.equal(await stream.finishReason, "stop");
  const usage = await stream.usage;
  assert.ok(usage.inputTokens > 0 && usage.outputTokens > 0);
});

test("a tool of the client is called and its result answered, whole and streamed", async () => {
  for (const run of [generateText, streamText]) {
    const ran = [];
    const options = {
      model: offhook("leasing"),
      prompt: "That's all. Goodbye!",
      tools: {
        endCall: tool({
          description: "End the call",
          inputSchema: z.object({}),
          execute: async (input, { toolCallId }) => {
            ran.push({ input, toolCallId });
            return { ended: true };
          },
        }),
      },
      stopWhen: stepCountIs(3),
    };
    const result = await run(options);
    const steps = await result.steps;
    assert.equal(ran.length, 1, run.name);
    assert.deepEqual(ran[0].input, {});
    assert.ok(ran[0].toolCallId);
    assert.equal(steps[0].finishReason, "tool-calls");
    assert.equal(steps[0].toolCalls[0].toolName, "endCall");
    assert.equal(steps.length, 2, "the result was handed back");
    assert.equal(steps[1].finishReason, "stop");
  }
});

test("several tools in one answer, with arguments, arrive whole", async () => {
  await withModel(
    (body) =>
      body.messages.at(-1).role === "tool"
        ? `They say ${body.messages.filter((m) => m.role === "tool").map((m) => m.content).join(" and ")}.`
        : { id: "call_w", tool: "weather", arguments: { city: "Köln \"Süd\"", days: 2 } },
    async (provider, theirs) => {
      const weather = tool({
        inputSchema: z.object({ city: z.string(), days: z.number() }),
        execute: async ({ city, days }) => `${city}: sun for ${days} days`,
      });
      const stream = streamText({
        model: provider("leasing"),
        prompt: "What is the weather?",
        tools: { weather },
        stopWhen: stepCountIs(3),
      });
      assert.match(await stream.text, /^They say .*Köln .*Süd.*: sun for 2 days/);
      const offered = theirs.requests[0].body.tools.find((each) => each.function.name === "weather");
      assert.deepEqual(offered.function.parameters.required, ["city", "days"]);
    },
  );
});

const wish = z.object({ bedrooms: z.number().int(), move_in_date: z.string(), pets: z.boolean().nullable() });
const fits = JSON.stringify({ bedrooms: 2, move_in_date: "2026-05-01", pets: null });

test("generateObject, streamObject and Output.object get an object that fits their schema", async () => {
  await withModel(
    () => fits,
    async (provider, theirs) => {
      const { object } = await generateObject({ model: provider("leasing"), schema: wish, prompt: "Two bedrooms" });
      assert.deepEqual(object, JSON.parse(fits));
      const streamed = streamObject({ model: provider("leasing"), schema: wish, prompt: "Two bedrooms" });
      let last;
      for await (const partial of streamed.partialObjectStream) last = partial;
      assert.deepEqual(last, JSON.parse(fits));
      assert.deepEqual(await streamed.object, JSON.parse(fits));
      const { output } = await generateText({
        model: provider("leasing"),
        output: Output.object({ schema: wish }),
        prompt: "Two bedrooms",
      });
      assert.deepEqual(output, JSON.parse(fits));
      for (const { body } of theirs.requests) {
        assert.equal(body.response_format.type, "json_schema");
        assert.deepEqual(body.response_format.json_schema.schema.required, ["bedrooms", "move_in_date", "pets"]);
      }
    },
  );
});

test("an answer that does not fit is asked for once more, with the reason", async () => {
  const answers = ["Sure: two bedrooms!", fits];
  await withModel(
    () => answers.shift(),
    async (provider, theirs) => {
      const { object } = await generateObject({ model: provider("leasing"), schema: wish, prompt: "Two bedrooms" });
      assert.deepEqual(object, JSON.parse(fits));
      assert.equal(theirs.requests.length, 2);
      const [said, why] = theirs.requests[1].body.messages.slice(-2);
      assert.equal(said.content, "Sure: two bedrooms!");
      assert.match(why.content, /JSON/);
    },
  );
});

test("an answer that never fits is an APICallError, before anything was streamed", async () => {
  await withModel(
    () => '{"bedrooms": "two"}',
    async (provider, theirs) => {
      await assert.rejects(
        generateObject({ model: provider("leasing"), schema: wish, prompt: "Two bedrooms", maxRetries: 0 }),
        (error) => {
          assert.ok(APICallError.isInstance(error), String(error));
          assert.equal(error.statusCode, 503);
          assert.ok(error.isRetryable, "a model may do better the next time");
          assert.equal(JSON.parse(error.responseBody).error.code, "invalid_model_output");
          return true;
        },
      );
      assert.equal(theirs.requests.length, 2);
      const errors = [];
      const stream = streamObject({
        model: provider("leasing"),
        schema: wish,
        prompt: "Two bedrooms",
        maxRetries: 0,
        onError: ({ error }) => errors.push(error),
      });
      const failed = assert.rejects(stream.object);
      for await (const partial of stream.partialObjectStream) assert.fail(`streamed ${JSON.stringify(partial)}`);
      await failed;
      assert.equal(errors.length, 1);
      assert.equal(errors[0].statusCode, 503);
    },
  );
});

test("the built-in model fills a schema with what the caller said, and json mode with its answer", async () => {
  const { object } = await generateObject({
    model: offhook("leasing"),
    schema: z.object({ bedrooms: z.number().int(), answer: z.string() }),
    prompt: "Hi, I'm looking for a two-bedroom apartment.",
  });
  assert.equal(object.bedrooms, 2);
  assert.match(object.answer, /bedroom/i);
  const plain = await generateText({
    model: providerFor(server.url, { supportsStructuredOutputs: false })("leasing"),
    output: Output.json(),
    prompt: hiStudio,
  });
  assert.match(plain.output.answer, /studio/i);
});

test("a schema that the built-in model cannot fill is a clear error", async () => {
  await assert.rejects(
    generateObject({
      model: offhook("leasing"),
      schema: z.object({ shoe_size: z.number() }),
      prompt: hiStudio,
      maxRetries: 0,
    }),
    (error) => APICallError.isInstance(error) && /shoe_size/.test(error.message),
  );
});

test("an abort in mid-stream ends the request at the model behind us, and nothing else", async () => {
  let wasCutOff = false;
  await withModel(
    () => new Promise(() => {}),
    async (provider, theirs, own) => {
      const aborting = new AbortController();
      const stream = streamText({
        model: provider("leasing"),
        prompt: hiStudio,
        abortSignal: aborting.signal,
        maxRetries: 0,
        onError: () => {},
      });
      const read = (async () => {
        for await (const _ of stream.textStream);
      })().catch(() => {});
      await until(() => theirs.requests.length === 1, "the model was asked");
      aborting.abort();
      await read;
      wasCutOff = true;
      assert.equal((await fetch(`${own.url}/healthz`)).status, 200);
    },
  );
  assert.ok(wasCutOff);
  const aborting = new AbortController();
  const stream = streamText({ model: offhook("leasing"), prompt: hiStudio, abortSignal: aborting.signal });
  let seen = 0;
  for await (const part of stream.fullStream) {
    if (part.type === "text-delta" && ++seen === 1) aborting.abort();
  }
  const after = await generateText({ model: offhook("leasing"), prompt: hiStudio });
  assert.match(after.text, /studio/i);
});

test("mistakes are APICallErrors with status and isRetryable", async () => {
  await assert.rejects(
    generateText({ model: offhook("leasing"), prompt: "Hi", temperature: 9 }),
    (error) => {
      assert.ok(APICallError.isInstance(error), String(error));
      assert.equal(error.statusCode, 400);
      assert.equal(error.isRetryable, false);
      assert.match(error.message, /temperature/);
      assert.equal(error.data.error.param, "temperature");
      assert.equal(error.data.error.code, "invalid_value");
      return true;
    },
  );
  const locked = await start({ env: { OFFHOOK_API_KEYS: "first-key-12345" } });
  try {
    await assert.rejects(
      generateText({ model: providerFor(locked.url)("leasing"), prompt: "Hi" }),
      (error) => error.statusCode === 401 && error.isRetryable === false && /key/i.test(error.message),
    );
    const opened = providerFor(locked.url, { apiKey: "first-key-12345" });
    assert.ok((await generateText({ model: opened("leasing"), prompt: "Hi" })).text.length > 0);
  } finally {
    assert.equal(await locked.stop(), 0);
  }
});

test("a model that is down is retried by the SDK, and then answers", async () => {
  let asked = 0;
  await withModel(
    () => (++asked <= 2 ? { status: 503 } : "Here I am."),
    async (provider) => {
      const answer = await generateText({ model: provider("leasing"), prompt: "Hi", maxRetries: 2 });
      assert.equal(answer.text, "Here I am.");
    },
  );
  await withModel(
    () => ({ status: 401 }),
    async (provider) => {
      await assert.rejects(generateText({ model: provider("leasing"), prompt: "Hi", maxRetries: 1 }), (error) => {
        assert.ok(RetryError.isInstance(error), String(error));
        assert.equal(error.lastError.statusCode, 503);
        assert.equal(error.lastError.isRetryable, true);
        return true;
      });
    },
  );
});
