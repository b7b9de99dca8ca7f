#include <gtest/gtest.h>

#include "tools/testing/tool_world.hpp"

namespace offhook::tools {
namespace {

using testing::ToolWorld;

TEST(Collect, ChecksAndReadsBack) {
  ToolWorld world;
  const struct {
    const char *arguments, *value, *speakable;
  } cases[] = {{R"({"kind":"name","value":"ann lee"})", "Ann Lee", "I have Ann Lee."},
               {R"({"kind":"name","value":"L-E-E","spell":"yes"})", "Lee",
                "I have Lee, L as in Lima, E as in Echo, E as in Echo."},
               {R"({"kind":"email","value":"ann dot lee at example dot com"})", "ann.lee@example.com",
                "I have ann dot lee at example dot com."},
               {R"({"kind":"number","value":1234567})", "1234567", "I have 1 2 3, 4 5 6 7."},
               {R"({"kind":"phone","value":"415 555 0101"})", "+14155550101", "I have 4 1 5, 5 5 5, 0 1 0 1."},
               {R"({"kind":"date","value":"2026-03-05"})", "2026-03-05", "I have Thursday, March 5th, 2026."}};
  for (const auto& [arguments, value, speakable] : cases) {
    const auto result = world.call("collect", arguments);
    ASSERT_TRUE(result.ok) << arguments << result.speakable;
    EXPECT_EQ(result.data.at("value"), value);
    EXPECT_EQ(result.speakable, speakable);
  }
}

TEST(Collect, RefusesWhatItCannotRead) {
  ToolWorld world;
  const struct {
    const char *arguments, *field;
  } cases[] = {{R"({"kind":"name","value":"R2D2"})", "name"},
               {R"({"kind":"email","value":"ann at home"})", "email"},
               {R"({"kind":"number","value":"a few"})", "number"},
               {R"({"kind":"number","value":"4242 4242 4242 4242"})", "number"},
               {R"({"kind":"phone","value":"12"})", "phone"},
               {R"({"kind":"date","value":"2026-02-30"})", "date"},
               {R"({"kind":"shoe size","value":"42"})", "kind"}};
  for (const auto& [arguments, field] : cases) {
    const auto result = world.call("collect", arguments);
    EXPECT_FALSE(result.ok) << arguments;
    EXPECT_EQ(result.data.at("error"), "invalid_argument") << arguments;
    EXPECT_EQ(result.data.at("field"), field);
    EXPECT_FALSE(result.data.at("expected").as_string().empty());
  }
  EXPECT_EQ(world.call("collect", R"({"kind":"name"})").data.at("error"), "missing_argument");
}

TEST(SendDtmf, TakesKeysAndNothingElse) {
  ToolWorld world;
  for (const auto& [digits, keys] : std::initializer_list<std::pair<std::string, std::string>>{
           {"1", "1"}, {"1w2#", "1w2#"}, {"* 0 - 9", "*09"}, {std::string(32, '5'), std::string(32, '5')}}) {
    const auto result = world.call("send_dtmf", json::serialize(json::object{{"digits", digits}}));
    EXPECT_EQ(result.data, (json::object{{"dtmf", keys}})) << digits;
  }
  EXPECT_EQ(world.call("send_dtmf", R"({"digits":7})").data.at("dtmf"), "7") << "models write numbers";
  const std::vector<std::string> wrongs = {"A", "w", "www", "1,2", "+1", "--", "1W", std::string(33, '5')};
  for (const auto& wrong : wrongs) {
    EXPECT_EQ(world.call("send_dtmf", json::serialize(json::object{{"digits", wrong}})).data.at("field"), "digits")
        << wrong;
  }
}

TEST(UnblockCard, IsRefusedWhoeverAsks) {
  ToolWorld world;
  const auto stranger = world.call("unblock_card", "{}");
  world.context.caller_phone = "+1234567890";
  const auto customer = world.call("unblock_card", R"({"last_four":"4242","date_of_birth":"1985-04-12"})");
  EXPECT_FALSE(stranger.ok);
  EXPECT_EQ(stranger.data, customer.data) << "nothing is learnt from the answer";
  EXPECT_EQ(stranger.speakable, customer.speakable);
  EXPECT_EQ(stranger.data.at("error"), "not_allowed_by_voice");
  EXPECT_NE(stranger.speakable.find("person"), std::string::npos);
}

}  // namespace
}  // namespace offhook::tools
