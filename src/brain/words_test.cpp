#include "brain/words.hpp"

#include <gtest/gtest.h>

#include "brain/answers.hpp"
#include "brain/numbers.hpp"

namespace offhook::brain {
namespace {

TEST(Words, ContractionsAreTakenApart) {
  EXPECT_EQ(normalize("I'm sure it's fine, don't worry."), "i am sure it is fine do not worry");
  EXPECT_EQ(normalize("I\u2019d like that"), "i would like that");
  EXPECT_EQ(normalize("at 2 p.m. please"), "at 2 pm please");
}

TEST(Words, NumbersKeepTheirInnerMarks) {
  const auto tokens = tokenize("$2,500 at 14:30 on 3/14, the 5th");
  std::vector<std::string> texts;
  for (const auto& token : tokens) texts.push_back(token.text);
  EXPECT_EQ(texts, (std::vector<std::string>{"$", "2,500", "at", "14:30", "on", "3/14", ",", "the", "5th"}));
}

TEST(Words, TokensSayWhereTheyStood) {
  const std::string_view text = "my name is John";
  const auto tokens = tokenize(text);
  EXPECT_EQ(text.substr(tokens.back().begin, tokens.back().end - tokens.back().begin), "John");
  EXPECT_TRUE(tokens.back().is_capital);
}

TEST(Words, EndingsGoButTheWordStays) {
  for (const auto& [word, root] : std::vector<std::pair<std::string, std::string>>{{"looking", "look"},
                                                                                   {"looks", "look"},
                                                                                   {"cities", "city"},
                                                                                   {"stopped", "stop"},
                                                                                   {"bus", "bus"},
                                                                                   {"glass", "glass"}}) {
    EXPECT_EQ(stem(word), root) << word;
  }
}

TEST(Words, PhrasesMatchWholeWordsOnly) {
  EXPECT_TRUE(contains_words("a dog and a cat", "cat"));
  EXPECT_FALSE(contains_words("a category", "cat"));
  EXPECT_FALSE(contains_words("anything", ""));
}

TEST(Numbers, CardinalsAreReadFromWordsAndFigures) {
  for (const auto& [text, value] : std::vector<std::pair<std::string, double>>{{"2,500", 2500},
                                                                               {"2.5k", 2500},
                                                                               {"two thousand five hundred", 2500},
                                                                               {"twenty five hundred", 2500},
                                                                               {"two thousand", 2000},
                                                                               {"a hundred and fifty", 150},
                                                                               {"fifty lakhs", 5e6},
                                                                               {"1.2 crore", 1.2e7},
                                                                               {"two and a half thousand", 2500},
                                                                               {"seventeen", 17},
                                                                               {"two thirty", 2}}) {
    const auto number = read_number(tokenize(text), 0);
    ASSERT_TRUE(number.has_value()) << text;
    EXPECT_DOUBLE_EQ(number->value, value) << text;
  }
}

TEST(Numbers, YearsAreReadAsTheyAreSaid) {
  for (const auto& [text, value] : std::vector<std::pair<std::string, double>>{{"1985", 1985},
                                                                               {"nineteen eighty five", 1985},
                                                                               {"two thousand six", 2006},
                                                                               {"twenty twenty six", 2026},
                                                                               {"nineteen oh four", 1904}}) {
    const auto year = read_year(tokenize(text), 0);
    ASSERT_TRUE(year.has_value()) << text;
    EXPECT_DOUBLE_EQ(year->value, value) << text;
  }
  EXPECT_FALSE(read_year(tokenize("850"), 0).has_value());
}

TEST(Numbers, DigitsAreCollectedHoweverTheyAreSaid) {
  for (const auto& [text, digits] :
       std::vector<std::pair<std::string, std::string>>{{"four two four two", "4242"},
                                                        {"555-123-4567", "5551234567"},
                                                        {"(415) 555 0101", "4155550101"},
                                                        {"nine double four", "944"},
                                                        {"plus one four one five", "1415"}}) {
    const auto run = read_digits(tokenize(text), 0);
    ASSERT_TRUE(run.has_value()) << text;
    EXPECT_EQ(run->digits, digits) << text;
  }
}

TEST(Answers, YesAndNoAreHeardInManyShapes) {
  for (const std::string_view yes : {"yes", "Yeah, sure.", "yep that's right", "please do", "go ahead",
                                     "that works for me", "sounds good", "of course", "absolutely", "why not", "I do",
                                     "okay then", "Yes, speaking.", "perfect, book it", "I don't mind", "correct"}) {
    EXPECT_EQ(read_polarity(tokenize(yes)), Polarity::yes) << yes;
  }
  for (const std::string_view no :
       {"no", "Nope.", "no thanks", "not really", "I don't think so", "that's wrong", "not right now",
        "no, that's not correct", "I'd rather not", "that's all", "nothing else, thanks", "I'm good"}) {
    EXPECT_EQ(read_polarity(tokenize(no)), Polarity::no) << no;
  }
  for (const std::string_view neither : {"do you allow pets", "Saturday at two", "I'd like to move in on April first",
                                         "is the building on the right side"}) {
    EXPECT_EQ(read_polarity(tokenize(neither)), Polarity::none) << neither;
  }
}

TEST(Answers, ChoicesAreRead) {
  EXPECT_EQ(read_choice(tokenize("the first one please")), 0);
  EXPECT_EQ(read_choice(tokenize("second")), 1);
  EXPECT_EQ(read_choice(tokenize("the later one")), -1);
  EXPECT_EQ(read_choice(tokenize("either is fine")), 0);
  EXPECT_EQ(read_choice(tokenize("hmm")), std::nullopt);
}

TEST(Answers, RefusalAndIndifferenceAreTold) {
  EXPECT_TRUE(is_refusal(tokenize("I'd rather not say")));
  EXPECT_TRUE(is_refusal(tokenize("why do you need that?")));
  EXPECT_FALSE(is_refusal(tokenize("April 12")));
  EXPECT_TRUE(is_indifferent(tokenize("it doesn't matter")));
  EXPECT_FALSE(is_indifferent(tokenize("two bedrooms")));
}

}  // namespace
}  // namespace offhook::brain
