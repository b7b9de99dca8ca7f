#include "llm/testing/dialects.hpp"

#include <boost/crc.hpp>

#include <fmt/format.h>

#include "llm/providers/anthropic.hpp"
#include "llm/providers/anthropic_wire.hpp"
#include "llm/providers/bedrock.hpp"
#include "llm/providers/bedrock_wire.hpp"
#include "llm/providers/gemini.hpp"
#include "llm/providers/gemini_wire.hpp"
#include "llm/providers/openai.hpp"
#include "llm/providers/openai_wire.hpp"

namespace offhook::llm::testing {
namespace {

constexpr std::size_t kEndless = 10UL * 1024 * 1024;

std::string quoted(std::string_view text) { return json::serialize(json::string(text)); }

std::string big_endian(std::uint32_t value) {
  std::string bytes(4, '\0');
  for (int i = 0; i < 4; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<char>(value >> (24 - 8 * i));
  return bytes;
}

std::uint32_t crc32(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string all;
  for (const auto& piece : pieces) all.append(piece);
  return all;
}

std::string sse(std::string_view json) { return fmt::format("data: {}\n\n", json); }

std::string openai_chunk(std::string_view delta, std::string_view reason = "null") {
  return sse(fmt::format(
      R"({{"id":"c1","object":"chat.completion.chunk","model":"fake-1","choices":[{{"index":0,"delta":{},"finish_reason":{}}}],"usage":null}})",
      delta, reason));
}

Dialect openai() {
  Dialect d;
  d.name = "openai";
  d.stream_type = "text/event-stream; charset=utf-8";
  d.path = "POST /v1/chat/completions ";
  d.authorization = "Authorization: Bearer key-for-tests\r\n";
  d.make_model = [](net::HttpClient& client, Patience patience) {
    return make_openai_model(
        client, {.base_url = "http://fake/v1", .api_key = Secret(std::string(kDialectKey)), .patience = patience});
  };
  d.make_decoder = [] { return std::make_unique<OpenAiStreamDecoder>(); };
  d.begin = openai_chunk(R"({"role":"assistant","content":""})") + ": keep-alive\r\n\r\n";
  d.text = [](std::string_view text) { return openai_chunk(fmt::format(R"({{"content":{}}})", quoted(text))); };
  d.tool = [](int index, const std::string& id, const std::string& name, const std::vector<std::string>& arguments) {
    std::string all = openai_chunk(fmt::format(
        R"({{"tool_calls":[{{"index":{},"id":"{}","type":"function","function":{{"name":"{}","arguments":""}}}}]}})",
        index, id, name));
    for (const auto& piece : arguments) {
      all += openai_chunk(
          fmt::format(R"({{"tool_calls":[{{"index":{},"function":{{"arguments":{}}}}}]}})", index, quoted(piece)));
    }
    return all;
  };
  d.end = [](bool calls_tools) {
    return openai_chunk("{}", calls_tools ? "\"tool_calls\"" : "\"stop\"") +
           sse(R"({"id":"c1","model":"fake-1","choices":[],"usage":{"prompt_tokens":21,"completion_tokens":7}})") +
           sse("[DONE]");
  };
  d.error = sse(R"({"error":{"message":"UPSTREAM-SAYS-SO","type":"server_error"}})");
  d.garbage = "data: {\"choi\n\n";
  d.half_character =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"caf\xc3\"},\"finish_reason\":null}]}\n\n";
  d.endless = "data: " + std::string(kEndless, 'a');
  d.whole = [](std::string_view text) {
    return fmt::format(
        R"({{"object":"chat.completion","model":"fake-1","choices":[{{"index":0,"message":{{"role":"assistant","content":{}}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":21,"completion_tokens":7}}}})",
        quoted(text));
  };
  d.error_body = [](int) {
    return std::string(R"({"error":{"message":"UPSTREAM-SAYS-SO","type":"x","param":null,"code":null}})");
  };
  return d;
}

std::string anthropic_event(std::string_view type, std::string_view rest) {
  return fmt::format("event: {}\ndata: {{\"type\":\"{}\"{}}}\n\n", type, type, rest);
}

