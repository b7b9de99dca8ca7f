#include <gtest/gtest.h>

#include "llm/providers/anthropic_wire.hpp"
#include "llm/providers/bedrock_wire.hpp"
#include "llm/providers/gemini_wire.hpp"
#include "llm/providers/openai_wire.hpp"
#include "llm/providers/turns.hpp"

namespace offhook::llm {
namespace {

/// A conversation with everything that a provider may trip over: the agent speaks first, two system messages, parallel
/// calls of which one has no outcome, an id with a dot in it.
ChatRequest conversation() {
  ChatRequest request{
      .messages = {{.role = Role::system, .content = "Be brief."},
                   {.role = Role::assistant, .content = "Hello, this is the bank."},
                   {.role = Role::user, .content = "Is my card blocked?"},
                   {.role = Role::user, .content = "Please look."},
                   {.role = Role::assistant,
                    .tool_calls = {{"call.1", "look", R"({"card":"4242"})", "c2ln"}, {"c2", "note", "{"}}},
                   {.role = Role::tool, .content = R"({"blocked":true})", .tool_call_id = "call.1"},
                   {.role = Role::system, .content = "Speak English."},
                   {.role = Role::user, .content = "And?"}}};
  request.tools = {{.name = "look", .description = "Looks.", .parameters = {{"type", "object"}}},
                   {.name = "note", .description = "Notes."}};
  request.temperature = 1.5;
  request.max_tokens = 300;
  request.stop = {"END", "\n"};
  return request;
}

json::value parsed(std::string_view text) { return parse_json(text).value(); }

TEST(Turns, AlternateBeginWithTheUserAndAnswerEveryCall) {
  const auto turns = to_turns(conversation().messages, true);
  EXPECT_EQ(turns.system, "Be brief.\n\nSpeak English.");
  ASSERT_EQ(turns.turns.size(), 5);
  for (std::size_t i = 0; i < turns.turns.size(); ++i) EXPECT_EQ(turns.turns[i].is_model, i % 2 == 1);
  EXPECT_EQ(turns.turns[2].blocks.size(), 2);
  const auto& outcomes = turns.turns[4].blocks;
  ASSERT_EQ(outcomes.size(), 3);
  EXPECT_EQ(std::get<ToolOutcome>(outcomes[0]).call_id, "call_1");
  EXPECT_EQ(std::get<ToolOutcome>(outcomes[0]).tool, "look");
  EXPECT_EQ(std::get<ToolOutcome>(outcomes[1]).content, "no result");
  EXPECT_EQ(std::get<TextBlock>(outcomes[2]).text, "And?");
}

TEST(Turns, BecomeTextWhenNoToolsAreOffered) {
  const auto turns = to_turns(conversation().messages, false);
  for (const auto& turn : turns.turns) {
    for (const auto& block : turn.blocks) EXPECT_TRUE(std::holds_alternative<TextBlock>(block));
  }
  EXPECT_EQ(std::get<TextBlock>(turns.turns[3].blocks[0]).text, R"([look {"card":"4242"}])");
}

TEST(Turns, AreNeverEmpty) {
  EXPECT_EQ(to_turns({}, true).turns.size(), 1);
  EXPECT_EQ(to_turns({{.role = Role::user, .content = "  "}}, true).turns.size(), 1);
}

TEST(AnthropicRequest, IsWhatTheMessagesApiWants) {
  const auto body = to_anthropic_request(conversation(), "claude-x");
  EXPECT_EQ(body, parsed(R"({
    "model":"claude-x","stream":true,"max_tokens":300,"temperature":1.0,"system":"Be brief.\n\nSpeak English.",
    "messages":[
      {"role":"user","content":[{"type":"text","text":"Hello."}]},
      {"role":"assistant","content":[{"type":"text","text":"Hello, this is the bank."}]},
      {"role":"user","content":[{"type":"text","text":"Is my card blocked?"},{"type":"text","text":"Please look."}]},
      {"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"look","input":{"card":"4242"}},
                                     {"type":"tool_use","id":"c2","name":"note","input":{}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"{\"blocked\":true}"},
                                {"type":"tool_result","tool_use_id":"c2","content":"no result"},
                                {"type":"text","text":"And?"}]}],
    "stop_sequences":["END"],
    "tools":[{"name":"look","description":"Looks.","input_schema":{"type":"object"}},
             {"name":"note","description":"Notes.","input_schema":{"type":"object"}}],
    "tool_choice":{"type":"auto"}})"));
}

TEST(GeminiRequest, IsWhatGenerateContentWants) {
  const auto body = to_gemini_request(conversation(), "gemini-x");
  EXPECT_EQ(body, parsed(R"({
    "systemInstruction":{"parts":[{"text":"Be brief.\n\nSpeak English."}]},
    "contents":[
      {"role":"user","parts":[{"text":"Hello."}]},
      {"role":"model","parts":[{"text":"Hello, this is the bank."}]},
      {"role":"user","parts":[{"text":"Is my card blocked?"},{"text":"Please look."}]},
      {"role":"model","parts":[
        {"functionCall":{"id":"call_1","name":"look","args":{"card":"4242"}},"thoughtSignature":"c2ln"},
        {"functionCall":{"id":"c2","name":"note","args":{}}}]},
      {"role":"user","parts":[
        {"functionResponse":{"id":"call_1","name":"look","response":{"blocked":true}}},
        {"functionResponse":{"id":"c2","name":"note","response":{"result":"no result"}}},
        {"text":"And?"}]}],
    "generationConfig":{"temperature":1.5,"maxOutputTokens":300,"candidateCount":1,"stopSequences":["END","\n"]},
    "tools":[{"functionDeclarations":[
      {"name":"look","description":"Looks.","parametersJsonSchema":{"type":"object"}},
      {"name":"note","description":"Notes."}]}],
    "toolConfig":{"functionCallingConfig":{"mode":"AUTO"}}})"));
}

TEST(BedrockRequest, IsWhatConverseWants) {
  const auto body = to_bedrock_request(conversation());
  EXPECT_EQ(body, parsed(R"({
    "system":[{"text":"Be brief.\n\nSpeak English."}],
    "messages":[
      {"role":"user","content":[{"text":"Hello."}]},
      {"role":"assistant","content":[{"text":"Hello, this is the bank."}]},
      {"role":"user","content":[{"text":"Is my card blocked?"},{"text":"Please look."}]},
      {"role":"assistant","content":[{"toolUse":{"toolUseId":"call_1","name":"look","input":{"card":"4242"}}},
                                     {"toolUse":{"toolUseId":"c2","name":"note","input":{}}}]},
      {"role":"user","content":[{"toolResult":{"toolUseId":"call_1","content":[{"json":{"blocked":true}}]}},
                                {"toolResult":{"toolUseId":"c2","content":[{"text":"no result"}]}},
                                {"text":"And?"}]}],
    "inferenceConfig":{"maxTokens":300,"temperature":1.0,"stopSequences":["END","\n"]},
    "toolConfig":{"tools":[
      {"toolSpec":{"name":"look","inputSchema":{"json":{"type":"object"}},"description":"Looks."}},
      {"toolSpec":{"name":"note","inputSchema":{"json":{"type":"object"}},"description":"Notes."}}],
      "toolChoice":{"auto":{}}}})"));
}

struct ChoiceCase {
  ToolChoice choice;
  const char* tool;
  bool parallel;
  const char* anthropic;
  const char* gemini;
  const char* bedrock;  // "" when no tools are offered
};

TEST(EveryRequest, CarriesTheToolChoice) {
  const ChoiceCase cases[] = {
      {ToolChoice::automatic, "", false, R"({"type":"auto","disable_parallel_tool_use":true})", R"({"mode":"AUTO"})",
       R"({"auto":{}})"},
      {ToolChoice::none, "", true, R"({"type":"none"})", R"({"mode":"NONE"})", ""},
      {ToolChoice::required, "", true, R"({"type":"any"})", R"({"mode":"ANY"})", R"({"any":{}})"},
      {ToolChoice::required, "look", false, R"({"type":"tool","name":"look","disable_parallel_tool_use":true})",
       R"({"mode":"ANY","allowedFunctionNames":["look"]})", R"({"tool":{"name":"look"}})"},
  };
  for (const auto& c : cases) {
    ChatRequest request = conversation();
    request.tool_choice = c.choice;
    request.required_tool = c.tool;
    request.parallel_tool_calls = c.parallel;
    EXPECT_EQ(to_anthropic_request(request, "m").at("tool_choice"), parsed(c.anthropic));
    EXPECT_EQ(to_gemini_request(request, "m").at("toolConfig").at("functionCallingConfig"), parsed(c.gemini));
    const auto bedrock = to_bedrock_request(request);
    if (*c.bedrock == '\0') {
      EXPECT_FALSE(bedrock.contains("toolConfig"));
      EXPECT_EQ(json::serialize(bedrock).find("toolUse"), std::string::npos);
    } else {
      EXPECT_EQ(bedrock.at("toolConfig").at("toolChoice"), parsed(c.bedrock));
    }
  }
}

TEST(EveryRequest, AsksForTheWantedShape) {
  ChatRequest request{
      .messages = {{.role = Role::system, .content = "Be brief."}, {.role = Role::user, .content = "a"}}};
  request.response_format = {.kind = ResponseFormat::Kind::json_schema, .name = "n", .schema = {{"type", "array"}}};
  EXPECT_NE(to_std_string(to_anthropic_request(request, "m").at("system")).find(R"({"type":"array"})"),
            std::string::npos);
  EXPECT_NE(to_std_string(to_bedrock_request(request).at("system").at(0).at("text")).find(R"({"type":"array"})"),
            std::string::npos);
  const auto gemini = to_gemini_request(request, "m");
  EXPECT_EQ(gemini.at("generationConfig").at("responseMimeType"), "application/json");
  EXPECT_EQ(gemini.at("generationConfig").at("responseJsonSchema"), parsed(R"({"type":"array"})"));
}

TEST(OpenAiRequest, NamesTheLengthAsItsServerDoes) {
  const auto body = to_openai_request(conversation(), "m", "max_completion_tokens");
  EXPECT_EQ(body.at("max_completion_tokens"), 300);
  EXPECT_FALSE(body.contains("max_tokens"));
}

TEST(OpenAiStreamDecoder, UnderstandsServersThatLeaveTheIndexOutOrRepeatIt) {
  for (const char* index : {"", R"("index":0,)"}) {
    OpenAiStreamDecoder decoder;
    const auto call = [&](std::string_view id, std::string_view arguments) {
      return std::string(R"({"choices":[{"delta":{"tool_calls":[{)") + index + R"("id":")" + std::string(id) +
             R"(","function":{"name":"look","arguments":")" + std::string(arguments) + R"("}}]}}]})";
    };
    ASSERT_TRUE(decoder.feed(call("a", "{}")));
    ASSERT_TRUE(decoder.feed(call("b", R"({\"x\":1})")));
    ASSERT_TRUE(decoder.feed(call("c", "")));
    ASSERT_TRUE(decoder.feed(R"({"choices":[{"delta":{},"finish_reason":"stop"}]})"));
    ASSERT_TRUE(decoder.feed("[DONE]"));
    ASSERT_EQ(decoder.events.size(), 4);
    EXPECT_EQ(std::get<ToolCallReady>(decoder.events[0]).call.id, "a");
    EXPECT_EQ(std::get<ToolCallReady>(decoder.events[1]).call.arguments, R"({"x":1})");
    EXPECT_EQ(std::get<ToolCallReady>(decoder.events[2]).call.id, "c");
    EXPECT_EQ(std::get<Finished>(decoder.events[3]).reason, FinishReason::tool_calls);
  }
}

