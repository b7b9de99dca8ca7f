#include "brain/mentions.hpp"

#include <gtest/gtest.h>

namespace offhook::brain {
namespace {

using namespace std::chrono_literals;

std::string first_of(MentionKind kind, std::string_view text, bool only_clear = true, std::string region = "US") {
  const auto tokens = tokenize(text);
  const ReadingContext context{.moment = {.today = 2026y / 3 / 2}, .region = std::move(region)};
  for (const auto& mention : find_mentions(text, tokens, context)) {
    if (mention.kind == kind && !(only_clear && mention.is_weak)) return mention.value;
  }
  return "none";
}

struct Case {
  std::string_view text;
  std::string_view value;
};

TEST(Mentions, MoneyIsReadInManyShapes) {
  for (const auto& [text, value] : std::initializer_list<Case>{
           {"$2,500", "2500"},
           {"2500 a month", "2500"},
           {"two thousand five hundred", "2500"},
           {"twenty five hundred dollars", "2500"},
           {"about 2.5k", "2500"},
           {"up to 3 grand", "3000"},
           {"between 2000 and 2500 dollars", "2500"},
           {"$1,800 to $2,200", "2200"},
           {"50 lakhs", "5000000"},
           {"1.2 crore", "12000000"},
           {"eighty lakh rupees", "8000000"},
           {"1500 per month", "1500"},
           {"two bedrooms", "none"},
           {"I make 90k a year, so maybe 3200 a month", "3200"},
       }) {
    EXPECT_EQ(first_of(MentionKind::money, text), value) << text;
  }
  EXPECT_EQ(first_of(MentionKind::money, "2500", false), "2500");
  EXPECT_EQ(first_of(MentionKind::money, "2500"), "none") << "a bare figure is a price only when one was asked for";
}

TEST(Mentions, BedroomsAreReadInManyShapes) {
  for (const auto& [text, value] : std::initializer_list<Case>{{"a two bedroom apartment", "2"},
                                                               {"two-bedroom", "2"},
                                                               {"2BR", "2"},
                                                               {"3 bhk", "3"},
                                                               {"a studio", "0"},
                                                               {"one bed", "1"},
                                                               {"two or three bedrooms", "2"},
                                                               {"two dogs", "none"}}) {
    EXPECT_EQ(first_of(MentionKind::bedrooms, text), value) << text;
  }
}

TEST(Mentions, NamesNeedALeadOrACapital) {
  for (const auto& [text, value] :
       std::initializer_list<Case>{{"My name is John Doe", "John Doe"},
                                   {"my name is john doe", "John Doe"},
                                   {"I'm John Doe", "John Doe"},
                                   {"Hi, this is Mary Ann Smith, I need a place", "Mary Ann Smith"},
                                   {"call me Bob", "Bob"},
                                   {"i'm jane roe", "Jane Roe"},
                                   {"I'm looking for a flat", "none"},
                                   {"this is great", "none"},
                                   {"I am moving in April", "none"},
                                   {"I'm Interested", "none"}}) {
    EXPECT_EQ(first_of(MentionKind::name, text), value) << text;
  }
}

TEST(Mentions, ABareNameIsTakenWhenItWasAskedFor) {
  for (const auto& [text, value] : std::initializer_list<Case>{{"John Doe", "John Doe"},
                                                               {"it's john doe", "John Doe"},
                                                               {"Sure, it's Ann Lee.", "Ann Lee"},
                                                               {"MARIA LOPEZ", "Maria Lopez"},
                                                               {"O'Brien", "O'Brien"},
                                                               {"It's Ann Lee. My number is 415 555 0177.", "Ann Lee"},
                                                               {"Sure, go ahead.", ""},
                                                               {"sounds good to me", ""},
                                                               {"yes please", ""},
                                                               {"what?", ""},
                                                               {"parking costs too much these days anyway", ""}}) {
    EXPECT_EQ(bare_name(tokenize(text), text), value) << text;
  }
}

TEST(Mentions, PhonesAreNormalised) {
  for (const auto& [text, value] : std::initializer_list<Case>{
           {"my number is 415-555-0101", "+14155550101"},
           {"(415) 555 0101", "+14155550101"},
           {"+1 415 555 0101", "+14155550101"},
           {"four one five five five five oh one oh one", "+14155550101"},
           {"four one five, five five five, zero one zero one", "+14155550101"},
           {"415 triple five 0101", "+14155550101"},
           {"call 911", "none"},
       }) {
    EXPECT_EQ(first_of(MentionKind::phone, text), value) << text;
  }
  EXPECT_EQ(first_of(MentionKind::phone, "9876543210", true, "IN"), "+919876543210");
}

TEST(Mentions, EmailsAreReadWrittenAndSpoken) {
  for (const auto& [text, value] :
       std::initializer_list<Case>{{"ann@example.test", "ann@example.test"},
                                   {"it's ann.lee@mail.example.com.", "ann.lee@mail.example.com"},
                                   {"ann dot lee at example dot com", "ann.lee@example.com"},
                                   {"ann_lee+flat@my-mail.test", "ann_lee+flat@my-mail.test"},
                                   {"ann_lee at example dot com", "ann_lee@example.com"},
                                   {"ann dash lee at my hyphen mail dot com", "ann-lee@my-mail.com"},
                                   {"tomorrow at 5.", "none"},
                                   {"look at this", "none"}}) {
    EXPECT_EQ(first_of(MentionKind::email, text), value) << text;
  }
}

TEST(Mentions, CardDigitsAreClearOnlyWhenTheyAreNamedSo) {
  EXPECT_EQ(first_of(MentionKind::card_digits, "the card ending in 4242"), "4242");
  EXPECT_EQ(first_of(MentionKind::card_digits, "it ends with four two four two"), "4242");
  EXPECT_EQ(first_of(MentionKind::card_digits, "4242"), "none");
  EXPECT_EQ(first_of(MentionKind::card_digits, "4242", false), "4242");
}

TEST(Mentions, CodesAreFiguresWithLetters) {
  for (const auto& [text, value] : std::initializer_list<Case>{{"123", "123"},
                                                               {"one two three", "123"},
                                                               {"one twenty three", "123"},
                                                               {"forty-two eighteen", "4218"},
                                                               {"ST-48213", "ST-48213"},
                                                               {"it is A P 1 0 0 1", "AP1001"},
                                                               {"C-1001", "C-1001"}}) {
    EXPECT_EQ(first_of(MentionKind::code, text, false), value) << text;
  }
}

}  // namespace
}  // namespace offhook::brain
