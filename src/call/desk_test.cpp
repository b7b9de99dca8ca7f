#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "call/call_desk.hpp"
#include "call/testing/call_world.hpp"
#include "store/assistants.hpp"

namespace offhook::call {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kDesk = R"(
name: desk
title: Test Desk
first_message: "Hello, this is the desk."
system_prompt: You answer the phone of a bakery.
tools: [schedule_callback, end_call]
)";
constexpr std::string_view kLetting = R"(
name: letting
title: Sunset House
first_message: "Hello, Sunset House."
system_prompt: You let apartments.
tools: [check_availability, end_call]
)";

agent::AgentBook book() {
  const EmbeddedFile files[] = {{"desk.yaml", kDesk}, {"letting.yaml", kLetting}};
  return agent::AgentBook::load(files).value();
}

/// A platform in memory. `meanwhile` happens while it is being asked.
struct ScriptedPlatform final : Platform {
  std::map<std::string, json::object> copies;
  std::function<void()> meanwhile = [] {};
  bool refuses_calls = false;
  int placed = 0;
  json::object metadata;

  [[nodiscard]] std::string_view name() const override { return "vapi"; }
  Task<std::string> create_assistant(store::Owner, json::object configuration, Deadline) override {
    const std::string id = "p-" + std::to_string(copies.size() + 1);
    copies[id] = std::move(configuration);
    std::exchange(meanwhile, [] {})();
    co_return id;
  }
  Task<void> update_assistant(store::Owner, std::string id, json::object configuration, Deadline) override {
    copies[id] = std::move(configuration);
    std::exchange(meanwhile, [] {})();
    co_return Result<void>{};
  }
  Task<void> remove_assistant(store::Owner, std::string id, Deadline) override {
    copies.erase(id);
    co_return Result<void>{};
  }
  Task<PlacedCall> place_call(CallOrder order, Deadline) override {
    ++placed;
    metadata = std::move(order.metadata);
    std::exchange(meanwhile, [] {})();
    if (refuses_calls) co_return fail(ErrorKind::unavailable, {}, "no line is free");
    co_return PlacedCall{.platform_id = "c-1"};
  }
  Task<void> end_call(store::Owner, std::string, Deadline) override { co_return Result<void>{}; }
};

/// A store whose writes can be made to fail.
class BreakingStore final : public store::Store {
 public:
  explicit BreakingStore(store::Store& behind) : behind_(behind) {}
  [[nodiscard]] store::StoreStats stats() const override { return behind_.stats(); }
  bool is_broken = false;

 protected:
  struct Door : Store {
    using Store::submit_read;
    using Store::submit_write;
  };
  void submit_write(std::unique_ptr<Job> job) override {
    if (is_broken) return job->finish(Error{.kind = ErrorKind::unavailable, .log = "the disk is full"});
    const auto submit = &Door::submit_write;
    (behind_.*submit)(std::move(job));
  }
  void submit_read(std::unique_ptr<Job> job) override {
    const auto submit = &Door::submit_read;
    (behind_.*submit)(std::move(job));
  }

 private:
  store::Store& behind_;
};

struct World : testing::CallWorld {
  template <class T>
  T run(Task<T> task) {
    return loop.block_on(std::move(task)).value();
  }
  store::Assistant stored(const std::string& id) {
    return in_database([id](sql::Connection& db) { return store::Assistants(db, store::Owner::local()).find_any(id); })
        .value();
  }
  std::vector<store::Call> calls() {
    return in_database(
               [](sql::Connection& db) { return store::Calls(db, store::Owner::local()).list({}, {.limit = 10}); })
        .items;
  }
  Result<store::Call> place() {
    CallWish wish{.phone_number = "+14155550101", .agent = "desk"};
    return loop.block_on(desk.place(owner, std::move(wish), {}));
  }
  store::Assistant make(store::Assistant wish = {.agent = "desk", .functions = ""}) {
    return run(assistants.create(owner, std::move(wish), {}));
  }

