#include "privacy/json_text.hpp"

#include <gtest/gtest.h>

namespace offhook::privacy {
namespace {

std::string redacted(std::string_view text, std::size_t split_cards = 0) {
  auto value = parse_json(text).value();
  EXPECT_EQ(redact_cards(value).size(), split_cards) << text;
  return json::serialize(value);
}

TEST(JsonText, CardsGoAtAnyDepth) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"a":[{"b":"4242 4242 4242 4242"}]})", R"({"a":[{"b":"[card ending 4242]"}]})"},
      {R"({"card":4242424242424242})", R"({"card":"[card ending 4242]"})"},
      {R"({"arguments":"{\"card\":\"4242424242424242\",\"n\":1}"})",
       R"({"arguments":"{\"card\":\"[card ending 4242]\",\"n\":1}"})"},
      {R"({"arguments":"{\"card\":4242424242424242}"})", R"({"arguments":"{\"card\":\"[card ending 4242]\"}"})"},
      {R"({"cardId":"4242424242424242"})", R"({"cardId":"[card ending 4242]"})"},
      {R"("four two four two four two four two four two four two four two four two")", R"("[card ending 4242]")"}};
  for (const auto& [before, after] : cases) EXPECT_EQ(redacted(before), after);
}

TEST(JsonText, ConversationsAreReadAsSuch) {
  EXPECT_EQ(
      redacted(R"({"messages":[{"role":"user","message":"4111 1111","time":1},{"role":"bot","message":"Yes?"},
                         {"role":"user","message":"1111 1111"}],"transcript":"User: 4111 1111\nUser: 1111 1111\n","partial":"4111 11"})",
               1),
      R"({"messages":[{"role":"user","message":"[card digits]","time":1},{"role":"bot","message":"Yes?"},)"
      R"({"role":"user","message":"[card ending 1111]"}],"transcript":"User: [card digits]\nUser: [card ending 1111]\n",)"
      R"("partial":"[card digits]"})");
}

TEST(JsonText, TheRestStaysByteForByte) {
  for (const char* text :
       {R"({"id":"call_4242424242424242","callId":"a4242424242424242"})",
        R"({"time":1763650000000,"n":-4242424242424242})", R"({"id":"41111111-1111-1111-8111-111111111111"})",
        R"({"number":"+14155550101","at":"2025-11-20T14:46:44.000Z"})", R"({"arguments":"{ \"party\" : 2 }"})",
        R"([true,null,"x"])"}) {
    EXPECT_EQ(redacted(text), text);
  }
}

TEST(JsonText, PartsWithinATextThatIsJsonLeaveItJson) {
  const std::vector<std::string> cards{"4000123456789017"};
  json::value value = json::parse(
      R"({"arguments":"{\"last_four\":\"9017\",\"first\":40001234,\"n\":9017,\"rest\":\"5678 9017\"}","cost":40001234})");
  EXPECT_TRUE(redact_card_parts(value, cards));
  EXPECT_EQ(json::serialize(value), R"({"arguments":"{\"last_four\":\"9017\",\"first\":\"[card digits]\",\"n\":9017,)"
                                    R"(\"rest\":\"[card digits]\"}","cost":40001234})");
}

TEST(JsonText, ToolArgumentsAsText) {
  EXPECT_EQ(redact_json_text(R"({"last_four":"4242424242424242"})"), R"({"last_four":"[card ending 4242]"})");
  EXPECT_EQ(redact_json_text("I blocked 4242424242424242"), "I blocked [card ending 4242]");
  EXPECT_EQ(redact_json_text("{ \"a\" : 1 }"), "{ \"a\" : 1 }");
}

}  // namespace
}  // namespace offhook::privacy
