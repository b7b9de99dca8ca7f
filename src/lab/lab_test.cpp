#include "lab/lab.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/expectations.hpp"

namespace offhook::lab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kYaml = R"(
name: demo
agent: leasing
direction: outbound
caller: {name: "John Doe", phone: "9876543210"}
turns:
  - say: "This is John Doe."
    expect: {reply_has: ["John"], tools: []}
  - say: "Bye."
expect: {ended_reason: customer-ended-call, lead: {phone: "9876543210", name: "John Doe"}, tours: 1}
)";

TEST(Scenario, ReadsWhatIsWritten) {
  const auto scenario = parse_scenario("demo.yaml", kYaml).value();
  EXPECT_TRUE(scenario.is_outbound);
  EXPECT_EQ(scenario.turns.size(), 2u);
  EXPECT_EQ(scenario.turns[0].expect.tools, std::vector<std::string>{});
  EXPECT_FALSE(scenario.turns[1].expect.tools);
  EXPECT_EQ(scenario.expect.tours, 1u);
}

TEST(Scenario, SaysWhatIsWrongAndWhere) {
  struct Case {
    const char* yaml;
    const char* complaint;
  };
  for (const auto& c : std::vector<Case>{
           {"agent: a\nturns: [{say: hi}]\n", "'name' is missing"},
           {"name: a\nagent: a\n", "'turns' must be a list"},
           {"name: a\nagent: a\nturns:\n  - say: hi\n    expects: {}\n", "line 5: there is no key 'expects'"},
           {"name: a\nagent: a\ndirection: sideways\nturns: [{say: hi}]\n", "line 3"},
           {"name: [", "line"},
           {"just text", "must be a mapping"}}) {
    const auto scenario = parse_scenario("x.yaml", c.yaml);
    ASSERT_FALSE(scenario) << c.yaml;
    EXPECT_THAT(scenario.error().client, HasSubstr(c.complaint));
  }
}

TEST(Scenario, TakesAnotherCallerEverywhere) {
  const auto scenario = with_caller(parse_scenario("demo.yaml", kYaml).value(), "Ann Lee", "5551234");
  EXPECT_EQ(scenario.turns[0].say, "This is Ann Lee.");
  EXPECT_EQ(scenario.turns[0].expect.reply_has.front(), "Ann");
  EXPECT_EQ(scenario.expect.lead.at("phone"), "5551234");
  EXPECT_EQ(scenario.expect.lead.at("name"), "Ann Lee");
}

TEST(Expectations, NameTheTurnAndWhatIsMissing) {
  const ScenarioTurn wanted{
      .say = "hi",
      .expect = {.reply_has = {"Hello"}, .reply_lacks = {"error"}, .tools = std::vector<std::string>{"a"}}};
  EXPECT_THAT(check_turn(1, wanted, {.text = "hello there", .tools = {"a"}}), IsEmpty());
  EXPECT_THAT(check_turn(2, wanted, {.text = "an ERROR", .tools = {"b"}}),
              ElementsAre(HasSubstr("turn 2: the answer to 'hi' should have 'Hello'"),
                          HasSubstr("should not have 'error'"), HasSubstr("should call [a] and called [b]")));
}

TEST(Reports, JUnitEscapesAndCounts) {
  const std::vector<PlayedCall> calls = {{.scenario = "fine", .agent = "a"},
                                         {.scenario = "bad", .agent = "a", .failures = {"1 < 2 & \"x\""}}};
  const auto text = to_junit(calls);
  EXPECT_THAT(text, HasSubstr("tests=\"2\" failures=\"1\""));
  EXPECT_THAT(text, HasSubstr("1 &lt; 2 &amp; &quot;x&quot;"));
}

TEST(Reports, JsonHasTheDocumentedShape) {
  const std::vector<PlayedCall> calls = {{.scenario = "s",
                                          .agent = "a",
                                          .ended_reason = "customer-ended-call",
                                          .turns = {{.is_caller = true, .text = "hi", .at_ms = 5}}}};
  EXPECT_EQ(
      to_json_text(7, calls),
      R"({"seed":7,"calls":[{"scenario":"s","agent":"a","passed":true,"failures":[],"turns":[{"role":"user","text":"hi","at_ms":5,"tools":[]}],"ended_reason":"customer-ended-call"}]})");
}

}  // namespace
}  // namespace offhook::lab
