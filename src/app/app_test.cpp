#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "app/server.hpp"
#include "app/stages.hpp"
#include "async/cancel.hpp"
#include "llm/providers/openai_wire.hpp"
#include "net/sse_parser.hpp"
#include "vendors/vapi/signature.hpp"

namespace offhook::app {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

const Library& library() {
  static const Library loaded = Library::load().value();
  return loaded;
}

TEST(Lab, EveryShippedScenarioIsAsExpectedAndTheSameForTheSameSeed) {
  const auto stages = make_stages({.library = library()});
  EXPECT_EQ(library().scenarios.size(), 60u);
  for (const auto& scenario : library().scenarios) {
    const auto first = lab::play_scenario(stages, scenario, {.seed = 7});
    ASSERT_TRUE(first) << scenario.name << ": " << first.error().log_text();
    EXPECT_THAT(first->failures, IsEmpty()) << scenario.name;
    const auto second = lab::play_scenario(stages, scenario, {.seed = 7});
    EXPECT_EQ(lab::to_json_text(7, {*first}), lab::to_json_text(7, {*second})) << scenario.name;
  }
}

TEST(Lab, RealTimeGivesTheSameTranscript) {
  const auto in_virtual = make_stages({.library = library()});
  const auto in_real = make_stages({.library = library(), .in_real_time = true});
  for (const auto& scenario : library().scenarios) {
    const auto played = lab::play_scenario(in_virtual, scenario, {}).value();
    const auto again = lab::play_scenario(in_real, scenario, {.is_paced = false}).value();
    ASSERT_EQ(played.turns.size(), again.turns.size()) << scenario.name;
    for (std::size_t i = 0; i < played.turns.size(); ++i) {
      EXPECT_EQ(played.turns[i].text, again.turns[i].text) << scenario.name;
      EXPECT_EQ(played.turns[i].tools, again.turns[i].tools) << scenario.name;
    }
    EXPECT_THAT(again.failures, IsEmpty()) << scenario.name;
  }
}

TEST(Lab, AFailedExpectationIsNamed) {
  auto scenario = library().scenarios.front();
  scenario.turns.front().expect.reply_has = {"something nobody says"};
  scenario.expect.ended_reason = "silence-timed-out";
  const auto played = lab::play_scenario(make_stages({.library = library()}), scenario, {}).value();
  EXPECT_THAT(played.failures, testing::Contains(HasSubstr("something nobody says")));
  EXPECT_THAT(played.failures, testing::Contains(HasSubstr("the ended reason should be 'silence-timed-out'")));
}

/// A whole server in virtual time, spoken to over memory streams.
struct World {
  explicit World(config::Settings settings = {}) {
    settings.log = "off";
    ServerOptions options{
        .settings = std::move(settings), .loops = {&loop}, .in_memory = true, .with_sample_data = true};
    options.speaks_in_memory = true;
    server = Server::create(library(), std::move(options)).value();
  }
  ~World() { EXPECT_TRUE(loop.block_on(server->stop())); }

  net::ClientResponse send(std::string method, std::string path, std::string body = {}, net::HeaderList headers = {}) {
    net::ClientRequest request{.method = std::move(method),
                               .url = "http://127.0.0.1:8000" + path,
                               .headers = std::move(headers),
                               .body = std::move(body)};
    return loop.block_on(server->client().send(std::move(request))).value();
  }
  net::ClientResponse post(std::string path, std::string body, net::HeaderList headers = {}) {
    return send("POST", std::move(path), std::move(body), std::move(headers));
  }
  json::value get(std::string path) {
    const auto response = send("GET", std::move(path));
    EXPECT_EQ(response.head.status, 200) << response.body;
    return parse_json(response.body).value();
  }

