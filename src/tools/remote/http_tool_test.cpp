#include "tools/remote/http_tool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/cancel.hpp"
#include "async/task_group.hpp"
#include "net/memory_stream.hpp"
#include "store/tool_journal.hpp"
#include "tools/parallel.hpp"
#include "tools/remote/http_answer.hpp"
#include "tools/remote/http_request.hpp"
#include "tools/remote/spoken_line.hpp"
#include "tools/results.hpp"
#include "tools/testing/tool_world.hpp"

namespace offhook::tools::remote {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using tools::testing::ToolWorld;

json::object object(std::string_view text) { return parse_json_object(text).value(); }
TextTemplate request_text(std::string_view text) { return TextTemplate::parse_request(text).value(); }
TextTemplate answer_text(std::string_view text) { return TextTemplate::parse_answer(text).value(); }

HttpPlan order_plan() {
  HttpPlan plan;
  plan.name = "place_order";
  plan.parameters = object(R"({"type":"object","properties":{"item":{"type":"string"},"count":{"type":"integer"},
                               "note":{"type":"string"}},"required":["item"]})");
  plan.origin = "http://shop.test";
  plan.path = request_text("/v1/items/{item}/orders");
  plan.body = object(R"({"count":"{count}","note":"for {note}","fixed":7,"who":{"phone":"{context.caller_phone}"}})");
  plan.answer.say = answer_text("Your order {{order.id}} is {{order.state}}.");
  return plan;
}

// What a request becomes -----------------------------------------------------------------------------

TEST(HttpRequest, PutsArgumentsWhereTheTemplatesSay) {
  HttpPlan plan = order_plan();
  plan.query = {{"lang", request_text("en")}, {"q", request_text("{note}")}, {"absent", request_text("{count}")}};
  plan.headers = {{"Authorization", Secret("Bearer s3cret")}, {"X-Item", Secret("{item}!")}};
  RemoteRequest call{.arguments = object(R"({"item":"a b&c","note":"ü=1"})"), .idempotency_key = "key-1"};
  call.context.caller_phone = "+14155550101";
  const auto request = make_http_request(plan, call);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->url, "http://shop.test/v1/items/a%20b%26c/orders?lang=en&q=%C3%BC%3D1");
  EXPECT_EQ(parse_json(request->body).value(),
            json::value(object(R"({"note":"for ü=1","fixed":7,"who":{"phone":"+14155550101"}})")));
  EXPECT_THAT(request->headers, ::testing::IsSupersetOf(net::HeaderList{{"Authorization", "Bearer s3cret"},
                                                                        {"X-Item", "a b&c!"},
                                                                        {"Content-Type", "application/json"},
                                                                        {"Idempotency-Key", "key-1"}}));
  EXPECT_TRUE(request->needs_fresh_connection);
}

TEST(HttpRequest, ATextThatIsOnePlaceKeepsTheArgumentsType) {
  RemoteRequest call{.arguments = object(R"({"item":"x","count":3})")};
  EXPECT_EQ(parse_json(make_http_request(order_plan(), call)->body)->at("count"), 3);
}

TEST(HttpRequest, NoArgumentChangesSchemeHostOrPath) {
  for (const char* item : {"..", ".", "a/b", "../../admin", "a\\b", "a\nb", "", "\r\nHost: evil"}) {
    RemoteRequest call;
    call.arguments["item"] = item;
    const auto request = make_http_request(order_plan(), call);
    ASSERT_FALSE(request) << item;
    EXPECT_EQ(request.error().data.at("field"), "item") << item;
  }
  for (const char* item :
       {"@evil.test", "evil.test:80", "?x=1", "#f", "%2e%2e", "%2F", "a;b", "//evil", "{item}", "...."}) {
    RemoteRequest call;
    call.arguments["item"] = item;
    const auto request = make_http_request(order_plan(), call);
    if (!request) continue;
    EXPECT_TRUE(request->url.starts_with("http://shop.test/v1/items/")) << item;
    EXPECT_TRUE(request->url.ends_with("/orders")) << item;
    EXPECT_EQ(std::ranges::count(request->url, '/'), 6) << request->url;
    EXPECT_EQ(request->url.find_first_of("?#@;"), std::string::npos) << request->url;
  }
  HttpPlan plan = order_plan();
  plan.path = request_text("/{item}{note}/x");
  RemoteRequest call{.arguments = object(R"({"item":".","note":"."})")};
  EXPECT_FALSE(make_http_request(plan, call)) << "two dots from two arguments";
}

