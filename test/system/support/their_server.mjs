// An integrator's server: it takes server messages, and can be the custom LLM of an assistant.
import { createServer } from "node:http";

/** The events of a chat completion stream with these deltas. */
function sse(deltas, finishReason, usage) {
  const chunk = (delta, reason = null) =>
    `data: ${JSON.stringify({
      id: "chatcmpl-theirs",
      object: "chat.completion.chunk",
      created: 1,
      model: "theirs",
      choices: [{ index: 0, delta, finish_reason: reason }],
    })}\n\n`;
  const counted = usage
    ? [`data: ${JSON.stringify({ id: "chatcmpl-theirs", object: "chat.completion.chunk", choices: [], usage })}\n\n`]
    : [];
  return [...deltas.map((delta) => chunk(delta)), chunk({}, finishReason), ...counted, "data: [DONE]\n\n"].join("");
}

/** Sends what `say` decided as an OpenAI-compatible server would. */
function answerChat(response, answer) {
  if (answer.status) {
    response.writeHead(answer.status, { "Content-Type": "application/json" });
    return response.end(JSON.stringify({ error: { message: "It went wrong.", type: "server_error" } }));
  }
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const words = (text) => text.split(/(?<= )/).map((content) => ({ content }));
  if (answer.tool) {
    const call = { index: 0, id: answer.id, type: "function", function: { name: answer.tool, arguments: "" } };
    const rest = { index: 0, function: { arguments: JSON.stringify(answer.arguments) } };
    return response.end(sse([{ role: "assistant", tool_calls: [call] }, { tool_calls: [rest] }], "tool_calls"));
  }
  if (answer.brokenOffAfter) {
    const whole = sse([{ role: "assistant", content: "" }, ...words(answer.brokenOffAfter)], "stop");
    return response.write(whole.slice(0, whole.lastIndexOf("data: {")), () => response.destroy());
  }
  if (answer.goesOnWhen) {
    const whole = sse([{ role: "assistant", content: "" }, ...words(answer.text)], "stop", answer.usage);
    const half = whole.lastIndexOf("data: {", whole.lastIndexOf("data: {") - 1);
    response.write(whole.slice(0, half));
    return answer.goesOnWhen.then(() => response.end(whole.slice(half)));
  }
  response.end(sse([{ role: "assistant", content: "" }, ...words(answer.text ?? answer)], "stop", answer.usage));
}

/**
 * Starts it. Answers {url, messages, requests, close()}: `messages` are what arrived at /webhook as
 * {headers, raw, message}, `requests` the bodies that arrived at /llm. `say(body)` decides the LLM's answer
 * (or promises it): a text, {id, tool, arguments}, {status} for a failure, {brokenOffAfter: text}, or {text, usage,
 * goesOnWhen: promise}, of which the last words wait for the promise. A request whose client left is marked `isLeft`.
 * `answerTool(call)` is the result of a platform tool; `webhookStatus` what webhooks are answered.
 */
export async function startTheirServer({
  say = () => "All right.",
  answerTool = () => "Done.",
  webhookStatus = 200,
} = {}) {
  const messages = [];
  const requests = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const raw = Buffer.concat(pieces);
    const body = JSON.parse(raw.toString("utf8"));
    if (request.url.startsWith("/llm")) {
      const noted = { url: request.url, headers: request.headers, body, isLeft: false };
      requests.push(noted);
      response.on("close", () => (noted.isLeft = !response.writableEnded));
      answerChat(response, await say(body));
      return;
    }
    messages.push({ headers: request.headers, raw, message: body.message });
    response.writeHead(webhookStatus, { "Content-Type": "application/json" });
    if (body.message.type === "tool-calls") {
      const results = body.message.toolCallList.map((call) => ({
        toolCallId: call.id,
        name: call.function.name,
        result: answerTool(call),
      }));
      response.end(JSON.stringify({ results }));
    } else {
      response.end("{}");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    messages,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