  VirtualClock clock{simulation_start()};
  Loop loop{clock, 1};
  std::unique_ptr<Server> server;
};

struct Turn {
  std::string text;
  std::string finish;
};

Turn answer_of(const net::ClientResponse& response) {
  const auto body = parse_json(response.body).value();
  const auto& choice = body.at("choices").at(0);
  return {.text = to_std_string(choice.at("message").at("content")),
          .finish = to_std_string(choice.at("finish_reason"))};
}

std::string streamed_text(const net::ClientResponse& response) {
  llm::OpenAiStreamDecoder decoder;
  net::SseParser parser([&](const net::ServerSentEvent& event) { EXPECT_TRUE(decoder.feed(event.data)); });
  parser.feed(response.body);
  parser.finish();
  EXPECT_TRUE(decoder.finish());
  std::string text;
  for (const auto& event : decoder.events) {
    if (const auto* delta = std::get_if<llm::TextDelta>(&event)) text.append(delta->text);
  }
  return text;
}

TEST(Chat, StreamedAndPlainSayTheSame) {
  World world;
  const std::string said = R"("messages":[{"role":"user","content":"What loans do you offer?"}])";
  const auto plain = world.post("/v1/chat/completions", "{\"model\":\"banking\"," + said + "}");
  const auto streamed = world.post("/api/chat/completions/", "{" + said + "}");
  EXPECT_EQ(plain.head.header("content-type"), "application/json");
  EXPECT_THAT(std::string(streamed.head.header("content-type")), HasSubstr("text/event-stream"));
  EXPECT_THAT(streamed.body, testing::EndsWith("data: [DONE]\n\n"));
  EXPECT_EQ(answer_of(plain).text, streamed_text(streamed));
  EXPECT_THAT(answer_of(plain).text, HasSubstr("loan"));
}

TEST(Chat, UsageComesInTheLastChunkOnRequest) {
  World world;
  const auto response = world.post(
      "/v1/chat/completions",
      R"({"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]})");
  EXPECT_THAT(response.body,
              AllOf(HasSubstr(R"("usage":null)"), HasSubstr(R"("choices":[],"usage":{"prompt_tokens":)")));
}

TEST(Chat, TheCardIsBlockedInTwoMessages) {
  World world;
  const std::string first = R"({"role":"user","content":"Block my credit card [phone: +1234567890]"})";
  const auto asked = answer_of(world.post("/api/chat/completions/", "{\"stream\":false,\"messages\":[" + first + "]}"));
  EXPECT_THAT(asked.text, HasSubstr("date of birth"));
  const std::string history =
      first + R"(,{"role":"assistant","content":)" + json::serialize(json::string(asked.text)) + "}";
  const auto blocked =
      answer_of(world.post("/api/chat/completions/", "{\"stream\":false,\"messages\":[" + history +
                                                         R"(,{"role":"user","content":"April 12 1985"}]})"));
  EXPECT_THAT(blocked.text, AllOf(HasSubstr("4242"), HasSubstr("now blocked")));
}

TEST(Chat, PlatformToolsAreCalledBack) {
  World world;
  const auto response = world.post(
      "/v1/chat/completions",
      R"({"model":"leasing","messages":[{"role":"user","content":"goodbye"}],"tools":[{"type":"function","function":{"name":"endCall"}}]})");
  const auto body = parse_json(response.body).value();
  EXPECT_EQ(body.at("choices").at(0).at("finish_reason"), "tool_calls");
  EXPECT_EQ(body.at("choices").at(0).at("message").at("tool_calls").at(0).at("function").at("name"), "endCall");
}

struct BadChat {
  const char* name;
  std::string body;
  int status;
  std::string param;
  std::string code;
};

