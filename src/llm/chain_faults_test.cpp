#include <gtest/gtest.h>

#include <map>

#include "async/cancel.hpp"
#include "llm/fallback.hpp"
#include "llm/testing/dialects.hpp"
#include "llm/testing/fake_provider.hpp"
#include "llm/testing/scripted_model.hpp"

/// The promise of a chain, tested as a whole: whatever one provider does, wherever it stands, the caller hears a whole
/// sentence in time, and the log says why. Real providers over fakes that speak their wire, in virtual time.
namespace offhook::llm {
namespace {

using namespace testing;
using namespace std::chrono_literals;

/// A turn's limits, shortened.
const ChainLimits kLimits{.first_words = 800ms, .first_token = 300ms, .between_tokens = 300ms, .reserve = 100ms};
constexpr Patience kPatience{.connect = 100ms, .first_token = Duration{0}, .between_tokens = Duration{0}};

struct Fault {
  std::string name;
  FakeReply reply;
  ErrorKind kind;
  bool is_after_words = false;  ///< the caller has heard the beginning
};

FakeReply reply_of(std::string bytes, bool stays_open = false) {
  return {.pieces = {{.bytes = std::move(bytes)}}, .stays_open = stays_open};
}

std::string good_answer(const Dialect& d, bool streamed, std::string_view text) {
  if (!streamed) return http_head(200, "application/json") + d.whole(text);
  return http_head(200, d.stream_type) + d.begin + d.text(text) + d.end(false);
}

std::vector<Fault> faults_of(const Dialect& d, bool streamed) {
  const auto status = [&](int code, std::string_view more = {}) {
    return reply_of(http_head(code, "application/json", more) + d.error_body(code));
  };
  std::vector<Fault> faults = {
      {"refused", {.refusal = "connection refused"}, ErrorKind::unavailable},
      {"TLS failure", {.refusal = "certificate has expired"}, ErrorKind::unavailable},
      {"packets lost", {.never_connects = true}, ErrorKind::timeout},
      {"reset before an answer", reply_of(""), ErrorKind::unavailable},
      {"401", status(401), ErrorKind::unauthorized},
      {"429", status(429), ErrorKind::rate_limited},
      {"429 with Retry-After", status(429, "Retry-After: 7\r\n"), ErrorKind::rate_limited},
      {"500", status(500), ErrorKind::unavailable},
      {"slow headers", {.pieces = {{.wait = 5s, .bytes = good_answer(d, streamed, "Late.")}}}, ErrorKind::timeout},
      {"wrong content type", reply_of(http_head(200, "text/html") + "<p>Hello."), ErrorKind::bad_gateway},
  };
  const auto add = [&](std::string name, FakeReply reply, ErrorKind kind, bool is_after_words = false) {
    faults.push_back({std::move(name), std::move(reply), kind, is_after_words});
  };
  if (streamed) {
    const std::string head = http_head(200, d.stream_type);
    const std::string part = head + d.begin + d.text("Your card is");
    const std::string broken_tool = d.tool(0, "i", "look", {"\"no object\""});
    add("empty answer", reply_of(head + d.begin + d.end(false)), ErrorKind::bad_gateway);
    add("empty body", reply_of(head), ErrorKind::unavailable);
    add("silence after the head", reply_of(head, true), ErrorKind::timeout);
    add("malformed stream", reply_of(head + d.begin + d.garbage), ErrorKind::bad_gateway);
    add("truncated UTF-8", reply_of(head + d.begin + d.half_character), ErrorKind::bad_gateway);
    add("broken tool call", reply_of(head + d.begin + broken_tool + d.end(true)), ErrorKind::bad_gateway);
    add("10 MB line", reply_of(head + d.begin + d.endless, true), ErrorKind::bad_gateway);
    add("error at once", reply_of(head + d.error), d.mid_stream);
    add("stall in mid-stream", reply_of(part, true), ErrorKind::timeout, true);
    add("cut in mid-stream", reply_of(part), ErrorKind::unavailable, true);
    add("malformed in mid-stream", reply_of(part + d.garbage), ErrorKind::bad_gateway, true);
    add("truncated UTF-8 in mid-stream", reply_of(part + d.half_character), ErrorKind::bad_gateway, true);
    add("error in mid-stream", reply_of(part + d.error), d.mid_stream, true);
    add("broken tool call after words", reply_of(part + broken_tool + d.end(true)), ErrorKind::bad_gateway, true);
    add("10 MB line in mid-stream", reply_of(part + d.endless, true), ErrorKind::bad_gateway, true);
    add("reset in mid-stream",
        reply_of(http_head(200, d.stream_type, "Content-Length: 99999\r\n") + d.begin + d.text("Your card is")),
        ErrorKind::unavailable, true);
  } else {
    const std::string head = http_head(200, "application/json");
    const std::string whole = d.whole("Your card is blocked.");
    const std::string half = whole.substr(0, whole.size() / 2);
    add("empty answer", reply_of(head + d.whole("")), ErrorKind::bad_gateway);
    add("empty body", reply_of(head), ErrorKind::bad_gateway);
    add("stall in mid-body", reply_of(head + half, true), ErrorKind::timeout);
    add("cut in mid-body", reply_of(head + half), ErrorKind::bad_gateway);
    add("reset in mid-body", reply_of(http_head(200, "application/json", "Content-Length: 99999\r\n") + half),
        ErrorKind::unavailable);
    add("truncated UTF-8", reply_of(head + d.whole("caf\xc3")), ErrorKind::bad_gateway);
    add("10 MB line", reply_of(head + std::string(10UL * 1024 * 1024, 'a')), ErrorKind::bad_gateway);
    add("JSON that is no answer", reply_of(head + "{}"), ErrorKind::bad_gateway);
  }
  return faults;
}

/// The same, made once: some of them are large.
const std::vector<Fault>& known_faults(const Dialect& d, bool streamed) {
  static std::map<std::string, std::vector<Fault>> known;
  auto& faults = known[d.name + (streamed ? " streamed" : " plain")];
  if (faults.empty()) faults = faults_of(d, streamed);
  return faults;
}

struct Heard {
  std::string text;
  bool has_ended = false;
  std::optional<Error> error;
  Duration first_words{};
  Duration all{};
};

Task<Heard> listen(ChatModel& model) {
  Loop& loop = co_await this_loop();
  const Instant began = loop.clock().now();
  ChatRequest request{.messages = {{.role = Role::user, .content = "Is my card blocked?"}}};
  Heard heard;
  auto stream = co_await model.open_stream(std::move(request));
  if (!stream) {
    heard.error = std::move(stream.error());
    co_return heard;
  }
  while (!heard.has_ended) {
    auto event = co_await (*stream)->next();
    if (!event) {
      heard.error = std::move(event.error());
      co_return heard;
    }
    if (const auto* delta = std::get_if<TextDelta>(&*event)) {
      if (heard.text.empty()) heard.first_words = loop.clock().now() - began;
      heard.text.append(delta->text);
    }
    heard.has_ended = std::holds_alternative<Finished>(*event);
  }
  heard.all = loop.clock().now() - began;
  co_return heard;
}

/// Three providers and a brain behind them. `places`: which of the three have the fault; those above the first of
/// them fail at once, so that it is asked, and those below are well.
struct World {
  World(std::size_t first_dialect, const std::vector<std::size_t>& places,
        const std::function<Fault(const Dialect&)>& make, bool streamed) {
    ChainParts parts{.limits = kLimits, .budget = &budget};
    for (std::size_t place = 0; place < 3; ++place) {
      const Dialect& d = all_dialects()[(first_dialect + place) % all_dialects().size()];
      servers.push_back(std::make_unique<FakeProvider>(loop));
      if (std::find(places.begin(), places.end(), place) != places.end()) {
        servers.back()->replies = {make(d).reply};
      } else if (place < places.front()) {
        servers.back()->replies = {reply_of(http_head(500, "application/json") + d.error_body(500))};
      } else {
        servers.back()->replies = {reply_of(good_answer(d, streamed, "It is blocked."))};
      }
      clients.push_back(net::make_stream_client(servers.back()->dialer()));
      models.push_back(d.make_model(*clients.back(), kPatience));
      breakers.push_back(std::make_unique<CircuitBreaker>(clock, CircuitBreaker::Options{}));
      parts.links.push_back({.model = models.back().get(), .breaker = breakers.back().get()});
    }
    parts.links.push_back({.model = &brain});
    parts.on_step = [this](ChainStep step, const ChatModel& model, const Trace&, const Error& error) {
      log += std::string(model.name()) + " " + std::string(to_string(step)) + " " + std::string(to_string(error.kind)) +
             ": " + std::string(error.log_text()) + "\n";
    };
    chain = make_fallback_model(std::move(parts));
  }
  ~World() {
    for (auto& server : servers) EXPECT_TRUE(loop.block_on(server->join()));
  }