TEST(OpenAiStreamDecoder, AFinishReasonIsEndEnoughWithoutDone) {
  OpenAiStreamDecoder decoder;
  ASSERT_TRUE(
      decoder.feed_bytes("data: {\"choices\":[{\"delta\":{\"content\":\"Hello there.\"},"
                         "\"finish_reason\":\"length\"}]}"));
  ASSERT_TRUE(decoder.finish());
  ASSERT_EQ(decoder.events.size(), 2);
  const auto& end = std::get<Finished>(decoder.events[1]);
  EXPECT_EQ(end.reason, FinishReason::length);
  EXPECT_TRUE(end.usage.estimated);
  EXPECT_EQ(end.usage.completion_tokens, 3);
}

TEST(OpenAiError, IsReadFromBodiesOfEveryShape) {
  const std::pair<const char*, ErrorKind> bodies[] = {
      {R"({"error":{"message":"m","code":"context_length_exceeded"}})", ErrorKind::invalid_argument},
      {R"({"error":{"message":"m","code":"invalid_api_key"}})", ErrorKind::unauthorized},
      {R"({"error":"nope"})", ErrorKind::invalid_argument},
      {R"([{"error":{"code":400}}])", ErrorKind::invalid_argument},
      {R"({"detail":"x"})", ErrorKind::invalid_argument},
      {"<html>Bad gateway</html>", ErrorKind::invalid_argument},
      {"", ErrorKind::invalid_argument}};
  for (const auto& [body, kind] : bodies) {
    const auto error = to_openai_error({.status = 400, .headers = {}}, body, {});
    EXPECT_EQ(error.kind, kind) << body;
    EXPECT_TRUE(error.client.empty() && error.code.empty()) << body;
  }
}

