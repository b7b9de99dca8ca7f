#include <gtest/gtest.h>

#include "async/cancel.hpp"
#include "base/random.hpp"
#include "llm/testing/dialects.hpp"
#include "llm/testing/fake_provider.hpp"

namespace offhook::llm {
namespace {

using namespace testing;
using namespace std::chrono_literals;

struct Answer {
  std::string text;
  std::vector<ToolCall> calls;
  std::optional<Finished> end;
  std::optional<Error> error;
};

Task<Answer> ask(ChatModel& model) {
  ChatRequest request{.messages = {{.role = Role::user, .content = "hi"}}};
  request.tools = {{.name = "look", .description = "Looks.", .parameters = {{"type", "object"}}}};
  Answer answer;
  auto stream = co_await model.open_stream(std::move(request));
  if (!stream) {
    answer.error = std::move(stream.error());
    co_return answer;
  }
  for (;;) {
    auto event = co_await (*stream)->next();
    if (!event) {
      answer.error = std::move(event.error());
      co_return answer;
    }
    if (auto* delta = std::get_if<TextDelta>(&*event)) answer.text.append(delta->text);
    if (auto* call = std::get_if<ToolCallReady>(&*event)) answer.calls.push_back(call->call);
    if (auto* end = std::get_if<Finished>(&*event)) {
      answer.end = *end;
      co_return answer;
    }
  }
}

/// One provider over its fake, in virtual time.
struct World {
  explicit World(const Dialect& spoken) : dialect(spoken) {}
  const Dialect& dialect;
  VirtualClock clock{UtcTime{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}}};
  Loop loop{clock, 1};
  FakeProvider server{loop};
  std::unique_ptr<net::HttpClient> client = net::make_stream_client(server.dialer());
  std::unique_ptr<ChatModel> model = dialect.make_model(*client, {});
  Duration took{};

