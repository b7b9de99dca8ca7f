#include "vendors/vapi/rest_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "async/cancel.hpp"
#include "async/loop.hpp"

// How often a request is sent, and what becomes of each failure, in virtual time.

namespace offhook::vapi {
namespace {

using namespace std::chrono_literals;

/// One scripted answer: an error, a silence, or a status with a body.
struct Step {
  int status = 200;
  std::string body = "{}";
  net::HeaderList headers = {};
  std::optional<Error> error = {};
  bool is_silent = false;
};

class BodyStream final : public net::ResponseStream {
 public:
  BodyStream(net::ResponseHead head, std::string body) : head_(std::move(head)), body_(std::move(body)) {}
  [[nodiscard]] const net::ResponseHead& head() const override { return head_; }
  Task<std::string> read(Deadline) override { co_return std::exchange(body_, {}); }

 private:
  net::ResponseHead head_;
  std::string body_;
};

/// Answers by its script; the last step repeats.
class ScriptedClient final : public net::HttpClient {
 public:
  explicit ScriptedClient(std::vector<Step> steps) : steps_(std::move(steps)) {}
  Task<std::unique_ptr<net::ResponseStream>> open(net::ClientRequest request) override {
    const Step step = steps_.at(std::min(requests.size(), steps_.size() - 1));
    requests.push_back(std::move(request));
    if (step.is_silent) co_await sleep_for(1h);
    if (step.error) co_return fail(*step.error);
    co_return std::make_unique<BodyStream>(net::ResponseHead{.status = step.status, .headers = step.headers},
                                           step.body);
  }
  std::vector<net::ClientRequest> requests;

 private:
  std::vector<Step> steps_;
};

struct World {
  explicit World(std::vector<Step> steps) : client(std::move(steps)) {}
  RestClient vapi() {
    return {client, {.base_url = "http://vapi.test", .api_key = Secret("key-123"), .hidden = {Secret("whsec-9")}}};
  }
  [[nodiscard]] Deadline in(Duration limit) const { return Deadline::after(clock, limit); }
  VirtualClock clock{UtcTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 2))};
  Loop loop{clock, 1};
  ScriptedClient client;
};

const Step kLost{.error = Error{.kind = ErrorKind::unavailable, .log = "reset by http://vapi.test key-123"}};
const Step kNotConnected{.error = Error{.kind = ErrorKind::unavailable, .code = std::string(net::kNotSent)}};
const Step kMade{.status = 201, .body = R"({"id":"asst-1"})"};

struct Case {
  const char* name;
  std::vector<Step> steps;
  std::size_t sent_to_create;  ///< how often a creation is sent
  std::size_t sent_to_change;  ///< how often a change is
  ErrorKind kind;              ///< of the change, when it fails
  bool changed = false;
};

TEST(VapiRestClient, RepeatsOnlyWhatDoesNoHarm) {
  const Step silent{.is_silent = true};
  const std::vector<Case> cases = {
      {"carried out", {kMade}, 1, 1, {}, true},
      {"never connected, then fine", {kNotConnected, kMade}, 2, 2, {}, true},
      {"never connected", {kNotConnected}, 3, 3, ErrorKind::unavailable},
      {"lost, then fine", {kLost, kMade}, 1, 2, {}, true},
      {"silent", {silent}, 1, 3, ErrorKind::timeout},
      {"500", {{.status = 500}}, 1, 3, ErrorKind::unavailable},
      {"refused for now", {{.status = 429}, kMade}, 2, 2, {}, true},
      {"refused for a minute", {{.status = 429, .headers = {{"Retry-After", "60"}}}}, 1, 1, ErrorKind::rate_limited},
      {"401", {{.status = 401}}, 1, 1, ErrorKind::unauthorized},
      {"402", {{.status = 402}}, 1, 1, ErrorKind::invalid_argument},
      {"404", {{.status = 404}}, 1, 1, ErrorKind::not_found},
      {"409", {{.status = 409}}, 1, 1, ErrorKind::conflict},
      {"no JSON", {{.status = 201, .body = "<html>"}}, 1, 1, ErrorKind::bad_gateway},
  };
  for (const Case& one : cases) {
    World creating(one.steps);
    auto made = creating.loop.block_on(creating.vapi().create_assistant({{"name", "A"}}, creating.in(30s)));
    EXPECT_EQ(creating.client.requests.size(), one.sent_to_create) << one.name;
    EXPECT_EQ(made.has_value(), one.changed && one.sent_to_create == one.sent_to_change) << one.name;
    EXPECT_TRUE(creating.client.requests.front().needs_fresh_connection) << one.name;
    World changing(one.steps);
    auto changed =
        changing.loop.block_on(changing.vapi().update_assistant("asst-1", {{"name", "B"}}, changing.in(30s)));
    EXPECT_EQ(changing.client.requests.size(), one.sent_to_change) << one.name;
    ASSERT_EQ(changed.has_value(), one.changed) << one.name;
    if (!changed) EXPECT_EQ(changed.error().kind, one.kind) << one.name;
  }
}

TEST(VapiRestClient, StopsAtItsDeadline) {
  World world({{.is_silent = true}});
  const auto began = world.clock.now();
  auto changed = world.loop.block_on(world.vapi().update_assistant("asst-1", {}, world.in(5s)));
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().kind, ErrorKind::timeout);
  EXPECT_EQ(world.clock.now() - began, 5s);
  EXPECT_EQ(world.client.requests.size(), 1U);
}

TEST(VapiRestClient, SaysWhatVapiSaidWithoutOurSecrets) {
  World world({{.status = 400, .body = R"({"message":["bad key-123","server.secret\nwhsec-9 is short"]})"}});
  auto made = world.loop.block_on(world.vapi().create_call({}, world.in(30s)));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, "http_400");
  EXPECT_EQ(made.error().client, "bad ***; server.secret *** is short");
  World lost({kLost});
  auto call = lost.loop.block_on(lost.vapi().create_call({}, lost.in(30s)));
  ASSERT_FALSE(call);
  EXPECT_TRUE(call.error().client.empty()) << "what the transport says is for the log";
  EXPECT_FALSE(call.error().log.contains("key-123"));
}

TEST(VapiRestClient, TakesNoIdThatIsNone) {
  World odd({{.status = 201, .body = R"({"id":"../call"})"}});
  EXPECT_EQ(odd.loop.block_on(odd.vapi().create_assistant({}, odd.in(30s))).error().kind, ErrorKind::bad_gateway);
  World world({kMade});
  for (const char* id : {"", "a/b", "a?b", "..", "a b"})
    EXPECT_EQ(world.loop.block_on(world.vapi().remove_assistant(id, world.in(30s))).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(world.client.requests.empty());
}

TEST(VapiRestClient, ShowsItsKeyToVapiAlone) {
  World world({kMade});
  ASSERT_TRUE(world.loop.block_on(world.vapi().remove_assistant("asst-1", world.in(30s))));
  ASSERT_TRUE(world.loop.block_on(world.vapi().end_call("https://elsewhere.test/control", world.in(30s))));
  auto bears_key = [](const net::ClientRequest& request) {
    return std::ranges::any_of(request.headers, [](const auto& header) { return header.second == "Bearer key-123"; });
  };
  EXPECT_TRUE(bears_key(world.client.requests.at(0)));
  EXPECT_FALSE(bears_key(world.client.requests.at(1)));
  EXPECT_FALSE(world.loop.block_on(world.vapi().end_call("file:///etc/passwd", world.in(30s))));
}

}  // namespace
}  // namespace offhook::vapi