  VirtualClock clock{UtcTime{}};
  Loop loop{clock, 1};
  RetryBudget budget;
  std::vector<std::unique_ptr<FakeProvider>> servers;
  std::vector<std::unique_ptr<net::HttpClient>> clients;
  std::vector<std::unique_ptr<ChatModel>> models;
  std::vector<std::unique_ptr<CircuitBreaker>> breakers;
  ScriptedModel brain{{{say("Your card ending in 4242 is blocked."), finished()}}};
  std::string log;
  std::unique_ptr<ChatModel> chain;
};

struct Place {
  const char* name;
  std::vector<std::size_t> at;
};

class EveryFault : public ::testing::TestWithParam<std::tuple<std::size_t, bool>> {};
INSTANTIATE_TEST_SUITE_P(Chain, EveryFault, ::testing::Combine(::testing::Range<std::size_t>(0, 4), ::testing::Bool()),
                         [](const auto& info) {
                           return all_dialects()[std::get<0>(info.param)].name +
                                  (std::get<1>(info.param) ? "_streamed" : "_plain");
                         });

TEST_P(EveryFault, StillEndsInAWholeSentenceInTimeAndIsLogged) {
  const auto [dialect, streamed] = GetParam();
  const std::vector<Place> places = {{"first", {0}}, {"middle", {1}}, {"last", {2}}, {"all", {0, 1, 2}}};
  const std::size_t count = known_faults(all_dialects()[dialect], streamed).size();
  for (const auto& place : places) {
    for (std::size_t number = 0; number < count; ++number) {
      // The provider under test stands at the place of the fault.
      const std::size_t first = (dialect + 4 - place.at.front()) % 4;
      const auto make = [&, is_streamed = streamed](const Dialect& d) { return known_faults(d, is_streamed)[number]; };
      const Fault fault = make(all_dialects()[dialect]);
      World world(first, place.at, make, streamed);
      const auto heard = world.loop.block_on(listen(*world.chain)).value();
      const std::string label = fault.name + ", " + place.name + ": '" + heard.text + "'\n" + world.log;
      ASSERT_FALSE(heard.error) << label << heard.error->log_text();
      EXPECT_TRUE(heard.has_ended) << label;
      EXPECT_TRUE(heard.text.ends_with('.') || heard.text.ends_with('?')) << label;
      EXPECT_EQ(heard.text.starts_with("Your card is..."), fault.is_after_words) << label;
      EXPECT_LE(heard.first_words, kLimits.first_words) << label;
      EXPECT_LE(heard.all, kLimits.first_words + kLimits.between_tokens + 100ms) << label;
      EXPECT_EQ(heard.text.find(kProviderText), std::string::npos) << label;
      const std::string line = all_dialects()[dialect].name + ":";
      const std::size_t logged = world.log.find(line);
      ASSERT_NE(logged, std::string::npos) << label;
      const std::string want =
          (fault.is_after_words ? " closed " : " failed ") + std::string(to_string(fault.kind)) + ": ";
      EXPECT_LT(world.log.find(want, logged), world.log.find('\n', logged)) << label << "wanted" << want;
    }
  }
}

TEST(Chain, WithoutTheBrainTheErrorComesOutWhenAllAreDead) {
  VirtualClock clock{UtcTime{}};
  Loop loop(clock, 1);
  FakeProvider server(loop);
  const Dialect& d = all_dialects().front();
  server.replies = {reply_of(http_head(500, "application/json") + d.error_body(500))};
  const auto client = net::make_stream_client(server.dialer());
  const auto model = d.make_model(*client, kPatience);
  const auto chain = make_fallback_model({.links = {{.model = model.get()}}, .limits = kLimits});
  const auto heard = loop.block_on(listen(*chain)).value();
  ASSERT_TRUE(heard.error);
  EXPECT_EQ(heard.error->kind, ErrorKind::unavailable);
  EXPECT_EQ(heard.error->message().find(kProviderText), std::string::npos);
  EXPECT_TRUE(loop.block_on(server.join()));
}

}  // namespace
}  // namespace offhook::llm