TEST(Chat, BadRequestsNameTheField) {
  const std::vector<BadChat> cases = {
      {"no json", "{", 400, "", ""},
      {"not an object", "[1]", 400, "", "invalid_type"},
      {"no messages", "{}", 400, "messages", "missing_required_parameter"},
      {"null messages", R"({"messages":null})", 400, "messages", "missing_required_parameter"},
      {"messages a text", R"({"messages":"hi"})", 400, "messages", "invalid_type"},
      {"no message", R"({"messages":[]})", 400, "messages", "invalid_value"},
      {"message a text", R"({"messages":["hi"]})", 400, "messages[0]", "invalid_type"},
      {"no role", R"({"messages":[{"content":"hi"}]})", 400, "messages[0].role", "missing_required_parameter"},
      {"unknown role", R"({"messages":[{"role":"wizard","content":"hi"}]})", 400, "messages[0].role", "invalid_value"},
      {"no content", R"({"messages":[{"role":"user"}]})", 400, "messages[0].content", "missing_required_parameter"},
      {"content a number", R"({"messages":[{"role":"user","content":7}]})", 400, "messages[0].content", "invalid_type"},
      {"part without type", R"({"messages":[{"role":"user","content":[{"text":"a"}]}]})", 400,
       "messages[0].content[0].type", "missing_required_parameter"},
      {"tool message without id", R"({"messages":[{"role":"tool","content":"x"}]})", 400, "messages[0].tool_call_id",
       "missing_required_parameter"},
      {"too hot", R"({"temperature":3,"messages":[{"role":"user","content":"a"}]})", 400, "temperature",
       "invalid_value"},
      {"temperature a text", R"({"temperature":"x","messages":[{"role":"user","content":"a"}]})", 400, "temperature",
       "invalid_type"},
      {"too many tokens", R"({"max_tokens":5000,"messages":[{"role":"user","content":"a"}]})", 400, "max_tokens",
       "invalid_value"},
      {"half a token", R"({"max_tokens":0.5,"messages":[{"role":"user","content":"a"}]})", 400, "max_tokens",
       "invalid_type"},
      {"two answers", R"({"n":2,"messages":[{"role":"user","content":"a"}]})", 400, "n", "invalid_value"},
      {"stream a text", R"({"stream":"yes","messages":[{"role":"user","content":"a"}]})", 400, "stream",
       "invalid_type"},
      {"model a number", R"({"model":4,"messages":[{"role":"user","content":"a"}]})", 400, "model", "invalid_type"},
      {"tools an object", R"({"tools":{},"messages":[{"role":"user","content":"a"}]})", 400, "tools", "invalid_type"},
      {"tool without name",
       R"({"tools":[{"type":"function","function":{}}],"messages":[{"role":"user","content":"a"}]})", 400,
       "tools[0].function.name", "missing_required_parameter"},
      {"unknown tool choice", R"({"tool_choice":"maybe","messages":[{"role":"user","content":"a"}]})", 400,
       "tool_choice", "invalid_value"},
      {"invalid utf-8", "{\"messages\":[{\"role\":\"user\",\"content\":\"\xff\"}]}", 400, "", ""},
  };
  World world;
  for (const auto& c : cases) {
    const auto response = world.post("/v1/chat/completions", c.body);
    EXPECT_EQ(response.head.status, c.status) << c.name << response.body;
    const auto error = parse_json(response.body).value().at("error");
    EXPECT_EQ(error.at("type"), "invalid_request_error") << c.name;
    EXPECT_EQ(to_std_string(error.at("param")), c.param) << c.name;
    EXPECT_EQ(to_std_string(error.at("code")), c.code) << c.name;
  }
}

TEST(Webhooks, SignedOnesAreStoredAndOthersRefused) {
  config::Settings settings;
  settings.webhook_secret = Secret("whsec-test");
  World world(std::move(settings));
  const std::string body = R"({"message":{"type":"status-update","status":"in-progress","call":{"id":"c-9"}}})";
  EXPECT_EQ(world.post("/vapi/webhook", body).head.status, 401);
  EXPECT_EQ(world.post("/vapi/webhook", body, {{"X-Vapi-Secret", "wrong"}}).head.status, 401);
  const vapi::SignatureSettings signing{.secret = Secret("whsec-test")};
  net::HeaderList hmac_only;
  for (auto& header : vapi::sign(signing, body, world.clock.utc_now())) {
    if (header.first != "X-Vapi-Secret") hmac_only.push_back(header);
  }
  EXPECT_EQ(world.post("/vapi/webhook", body, hmac_only).head.status, 200);
  EXPECT_EQ(world.post("/vapi/webhook", body + " ", hmac_only).head.status, 401);
  EXPECT_EQ(world.get("/api/v1/voice/calls/c-9").at("events").at(0).at("verified"), "hmac");
}