struct ErrorCase {
  const char* name;
  int status;
  const char* header;
  const char* body;
  ErrorKind kind;
  std::optional<int> wait_s;
};

TEST(BedrockError, HasItsTypeInAHeaderOrInTheBody) {
  const ErrorCase cases[] = {
      {"header with a URL", 400, "ThrottlingException:http://x/", "{}", ErrorKind::rate_limited, {}},
      {"body", 400, "", R"({"__type":"com.amazon#AccessDeniedException","message":"m"})", ErrorKind::unauthorized, {}},
      {"expired", 400, "ExpiredTokenException", "{}", ErrorKind::unauthorized, {}},
      {"neither", 503, "", R"({"Message":"m"})", ErrorKind::unavailable, {}},
      {"model timeout", 408, "ModelTimeoutException", "", ErrorKind::timeout, {}},
      {"model error", 424, "ModelErrorException", "", ErrorKind::unavailable, {}},
  };
  for (const auto& c : cases) {
    net::ResponseHead head{.status = c.status, .headers = {}};
    if (*c.header != '\0') head.headers.emplace_back("x-amzn-ErrorType", c.header);
    EXPECT_EQ(to_bedrock_error(head, c.body, {}).kind, c.kind) << c.name;
  }
}

TEST(GeminiError, HasTheDelayInItsBody) {
  const ErrorCase cases[] = {
      {"delay", 429, "",
       R"({"error":{"code":429,"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"22s"}]}})",
       ErrorKind::rate_limited, 22},
      {"in an array", 429, "", R"([{"error":{"code":429,"details":[{"retryDelay":"1.5s"}]}}])", ErrorKind::rate_limited,
       2},
      {"nonsense", 429, "", R"({"error":{"details":[{"retryDelay":"soon"}]}})", ErrorKind::rate_limited, {}},
      {"wrong key", 400, "", R"({"error":{"details":[{"reason":"API_KEY_INVALID"}]}})", ErrorKind::unauthorized, {}},
      {"no JSON", 500, "", "<html>", ErrorKind::unavailable, {}},
  };
  for (const auto& c : cases) {
    const auto error = to_gemini_error({.status = c.status, .headers = {}}, c.body, {});
    EXPECT_EQ(error.kind, c.kind) << c.name;
    const auto wait = error.retry_after;
    EXPECT_EQ(wait ? std::optional<int>(static_cast<int>(wait->count())) : std::nullopt, c.wait_s) << c.name;
  }
}

}  // namespace
}  // namespace offhook::llm