  store::Owner owner = store::Owner::local();
  agent::AgentBook agents = book();
  tools::ToolRegistry tools;
  Doorways doorways{.base_url = "https://here.test", .webhook_secret = {}};
  obs::Log log{clock, obs::Level::off, obs::Log::Format::key_value};
  ScriptedPlatform platform;
  BreakingStore breaking{*store};
  AssistantDesk assistants{
      breaking,
      platform,
      {.agents = agents, .tools = tools, .doorways = doorways, .speaks = [](std::string_view) { return true; }},
      log};
  CallDesk desk{breaking, assistants, log};
};

std::string status_update(const json::object& metadata) {
  return R"({"message":{"type":"status-update","status":"ringing","timestamp":1763650000000,"call":{"id":"c-1","metadata":)" +
         json::serialize(metadata) + "}}}";
}

TEST(CallDesk, TheRowIsThereBeforeTheTelephoneRings) {
  World world;
  std::vector<store::Call> seen;
  world.platform.meanwhile = [&] { seen = world.calls(); };
  const auto call = world.place().value();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen.front().id, call.id);
  EXPECT_EQ(seen.front().status, store::CallStatus::queued);
  EXPECT_EQ(to_std_string(world.platform.metadata.at("call_id")), call.id);
  EXPECT_EQ(world.call().id, call.id) << "found by the platform's id";
  EXPECT_EQ(world.calls().size(), 1U);
}

TEST(CallDesk, APlatformThatFailsLeavesNothing) {
  World world;
  world.platform.refuses_calls = true;
  EXPECT_EQ(world.place().error().param, kPlatformFailed);
  EXPECT_TRUE(world.calls().empty());
}

TEST(CallDesk, ADatabaseThatFailsFirstRingsNobody) {
  World world;
  world.breaking.is_broken = true;
  EXPECT_FALSE(world.place());
  EXPECT_EQ(world.platform.placed, 0);
}

TEST(CallDesk, ADatabaseThatFailsAfterwardsIsNoReasonToCallTwice) {
  World world;
  world.platform.meanwhile = [&] { world.breaking.is_broken = true; };
  const auto call = world.place().value();
  EXPECT_EQ(call.platform_id, "c-1");
  world.breaking.is_broken = false;
  // The next message ties the two.
  ASSERT_TRUE(world.loop.block_on(tie_placed_call(world.breaking, call.id, "c-1", std::nullopt)));
  (void)world.record(status_update(world.platform.metadata));
  ASSERT_EQ(world.calls().size(), 1U);
  EXPECT_EQ(world.call().id, call.id);
  EXPECT_EQ(world.call().status, store::CallStatus::ringing);
}

TEST(CallDesk, AMessageThatIsFasterThanThePlatformsAnswerIsTheSameCall) {
  for (const bool is_tied : {true, false}) {
    World world;
    world.platform.meanwhile = [&] {
      // The loop is busy with the call: what the webhook does is done on the database at once.
      const auto id = to_std_string(world.platform.metadata.at("call_id"));
      Loop other(world.clock, 2);
      if (is_tied) ASSERT_TRUE(other.block_on(tie_placed_call(*world.store, id, "c-1", std::nullopt)));
      Delivery delivery{.message = vapi::decode_server_message(status_update(world.platform.metadata)).value(),
                        .verified = "secret"};
      ASSERT_TRUE(other.block_on(record_delivery(*world.store, std::move(delivery))));
    };
    const auto call = world.place().value();
    ASSERT_EQ(world.calls().size(), 1U);
    EXPECT_EQ(call.id, world.call().id);
    EXPECT_EQ(world.call().status, store::CallStatus::ringing);
    EXPECT_EQ(world.call().phone_number, "+14155550101");
  }
}

TEST(CallDesk, AnotherAccountsKeyTiesNothing) {
  World world;
  world.platform.meanwhile = [&] { world.breaking.is_broken = true; };
  const auto call = world.place().value();
  ASSERT_TRUE(world.loop.block_on(tie_placed_call(*world.store, call.id, "c-9", store::Owner("acct_2"))));
  EXPECT_EQ(world.calls().front().platform_id, "");
}