  Answer ask_once(FakeReply reply) {
    server.replies = {std::move(reply)};
    const Instant began = clock.now();
    auto answer = loop.block_on(ask(*model));
    took = clock.now() - began;
    EXPECT_TRUE(loop.block_on(server.join()));
    return answer ? std::move(*answer) : Answer{};
  }
  Answer ask_stream(const std::string& body) {
    return ask_once({.pieces = {{.bytes = http_head(200, dialect.stream_type) + body}}});
  }
};

class EveryProvider : public ::testing::TestWithParam<Dialect> {};
INSTANTIATE_TEST_SUITE_P(Llm, EveryProvider, ::testing::ValuesIn(all_dialects()),
                         [](const auto& info) { return info.param.name; });

TEST_P(EveryProvider, StreamsTextAndSaysWhatItCost) {
  const Dialect& d = GetParam();
  World world(d);
  const auto answer = world.ask_stream(d.begin + d.text("Olá, ") + d.text("世界 👋") + d.end(false));
  ASSERT_TRUE(answer.end) << answer.error->log_text();
  EXPECT_EQ(answer.text, "Olá, 世界 👋");
  EXPECT_EQ(answer.end->reason, FinishReason::stop);
  EXPECT_EQ(answer.end->usage.prompt_tokens, 21);
  EXPECT_EQ(answer.end->usage.completion_tokens, 7);
  EXPECT_FALSE(answer.end->usage.estimated);
  EXPECT_EQ(answer.end->model, d.name == "bedrock" ? "amazon.nova-lite-v1:0" : "fake-1");
  ASSERT_EQ(world.server.requests.size(), 1);
  EXPECT_TRUE(world.server.requests[0].starts_with(d.path)) << world.server.requests[0];
  EXPECT_NE(world.server.requests[0].find(d.authorization), std::string::npos) << world.server.requests[0];
}

TEST_P(EveryProvider, AssemblesToolCalls) {
  const Dialect& d = GetParam();
  World world(d);
  const auto answer =
      world.ask_stream(d.begin + d.text("One moment.") + d.tool(0, "id_1", "look", {R"({"city":"Sã)", R"(o Paulo"})"}) +
                       d.tool(1, "id_2", "look", {"{}"}) + d.end(true));
  ASSERT_TRUE(answer.end) << answer.error->log_text();
  EXPECT_EQ(answer.end->reason, FinishReason::tool_calls);
  ASSERT_EQ(answer.calls.size(), 2);
  EXPECT_EQ(answer.calls[0].id, "id_1");
  EXPECT_EQ(answer.calls[0].name, "look");
  EXPECT_EQ(parse_json(answer.calls[0].arguments).value(), parse_json(R"({"city":"São Paulo"})").value());
  EXPECT_EQ(answer.calls[0].signature, d.name == "gemini" ? "c2ln" : "");
  EXPECT_EQ(answer.calls[1].arguments, "{}");
}

TEST_P(EveryProvider, UnderstandsAServerThatDoesNotStream) {
  const Dialect& d = GetParam();
  World world(d);
  const auto answer = world.ask_once({.pieces = {{.bytes = http_head(200, "application/json") + d.whole("Hello.")}}});
  ASSERT_TRUE(answer.end) << answer.error->log_text();
  EXPECT_EQ(answer.text, "Hello.");
  EXPECT_EQ(answer.end->usage.prompt_tokens, 21);
  EXPECT_EQ(answer.end->usage.completion_tokens, 7);
}

struct Failure {
  const char* name;
  FakeReply reply;
  ErrorKind kind;
  std::string said;             // before it failed
  std::optional<int> wait_s{};  // Retry-After
};

FakeReply reply_of(std::string bytes, bool stays_open = false) {
  return {.pieces = {{.bytes = std::move(bytes)}}, .stays_open = stays_open};
}

std::vector<Failure> failures_of(const Dialect& d) {
  const std::string head = http_head(200, d.stream_type);
  const std::string part = head + d.begin + d.text("Hel");
  const auto status = [&](int code, std::string_view more = {}) {
    return reply_of(http_head(code, "application/json", more) + d.error_body(code));
  };
  // A body with a length, and a connection that breaks before it.
  const std::string reset = http_head(200, d.stream_type, "Content-Length: 999999\r\n") + d.begin + d.text("Hel");
  return {
      {"refused", {.refusal = "connection refused"}, ErrorKind::unavailable, ""},
      {"packets lost", {.never_connects = true}, ErrorKind::timeout, ""},
      {"closed at once", reply_of(""), ErrorKind::unavailable, ""},
      {"reset in mid-stream", reply_of(reset), ErrorKind::unavailable, "Hel"},
      {"400", status(400), ErrorKind::invalid_argument, ""},
      {"401", status(401), ErrorKind::unauthorized, ""},
      {"403", status(403), ErrorKind::unauthorized, ""},
      {"404", status(404), ErrorKind::not_found, ""},
      {"429", status(429), ErrorKind::rate_limited, ""},
      {"429 with seconds", status(429, "Retry-After: 7\r\n"), ErrorKind::rate_limited, "", 7},
      {"429 with a date", status(429, "Retry-After: Fri, 20 Nov 2026 00:00:09 GMT\r\n"), ErrorKind::rate_limited, "",
       9},
      {"429 with milliseconds", status(429, "Retry-After-Ms: 1500\r\n"), ErrorKind::rate_limited, "", 2},
      {"500", status(500), ErrorKind::unavailable, ""},
      {"503 with seconds", status(503, "Retry-After: 3\r\n"), ErrorKind::unavailable, "", 3},
      {"529", status(529), ErrorKind::unavailable, ""},
      {"500 without a body", reply_of("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"), ErrorKind::unavailable, ""},
      {"500 whose body never comes", reply_of("HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\n", true),
       ErrorKind::unavailable, ""},
      {"slow headers", reply_of("HTTP/1.1 200", true), ErrorKind::timeout, ""},
      {"silence after the head", reply_of(head, true), ErrorKind::timeout, ""},
      {"stall in mid-stream", reply_of(part, true), ErrorKind::timeout, "Hel"},
      {"error in mid-stream", reply_of(part + d.error), d.mid_stream, "Hel"},
      {"error at once", reply_of(head + d.error), d.mid_stream, ""},
      {"garbage", reply_of(head + d.begin + d.garbage), ErrorKind::bad_gateway, ""},
      {"garbage in mid-stream", reply_of(part + d.garbage), ErrorKind::bad_gateway, "Hel"},
      {"half a character", reply_of(part + d.half_character), ErrorKind::bad_gateway, "Hel"},
      {"wrong content type", reply_of(http_head(200, "text/html") + "<p>UPSTREAM-SAYS-SO"), ErrorKind::bad_gateway, ""},
      {"JSON that is no answer", reply_of(http_head(200, "application/json") + "{}"), ErrorKind::bad_gateway, ""},
      {"JSON that is none", reply_of(http_head(200, "application/json") + "{\"ch"), ErrorKind::bad_gateway, ""},
      {"not HTTP", reply_of("SSH-2.0-OpenSSH\r\n\r\n"), ErrorKind::bad_gateway, ""},
      {"empty body", reply_of(head), ErrorKind::unavailable, ""},
      {"cut in mid-answer", reply_of(part), ErrorKind::unavailable, "Hel"},
      {"broken tool call", reply_of(head + d.begin + d.tool(0, "i", "look", {"[1]"}) + d.end(true)),
       ErrorKind::bad_gateway, ""},
      {"tool call without a name", reply_of(head + d.begin + d.tool(0, "i", "", {"{}"}) + d.end(true)),
       ErrorKind::bad_gateway, ""},
      {"10 MB without an end", reply_of(part + d.endless, true), ErrorKind::bad_gateway, "Hel"},
  };
}

TEST_P(EveryProvider, FoldsEveryFailureIntoOurKindsAndKeepsItsTextFromTheCaller) {
  const Dialect& d = GetParam();
  for (auto& failure : failures_of(d)) {
    World world(d);
    const auto answer = world.ask_once(std::move(failure.reply));
    ASSERT_TRUE(answer.error) << failure.name << ": '" << answer.text << "'";
    EXPECT_EQ(answer.error->kind, failure.kind) << failure.name << ": " << answer.error->log_text();
    EXPECT_EQ(answer.text, failure.said) << failure.name;
    EXPECT_TRUE(answer.calls.empty()) << failure.name;
    EXPECT_EQ(answer.error->message().find(kProviderText), std::string::npos) << failure.name;
    EXPECT_LE(world.took, 15s) << failure.name;
    const auto wait = answer.error->retry_after;
    EXPECT_EQ(wait ? std::optional<int>(static_cast<int>(wait->count())) : std::nullopt, failure.wait_s)
        << failure.name;
  }
}

TEST_P(EveryProvider, TellsTheLogWhatTheProviderSaidAndItsRequestId) {
  const Dialect& d = GetParam();
  World world(d);
  const auto answer = world.ask_once(
      {.pieces = {{.bytes = http_head(500, "application/json", "x-request-id: req-77\r\n") + d.error_body(500)}}});
  ASSERT_TRUE(answer.error);
  EXPECT_NE(answer.error->log_text().find(kProviderText), std::string::npos);
  EXPECT_NE(answer.error->log_text().find("req-77"), std::string::npos);
}

TEST_P(EveryProvider, NeedsNoEndOfTheBodyAfterItsLastWord) {
  const Dialect& d = GetParam();
  World world(d);
  const auto answer =
      world.ask_once(reply_of(http_head(200, d.stream_type) + d.begin + d.text("Hello.") + d.end(false), true));
  ASSERT_TRUE(answer.end) << answer.error->log_text();
  EXPECT_EQ(answer.text, "Hello.");
  EXPECT_LE(world.took, 200ms);
}

TEST_P(EveryProvider, LeavesTheServerWhenNobodyListens) {
  const Dialect& d = GetParam();
  World world(d);
  world.server.replies = {reply_of(http_head(200, d.stream_type) + d.begin + d.text("Hello"), true)};
  const auto left = [](ChatModel& model, FakeProvider& server) -> Task<int> {
    ChatRequest request{.messages = {{.role = Role::user, .content = "hi"}}};
    auto stream = co_await model.open_stream(std::move(request));
    if (!stream) co_return fail(stream);
    auto event = co_await (*stream)->next();
    if (!event) co_return fail(event);
    stream->reset();
    if (auto slept = co_await sleep_for(1ms); !slept) co_return fail(slept);
    co_return server.clients_gone;
  };
  EXPECT_EQ(world.loop.block_on(left(*world.model, world.server)).value_or(-1), 1);
  EXPECT_TRUE(world.loop.block_on(world.server.join()));
}

/// Everything that comes out of a decoder, text joined, as one line.
std::string decoded(const Dialect& d, std::string_view body, const std::vector<std::size_t>& cuts) {
  const auto decoder = d.make_decoder();
  Result<void> status;
  std::size_t at = 0;
  for (const std::size_t cut : cuts) {
    if (!status) break;
    status = decoder->feed_bytes(body.substr(at, cut - at));
    at = cut;
  }
  if (status) status = decoder->feed_bytes(body.substr(at));
  if (status) status = decoder->finish();
  std::string line;
  for (const auto& event : decoder->events) {
    if (const auto* delta = std::get_if<TextDelta>(&event)) line.append(delta->text);
    if (const auto* call = std::get_if<ToolCallReady>(&event)) {
      line.append("|" + call->call.id + " " + call->call.name + " " + call->call.arguments);
    }
    if (const auto* end = std::get_if<Finished>(&event)) {
      line.append("|end " + std::to_string(static_cast<int>(end->reason)) + " " +
                  std::to_string(end->usage.completion_tokens));
    }
  }
  if (!status) line.append("|" + std::string(to_string(status.error().kind)));
  return line;
}

TEST_P(EveryProvider, DecodesTheSameHoweverTheBytesAreSplit) {
  const Dialect& d = GetParam();
  const std::string good = d.begin + d.text("Olá ") + d.text("👩‍🚀!") +
                           d.tool(0, "a", "look", {"{\"x\":", "\"é\"}"}) + d.tool(1, "b", "look", {"{}"}) + d.end(true);
  const std::string bodies[] = {good,
                                d.begin + d.text("Olá") + d.error + d.end(false),
                                d.begin + d.text("Olá") + d.garbage + d.end(false),
                                d.begin + d.text("Olá") + d.half_character + d.end(false),
                                good.substr(0, good.size() / 2),
                                d.begin + d.text("Olá") + d.tool(0, "a", "look", {"nonsense"}) + d.end(true)};
  Random random(7);
  for (const auto& body : bodies) {
    const std::string whole = decoded(d, body, {});
    std::vector<std::size_t> every_byte;
    for (std::size_t i = 1; i < body.size(); ++i) every_byte.push_back(i);
    EXPECT_EQ(decoded(d, body, every_byte), whole);
    for (int round = 0; round < 200; ++round) {
      std::vector<std::size_t> cuts;
      for (std::size_t at = 0; at < body.size(); at += 1 + random.below(1 + random.below(200))) cuts.push_back(at);
      ASSERT_EQ(decoded(d, body, cuts), whole) << "round " << round;
    }
  }
}

TEST_P(EveryProvider, OutlivesRandomDamage) {
  const Dialect& d = GetParam();
  const std::string good = d.begin + d.text("Hello there.") + d.tool(0, "a", "look", {"{}"}) + d.end(true);
  Random random(11);
  for (int round = 0; round < 2000; ++round) {
    std::string body = good;
    for (std::uint64_t hits = 1 + random.below(4); hits > 0; --hits) {
      body[random.below(body.size())] = static_cast<char>(random.below(256));
    }
    (void)decoded(d, body, {random.below(body.size())});
  }
}

}  // namespace
}  // namespace offhook::llm