TEST(HttpRequest, AHeaderStaysOneLine) {
  HttpPlan plan = order_plan();
  plan.headers = {{"X-Note", Secret("{note}")}};
  RemoteRequest call{.arguments = object(R"({"item":"x","note":"a\r\nX-Admin: 1"})")};
  const auto request = make_http_request(plan, call);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().data.at("field"), "note");
}

// What an answer becomes ------------------------------------------------------------------------------

struct AnswerCase {
  const char* name;
  HttpOutcome outcome;
  Effect effect;
  Fate fate;
  bool ok;
  const char* said;
};

TEST(HttpAnswer, IsASentenceAndAFateWhateverCameBack) {
  const std::string order = R"({"order":{"id":7,"state":"<b>paid</b>\nin *full*"}})";
  const std::vector<AnswerCase> cases = {
      {"success",
       {200, "application/json; charset=utf-8", order},
       Effect::writes,
       Fate::answered,
       true,
       "Your order 7 is paid in full."},
      {"created, by another JSON type",
       {201, "application/hal+json", order},
       Effect::writes,
       Fate::answered,
       true,
       "Your order 7 is paid in full."},
      {"no body", {204, "", ""}, Effect::writes, Fate::answered, true, "That's done."},
      {"lacks what is said", {200, "application/json", "{}"}, Effect::reads, Fate::answered, true, "I found it."},
      {"a write answered in HTML is done",
       {200, "text/html", "<html>"},
       Effect::writes,
       Fate::answered,
       true,
       "That's done."},
      {"a write whose answer was cut is done",
       {200, "application/json", "{\"or", false},
       Effect::writes,
       Fate::answered,
       true,
       "That's done."},
      {"a read answered in HTML is nothing",
       {200, "text/html", "<html>"},
       Effect::reads,
       Fate::answered,
       false,
       "couldn't look that up"},
      {"a read of broken JSON is nothing",
       {200, "application/json", "{"},
       Effect::reads,
       Fate::answered,
       false,
       "couldn't look that up"},
      {"not found", {404, "application/json", "{}"}, Effect::reads, Fate::answered, false, "There is no such order."},
      {"another 4xx",
       {422, "application/json", R"({"why":"stack trace"})"},
       Effect::writes,
       Fate::answered,
       false,
       "That can't be ordered."},
      {"too many", {429, "", ""}, Effect::writes, Fate::answered, false, "can't be ordered"},
      {"a write answered 500",
       {500, "text/plain", "NullPointerException"},
       Effect::writes,
       Fate::unknown,
       false,
       "can't tell whether that went through"},
      {"a write answered 503", {503, "", ""}, Effect::writes, Fate::answered, false, "didn't work"},
      {"a read answered 500", {500, "", ""}, Effect::reads, Fate::answered, false, "couldn't look that up"},
      {"a write without an answer",
       {0, "", "", true, true, "timeout"},
       Effect::writes,
       Fate::unknown,
       false,
       "can't tell whether"},
      {"a read without an answer",
       {0, "", "", true, true, "timeout"},
       Effect::reads,
       Fate::answered,
       false,
       "couldn't look that up"},
      {"never sent", {0, "", "", true, false, "refused"}, Effect::writes, Fate::not_sent, false, "didn't work"},
      {"redirected", {302, "", ""}, Effect::writes, Fate::answered, false, "didn't work"},
  };
  for (const auto& c : cases) {
    HttpPlan plan = order_plan();
    plan.effect = c.effect;
    plan.answer.errors = {{"404", "There is no such order."}, {"4xx", "That can't be ordered."}};
    const RemoteAnswer answer = read_http_outcome(plan, c.outcome);
    EXPECT_EQ(answer.fate, c.fate) << c.name;
    EXPECT_EQ(answer.result.ok, c.ok) << c.name;
    EXPECT_THAT(answer.result.speakable, HasSubstr(c.said)) << c.name;
    EXPECT_THAT(answer.result.speakable, Not(HasSubstr("Exception"))) << c.name;
    EXPECT_EQ(answer.result.data.contains("error"), !c.ok) << c.name;
  }
}

TEST(HttpAnswer, ASentenceForAnAmbiguousStatusSettlesIt) {
  HttpPlan plan = order_plan();
  plan.answer.errors = {{"500", "The shop refused that."}};
  EXPECT_EQ(read_http_outcome(plan, {.status = 500}).fate, Fate::answered);
  EXPECT_EQ(read_http_outcome(plan, {.status = 502}).fate, Fate::unknown);
}