Dialect anthropic() {
  Dialect d;
  d.name = "anthropic";
  d.stream_type = "text/event-stream";
  d.path = "POST /v1/messages ";
  d.authorization = "x-api-key: key-for-tests\r\n";
  d.make_model = [](net::HttpClient& client, Patience patience) {
    return make_anthropic_model(
        client, {.base_url = "http://fake", .api_key = Secret(std::string(kDialectKey)), .patience = patience});
  };
  d.make_decoder = [] { return std::make_unique<AnthropicStreamDecoder>(); };
  d.begin =
      anthropic_event(
          "message_start",
          R"(,"message":{"id":"m1","model":"fake-1","content":[],"usage":{"input_tokens":20,"cache_read_input_tokens":1,"output_tokens":1}})") +
      anthropic_event("ping", "") +
      anthropic_event("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})");
  d.text = [](std::string_view text) {
    return anthropic_event("content_block_delta",
                           fmt::format(R"(,"index":0,"delta":{{"type":"text_delta","text":{}}})", quoted(text)));
  };
  d.tool = [](int index, const std::string& id, const std::string& name, const std::vector<std::string>& arguments) {
    std::string all = anthropic_event(
        "content_block_start",
        fmt::format(R"(,"index":{},"content_block":{{"type":"tool_use","id":"{}","name":"{}","input":{{}}}})",
                    index + 1, id, name));
    for (const auto& piece : arguments) {
      all += anthropic_event("content_block_delta",
                             fmt::format(R"(,"index":{},"delta":{{"type":"input_json_delta","partial_json":{}}})",
                                         index + 1, quoted(piece)));
    }
    return all + anthropic_event("content_block_stop", fmt::format(R"(,"index":{})", index + 1));
  };
  d.end = [](bool calls_tools) {
    return anthropic_event("message_delta",
                           fmt::format(R"(,"delta":{{"stop_reason":"{}"}},"usage":{{"output_tokens":7}})",
                                       calls_tools ? "tool_use" : "end_turn")) +
           anthropic_event("message_stop", "");
  };
  d.error = anthropic_event("error", R"(,"error":{"type":"overloaded_error","message":"UPSTREAM-SAYS-SO"})");
  d.mid_stream = ErrorKind::unavailable;
  d.garbage = "event: content_block_delta\ndata: {\"type\n\n";
  d.half_character =
      "event: content_block_delta\n"
      "data: "
      "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"caf\xc3\"}}\n\n";
  d.endless = "event: ping\ndata: " + std::string(kEndless, 'a');
  d.whole = [](std::string_view text) {
    return fmt::format(
        R"({{"type":"message","model":"fake-1","content":[{{"type":"text","text":{}}}],"stop_reason":"end_turn","usage":{{"input_tokens":21,"output_tokens":7}}}})",
        quoted(text));
  };
  d.error_body = [](int) {
    return std::string(R"({"type":"error","error":{"type":"x","message":"UPSTREAM-SAYS-SO"},"request_id":"r1"})");
  };
  return d;
}

std::string gemini_chunk(std::string_view parts, std::string_view rest = "") {
  return fmt::format(
      "data: {{\"candidates\":[{{\"content\":{{\"role\":\"model\",\"parts\":[{}]}},\"index\":0{}}}],"
      "\"usageMetadata\":{{\"promptTokenCount\":21,\"candidatesTokenCount\":7}},\"modelVersion\":\"fake-1\"}}\r\n\r\n",
      parts, rest);
}

Dialect gemini() {
  Dialect d;
  d.name = "gemini";
  d.stream_type = "text/event-stream";
  d.path = "POST /v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse ";
  d.authorization = "x-goog-api-key: key-for-tests\r\n";
  d.make_model = [](net::HttpClient& client, Patience patience) {
    return make_gemini_model(
        client, {.base_url = "http://fake", .api_key = Secret(std::string(kDialectKey)), .patience = patience});
  };
  d.make_decoder = [] { return std::make_unique<GeminiStreamDecoder>(); };
  d.begin = gemini_chunk(R"({"text":"hmm","thought":true})");
  d.text = [](std::string_view text) { return gemini_chunk(fmt::format(R"({{"text":{}}})", quoted(text))); };
  d.tool = [](int, const std::string& id, const std::string& name, const std::vector<std::string>& arguments) {
    return gemini_chunk(
        fmt::format(R"({{"functionCall":{{"id":"{}","name":"{}","args":{}}},"thoughtSignature":"c2ln"}})", id, name,
                    joined(arguments)));
  };
  d.end = [](bool) { return gemini_chunk(R"({"text":""})", R"(,"finishReason":"STOP")"); };
  d.error = "data: {\"error\":{\"code\":503,\"message\":\"UPSTREAM-SAYS-SO\",\"status\":\"UNAVAILABLE\"}}\r\n\r\n";
  d.mid_stream = ErrorKind::unavailable;
  d.garbage = "data: {\"cand\r\n\r\n";
  d.half_character = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"caf\xc3\"}]}}]}\r\n\r\n";
  d.endless = "data: " + std::string(kEndless, 'a');
  d.whole = [](std::string_view text) {
    return fmt::format(
        R"([{{"candidates":[{{"content":{{"parts":[{{"text":{}}}]}},"finishReason":"STOP"}}],"usageMetadata":{{"promptTokenCount":21,"candidatesTokenCount":7}},"modelVersion":"fake-1"}}])",
        quoted(text));
  };
  d.error_body = [](int status) {
    return fmt::format(R"([{{"error":{{"code":{},"message":"UPSTREAM-SAYS-SO","status":"X"}}}}])", status);
  };
  return d;
}

