#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>

#include "call/testing/call_world.hpp"
#include "store/leads.hpp"

namespace offhook::call {
namespace {

using namespace std::chrono_literals;

struct World : testing::CallWorld {
  void say(std::string_view role, std::string_view text, bool is_final = true) {
    record(fmt::format(
        R"({{"message":{{"type":"transcript","role":"{}","transcriptType":"{}","transcript":"{}","timestamp":{},"call":{{"id":"c-1"}}}}}})",
        role, is_final ? "final" : "partial", text, 1763650000000 + ++said * 1000));
  }
  std::vector<std::string> texts() {
    std::vector<std::string> texts;
    for (const auto& entry : transcript()) texts.push_back(entry.text);
    return texts;
  }
  /// Everything that is stored, in one text.
  std::string everything() {
    std::string all;
    auto read = loop.block_on(store->read([&all](sql::Connection& db) -> Result<int> {
      const auto add = [&all](const sql::Row& row) -> Result<void> {
        all.append(row.text(0)).append("\n");
        return {};
      };
      for (const char* sql : {"SELECT payload FROM webhook_events", "SELECT COALESCE(answer, '') FROM webhook_events",
                              "SELECT said FROM transcript_entries", "SELECT arguments FROM call_tool_calls",
                              "SELECT result FROM call_tool_calls", "SELECT summary FROM calls",
                              "SELECT metadata FROM calls", "SELECT note FROM activities"}) {
        if (auto done = db.query(sql, {}, add); !done) return fail(done);
      }
      return 0;
    }));
    EXPECT_TRUE(read);
    return all;
  }
  int said = 0;
};

using Texts = std::vector<std::string>;

TEST(CallPrivacy, ANumberInOneLineIsNeverStored) {
  World world;
  world.say("user", "It is 4242 4242 4242 4242.");
  EXPECT_EQ(world.texts(), Texts{"It is [card ending 4242]."});
  EXPECT_FALSE(world.everything().contains("4242 4242"));
}

TEST(CallPrivacy, ALaterLineThatCompletesANumberTakesTheEarlierOneWithIt) {
  World world;
  world.say("user", "It is 4111 1111", false);
  world.say("user", "It is 4111 1111");
  world.say("assistant", "Go on.");
  world.say("user", "1111 11", false);
  world.say("user", "1111 1111, thanks");
  EXPECT_EQ(world.texts(), (Texts{"It is [card digits]", "Go on.", "[card digits], thanks"}));
  const auto all = world.everything();
  EXPECT_FALSE(all.contains("1111")) << all;
}

TEST(CallPrivacy, SpokenDigitsOverManyLinesToo) {
  World world;
  for (int i = 0; i < 4; ++i) {
    world.say("user", "four two four two");
    world.say("assistant", "Yes?");
  }
  const auto all = world.everything();
  EXPECT_FALSE(all.contains("four two")) << all;
}

TEST(CallPrivacy, LinesThatOvertakeEachOtherAreReadInTheOrderOfTheirTimes) {
  const auto line = [](int second, std::string_view text) {
    return fmt::format(
        R"({{"message":{{"type":"transcript","role":"user","transcript":"{}","timestamp":{},"call":{{"id":"c-1"}}}}}})",
        text, 1763650000000 + second * 1000);
  };
  World world;
  world.record(line(2, "9000 0003"));
  world.record(line(1, "4000 0000"));
  const auto all = world.everything();
  EXPECT_FALSE(all.contains("4000") || all.contains("9000")) << all;
}

TEST(CallPrivacy, AReportThatCompletesANumberCleansWhatCameBefore) {
  World world;
  world.say("user", "4111 1111", false);
  world.record(
      R"({"message":{"type":"end-of-call-report","timestamp":1763650090000,"call":{"id":"c-1"},"analysis":{"summary":"Card 4111111111111111."},
          "artifact":{"transcript":"User: 4111 1111\nAI: Yes?\nUser: 1111 1111\n","messages":[
            {"role":"user","message":"4111 1111","time":1763650001000},{"role":"bot","message":"Yes?","time":1763650002000},
            {"role":"tool_calls","toolCalls":[{"id":"t1","function":{"name":"block_card","arguments":"{\"card\":\"4111111111111111\"}"}}],"time":1763650003000},
            {"role":"tool_call_result","toolCallId":"t1","result":"Blocked 4111 1111 1111 1111.","time":1763650004000},
            {"role":"user","message":"1111 1111","time":1763650005000}]}}})");
  EXPECT_EQ(world.texts(), (Texts{"[card digits]", "Yes?", "[card ending 1111]"}));
  const auto all = world.everything();
  EXPECT_FALSE(all.contains("4111")) << all;
  EXPECT_TRUE(all.contains("Blocked [card ending 1111].")) << all;
  EXPECT_TRUE(all.contains("Card [card ending 1111].")) << all;
}

TEST(CallPrivacy, NumbersThatAreNoCardStay) {
  World world;
  world.say("user", "Order 4111 1111");
  world.say("user", "1111 1112, unit 302, call +14155550142");
  EXPECT_EQ(world.texts(), (Texts{"Order 4111 1111", "1111 1112, unit 302, call +14155550142"}));
}

}  // namespace
}  // namespace offhook::call