TEST(AssistantDesk, TwoChangesAtOnceBothStay) {
  World world;
  const auto made = world.make();
  world.platform.meanwhile = [&] {
    store::Assistant other = world.stored(made.id);
    other.first_message = "Good day.";
    Loop loop(world.clock, 2);
    ASSERT_TRUE(loop.block_on(world.store->write(
        [other](sql::Connection& db) { return store::Assistants(db, store::Owner::local()).update(other); })));
  };
  auto changed = world.run(world.assistants.update(world.owner, made.id,
                                                   [](store::Assistant& assistant) -> Result<void> {
                                                     assistant.name = "New";
                                                     return {};
                                                   },
                                                   {}));
  EXPECT_EQ(changed.name, "New");
  EXPECT_EQ(world.stored(made.id).first_message, "Good day.");
  const auto& copy = world.platform.copies.at(made.platform_id);
  EXPECT_EQ(copy.at("name"), "New");
  EXPECT_EQ(copy.at("firstMessage"), "Good day.") << "the platform's copy is what is stored";
}

TEST(AssistantDesk, BringingItToAnotherPlatformChangesNothingElse) {
  World world;
  auto made = world.make();
  made.platform = "exchange";
  const auto before = made;
  world.platform.meanwhile = [&] {
    store::Assistant other = world.stored(made.id);
    other.name = "Changed meanwhile";
    Loop loop(world.clock, 2);
    ASSERT_TRUE(loop.block_on(world.store->write(
        [other](sql::Connection& db) { return store::Assistants(db, store::Owner::local()).update(other); })));
  };
  EXPECT_EQ(world.run(world.assistants.bring_to_platform(world.owner, before, {})).platform, "vapi");
  EXPECT_EQ(world.stored(made.id).name, "Changed meanwhile");

  world.platform.meanwhile = [&] { world.breaking.is_broken = true; };
  const auto copies = world.platform.copies.size();
  EXPECT_FALSE(world.loop.block_on(world.assistants.bring_to_platform(world.owner, before, {})));
  EXPECT_EQ(world.platform.copies.size(), copies) << "what was made there is taken back";
}

TEST(AssistantDesk, ChosenFunctionsAreKeptAndUnsetOnesAreTheAgents) {
  World world;
  EXPECT_EQ(world.make({.agent = "desk", .functions = "[]"}).functions, "[]");
  EXPECT_EQ(world.make().functions, R"(["schedule_callback","end_call"])");
}

TEST(AssistantDesk, OnlyWhoLetsApartmentsIsALeasingAssistant) {
  const auto agents = book();
  const store::Property property{.id = "p", .name = "Oak House", .address = "1 Oak Street"};
  store::Assistant bakery;
  fill_defaults(bakery, *agents.find("desk"), &property);
  EXPECT_TRUE(bakery.system_prompt.contains("bakery")) << bakery.system_prompt;
  EXPECT_TRUE(bakery.system_prompt.contains("Oak House"));
  EXPECT_FALSE(bakery.system_prompt.contains("leasing"));
  store::Assistant letting;
  fill_defaults(letting, *agents.find("letting"), &property);
  EXPECT_TRUE(letting.system_prompt.contains("leasing assistant of Oak House, 1 Oak Street"));
}

TEST(AssistantDesk, AnAgentThatIsGoneIsSaidToBe) {
  World world;
  auto made = world.make();
  made.agent = "gone";
  EXPECT_EQ(configuration_of(made, world.assistants.parts()).error().kind, ErrorKind::not_found);
  EXPECT_EQ(warnings_for(made, world.assistants.parts()).size(), 1U);
}

TEST(CluesOfACall, TheNumberOfAnAgentsFileIsThisServersLine) {
  agent::AgentDefinition desk{.name = "desk", .numbers = {"+14155550100"}};
  vapi::ServerMessage message;
  message.dialled_number = "(415) 555-0100";
  EXPECT_EQ(clues_of(message, &desk).dialled_number, "");
  message.dialled_number = "(415) 555-0109";
  EXPECT_EQ(clues_of(message, &desk).dialled_number, "+14155550109");
}

}  // namespace
}  // namespace offhook::call