std::string bedrock_event(const std::string& type, std::string_view payload) {
  return make_event_frame({{":event-type", type}, {":content-type", "application/json"}, {":message-type", "event"}},
                          payload);
}

Dialect bedrock() {
  Dialect d;
  d.name = "bedrock";
  d.stream_type = "application/vnd.amazon.eventstream";
  d.path = "POST /model/amazon.nova-lite-v1%3A0/converse-stream ";
  d.authorization = "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/";
  d.make_model = [](net::HttpClient& client, Patience patience) {
    return make_bedrock_model(
        client, {.base_url = "http://fake",
                 .credentials = {.access_key_id = "AKIDEXAMPLE", .secret_access_key = Secret(std::string(kDialectKey))},
                 .patience = patience});
  };
  d.make_decoder = [] { return std::make_unique<BedrockStreamDecoder>(); };
  d.begin = bedrock_event("messageStart", R"({"p":"abcdefgh","role":"assistant"})");
  d.text = [](std::string_view text) {
    return bedrock_event("contentBlockDelta",
                         fmt::format(R"({{"contentBlockIndex":0,"delta":{{"text":{}}}}})", quoted(text)));
  };
  d.tool = [](int index, const std::string& id, const std::string& name, const std::vector<std::string>& arguments) {
    std::string all = bedrock_event(
        "contentBlockStart",
        fmt::format(R"({{"contentBlockIndex":{},"start":{{"toolUse":{{"toolUseId":"{}","name":"{}"}}}}}})", index + 1,
                    id, name));
    for (const auto& piece : arguments) {
      all += bedrock_event(
          "contentBlockDelta",
          fmt::format(R"({{"contentBlockIndex":{},"delta":{{"toolUse":{{"input":{}}}}}}})", index + 1, quoted(piece)));
    }
    return all + bedrock_event("contentBlockStop", fmt::format(R"({{"contentBlockIndex":{}}})", index + 1));
  };
  d.end = [](bool calls_tools) {
    return bedrock_event("messageStop",
                         fmt::format(R"({{"stopReason":"{}"}})", calls_tools ? "tool_use" : "end_turn")) +
           bedrock_event("metadata", R"({"usage":{"inputTokens":21,"outputTokens":7},"metrics":{"latencyMs":1}})");
  };
  d.error = make_event_frame({{":exception-type", "throttlingException"},
                              {":content-type", "application/json"},
                              {":message-type", "exception"}},
                             R"({"message":"UPSTREAM-SAYS-SO"})");
  d.mid_stream = ErrorKind::rate_limited;
  d.garbage = bedrock_event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"x"}})");
  d.garbage[d.garbage.size() - 8] ^= 1;  // one bit of the payload
  d.half_character = bedrock_event("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"caf\xc3\"}}");
  const std::string lengths = big_endian(kEndless) + big_endian(0);
  d.endless = lengths + big_endian(crc32(lengths)) + std::string(kEndless, 'a');
  d.whole = [](std::string_view text) {
    return fmt::format(
        R"({{"output":{{"message":{{"role":"assistant","content":[{{"text":{}}}]}}}},"stopReason":"end_turn","usage":{{"inputTokens":21,"outputTokens":7}}}})",
        quoted(text));
  };
  d.error_body = [](int) { return std::string(R"({"message":"UPSTREAM-SAYS-SO"})"); };
  return d;
}

}  // namespace

std::string make_event_frame(const std::vector<std::pair<std::string, std::string>>& headers,
                             std::string_view payload) {
  std::string head;
  for (const auto& [name, value] : headers) {
    head.push_back(static_cast<char>(name.size()));
    head.append(name).push_back(7);
    head.append(big_endian(static_cast<std::uint32_t>(value.size())).substr(2)).append(value);
  }
  std::string frame = big_endian(static_cast<std::uint32_t>(16 + head.size() + payload.size()));
  frame.append(big_endian(static_cast<std::uint32_t>(head.size())));
  frame.append(big_endian(crc32(frame)));
  frame.append(head).append(payload);
  return frame + big_endian(crc32(frame));
}

std::string http_head(int status, std::string_view content_type, std::string_view more_headers) {
  return fmt::format("HTTP/1.1 {} Said\r\nContent-Type: {}\r\n{}\r\n", status, content_type, more_headers);
}

const std::vector<Dialect>& all_dialects() {
  static const std::vector<Dialect> dialects = {openai(), anthropic(), gemini(), bedrock()};
  return dialects;
}

}  // namespace offhook::llm::testing