TEST(Webhooks, FunctionCallsAreAnsweredOnEveryRoute) {
  World world;
  for (const char* route :
       {"/api/v1/voice/webhook", "/api/v1/webhooks/vapi/webhook/", "/vapi/webhook", "/webhooks/vapi/call/"}) {
    const auto found = world.post(
        route,
        R"({"message":{"type":"function-call","functionCall":{"name":"check_availability","parameters":{"bedrooms":2}}}})");
    EXPECT_THAT(found.body, HasSubstr(R"({"result":"We have)")) << route;
    const auto unknown =
        world.post(route, R"({"message":{"type":"function-call","functionCall":{"name":"fly","parameters":{}}}})");
    EXPECT_EQ(unknown.body, R"({"error":"Unknown function: fly"})") << route;
  }
}

TEST(Webhooks, AToolCallDeliveredTwiceBooksOnce) {
  World world;
  const std::string body =
      R"({"message":{"type":"tool-calls","timestamp":1772470800000,"call":{"id":"c-1","customer":{"number":"+14155550107"}},
      "phoneNumber":{"number":"+14155550100"},"toolCallList":[{"id":"t-1","type":"function","function":{"name":"schedule_tour",
      "arguments":{"date":"2026-03-07","time":"14:00","name":"Ann Lee"}}}]}})";
  const auto first = world.post("/vapi/webhook", body);
  const auto second = world.post("/vapi/webhook", body);
  EXPECT_THAT(first.body, HasSubstr("confirmation code"));
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(world.get("/api/v1/tours").at("data").as_array().size(), 1u);
}

TEST(Webhooks, NonsenseIsRefusedAndNothingIsStored) {
  World world;
  for (const char* body : {"", "{", "[]", R"({"message":5})", R"({"message":{"type":7}})", "{}"}) {
    const auto response = world.post("/vapi/webhook", body);
    EXPECT_EQ(response.head.status, 400) << body;
    EXPECT_THAT(response.body, HasSubstr("invalid_request_error")) << body;
  }
  EXPECT_EQ(world.get("/api/v1/voice/calls").at("data").as_array().size(), 0u);
}

TEST(Access, KeysOpenTheirDoorsAndErrorsHaveTheRoutesShape) {
  config::Settings settings;
  settings.api_keys.emplace_back("key-12345678");
  World world(std::move(settings));
  EXPECT_EQ(world.send("GET", "/healthz").head.status, 200);
  EXPECT_THAT(world.send("GET", "/v1/models").body, HasSubstr(R"("code":"invalid_api_key")"));
  EXPECT_THAT(world.send("GET", "/api/v1/leads").body, HasSubstr(R"("type":"authentication_error")"));
  EXPECT_THAT(world.send("GET", "/exchange/call").body, HasSubstr(R"("statusCode":401)"));
  const net::HeaderList key = {{"Authorization", "Bearer key-12345678"}};
  EXPECT_EQ(world.send("GET", "/api/v1/leads", {}, key).head.status, 200);
  EXPECT_EQ(world.send("GET", "/exchange/call", {}, key).head.status, 200);
}

TEST(Access, WhoeverFailsTooOftenIsToldToWaitAndWhoeverHasAKeyIsNot) {
  config::Settings settings;
  settings.api_keys.emplace_back("key-12345678");
  World world(std::move(settings));
  int status = 0;
  for (int i = 0; i < 120 && status != 429; ++i) status = world.send("GET", "/v1/models").head.status;
  EXPECT_EQ(status, 429);
  EXPECT_EQ(world.send("GET", "/v1/models", {}, {{"Authorization", "Bearer key-12345678"}}).head.status, 200);
}