TEST(HttpAnswer, GivesTheModelWhatThePlanNamesAndNeverTooMuch) {
  const json::value answer = object(R"({"a":{"b":[1,{"c":2}]},"secret":"x"})");
  EXPECT_EQ(answer_for_model(answer, {"a.b.1.c", "missing"}), json::value(object(R"({"a.b.1.c":2})")));
  const json::value large = object("{\"t\":\"" + std::string(100'000, 'x') + "\"}");
  EXPECT_LT(json::serialize(answer_for_model(large, {})).size(), 9000u);
}

TEST(SpokenLine, HasNoMarkupAndAnEnd) {
  EXPECT_EQ(spoken_line("# Title\n\n* <b>one</b>\n* `two`\t3 < 4"), "Title one two 3 < 4");
  EXPECT_EQ(spoken_line("\xff\xfe"), "");
  const std::string cut = spoken_line(std::string(1000, 'x') + " y");
  EXPECT_LE(cut.size(), 600u);
  EXPECT_THAT(spoken_line("word " + std::string(3000, 'a') + std::string("é")), ::testing::EndsWith("..."));
}

TEST(TextTemplate, FindsFaults) {
  for (const char* text : {"a{", "a{b", "a}b", "{a b}", "{}", "{a/b}"})
    EXPECT_FALSE(TextTemplate::parse_request(text)) << text;
  for (const char* text : {"{{", "{{a", "{{a b}}", "{{}}"}) EXPECT_FALSE(TextTemplate::parse_answer(text)) << text;
  const auto doubled = request_text("{{x}} {y}");
  EXPECT_EQ(doubled.parts().front().text, "{x} ");
}

// A server on the real wire ---------------------------------------------------------------------------

/// A scripted server in memory: answers connection after connection from a list, and notes the requests.
class Server {
 public:
  struct Reply {
    std::string bytes;
    Duration pause{0};
    bool refuses = false;  // the connection fails
  };
  explicit Server(Loop& loop) : loop_(loop), group_(loop) {}
  ~Server() {
    // A server that still waits would keep its pipe alive, and the pipe the server.
    group_.cancel();
    EXPECT_TRUE(loop_.block_on(group_.join()));
  }

  std::vector<Reply> replies;
  std::vector<std::string> requests;

  net::Dialer dialer() {
    return [this](std::string, std::uint16_t, Deadline) { return dial(*this); };
  }
  [[nodiscard]] std::string key_of(std::size_t index) const {
    const std::string& request = requests.at(index);
    const auto at = request.find("Idempotency-Key: ");
    return at == std::string::npos ? "" : request.substr(at + 17, 36);
  }

 private:
  static Task<std::unique_ptr<net::ByteStream>> dial(Server& self) {
    const Reply reply = self.replies.at(std::min(self.next_++, self.replies.size() - 1));
    if (reply.refuses) co_return fail(ErrorKind::unavailable, {}, "connection refused");
    auto [near, far] = net::make_memory_stream();
    self.group_.spawn("server", serve(self, std::move(far), reply));
    co_return std::move(near);
  }
  static Task<void> serve(Server& self, std::unique_ptr<net::ByteStream> stream, Reply reply) {
    std::string request;
    char chunk[4096];
    const auto is_whole = [&] {
      const auto head = request.find("\r\n\r\n");
      if (head == std::string::npos) return false;
      const auto length = request.find("Content-Length: ");
      return length == std::string::npos || request.size() >= head + 4 + std::stoul(request.substr(length + 16));
    };
    while (!is_whole()) {
      const auto count = co_await stream->read_some(chunk);
      if (!count || *count == 0) co_return Result<void>{};
      request.append(chunk, *count);
    }
    self.requests.push_back(request);
    if (reply.pause > 0s) (void)co_await sleep_for(reply.pause);
    const std::string_view view[] = {reply.bytes};
    (void)co_await stream->write(view);
    stream->finish_sending();
    co_return Result<void>{};
  }
  Loop& loop_;
  TaskGroup group_;
  std::size_t next_ = 0;
};

std::string http(int status, std::string_view body, std::string_view headers = "Content-Type: application/json\r\n") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
const std::string kPaid = R"({"order":{"id":7,"state":"paid"}})";

/// A tool world whose one tool asks the scripted server.
struct RemoteWorld {
  explicit RemoteWorld(HttpPlan plan, std::vector<Server::Reply> replies)
      : world(ToolRegistry({})), server(world.loop), client(net::make_stream_client(server.dialer())) {
    server.replies = std::move(replies);
    plan.agent = "shop";
    world.registry.publish("file", {make_http_tool(std::move(plan), *client)});
    world.context.agent = "shop";
    world.context.call_id = "call-1";
    world.context.tool_call_id = "t1";
  }
  ~RemoteWorld() { EXPECT_TRUE(world.loop.block_on(world.registry.remote_calls().stop({world.clock.now()}))); }
  ToolResult call() { return world.call("place_order", R"({"item":"x"})"); }
  ToolWorld world;
  Server server;
  std::unique_ptr<net::HttpClient> client;
};

TEST(HttpTool, AWriteIsSentOnceHoweverOftenItIsAskedFor) {
  RemoteWorld remote(order_plan(), {{http(201, kPaid)}});
  EXPECT_EQ(remote.call().speakable, "Your order 7 is paid.");
  EXPECT_EQ(remote.call().speakable, "Your order 7 is paid.");
  EXPECT_EQ(remote.server.requests.size(), 1u);
  EXPECT_EQ(remote.server.key_of(0).size(), 36u);
  remote.world.context.tool_call_id = "t2";
  (void)remote.call();
  ASSERT_EQ(remote.server.requests.size(), 2u);
  EXPECT_NE(remote.server.key_of(1), remote.server.key_of(0));
}

TEST(HttpTool, BelongsToItsAgentAlone) {
  RemoteWorld remote(order_plan(), {{http(201, kPaid)}});
  remote.world.context.agent = "leasing";
  EXPECT_EQ(remote.call().data.at("error"), "unknown_function");
  EXPECT_TRUE(remote.server.requests.empty());
}

Task<void> note(std::shared_ptr<std::vector<std::string>> said, Task<ToolResult> call) {
  auto result = co_await std::move(call);
  if (result) said->push_back(result->speakable);
  co_return Result<void>{};
}

TEST(HttpTool, ASecondDeliveryWaitsForTheFirst) {
  RemoteWorld remote(order_plan(), {{http(201, kPaid), 1s}});
  auto& world = remote.world;
  auto said = std::make_shared<std::vector<std::string>>();
  TaskGroup group(world.loop);
  for (int i = 0; i < 3; ++i) {
    group.spawn("call", note(said, invoke(*world.store, world.registry, world.context,
                                          {.name = "place_order", .arguments = R"({"item":"x"})"})));
  }
  ASSERT_TRUE(world.loop.block_on(group.join()));
  EXPECT_THAT(*said, ElementsAre("Your order 7 is paid.", "Your order 7 is paid.", "Your order 7 is paid."));
  EXPECT_EQ(remote.server.requests.size(), 1u);
}

TEST(HttpTool, TheResultIsThereForWhoAsksAgainAfterLeaving) {
  RemoteWorld remote(order_plan(), {{http(201, kPaid), 1s}});
  auto& world = remote.world;
  const auto soon = Deadline::after(world.clock, 300ms);
  const auto first = world.loop.block_on(invoke(*world.store, world.registry, world.context,
                                                {.name = "place_order", .arguments = R"({"item":"x"})"}, soon));
  EXPECT_EQ(first->data.at("error"), "timeout");
  EXPECT_EQ(remote.call().speakable, "Your order 7 is paid.");
  EXPECT_EQ(remote.server.requests.size(), 1u);
}

TEST(HttpTool, ASlowWriteIsUnknownAndStaysSo) {
  RemoteWorld remote(order_plan(), {{http(201, kPaid), 10s}});
  const Instant start = remote.world.clock.now();
  EXPECT_EQ(remote.call().data.at("error"), "unknown_outcome");
  EXPECT_LE(remote.world.clock.now() - start, kToolTimeLimit);
  EXPECT_EQ(remote.call().data.at("error"), "unknown_outcome");
  EXPECT_EQ(remote.server.requests.size(), 1u) << "not sent again";
}

TEST(HttpTool, AnIdempotentWriteIsSentAgainWithTheSameKey) {
  HttpPlan plan = order_plan();
  plan.is_idempotent = true;
  plan.retries = 2;
  RemoteWorld remote(plan, {{http(503, "")}, {"HTTP/1.1 200 OK\r\nContent-"}, {http(200, kPaid)}});
  EXPECT_EQ(remote.call().speakable, "Your order 7 is paid.");
  ASSERT_EQ(remote.server.requests.size(), 3u);
  EXPECT_EQ(remote.server.key_of(2), remote.server.key_of(0));
}

TEST(HttpTool, WhatWasNeverSentMayBeRetriedByAnyTool) {
  HttpPlan plan = order_plan();
  plan.retries = 1;
  RemoteWorld remote(plan, {{.refuses = true}, {http(200, kPaid)}});
  EXPECT_TRUE(remote.call().ok);
  EXPECT_EQ(remote.server.requests.size(), 1u);
}

TEST(HttpTool, WhatWasNeverSentIsForgottenSoThatItCanBeAskedAgain) {
  RemoteWorld remote(order_plan(), {{.refuses = true}, {http(200, kPaid)}});
  const auto first = remote.call();
  EXPECT_EQ(first.data.at("error"), "unavailable");
  EXPECT_THAT(first.log, HasSubstr("connection refused"));
  EXPECT_THAT(first.speakable, Not(HasSubstr("connection")));
  EXPECT_TRUE(remote.call().ok);
}

TEST(HttpTool, AWriteThatMayNotBeRepeatedIsNotRetriedOnceItWasSent) {
  HttpPlan plan = order_plan();
  plan.retries = 3;
  RemoteWorld remote(plan, {{"HTTP/1.1 2"}, {http(200, kPaid)}});
  EXPECT_EQ(remote.call().data.at("error"), "unknown_outcome");
  EXPECT_EQ(remote.server.requests.size(), 1u);
}

TEST(HttpTool, RetriesDrawOnABudget) {
  HttpPlan plan = order_plan();
  plan.effect = Effect::reads;
  plan.retries = 5;
  plan.timeout = 30s;
  RemoteWorld remote(plan, {{http(503, "")}});
  for (int i = 0; i < 20; ++i) (void)remote.call();
  EXPECT_LE(remote.server.requests.size(), 20u + 12u);
  EXPECT_GE(remote.server.requests.size(), 20u + 10u);
}

TEST(HttpTool, AHugeAnswerIsCutOffAtTheLimit) {
  HttpPlan plan = order_plan();
  plan.effect = Effect::reads;
  plan.max_response_bytes = 1000;
  RemoteWorld remote(plan, {{http(200, "\"" + std::string(100'000, 'x') + "\"")}});
  const auto result = remote.call();
  EXPECT_EQ(result.data.at("error"), "bad_gateway");
  EXPECT_THAT(result.log, HasSubstr("not whole"));
}

TEST(HttpTool, RedirectsAreFollowedToTheSameHostOnlyAndOnlyWhenAllowed) {
  struct Case {
    const char* location;
    bool allowed;
    bool followed;
  };
  for (const auto& c : std::vector<Case>{{"/v2/orders", true, true},
                                         {"http://shop.test/v2", true, true},
                                         {"/v2/orders", false, false},
                                         {"http://169.254.169.254/latest", true, false},
                                         {"//evil.test/x", true, false},
                                         {"http://shop.test.evil.test/", true, false},
                                         {"http://shop.test:81/", true, false},
                                         {"http://user@shop.test/", true, false},
                                         {"https://shop.test/", true, false},
                                         {"ftp://shop.test/", true, false},
                                         {"", true, true}}) {
    HttpPlan plan = order_plan();
    plan.effect = Effect::reads;
    plan.method = "GET";
    plan.body = nullptr;
    plan.headers = {{"Authorization", Secret("Bearer s3cret")}};
    plan.follows_same_host = c.allowed;
    const std::string head = std::string("Location: ") + c.location + "\r\n";
    RemoteWorld remote(plan, {{http(302, "", head)}, {http(200, kPaid)}});
    const auto result = remote.call();
    EXPECT_EQ(result.ok, c.followed) << c.location;
    EXPECT_EQ(remote.server.requests.size(), c.followed ? 2u : 1u) << c.location;
  }
}

TEST(HttpTool, ARedirectLoopEnds) {
  HttpPlan plan = order_plan();
  plan.effect = Effect::reads;
  plan.method = "GET";
  plan.body = nullptr;
  plan.follows_same_host = true;
  RemoteWorld remote(plan, {{http(302, "", "Location: /again\r\n")}});
  EXPECT_EQ(remote.call().data.at("error"), "http_302");
  EXPECT_EQ(remote.server.requests.size(), 4u);
}

// After a crash ----------------------------------------------------------------------------------------

/// Puts the journal into the state that a process left which died between sending and noting the answer.
void leave_started(ToolWorld& world, const ToolContext& context) {
  const auto key = journal_key(context, "place_order", object(R"({"item":"x"})")).value();
  const store::JournalEntry entry{.key = key.text,
                                  .call_id = context.call_id,
                                  .tool = "place_order",
                                  .arguments = "{}",
                                  .ok = false,
                                  .created_at = world.clock.utc_now(),
                                  .state = store::JournalState::started,
                                  .idempotency_key = "00000000-0000-4000-8000-000000000001"};
  EXPECT_TRUE(world.in_database(
      [&](sql::Connection& db) { return store::ToolJournal(db, store::Owner::local()).insert(entry); }));
}

TEST(RemoteCalls, WhatAnEarlierLifeBeganIsUnknownUnlessItMayBeRepeated) {
  RemoteWorld remote(order_plan(), {{http(200, kPaid)}});
  leave_started(remote.world, remote.world.context);
  const auto result = remote.call();
  EXPECT_EQ(result.data.at("error"), "unknown_outcome");
  EXPECT_THAT(result.speakable, HasSubstr("can't tell whether that went through"));
  EXPECT_TRUE(remote.server.requests.empty());
}

TEST(RemoteCalls, WhatAnEarlierLifeBeganIsSentAgainWithItsKeyWhenIdempotent) {
  HttpPlan plan = order_plan();
  plan.is_idempotent = true;
  RemoteWorld remote(plan, {{http(200, kPaid)}});
  leave_started(remote.world, remote.world.context);
  EXPECT_TRUE(remote.call().ok);
  ASSERT_EQ(remote.server.requests.size(), 1u);
  EXPECT_EQ(remote.server.key_of(0), "00000000-0000-4000-8000-000000000001");
  EXPECT_TRUE(remote.call().ok);
  EXPECT_EQ(remote.server.requests.size(), 1u) << "finished now";
}

TEST(RemoteCalls, StoppingBreaksOffWhatTakesTooLongAndSaysThatNobodyKnows) {
  HttpPlan plan = order_plan();
  plan.timeout = 30s;
  RemoteWorld remote(plan, {{http(200, kPaid), 20s}});
  auto& world = remote.world;
  auto said = std::make_shared<std::vector<std::string>>();
  TaskGroup group(world.loop);
  group.spawn("call", note(said, invoke(*world.store, world.registry, world.context,
                                        {.name = "place_order", .arguments = R"({"item":"x"})"})));
  ASSERT_TRUE(world.loop.block_on(sleep_for(1s)));
  ASSERT_TRUE(world.loop.block_on(world.registry.remote_calls().stop(Deadline::after(world.clock, 1s))));
  ASSERT_TRUE(world.loop.block_on(group.join()));
  ASSERT_EQ(said->size(), 1u);
  EXPECT_THAT(said->front(), HasSubstr("can't tell"));
  world.context.tool_call_id = "t2";
  EXPECT_EQ(remote.call().data.at("error"), "unavailable") << "no new calls";
}

// Several at once ---------------------------------------------------------------------------------------

TEST(InvokeAll, RunsAtTheSameTimeAndAnswersInOrder) {
  HttpPlan plan = order_plan();
  plan.effect = Effect::reads;
  RemoteWorld remote(plan, {{http(200, R"({"order":{"id":1,"state":"a"}})"), 1500ms},
                            {http(500, "")},
                            {http(200, R"({"order":{"id":3,"state":"c"}})"), 1s},
                            {http(200, kPaid), 60s}});
  auto& world = remote.world;
  std::vector<PlannedCall> calls(
      4, {.context = world.context, .call = {.name = "place_order", .arguments = R"({"item":"x"})"}});
  calls.push_back({.context = world.context, .call = {.name = "nothing"}});
  const Instant start = world.clock.now();
  const auto results = world.loop.block_on(invoke_all(*world.store, world.registry, std::move(calls))).value();
  EXPECT_LE(world.clock.now() - start, kToolTimeLimit);
  ASSERT_EQ(results.size(), 5u);
  EXPECT_EQ(results[0].result.speakable, "Your order 1 is a.");
  EXPECT_FALSE(results[1].result.ok);
  EXPECT_EQ(results[2].result.speakable, "Your order 3 is c.");
  EXPECT_FALSE(results[3].result.ok) << "the slow one";
  EXPECT_EQ(results[4].result.data.at("error"), "unknown_function");
}

}  // namespace
}  // namespace offhook::tools::remote
