#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "brain/identify/confusion.hpp"
#include "brain/identify/identification.hpp"
#include "brain/identify/spoken_letters.hpp"

namespace offhook::brain::identify {
namespace {

using Outcome = Identification::Outcome;

TEST(SpokenLetters, WordsBecomeWhatTheyStandFor) {
  const struct {
    std::string_view heard, wanted;
  } cases[] = {
      {"g 2 6 5 w b", "G265WB"},
      {"bravo bravo 11 for Bravo Hotel", "BB114BH"},
      {"W 6 0 8 e", "W608E"},
      {"Lima 6 whiskey 7 hotel Alpha", "L6W7HA"},
      {"each X eat for 2 t r", "HX842TR"},
      {"double l", "LL"},
      {"N for November 4", "N4"},
      {"LU4 n 1 a b", "LU4N1AB"},
      {"double you 6", "W6"},
      {"x-ray 2", "X2"},
      {"g 5 Ruby", "G5?"},
      {"", ""},
  };
  for (const auto& [heard, wanted] : cases) EXPECT_EQ(spelled_characters(heard), wanted) << heard;
}

TEST(SpokenLetters, DatesBecomeFigures) {
  const struct {
    std::string_view heard, wanted;
  } cases[] = {
      {"19th of July 1975", "19071975"},
      {"27th of the 12th 1988", "27121988"},
      {"31 07 1940 7", "31071947"},
      {"9th of May 2000 and 4", "09052004"},
      {"1604 2003", "16042003"},
      {"16 for 2003", "1642003"},
      {"the first of June nineteen ninety", "01061990"},
      {"twenty fifth of May nineteen eighty six", "25051986"},
      {"I hate you", ""},
  };
  for (const auto& [heard, wanted] : cases) EXPECT_EQ(date_figures(heard), wanted) << heard;
}

TEST(SpokenLetters, SpellingsOfANameSoundAlike) {
  EXPECT_EQ(sounds_of("Philips"), sounds_of("Fillips"));
  EXPECT_EQ(sounds_of("Catherine"), sounds_of("Katherine"));
  EXPECT_EQ(sounds_of("Elliott"), sounds_of("Eliot"));
  EXPECT_NE(sounds_of("Baker"), sounds_of("Butler"));
}

TEST(Confusion, LettersThatSoundAlikeCostLess) {
  EXPECT_LT(hearing_cost(Alphabet::spelled, "G265WB", "G265WD"), hearing_cost(Alphabet::spelled, "G265WB", "G265WK"));
  EXPECT_LT(hearing_cost(Alphabet::spelled, "M4", "N4"), hearing_cost(Alphabet::spelled, "M4", "R4"));
  EXPECT_EQ(hearing_cost(Alphabet::spelled, "SW1A", "SW1A"), 0);
  EXPECT_GT(hearing_cost(Alphabet::figures, "19071975", "1907197"), 0);
}

// Costs of prefixes and suffixes agree with the cost of the whole, whatever is compared.
TEST(Confusion, PrefixesAndSuffixesEndInTheWhole) {
  std::mt19937 random(3);  // NOLINT(bugprone-random-generator-seed): the same in every run
  const auto letters = [&] {
    std::string text(random() % 9, 'A');
    for (char& c : text) c = static_cast<char>('A' + random() % 26);
    return text;
  };
  for (int round = 0; round < 500; ++round) {
    const std::string meant = letters();
    const std::string heard = letters();
    std::vector<float> cost(heard.size() + 1);
    const double whole = hearing_cost(Alphabet::sounds, meant, heard);
    prefix_costs(Alphabet::sounds, meant, heard, cost);
    EXPECT_NEAR(cost.back(), whole, 1e-4);
    suffix_costs(Alphabet::sounds, meant, heard, cost);
    EXPECT_NEAR(cost.front(), whole, 1e-4);
    EXPECT_GE(whole, 0);
  }
}

std::vector<Person> people() {
  std::vector<Person> all{{"G26 5WB", "Frank Williams", "1980-03-04"},
                          {"BB11 4BH", "Catherine Miller", "1915-06-16"},
                          {"BB11 4BH", "Kate Millar", "1951-06-16"},
                          {"N4U 9PL", "Joseph Robertson", "2004-05-09"},
                          {"HX84 2TR", "Dorothy Mason", "1987-09-28"}};
  // Many others, so that a chance likeness is not enough.
  for (int i = 0; i < 500; ++i) {
    all.push_back(
        {"Q" + std::to_string(i % 90) + " " + std::to_string(i % 9) + "XY",
         "Zoltan Quincy" + std::string(1 + i % 3, char('A' + i % 26)),
         "19" + std::to_string(10 + i % 80) + "-0" + std::to_string(1 + i % 9) + "-1" + std::to_string(i % 10)});
  }
  return all;
}

struct Answer {
  Item item;
  std::vector<std::string> hypotheses;
};

Identification::Decision decision_on(const Directory& directory, const std::vector<Answer>& answers) {
  Identification asked(directory);
  for (const auto& answer : answers) asked.hear(answer.item, answer.hypotheses);
  return asked.decide();
}

TEST(Identification, FindsWhoWasHeardBadly) {
  const auto all = people();
  const Directory directory(all);
  const auto frank = decision_on(directory, {{Item::postcode, {"g 2 6 5 W Ruby", "g 2 6 v w b"}},
                                             {Item::name, {"Frank Williams", "Frank Williamson"}},
                                             {Item::date_of_birth, {"4th of March 1980"}}});
  EXPECT_EQ(frank.outcome, Outcome::identified);
  EXPECT_EQ(frank.person, 0);
  const auto dorothy = decision_on(directory, {{Item::postcode, {"each X eat for 2 t r"}},
                                               {Item::name, {"dorothee Mason"}},
                                               {Item::date_of_birth, {"2809 1987"}}});
  EXPECT_EQ(dorothy.outcome, Outcome::identified);
  EXPECT_EQ(dorothy.person, 4);
}

TEST(Identification, TheRightHypothesisMayBeAnyOfTheList) {
  const auto all = people();
  const Directory directory(all);
  const auto found = decision_on(directory, {{Item::postcode, {"Bebe 11 for bah", "BB 11 4 BH"}},
                                             {Item::name, {"cat and mirror", "Katherine Miller", "Catherine Miller"}},
                                             {Item::date_of_birth, {"16th of June 8th 1915", "16th of June 1915"}}});
  EXPECT_EQ(found.outcome, Outcome::identified);
  EXPECT_EQ(found.person, 1);
}

TEST(Identification, AStrangerIsNobody) {
  const auto all = people();
  const Directory directory(all);
  Identification asked(directory);
  for (int attempt = 0; attempt < Identification::kMostAttempts; ++attempt) {
    asked.hear(Item::postcode, std::vector<std::string>{"sw1a 1aa"});
    asked.hear(Item::name, std::vector<std::string>{"Maria Gonzales"});
    asked.hear(Item::date_of_birth, std::vector<std::string>{"2nd of February 1999"});
  }
  EXPECT_EQ(asked.decide().outcome, Outcome::unknown);
}

TEST(Identification, OneItemIsNotEnough) {
  const auto all = people();
  const Directory directory(all);
  EXPECT_EQ(decision_on(directory, {{Item::name, {"Frank Williams"}}}).outcome, Outcome::ask);
  EXPECT_EQ(decision_on(directory, {}).outcome, Outcome::ask);
  EXPECT_EQ(decision_on(directory, {}).item, Item::postcode);
}

TEST(Identification, AsksAgainForWhatFitsWorst) {
  const auto all = people();
  const Directory directory(all);
  const auto again = decision_on(directory, {{Item::postcode, {"hey thank you"}},
                                             {Item::name, {"Joseph Roberts"}},
                                             {Item::date_of_birth, {"something else"}}});
  EXPECT_EQ(again.outcome, Outcome::ask);
  EXPECT_NE(again.item, Item::name);
}

TEST(Identification, AfterThreeAttemptsNothingMoreIsCounted) {
  const auto all = people();
  const Directory directory(all);
  Identification asked(directory);
  for (int attempt = 0; attempt < Identification::kMostAttempts; ++attempt) {
    for (const Item item : {Item::postcode, Item::name, Item::date_of_birth}) asked.hear(item, {});
  }
  EXPECT_EQ(asked.decide().outcome, Outcome::unknown);
  asked.hear(Item::postcode, std::vector<std::string>{"g 2 6 5 w b"});
  asked.hear(Item::name, std::vector<std::string>{"Frank Williams"});
  asked.hear(Item::date_of_birth, std::vector<std::string>{"4th of March 1980"});
  EXPECT_EQ(asked.decide().outcome, Outcome::unknown);
}

TEST(Identification, NoDirectoryNobody) {
  const Directory empty(std::vector<Person>{});
  EXPECT_EQ(decision_on(empty, {{Item::name, {"Frank"}}, {Item::postcode, {"x"}}}).outcome, Outcome::ask);
}

}  // namespace
}  // namespace offhook::brain::identify