TEST(Access, AClassOfRoutesCanBeLimited) {
  config::Settings settings;
  settings.rate_limits["crm"] = 2;
  World world(std::move(settings));
  EXPECT_EQ(world.send("GET", "/api/v1/leads").head.status, 200);
  EXPECT_EQ(world.send("GET", "/api/v1/tours").head.status, 200);
  const auto refused = world.send("GET", "/api/v1/leads");
  EXPECT_EQ(refused.head.status, 429);
  EXPECT_EQ(refused.head.header("retry-after"), "30");
  EXPECT_EQ(world.send("GET", "/v1/models").head.status, 200);
}

/// The first column of a printed table: the names in backticks.
std::set<std::string> documented(const std::string& file) {
  std::ifstream text(std::string(OFFHOOK_SOURCE_DIR) + "/docs/" + file);
  EXPECT_TRUE(text) << file;
  std::set<std::string> names;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("| `")) names.insert(line.substr(3, line.find('`', 3) - 3));
  }
  return names;
}

TEST(Documents, ListExactlyTheRoutesToolsAndSettingsThereAre) {
  World world;
  std::set<std::string> routes;
  for (const auto& route : world.server->routes()) {
    routes.insert(std::string(http::to_string(route.method)) + " " + route.path);
  }
  EXPECT_EQ(documented("routes.md"), routes);
  std::set<std::string> tools;
  for (const auto& tool : library().tools.tools()) tools.insert(tool->name);
  EXPECT_EQ(documented("tools.md"), tools);
  std::set<std::string> settings;
  for (const auto& row : config::settings_table()) settings.insert(std::string(row.name));
  EXPECT_EQ(documented("settings.md"), settings);
}

TEST(Exchange, AnOutboundCallIsPlayedToItsEnd) {
  World world;
  const auto assistant = world.post(
      "/exchange/assistant",
      R"({"name":"Desk","model":{"provider":"custom-llm","url":"http://127.0.0.1:8000/api","model":"leasing"}})");
  ASSERT_EQ(assistant.head.status, 201) << assistant.body;
  const std::string id = to_std_string(parse_json(assistant.body).value().at("id"));
  const auto call =
      world.post("/exchange/call", R"({"assistantId":")" + id + R"(","customer":{"number":"+14155550109"}})");
  ASSERT_EQ(call.head.status, 201) << call.body;
  const std::string call_id = to_std_string(parse_json(call.body).value().at("id"));
  json::value shown;
  for (int i = 0; i < 100 && find_string(shown, "status") != "ended"; ++i) {
    ASSERT_TRUE(world.loop.block_on(sleep_for(1s)));
    shown = world.get("/exchange/call/" + call_id);
  }
  EXPECT_EQ(shown.at("status"), "ended");
  EXPECT_EQ(shown.at("endedReason"), "customer-ended-call");
  EXPECT_THAT(json::serialize(shown.at("artifact")), HasSubstr("I'm sorry, I have no time right now"));
  EXPECT_EQ(world.get("/api/v1/voice/calls/" + call_id).at("direction"), "outbound");
}

TEST(Exchange, RefusesAsTheRealOneDoes) {
  World world;
  EXPECT_THAT(world.post("/exchange/call", "{}").body,
              AllOf(HasSubstr("\"statusCode\":400"), HasSubstr("\"message\":[")));
  EXPECT_THAT(world.send("GET", "/exchange/assistant/none").body, HasSubstr("\"statusCode\":404"));
  EXPECT_THAT(world.post("/exchange/assistant", R"({"name":7})").body, HasSubstr("name must be a string"));
  EXPECT_THAT(world.post("/exchange/assistant", R"({"model":"gpt"})").body, HasSubstr("model must be an object"));
}

}  // namespace
}  // namespace offhook::app
