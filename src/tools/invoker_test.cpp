#include "tools/invoker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "async/cancel.hpp"
#include "async/task_group.hpp"
#include "store/leads.hpp"
#include "store/migrations.hpp"
#include "store/sql/sqlite_connection.hpp"
#include "store/testing/temporary_folder.hpp"
#include "tools/arguments.hpp"
#include "tools/journal_key.hpp"
#include "tools/parallel.hpp"
#include "tools/results.hpp"
#include "tools/testing/tool_world.hpp"

namespace offhook::tools {
namespace {

using namespace std::chrono_literals;
using testing::ToolWorld;

/// A writing tool whose effect can be counted: a lead for each run.
Tool counting_tool() {
  return {.name = "count",
          .description = "Adds a lead.",
          .parameters = parameters_schema({{.name = "note"}}),
          .effect = Effect::writes,
          .handler = [](sql::Connection& db, const ToolContext& context,
                        const json::object& arguments) -> Result<ToolResult> {
            if (text_argument(arguments, "note") == "refuse") return refusal("refused", "No.");
            if (text_argument(arguments, "note") == "throw") throw std::runtime_error("secret detail");
            Random random = context.random;
            const auto id = make_id(random, "lead");
            if (auto added = store::Leads(db, store::Owner::local()).insert({.id = id, .source = "count"}); !added)
              return fail(added);
            if (text_argument(arguments, "note") == "fail") return fail(ErrorKind::unavailable, {}, "disk full");
            return success("Done.", {{"id", id}});
          }};
}

ToolWorld counting_world() { return ToolWorld(ToolRegistry({counting_tool()})); }

std::size_t effects(ToolWorld& world) {
  return world
      .in_database([](sql::Connection& db) {
        return store::Leads(db, store::Owner::local()).list({.source = "count"}, {.limit = 100});
      })
      .items.size();
}

TEST(Invoke, TheSamePlatformIdActsOnceAndAnswersTheSame) {
  auto world = counting_world();
  world.context.call_id = "call-1";
  world.context.tool_call_id = "t1";
  const auto first = world.call("count", R"({"note":"a"})");
  const auto again = world.call("count", R"({"note":"a"})");
  EXPECT_EQ(to_model_text(again), to_model_text(first));
  EXPECT_EQ(effects(world), 1u);
  world.context.tool_call_id = "t2";
  EXPECT_NE(world.call("count", R"({"note":"a"})").data, first.data);
  EXPECT_EQ(effects(world), 2u);
  world.context.call_id = "call-2";
  world.context.tool_call_id = "t1";
  EXPECT_NE(world.call("count", R"({"note":"a"})").data, first.data);
  EXPECT_EQ(effects(world), 3u);
}

TEST(Invoke, WithoutAPlatformIdTheArgumentsAndTheOrdinalNameTheEffect) {
  auto world = counting_world();
  world.context.call_id = "call-1";
  const auto first = world.call("count", R"({"note":"a"})");
  EXPECT_EQ(world.call("count", R"( {"note" : "a"} )").data, first.data);
  EXPECT_EQ(effects(world), 1u);
  (void)world.call("count", R"({"note":"b"})");
  EXPECT_EQ(effects(world), 2u);
  world.context.ordinal = 1;
  (void)world.call("count", R"({"note":"a"})");
  EXPECT_EQ(effects(world), 3u);
}

TEST(Invoke, OutsideACallTheMemoryLastsTenMinutes) {
  auto world = counting_world();
  world.context.journal_scope = "key-1/hash-of-messages";
  const auto first = world.call("count", "{}");
  EXPECT_EQ(world.call("count", "{}").data, first.data);
  world.clock.advance_to(world.clock.now() + kCallLessLifetime - 1s);
  EXPECT_EQ(world.call("count", "{}").data, first.data);
  world.clock.advance_to(world.clock.now() + 1s);
  EXPECT_NE(world.call("count", "{}").data, first.data);
  EXPECT_EQ(effects(world), 2u);
  world.context.journal_scope = "key-2/hash-of-messages";
  (void)world.call("count", "{}");
  EXPECT_EQ(effects(world), 3u);
  // A platform's message without its call: the tool call's id stands in, together with the arguments.
  world.context.journal_scope.clear();
  world.context.tool_call_id = "t1";
  (void)world.call("count", "{}");
  (void)world.call("count", "{}");
  EXPECT_EQ(effects(world), 4u);
  (void)world.call("count", R"({"note":"other"})");
  EXPECT_EQ(effects(world), 5u);
}

TEST(Invoke, WithNothingToNameItEveryRunCounts) {
  auto world = counting_world();
  (void)world.call("count", "{}");
  (void)world.call("count", "{}");
  EXPECT_EQ(effects(world), 2u);
}

TEST(Invoke, ARefusalIsKeptForAPlatformIdAndForgottenOtherwise) {
  ToolWorld world;
  world.context.call_id = "call-1";
  constexpr std::string_view kTour = R"({"date":"2026-03-07","time":"14:00","name":"Ann"})";
  EXPECT_EQ(world.call("schedule_tour", kTour).data.at("error"), "phone_required");
  world.context.tool_call_id = "t1";
  EXPECT_EQ(world.call("schedule_tour", kTour).data.at("error"), "phone_required");
  world.context.caller_phone = "+14155550101";
  EXPECT_EQ(world.call("schedule_tour", kTour).data.at("error"), "phone_required");
  world.context.tool_call_id.clear();
  EXPECT_TRUE(world.call("schedule_tour", kTour).ok);
}

Task<void> invoke_into(store::Store& store, const ToolRegistry& registry, ToolContext context,
                       std::vector<std::string>& answers) {
  auto result = co_await invoke(store, registry, std::move(context), {.name = "count", .arguments = "{}"});
  if (!result) co_return fail(result);
  answers.push_back(to_model_text(*result));
  co_return Result<void>{};
}

TEST(Invoke, TheSameCallManyTimesAtOnceActsOnce) {
  auto world = counting_world();
  world.context.call_id = "call-1";
  world.context.tool_call_id = "t1";
  std::vector<std::string> answers;
  TaskGroup group(world.loop);
  for (int i = 0; i < 8; ++i) group.spawn("invoke", invoke_into(*world.store, world.registry, world.context, answers));
  ASSERT_TRUE(world.loop.block_on(group.join()));
  ASSERT_EQ(answers.size(), 8u);
  for (const auto& answer : answers) EXPECT_EQ(answer, answers.front());
  EXPECT_EQ(effects(world), 1u);
}

TEST(Invoke, TheSameCallAtOnceInOneBatchOfAThreadedStoreActsOnce) {
  const store::testing::TemporaryFolder folder;
  const RealClock clock;
  Loop loop(clock, 1);
  const auto opened = store::open_sqlite_store({.path = folder.path() / "tools.db"}).value();
  loop.block_on(opened->write([now = clock.utc_now()](sql::Connection& db) { return store::migrate(db, now); }))
      .value();
  const ToolRegistry registry({counting_tool()});
  std::vector<std::string> answers;
  TaskGroup group(loop);
  for (int i = 0; i < 32; ++i) {
    const ToolContext context{.call_id = "call-1", .tool_call_id = i % 2 == 0 ? "even" : "odd"};
    group.spawn("invoke", invoke_into(*opened, registry, context, answers));
  }
  ASSERT_TRUE(loop.block_on(group.join()));
  EXPECT_EQ(answers.size(), 32u);
  EXPECT_EQ(std::set<std::string>(answers.begin(), answers.end()).size(), 2u);
  const auto leads = loop.block_on(opened->read([](sql::Connection& db) {
    return store::Leads(db, store::Owner::local()).list({.source = "count"}, {.limit = 100});
  }));
  EXPECT_EQ(leads.value().items.size(), 2u);
}

TEST(Invoke, WhatCannotRunIsARefusal) {
  ToolWorld world;
  const struct {
    const char *tool, *arguments, *error, *speakable;
  } cases[] = {{"fly_to_moon", "{}", "unknown_function", "Unknown function: fly_to_moon"},
               {"", "{}", "unknown_function", "Unknown function: "},
               {"list_cards", "{broken", "invalid_argument", "Sorry, I didn't catch that."},
               {"list_cards", "[1]", "invalid_argument", "Sorry, I didn't catch that."},
               {"list_cards", "\"x\"", "invalid_argument", "Sorry, I didn't catch that."},
               {"schedule_tour", "{}", "missing_argument", "Sorry, I didn't catch the date."},
               {"schedule_tour", "null", "missing_argument", "Sorry, I didn't catch the date."},
               {"schedule_tour", "", "missing_argument", "Sorry, I didn't catch the date."}};
  for (const auto& [tool, arguments, error, speakable] : cases) {
    const auto result = world.call(tool, arguments);
    EXPECT_FALSE(result.ok) << tool << arguments;
    EXPECT_EQ(result.data.at("error"), error) << tool << arguments;
    EXPECT_EQ(result.speakable, speakable) << tool << arguments;
  }
}

TEST(Invoke, OurOwnFailureLeavesNothingBehindAndTellsNothing) {
  auto world = counting_world();
  world.context.call_id = "call-1";
  world.context.tool_call_id = "t1";
  for (const auto& [note, log] : {std::pair{"fail", "disk full"}, std::pair{"throw", "secret detail"}}) {
    const auto result = world.call("count", json::serialize(json::object{{"note", note}}));
    EXPECT_FALSE(result.ok);
    EXPECT_EQ(result.speakable, "Sorry, something went wrong on my side just now.");
    EXPECT_FALSE(to_model_text(result).contains(log)) << note;
    EXPECT_TRUE(result.log.contains(log)) << note;
  }
  EXPECT_EQ(effects(world), 0u);
  EXPECT_TRUE(world.call("count", "{}").ok);
}

/// A store that works at once but answers late.
class LateStore final : public store::Store {
 public:
  LateStore(Loop& loop, UtcTime now) : loop_(loop), db_(sql::open_sqlite({}).value()) {
    store::migrate(*db_, now).value();
  }
  [[nodiscard]] store::StoreStats stats() const override { return {}; }
  Duration delay{0};

