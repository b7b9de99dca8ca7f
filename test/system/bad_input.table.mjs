// What is wrong, and what has to be answered. Each case:
//   name     what is wrong
//   server   which server gets it: open (default), locked (OFFHOOK_API_KEYS), signed (VAPI_WEBHOOK_SECRET),
//            timed (signed, with OFFHOOK_HMAC_TIMESTAMP_HEADER=x-timestamp)
//   method, path, headers, body   the request; body may be text, bytes, or an object (sent as JSON)
//   raw      the request's bytes, instead of those
//   status, shape (openai, crm, vapi), param, code, allow, words   the answer
//   closes   the connection may not be used any more (default: it must be)
import { createHmac } from "node:crypto";

export const webhookSecret = "a-secret-of-the-tests";
export const apiKey = "a-key-of-the-tests";

const chat = "/api/chat/completions";
const v1 = "/v1/chat/completions";
const hook = "/api/v1/voice/webhook";
const tts = "/vapi/tts";
const user = { role: "user", content: "Hi" };
const missing = "missing_required_parameter";
const value = "invalid_value";
const type = "invalid_type";
const hmac = (text, key = webhookSecret) => createHmac("sha256", key).update(text).digest("hex");
const now = () => Math.floor(Date.now() / 1000);
const statusUpdate = (id) =>
  JSON.stringify({ message: { type: "status-update", status: "in-progress", timestamp: 1763650000000, call: { id } } });
/** A body whose text says it is a chat and which is `bytes` long. */
const bigChat = (bytes) => JSON.stringify({ messages: [{ role: "user", content: "x".repeat(bytes) }] });
const post = (path, body, status, rest = {}) => ({ method: "POST", path, body, status, ...rest });
const badChat = (name, body, param, code, rest = {}) => ({ name, ...post(chat, body, 400, { param, code, ...rest }) });

const malformed = [
  ["cut off in the middle", '{"messages":[{"role":"us'],
  ["empty", ""],
  ["only blanks", "  \r\n "],
  ["a comma too many", '{"messages":[],}'],
  ["two documents", '{"messages":[]} {}'],
  ["single quotes", "{'messages':[]}"],
  ["not JSON at all", "messages=hello"],
  ["a lone surrogate half written raw", Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d])],
  ["invalid UTF-8 in a string", Buffer.concat([Buffer.from('{"messages":[{"role":"user","content":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}]}')])],
  ["overlong UTF-8", Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc0, 0xaf, 0x22, 0x7d])],
  ["a number that is none", '{"temperature":01,"messages":[]}'],
  ["NaN", '{"temperature":NaN,"messages":[]}'],
  ["nested ten thousand deep", "[".repeat(10_000)],
];

