#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "async/task_group.hpp"
#include "llm/providers/openai.hpp"
#include "llm/providers/openai_wire.hpp"
#include "net/memory_stream.hpp"
#include "net/sse_parser.hpp"

namespace offhook::llm {
namespace {

using namespace std::chrono_literals;

std::string read_file(const std::string& name) {
  std::ifstream file(std::string(OFFHOOK_SOURCE_DIR) + "/test/data/openai-sse/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Decoded {
  std::string content;
  json::array tool_calls;
  std::optional<Finished> finished;
  std::optional<Error> error;
};

Decoded decode(std::string_view stream, std::size_t piece) {
  OpenAiStreamDecoder decoder;
  Decoded result;
  Result<void> status;
  net::SseParser parser([&](const net::ServerSentEvent& event) {
    if (status) status = decoder.feed(event.data);
  });
  for (std::size_t at = 0; at < stream.size(); at += piece) parser.feed(stream.substr(at, piece));
  parser.finish();
  if (status) status = decoder.finish();
  if (!status) result.error = status.error();
  for (auto& event : decoder.events) {
    if (auto* text = std::get_if<TextDelta>(&event)) result.content.append(text->text);
    if (auto* call = std::get_if<ToolCallReady>(&event)) {
      result.tool_calls.push_back(
          json::object{{"id", call->call.id}, {"name", call->call.name}, {"arguments", call->call.arguments}});
    }
    if (auto* end = std::get_if<Finished>(&event)) result.finished = *end;
  }
  return result;
}

TEST(OpenAiStreamDecoder, GivesWhatTheOfficialClientGivesHoweverTheBytesArrive) {
  const auto expected = parse_json(read_file("expected.json")).value().at("expected").as_object();
  for (const auto& [name, want] : expected) {
    const std::string stream = read_file(std::string(name));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{61}, stream.size()}) {
      const auto got = decode(stream, piece);
      EXPECT_EQ(got.content, find_string(want, "content").value_or("")) << name;
      EXPECT_EQ(json::value(got.tool_calls), want.at("tool_calls")) << name;
      if (want.at("error").is_null()) {
        ASSERT_TRUE(got.finished) << name;
        EXPECT_EQ(got.finished->reason == FinishReason::tool_calls, want.at("finish_reason") == "tool_calls") << name;
        if (want.at("usage").is_object()) {
          EXPECT_EQ(got.finished->usage.prompt_tokens, 21) << name;
          EXPECT_FALSE(got.finished->usage.estimated) << name;
        }
      } else {
        ASSERT_TRUE(got.error) << name;
        EXPECT_EQ(got.error->kind, ErrorKind::bad_gateway) << name;
        EXPECT_FALSE(got.finished) << name;
      }
    }
  }
}

TEST(OpenAiRequest, CarriesToolsToolMessagesAndChoice) {
  ChatRequest request;
  request.messages = {{.role = Role::system, .content = "Be brief."},
                      {.role = Role::assistant, .tool_calls = {{"c1", "look", "{}"}}},
                      {.role = Role::tool, .content = "seen", .tool_call_id = "c1"}};
  request.tools = {{.name = "look", .description = "Looks.", .parameters = {{"type", "object"}}}};
  request.tool_choice = ToolChoice::required;
  auto body = to_openai_request(request, "some-model");
  EXPECT_EQ(body.at("model"), "some-model");
  EXPECT_EQ(body.at("stream"), true);
  EXPECT_EQ(body.at("tool_choice"), "required");
  EXPECT_TRUE(body.at("messages").at(1).at("content").is_null());
  EXPECT_EQ(body.at("messages").at(1).at("tool_calls").at(0).at("function").at("name"), "look");
  EXPECT_EQ(body.at("messages").at(2).at("tool_call_id"), "c1");
  EXPECT_FALSE(body.contains("parallel_tool_calls"));
  EXPECT_FALSE(body.contains("response_format"));
  request.required_tool = "look";
  request.parallel_tool_calls = false;
  request.response_format = {
      .kind = ResponseFormat::Kind::json_schema, .name = "seen", .schema = {{"type", "object"}}, .strict = true};
  body = to_openai_request(request, "some-model");
  EXPECT_EQ(body.at("tool_choice"), parse_json(R"({"type":"function","function":{"name":"look"}})").value());
  EXPECT_EQ(body.at("parallel_tool_calls"), false);
  EXPECT_EQ(
      body.at("response_format"),
      parse_json(R"({"type":"json_schema","json_schema":{"name":"seen","schema":{"type":"object"},"strict":true}})")
          .value());
}

}  // namespace
}  // namespace offhook::llm