 protected:
  void submit_write(std::unique_ptr<Job> job) override {
    db_->execute("BEGIN").value();
    db_->execute(job->run(*db_) ? "COMMIT" : "ROLLBACK").value();
    alarms_.push_back(std::make_unique<Timer>(loop_.timers()));
    alarms_.back()->arm(loop_.clock().now() + delay,
                        [held = std::shared_ptr<Job>(std::move(job))] { held->finish(std::nullopt); });
  }
  void submit_read(std::unique_ptr<Job> job) override { submit_write(std::move(job)); }

 private:
  Loop& loop_;
  std::unique_ptr<sql::Connection> db_;
  std::vector<std::unique_ptr<Timer>> alarms_;
};

TEST(Invoke, ALateToolIsApologisedForAndItsResultIsThereWhenAskedAgain) {
  VirtualClock clock(UtcTime(std::chrono::hours(24 * 20000)));
  Loop loop(clock, 1);
  LateStore store(loop, clock.utc_now());
  const ToolRegistry registry({counting_tool()});
  const ToolContext context{.call_id = "call-1", .tool_call_id = "t1"};
  const ToolCall call{.name = "count", .arguments = "{}"};

  const auto begin = clock.now();
  store.delay = 5s;
  const auto late = loop.block_on(invoke(store, registry, context, call)).value();
  EXPECT_EQ(clock.now() - begin, kToolTimeLimit);
  EXPECT_EQ(late.data.at("error"), "timeout");
  EXPECT_EQ(late.speakable, "Sorry, that is taking longer than it should. One moment, please.");

  const auto soon = loop.block_on(invoke(store, registry, context, call, Deadline::after(clock, 500ms))).value();
  EXPECT_EQ(clock.now() - begin, kToolTimeLimit + 500ms);
  EXPECT_EQ(soon.data.at("error"), "timeout");

  store.delay = 0s;
  EXPECT_TRUE(loop.block_on(invoke(store, registry, context, call)).value().ok);
  const auto leads = loop.block_on(store.read([](sql::Connection& db) {
    return store::Leads(db, store::Owner::local()).list({.source = "count"}, {.limit = 10});
  }));
  EXPECT_EQ(leads.value().items.size(), 1u);
}

TEST(Invoke, WhoeverLeavesGetsNoAnswer) {
  VirtualClock clock(UtcTime(std::chrono::hours(24 * 20000)));
  Loop loop(clock, 1);
  LateStore store(loop, clock.utc_now());
  store.delay = 5s;
  const ToolRegistry registry({counting_tool()});
  const auto left =
      loop.block_on(with_deadline(Deadline::after(clock, 1s), invoke(store, registry, ToolContext{},
                                                                     ToolCall{.name = "count", .arguments = "{}"})));
  ASSERT_FALSE(left);
  EXPECT_EQ(left.error().kind, ErrorKind::timeout);
}

/// A remote tool that answers with a card number wherever one fits, and counts how often it was asked.
Tool echoing_tool(Effect effect, std::shared_ptr<int> asked) {
  Tool tool{.name = "echo", .description = "Gives a card.", .parameters = parameters_schema({}), .effect = effect};
  tool.remote = [asked](RemoteRequest request) -> Task<RemoteAnswer> {
    ++*asked;
    if (auto slept = co_await sleep_for(100ms); !slept) co_return fail(slept);
    auto result = success("It is 4111 1111 1111 1111.", {{"card", "4242424242424242"}});
    result.data["owner"] = request.context.owner.id();
    co_return RemoteAnswer{.result = std::move(result)};
  };
  return tool;
}

TEST(Invoke, ACardNumberOfARemoteToolGoesNoFurther) {
  for (const auto effect : {Effect::reads, Effect::writes}) {
    for (const bool is_named : {true, false}) {
      ToolWorld world(ToolRegistry({echoing_tool(effect, std::make_shared<int>(0))}));
      if (is_named) {
        world.context.call_id = "call-1";
        world.context.tool_call_id = "t1";
      }
      for (int i = 0; i < 2; ++i) {  // the second time from the journal, where there is one
        const auto text = to_model_text(world.call("echo", "{}"));
        EXPECT_FALSE(text.contains("1111 1111")) << text;
        EXPECT_FALSE(text.contains("42424242")) << text;
        EXPECT_TRUE(text.contains("[card ending 4242]")) << text;
      }
    }
  }
}

Task<void> echo_into(store::Store& store, const ToolRegistry& registry, ToolContext context,
                     std::vector<std::string>& owners) {
  auto result = co_await invoke(store, registry, std::move(context), {.name = "echo", .arguments = "{}"});
  if (!result) co_return fail(result);
  owners.push_back(to_std_string(result->data.at("owner").as_string()));
  co_return Result<void>{};
}

TEST(Invoke, ACallUnderWayIsSharedWithinOneAccountOnly) {
  auto asked = std::make_shared<int>(0);
  ToolWorld world(ToolRegistry({echoing_tool(Effect::writes, asked)}));
  world.context.call_id = "call-1";
  world.context.tool_call_id = "t1";
  std::vector<std::string> owners;
  TaskGroup group(world.loop);
  for (const char* owner : {"local", "usr_2", "local"}) {
    world.context.owner = store::Owner(owner);
    group.spawn("echo", echo_into(*world.store, world.registry, world.context, owners));
  }
  ASSERT_TRUE(world.loop.block_on(group.join()));
  EXPECT_EQ(*asked, 2);
  std::ranges::sort(owners);
  EXPECT_EQ(owners, (std::vector<std::string>{"local", "local", "usr_2"}));
}

TEST(InvokeAll, AWriteOfOursKeepsItsPlaceAmongTheCallsOfAMessage) {
  auto done = std::make_shared<std::vector<std::string>>();
  Tool slow = echoing_tool(Effect::reads, std::make_shared<int>(0));
  slow.remote = [done](RemoteRequest) -> Task<RemoteAnswer> {
    if (auto slept = co_await sleep_for(100ms); !slept) co_return fail(slept);
    done->emplace_back("remote");
    co_return RemoteAnswer{.result = success("Done.", {})};
  };
  Tool write{.name = "write", .description = "Writes.", .parameters = parameters_schema({}), .effect = Effect::writes};
  write.handler = [done](sql::Connection&, const ToolContext&, const json::object&) -> Result<ToolResult> {
    done->emplace_back("write");
    return success("Done.", {});
  };
  ToolWorld world(ToolRegistry({slow, write}));
  EXPECT_TRUE(can_run_beside_others(world.registry, "echo", ""));
  EXPECT_FALSE(can_run_beside_others(world.registry, "write", ""));
  const auto run = [&](std::vector<const char*> names) {
    done->clear();
    std::vector<PlannedCall> calls;
    for (const char* name : names) calls.push_back({.context = world.context, .call = {.name = name}});
    const Instant begun = world.clock.now();
    EXPECT_TRUE(world.loop.block_on(invoke_all(*world.store, world.registry, std::move(calls))));
    return world.clock.now() - begun;
  };
  run({"echo", "write", "echo"});
  EXPECT_EQ(*done, (std::vector<std::string>{"remote", "write", "remote"}));
  EXPECT_EQ(run({"echo", "echo"}), 100ms) << "those that write nothing here run at the same time";
}

TEST(JournalKey, CannotBeForgedByOddIds) {
  const json::object none;
  const auto key = [&](std::string call, std::string id) {
    return journal_key({.call_id = std::move(call), .tool_call_id = std::move(id)}, "count", none)->text;
  };
  EXPECT_NE(key("a/id/b", "c"), key("a", "b/id/c"));
  EXPECT_NE(key("a", "b"), journal_key({.call_id = "a"}, "count", none)->text);
  EXPECT_FALSE(journal_key({}, "count", none));
}

}  // namespace
}  // namespace offhook::tools