export const cases = [
  // malformed bodies, at the three kinds of doors
  ...malformed.map(([name, body]) => ({ name: `chat body: ${name}`, ...post(chat, body, 400) })),
  ...malformed.map(([name, body]) => ({ name: `webhook body: ${name}`, ...post(hook, body, 400) })),
  ...malformed.slice(0, 3).map(([name, body]) => ({ name: `exchange body: ${name}`, ...post("/exchange/call", body, 400, { shape: "vapi" }) })),
  { name: "voice body: cut off", ...post(tts, '{"message":', 400) },

  // wrong types, missing fields, unknown roles
  badChat("a body that is a list", "[]", null, type),
  badChat("a body that is a text", '"hello"', null, type),
  badChat("no messages", {}, "messages", missing, { words: "Invalid request: missing required field 'messages'" }),
  badChat("messages: null", { messages: null }, "messages", missing),
  badChat("messages: empty", { messages: [] }, "messages", value),
  badChat("messages: a text", { messages: "Hi" }, "messages", type),
  badChat("a message that is a text", { messages: ["Hi"] }, "messages[0]", type),
  badChat("a message without role", { messages: [{ content: "Hi" }] }, "messages[0].role", missing),
  badChat("a role that is a number", { messages: [{ role: 7, content: "Hi" }] }, "messages[0].role", type),
  badChat("an unknown role", { messages: [user, { role: "wizard", content: "Hi" }] }, "messages[1].role", value),
  badChat("a user message without content", { messages: [{ role: "user" }] }, "messages[0].content", missing),
  badChat("content that is a number", { messages: [{ role: "user", content: 5 }] }, "messages[0].content", type),
  badChat("a content part that is a text", { messages: [{ role: "user", content: ["Hi"] }] }, "messages[0].content[0]", type),
  badChat("a content part without type", { messages: [{ role: "user", content: [{}] }] }, "messages[0].content[0].type", missing),
  badChat("a tool message without tool_call_id", { messages: [{ role: "tool", content: "x" }] }, "messages[0].tool_call_id", missing),
  badChat("tool_calls that are an object", { messages: [{ role: "assistant", tool_calls: {} }] }, "messages[0].tool_calls", type),
  badChat("a tool call without name", { messages: [{ role: "assistant", tool_calls: [{ id: "1" }] }] }, "messages[0].tool_calls[0].function.name", missing),
  badChat("stream: a text", { messages: [user], stream: "yes" }, "stream", type),
  badChat("temperature: a text", { messages: [user], temperature: "hot" }, "temperature", type),
  badChat("temperature: too high", { messages: [user], temperature: 2.5 }, "temperature", value),
  badChat("max_tokens: zero", { messages: [user], max_tokens: 0 }, "max_tokens", value),
  badChat("max_tokens: a fraction", { messages: [user], max_tokens: 1.5 }, "max_tokens", type),
  badChat("n: two", { messages: [user], n: 2 }, "n", value),
  badChat("model: a list", { messages: [user], model: ["leasing"] }, "model", type),
  badChat("tools: an object", { messages: [user], tools: {} }, "tools", type),
  badChat("a tool without name", { messages: [user], tools: [{ type: "function", function: {} }] }, "tools[0].function.name", missing),
  badChat("tool_choice: unknown", { messages: [user], tool_choice: "maybe" }, "tool_choice", value),
  badChat("tool_choice: a tool that is not offered", { messages: [user], tool_choice: { type: "function", function: { name: "fly" } } }, "tool_choice", value),
  badChat("tool_choice: a function without name", { messages: [user], tool_choice: { type: "function" } }, "tool_choice.function.name", missing),
  badChat("parallel_tool_calls: a text", { messages: [user], parallel_tool_calls: "no" }, "parallel_tool_calls", type),
  badChat("response_format: a text", { messages: [user], response_format: "json" }, "response_format", type),
  badChat("response_format without type", { messages: [user], response_format: {} }, "response_format.type", missing),
  badChat("response_format: unknown", { messages: [user], response_format: { type: "yaml" } }, "response_format.type", value),
  badChat("response_format: no json_schema", { messages: [user], response_format: { type: "json_schema" } }, "response_format.json_schema", missing),
  badChat("response_format: a schema without name", { messages: [user], response_format: { type: "json_schema", json_schema: {} } }, "response_format.json_schema.name", missing),
  badChat("response_format: a schema that is a list", { messages: [user], response_format: { type: "json_schema", json_schema: { name: "x", schema: [] } } }, "response_format.json_schema.schema", type),
  badChat("stop: a number", { messages: [user], stop: 3 }, "stop", type),
  badChat("stop: five texts", { messages: [user], stop: ["a", "b", "c", "d", "e"] }, "stop", value),
  { name: "no messages, OpenAI style", ...post(v1, {}, 400, { param: "messages", code: missing }) },

  // the voice
  { name: "voice without text", ...post(tts, { message: { type: "voice-request", sampleRate: 16000 } }, 400, { param: "message.text", code: missing }) },
  { name: "voice with a text that is a number", ...post(tts, { message: { text: 5, sampleRate: 16000 } }, 400, { param: "message.text", code: type }) },
  { name: "voice with an empty text", ...post(tts, { message: { text: " ", sampleRate: 16000 } }, 400, { param: "message.text", code: value }) },
  { name: "voice at 44100 Hz", ...post(tts, { message: { text: "Hi", sampleRate: 44100 } }, 400, { param: "message.sampleRate", code: value }) },
  { name: "voice at 0 Hz", ...post(tts, { message: { text: "Hi", sampleRate: 0 } }, 400, { param: "message.sampleRate", code: value }) },
  { name: "voice at a text of Hz", ...post(tts, { message: { text: "Hi", sampleRate: "16k" } }, 400, { param: "message.sampleRate", code: type }) },
  { name: "voice in an unknown language", ...post(tts, { message: { text: "Hi", sampleRate: 16000, language: "klingon" } }, 400, { param: "message.language", code: value }) },
  { name: "voice: an envelope that is a list", ...post(tts, { message: [] }, 400, { param: "message", code: type }) },

  // webhooks
  { name: "webhook: a list", ...post(hook, "[]", 400, { param: "body", code: type }) },
  { name: "webhook: an empty object", ...post(hook, {}, 400, { param: "message", code: missing }) },
  { name: "webhook: a message that is a number", ...post(hook, { message: 5 }, 400, { param: "message", code: type }) },
  { name: "webhook: a message without type", ...post(hook, { message: { call: { id: "bad1" } } }, 400, { param: "message.type", code: missing }) },
  { name: "webhook: a type that is a number", ...post(hook, { message: { type: 5 } }, 400, { param: "message.type", code: type }) },

  // the exchange and the CRM
  { name: "call without assistant", ...post("/exchange/call", { customer: { number: "+14155550101" } }, 400, { shape: "vapi" }) },
  { name: "call without customer", ...post("/exchange/call", { assistant: {} }, 400, { shape: "vapi" }) },
  { name: "call of an unknown assistant", ...post("/exchange/call", { assistantId: "nobody", customer: { number: "+14155550101" } }, 404, { shape: "vapi" }) },
  { name: "assistant with a name of 41 letters", ...post("/exchange/assistant", { name: "x".repeat(41) }, 400, { shape: "vapi" }) },
  { name: "assistant whose model is a text", ...post("/exchange/assistant", { model: "gpt-4o" }, 400, { shape: "vapi" }) },
  { name: "exchange list with limit=1001", method: "GET", path: "/exchange/call?limit=1001", status: 400, shape: "vapi" },
  { name: "exchange list with limit=ten", method: "GET", path: "/exchange/call?limit=ten", status: 400, shape: "vapi" },
  { name: "CRM list with limit=0", method: "GET", path: "/api/v1/leads?limit=0", status: 400, shape: "crm", param: "limit", code: value },
  { name: "CRM list with limit=-1", method: "GET", path: "/api/v1/leads?limit=-1", status: 400, shape: "crm", param: "limit", code: value },
  { name: "CRM list with a cursor that is none", method: "GET", path: "/api/v1/leads?cursor=%00%ff", status: 400, shape: "crm", param: "cursor", code: value },
  { name: "calls of an unknown status", method: "GET", path: "/api/v1/voice/calls?status=dancing", status: 400, shape: "crm", param: "status", code: value },
  { name: "an unknown call", method: "GET", path: "/api/v1/voice/calls/nobody", status: 404, shape: "crm" },
  { name: "an unknown lead's activities", method: "GET", path: "/api/v1/leads/nobody/activities", status: 404, shape: "crm" },
  { name: "an id with SQL in it", method: "GET", path: "/api/v1/leads/x'%20OR%20'1'='1", status: 404, shape: "crm" },

  // unknown paths, in the three shapes
  { name: "unknown path", method: "GET", path: "/nothing", status: 404 },
  { name: "unknown path below /v1", ...post("/v1/nothing", {}, 404) },
  { name: "unknown path in the CRM", method: "GET", path: "/api/v1/nothing", status: 404, shape: "crm" },
  { name: "unknown path in the exchange", ...post("/exchange/nothing", {}, 404, { shape: "vapi" }) },
  { name: "a path that climbs", method: "GET", path: "/api/v1/../../etc/passwd", status: 404, shape: "crm" },
  { name: "an encoded slash where a route begins", method: "GET", path: "/%2fhealthz", status: 404 },

  // wrong methods
  { name: "GET on the chat", method: "GET", path: chat, status: 405, allow: "POST" },
  { name: "DELETE on the webhook", method: "DELETE", path: hook, status: 405, allow: "POST" },
  { name: "POST on health", ...post("/healthz", "", 405, { allow: "GET, HEAD" }) },
  { name: "DELETE on a CRM list", method: "DELETE", path: "/api/v1/leads", status: 405, shape: "crm", allow: "GET, HEAD, POST" },
  { name: "PUT on the exchange", method: "PUT", path: "/exchange/call", body: "{}", status: 405, shape: "vapi", allow: "POST, GET, HEAD" },
  { name: "a method nobody knows", method: "BREW", path: "/healthz", status: 405, allow: "GET, HEAD" },
  { name: "HEAD on the chat", method: "HEAD", path: chat, status: 405, allow: "POST", shape: "none" },
  { name: "HEAD on an unknown path", method: "HEAD", path: "/nothing", status: 404, shape: "none" },
  { name: "a wrong method before authentication", server: "locked", method: "GET", path: v1, status: 405, allow: "POST" },

  // too much
  { name: "a chat body of 5 MiB", ...post(chat, bigChat(5 << 20), 413, { closes: true }) },
  { name: "a chunked chat body of 5 MiB", method: "POST", path: chat, headers: [["Transfer-Encoding", "chunked"]], body: chunked(bigChat(5 << 20)), status: 413, closes: true },
  { name: "a voice body of 65 KiB", ...post(tts, JSON.stringify({ message: { text: "x".repeat(65 * 1024), sampleRate: 8000 } }), 413, { closes: true }) },
  { name: "a webhook of 9 MiB", ...post(hook, JSON.stringify({ message: { type: "hang", x: "x".repeat(9 << 20) } }), 413, { closes: true }) },
  { name: "a Content-Length beyond all limits", raw: "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n", status: 413, closes: true },
  { name: "headers of 20 KiB", method: "GET", path: "/healthz", headers: [["X-Long", "x".repeat(20 * 1024)]], status: 431, closes: true },
  { name: "two thousand headers", method: "GET", path: "/healthz", headers: Array.from({ length: 2000 }, (_, i) => [`X-${i}`, "12345678"]), status: 431, closes: true },
  { name: "a path of 20 KiB", method: "GET", path: "/" + "x".repeat(20 * 1024), status: 431, closes: true },

  // not HTTP
  { name: "not HTTP at all", raw: "hello there\r\n\r\n", status: 400, closes: true },
  { name: "a header without a colon", raw: "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nnonsense\r\n\r\n", status: 400, closes: true },
  { name: "a Content-Length that is none", raw: "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: many\r\n\r\n", status: 400, closes: true },
  { name: "two different Content-Lengths", raw: "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", status: 400, closes: true },
  { name: "Content-Length beside chunks", raw: "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", status: 400, closes: true },
  { name: "a chunk size that is none", raw: "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n", status: 400, closes: true },
  { name: "a broken percent code in the path", raw: "GET /%zz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", status: 400, closes: true },
  { name: "a NUL in the path", raw: "GET /a%00b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", status: 400, closes: true },
  { name: "a TLS greeting", raw: Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x00, 0x0d, 0x0a, 0x0d, 0x0a]), status: 400, closes: true },

  // keys
  { name: "no key for the chat", server: "locked", ...post(v1, { messages: [user] }, 401, { code: "invalid_api_key" }) },
  { name: "a wrong key for the chat", server: "locked", ...post(chat, { messages: [user] }, 401, { code: "invalid_api_key", headers: [["Authorization", "Bearer nothing-like-it"]] }) },
  { name: "a wrong key for the CRM", server: "locked", method: "GET", path: "/api/v1/leads", headers: [["Authorization", "Bearer nothing-like-it"]], status: 401, shape: "crm", code: "invalid_api_key" },
  { name: "a wrong key for the exchange", server: "locked", ...post("/exchange/call", {}, 401, { shape: "vapi", headers: [["Authorization", "Bearer nothing-like-it"]] }) },
  { name: "a key with a letter too many", server: "locked", method: "GET", path: "/v1/models", headers: [["Authorization", `Bearer ${apiKey}x`]], status: 401, code: "invalid_api_key" },
  { name: "a 9 MiB body without a key", server: "locked", ...post(chat, bigChat(9 << 20), 401, { closes: true }) },
  { name: "an open server asked for another host", method: "GET", path: "/v1/models", headers: [["Host", "evil.example"]], status: 401 },
  { name: "an open server behind a proxy", method: "GET", path: "/v1/models", headers: [["X-Forwarded-For", "203.0.113.9"]], status: 401 },

  // signatures
  { name: "an unsigned webhook", server: "signed", ...post(hook, statusUpdate("sig1"), 401, { code: "invalid_signature" }) },
  { name: "a wrong secret", server: "signed", ...post(hook, statusUpdate("sig2"), 401, { code: "invalid_signature", headers: [["X-Vapi-Secret", "wrong"]] }) },
  { name: "a signature with another key", server: "signed", ...post(hook, statusUpdate("sig3"), 401, { code: "invalid_signature", headers: [["x-vapi-signature", hmac(statusUpdate("sig3"), "another")]] }) },
  { name: "a signature of another body", server: "signed", ...post(hook, statusUpdate("sig4"), 401, { code: "invalid_signature", headers: [["x-vapi-signature", hmac(statusUpdate("other"))]] }) },
  { name: "half a signature", server: "signed", ...post(hook, statusUpdate("sig5"), 401, { code: "invalid_signature", headers: [["x-vapi-signature", hmac(statusUpdate("sig5")).slice(0, 32)]] }) },
  { name: "an empty signature", server: "signed", ...post(hook, statusUpdate("sig6"), 401, { code: "invalid_signature", headers: [["x-vapi-signature", ""]] }) },
  { name: "an unsigned webhook at an older route", server: "signed", ...post("/webhooks/vapi/call", statusUpdate("sig7"), 401, { code: "invalid_signature" }) },
  { name: "voice with a wrong secret", server: "signed", ...post(tts, { message: { text: "Hi", sampleRate: 8000 } }, 401, { headers: [["X-Vapi-Secret", "wrong"]] }) },
  { name: "signed, but malformed", server: "signed", ...post(hook, "{", 400, { headers: [["x-vapi-signature", hmac("{")]] }) },
  { name: "no timestamp where one must be", server: "timed", ...post(hook, statusUpdate("time1"), 401, { code: "invalid_signature", headers: [["x-vapi-signature", hmac(statusUpdate("time1"))]] }) },
  { name: "a stale timestamp", server: "timed", ...post(hook, statusUpdate("time2"), 401, { code: "invalid_signature", headers: timedHeaders(statusUpdate("time2"), now() - 3600) }) },
  { name: "a timestamp in the future", server: "timed", ...post(hook, statusUpdate("time3"), 401, { code: "invalid_signature", headers: timedHeaders(statusUpdate("time3"), now() + 3600) }) },
  { name: "a timestamp that is no number", server: "timed", ...post(hook, statusUpdate("time4"), 401, { code: "invalid_signature", headers: timedHeaders(statusUpdate("time4"), "yesterday") }) },
  { name: "a fresh timestamp that was not signed", server: "timed", ...post(hook, statusUpdate("time5"), 401, { code: "invalid_signature", headers: [["x-timestamp", now()], ["x-vapi-signature", hmac(statusUpdate("time5"))]] }) },
];

/** The headers of a signature over "{timestamp}.{body}". */
export function timedHeaders(body, timestamp) {
  return [
    ["x-timestamp", timestamp],
    ["x-vapi-signature", hmac(`${timestamp}.${body}`)],
  ];
}

/** A body in chunks of 64 KiB. */
function chunked(text) {
  let body = "";
  for (let at = 0; at < text.length; at += 65536) {
    const piece = text.slice(at, at + 65536);
    body += `${piece.length.toString(16)}\r\n${piece}\r\n`;
  }
  return body + "0\r\n\r\n";
}
