#include "knowledge/terms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace offhook::knowledge {
namespace {

using testing::ElementsAre;

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  for_each_word(text, [&](const Word& word) { all.emplace_back(word.text); });
  return all;
}

std::vector<std::string> stems(Language language, std::string_view text) {
  Analyser analyser(language);
  std::vector<std::string> all;
  for (const auto& term : analyser.terms(text)) {
    if (!term.is_stop) all.push_back(term.stem);
  }
  return all;
}

TEST(Words, NumbersKeepTheirPointAndLoseTheirCommas) {
  EXPECT_THAT(words("1,200.50 dollars, 3.5% of 1,2 in 2025."),
              ElementsAre("1200.50", "dollars", "3.5", "of", "1", "2", "in", "2025"));
}

TEST(Words, ApostrophesFollowTheLanguagesThatHaveThem) {
  EXPECT_THAT(words("The bank's fee, don't we'll l'eau O'Brien"),
              ElementsAre("the", "bank", "fee", "dont", "well", "l", "eau", "o", "brien"));
}

TEST(Words, TextsWithoutSpacesAreCutIntoPairs) {
  EXPECT_THAT(words("東京都 is 大"), ElementsAre("東京", "京都", "is", "大"));
}

TEST(Words, WhatIsNotUtf8IsPassedOver) { EXPECT_THAT(words("good \xFF\xC3 day"), ElementsAre("good", "day")); }

TEST(Words, OffsetsAreOfTheText) {
  std::vector<std::pair<unsigned, unsigned>> places;
  for_each_word("a Zürich b", [&](const Word& word) { places.emplace_back(word.begin, word.end); });
  EXPECT_THAT(places, ElementsAre(testing::Pair(0, 1), testing::Pair(2, 9), testing::Pair(10, 11)));
}

TEST(Fold, LosesWhatPeopleLeaveOut) {
  EXPECT_EQ(fold("zürich łódź straße øre naïve"), "zurich lodz strasse ore naive");
  EXPECT_EQ(fold("ё"), "е");
  EXPECT_EQ(fold("한국"), "한국");
}

struct StemCase {
  Language language;
  std::string_view one, other;
};

class StemTest : public testing::TestWithParam<StemCase> {};

TEST_P(StemTest, FormsOfOneWordAgree) {
  const auto& [language, one, other] = GetParam();
  EXPECT_EQ(stems(language, one), stems(language, other)) << code_of(language);
}

INSTANTIATE_TEST_SUITE_P(
    All, StemTest,
    testing::Values(StemCase{Language::en, "deposits parking", "deposit parked"},
                    StemCase{Language::de, "Häuser Kündigungen", "hausern kundigung"},
                    StemCase{Language::fr, "mensualités", "mensualité"},
                    StemCase{Language::es, "habitaciones", "habitación"},
                    StemCase{Language::it, "appartamenti", "appartamento"},
                    StemCase{Language::pt, "contratos", "contrato"}, StemCase{Language::nl, "kaarten", "kaart"},
                    StemCase{Language::ru, "договоры", "договора"}, StemCase{Language::tr, "evler", "ev"},
                    StemCase{Language::pl, "kredytów", "kredytami"}, StemCase{Language::cs, "smlouvy", "smlouva"},
                    StemCase{Language::hu, "házak", "ház"}));

TEST(Language, IsToldByScriptAndByCommonWords) {
  EXPECT_EQ(detect_language("Wie hoch ist die Kaution für eine Wohnung?"), Language::de);
  EXPECT_EQ(detect_language("What is the deposit for an apartment?"), Language::en);
  EXPECT_EQ(detect_language("Quel est le montant du dépôt pour un appartement ?"), Language::fr);
  EXPECT_EQ(detect_language("Какой залог за квартиру?"), Language::ru);
  EXPECT_EQ(detect_language("保証金はいくらですか"), Language::ja);
  EXPECT_EQ(detect_language("押金是多少"), Language::zh);
  EXPECT_EQ(detect_language("보증금은 얼마입니까"), Language::ko);
  EXPECT_EQ(detect_language(""), Language::en);
}

}  // namespace
}  // namespace offhook::knowledge
