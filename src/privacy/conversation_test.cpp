#include "privacy/conversation.hpp"

#include <gtest/gtest.h>

namespace offhook::privacy {
namespace {

std::vector<std::string> redacted(std::vector<Utterance> said, std::size_t split_cards) {
  EXPECT_EQ(redact_conversation(said).size(), split_cards);
  std::vector<std::string> texts;
  for (auto& utterance : said) texts.push_back(std::move(utterance.text));
  return texts;
}
using Texts = std::vector<std::string>;

TEST(Conversation, ANumberSaidOverSeveralTurnsGoes) {
  EXPECT_EQ(redacted({{"user", "It's 4111 1111"}, {"assistant", "Go on."}, {"user", "1111 1111, that's it"}}, 1),
            (Texts{"It's [card digits]", "Go on.", "[card ending 1111], that's it"}));
  EXPECT_EQ(redacted({{"user", "four two four two"},
                      {"assistant", "Yes?"},
                      {"user", "4242"},
                      {"assistant", "Yes?"},
                      {"user", "four two four two"},
                      {"assistant", "Yes?"},
                      {"user", "4 2 4 2"}},
                     1),
            (Texts{"[card digits]", "Yes?", "[card digits]", "Yes?", "[card digits]", "Yes?", "[card ending 4242]"}));
}

TEST(Conversation, BothSpeakersHaveTheirOwnNumbers) {
  EXPECT_EQ(redacted({{"user", "4111 1111"}, {"assistant", "1111 1111"}}, 0), (Texts{"4111 1111", "1111 1111"}));
}

TEST(Conversation, OtherNumbersInATurnStay) {
  EXPECT_EQ(redacted({{"user", "I have 2 cards. One is 4111 1111"}, {"user", "1111 1111 and it ends 12 26"}}, 1),
            (Texts{"I have 2 cards. One is [card digits]", "[card ending 1111] and it ends 12 26"}));
  EXPECT_EQ(redacted({{"user", "+1 415 555"}, {"user", "0101"}, {"user", "4011, 2"}}, 0),
            (Texts{"+1 415 555", "0101", "4011, 2"}));
  EXPECT_EQ(redacted({{"user", "order 4111 1111"}, {"user", "1111 1112"}}, 0), (Texts{"order 4111 1111", "1111 1112"}));
}

TEST(Conversation, ChainsOfOtherNumbersAreNoCardThoughTheyPass) {
  // 3-930-123 and 3-930-19384 make 3930123393019384, which passes: an appointment, and nobody speaks of cards.
  EXPECT_EQ(redacted({{"assistant", "Tuesday, March 3 at 9:30 AM for customer 123?"},
                      {"assistant", "Tuesday, March 3rd at 9:30 am. Your code is AP-19384."}},
                     0)
                .size(),
            2U);
  EXPECT_EQ(redacted({{"user", "41 11 1"}, {"user", "1 1111 11"}, {"user", "1 111"}}, 0).size(), 3U);
}

TEST(Conversation, WhereCardsAreTheSubjectAnyCutCounts) {
  EXPECT_EQ(redacted({{"user", "my card is 41 11 1"}, {"user", "1 1111 11"}, {"user", "1 111"}}, 1),
            (Texts{"my card is [card digits]", "[card digits]", "[card ending 1111]"}));
}

TEST(Conversation, PartsThatAreFarApartAreNoNumber) {
  std::vector<Utterance> said{{"user", "4111 1111"}};
  for (int i = 0; i < 12; ++i) said.push_back({"assistant", "Hm."});
  said.push_back({"user", "1111 1111"});
  EXPECT_TRUE(redact_conversation(said).empty());
}

TEST(Conversation, ASecurityCodeAfterACardGoesToo) {
  EXPECT_EQ(
      redacted(
          {{"user", "4111111111111111"}, {"assistant", "And the security code?"}, {"user", "The security code is 123"}},
          0),
      (Texts{"[card ending 1111]", "And the security code?", "The security code is [code]"}));
}

TEST(Conversation, PartsAreFoundInCopies) {
  const std::vector<std::string> cards{"4111111111111111"};
  EXPECT_EQ(redact_card_parts("it is 4111 11", cards), "it is [card digits]");
  EXPECT_EQ(redact_card_parts("unit 302, four one one one one, 2026", cards), "unit 302, four one one one one, 2026");
  EXPECT_EQ(redact_card_parts("unit 302; it's four one one one one", cards), "unit 302; it's [card digits]");
}

TEST(Conversation, TheLastFourOfACardAreItsName) {
  const std::vector<std::string> cards{"4242424242424243", "5555555555554444"};
  EXPECT_EQ(redact_card_parts("the one ending 4243", cards), "the one ending 4243");
  EXPECT_EQ(redact_card_parts("5555 comes first; the rest is 4444", cards),
            "[card digits] comes first; the rest is 4444");
  EXPECT_EQ(redact_card_parts("5555 4444", cards), "[card digits]");
  EXPECT_EQ(redact_card_parts("it's 4242", std::vector<std::string>{"4242424242424242"}), "it's [card digits]");
}

TEST(Conversation, TranscriptsInOneTextAreReadByTheirLines) {
  std::vector<std::string> cards;
  EXPECT_EQ(redact_transcript("AI: Your number?\nUser: 4111 1111\nAI: Yes.\nUser: 1111 1111\n", cards),
            "AI: Your number?\nUser: [card digits]\nAI: Yes.\nUser: [card ending 1111]\n");
  EXPECT_EQ(cards.size(), 1U);
  EXPECT_EQ(redact_transcript("", cards), "");
  EXPECT_EQ(redact_transcript("No lines at all.", cards), "No lines at all.");
}

}  // namespace
}  // namespace offhook::privacy
