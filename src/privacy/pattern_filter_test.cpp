#include "privacy/pattern_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/text.hpp"
#include "json/json.hpp"
#include "privacy/national_ids.hpp"

namespace offhook::privacy {
namespace {

using ::testing::HasSubstr;

std::string hidden(std::string_view text) { return hide(text, hidden_patterns()); }

/// One real number of each kind, from the publications named in national_ids.cpp or made with their rules.
constexpr std::string_view kReal[] = {
    "123-45-6789",         "10000000146",           "12345678Z",   "12.345.678-Z",   "X1234567L",
    "255081416802538",     "2 55 08 14 168 025 38", "86095742719", "86 095 742 719", "RSSMRA85T10A562S",
    "RSS MRA 85T10 A562S", "44051401359",           "AB123456C",   "AB 12 34 56 C",  "529.982.247-25",
    "52998224725",         "93.05.18-223.61",       "811228-9874", "2341 2341 2346",
};

TEST(NationalIds, RealNumbersAreHiddenAlone) {
  for (const auto id : kReal) {
    EXPECT_EQ(hidden(id), kHidden) << id;
    EXPECT_EQ(hidden("It is " + std::string(id) + ", right?"), "It is [hidden], right?") << id;
    EXPECT_EQ(hidden("(" + std::string(id) + ")"), "([hidden])") << id;
  }
}

TEST(NationalIds, SomeCountOnlyWhenTheyAreNamed) {
  struct Case {
    const char* name;
    const char* id;
  };
  for (const auto& c : std::vector<Case>{{"Your SSN is", "123456789"},
                                         {"your Social Security number, as I see, is", "123 45 6789"},
                                         {"Uw BSN is", "111222333"},
                                         {"Aadhaar:", "234123412346"},
                                         {"The SIN is", "130 692 544"}}) {
    EXPECT_EQ(hidden(std::string(c.name) + " " + c.id + "."), std::string(c.name) + " [hidden].");
    EXPECT_EQ(hidden("The order is " + std::string(c.id) + "."), "The order is " + std::string(c.id) + ".");
    EXPECT_THAT(hidden(c.name + std::string(100, '.') + " " + c.id), HasSubstr(c.id)) << "named too far away";
  }
}

TEST(NationalIds, AWrongCheckDigitIsNone) {
  for (const std::string_view id : kReal) {
    if (id == "123-45-6789" || id.starts_with("AB")) continue;  // these have no check
    int kept = 0;
    for (std::size_t at = 0; at < id.size(); ++at) {
      if (id[at] < '0' || id[at] > '9') continue;
      std::string other(id);
      other[at] = static_cast<char>('0' + (other[at] - '0' + 1) % 10);
      kept += hidden(other) == other ? 1 : 0;
    }
    EXPECT_GE(kept, 5) << id;
  }
  for (const char* never : {"000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "BG123456A"}) {
    EXPECT_EQ(hidden(never), never);
  }
}

TEST(NationalIds, WhatPeopleSayOnThePhoneStays) {
  for (const char* text : {"Call +1 415 555 0101 or (415) 555-0101.", "You're booked for 2026-03-07 at 14:00.",
                           "Unit 302 at 2,850 dollars", "Your code is ST-17507.", "+10000000146",
                           "The order 2026030712345.", "I AM AT 12 MAIN STREET, NY 10001", "9876543210",
                           "+919876543210", "ISBN 978-3-16-148410-0", "1 2 3 4 5", "$1,234,567.89", "ABCDEF"}) {
    EXPECT_EQ(hidden(text), text);
  }
}

TEST(PatternFilter, ATextWithoutNumbersIsNeverDelayed) {
  PatternFilter filter(hidden_patterns());
  for (const std::string_view delta :
       {"Thank", " you", " very much", ". ", "Would", "you like a", " tour?", "é", "…"}) {
    EXPECT_EQ(filter.push(delta), delta);
  }
  EXPECT_EQ(filter.push("Unit 302"), "Unit ");
  EXPECT_EQ(filter.push(" is"), "302 is") << "held until it could no more become one";
}

TEST(PatternFilter, HoldsABoundedAmount) {
  std::vector<HiddenPattern> own;
  own.push_back({.name = "many", .pattern = TextPattern::parse("a(?:[ab]{2}){0,60}c").value()});
  PatternFilter filter(hidden_patterns({&own[0]}));
  std::size_t given = 0;
  std::size_t most_held = 0;
  for (int i = 0; i < 5000; ++i) {
    ++given;
    given -= filter.push(i % 7 == 0 ? "1" : "a").size();
    most_held = std::max(most_held, given);
  }
  EXPECT_LE(most_held, TextPattern::kLongestMatch + 1);
}

/// Random texts of everything that the patterns are made of, cut at random.
TEST(PatternFilter, HowTheTextIsCutChangesNothing) {
  const auto own = TextPattern::parse(R"((?i)\bACME-\d{2,6}(?:x|yé)?\b)").value();
  const HiddenPattern acme{.name = "acme", .pattern = own};
  const auto open = TextPattern::parse("q.{2,5}z").value();
  const HiddenPattern any{.name = "any", .pattern = open};
  const auto patterns = hidden_patterns({&acme, &any});
  std::vector<std::string> atoms{"1",  "12",      "-",    " ",      ".",     "é",     "acme-", "ACME-12",
                                 "x",  "yé",      "SSN ", "q",      "z",     "…",     "+",     "A",
                                 "AB", "123-45-", "6789", "RSSMRA", "85T10", "A562S", "X",     "word "};
  for (const auto id : kReal) atoms.emplace_back(id);
  Random random(11);
  std::size_t hits = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::uint64_t left = random.next() % 30; left > 0; --left) text += atoms[random.next() % atoms.size()];
    const std::string whole = hide(text, patterns);
    hits += whole == text ? 0 : 1;
    PatternFilter filter(patterns);
    std::string pieces;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t size = 1 + random.next() % 9;
      while (at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xC0U) == 0x80U) ++size;
      const auto out = filter.push(text.substr(at, size));
      EXPECT_TRUE(is_valid_utf8(out)) << text;
      pieces += out;
      at += size;
    }
    pieces += filter.finish();
    ASSERT_EQ(pieces, whole) << text;
  }
  EXPECT_GT(hits, 900U);
}

TEST(PatternFilter, JsonStaysJson) {
  const auto text =
      hide_in_json(R"({"id":10000000146,"10000000146":["mine is 123-45-6789",7,null]})", hidden_patterns());
  EXPECT_EQ(text, R"({"id":"[hidden]","[hidden]":["mine is [hidden]",7,null]})");
  EXPECT_EQ(hide_in_json(R"({ "a" : 1 })", hidden_patterns()), R"({ "a" : 1 })") << "untouched as it stood";
}

TEST(TextPattern, MatchesAsItIsWritten) {
  struct Case {
    const char* pattern;
    const char* text;
    const char* out;
  };
  for (const auto& c : std::vector<Case>{{"ab+c", "xabbbcx", "x[hidden]x"},
                                         {"a|bc|def", "abcdef", "[hidden][hidden][hidden]"},
                                         {"(?i)secret", "a SeCreT", "a [hidden]"},
                                         {R"(\bcat\b)", "cat concat cats cat", "[hidden] concat cats [hidden]"},
                                         {"[^a-c]x", "ax dx", "ax [hidden]"},
                                         {"a{2,3}", "aaaaa", "[hidden][hidden]"},
                                         {"a{2}", "aaa", "[hidden]a"},
                                         {R"(\$\d+\.\d{2})", "$12.50!", "[hidden]!"},
                                         {"(?:ab)?cd", "abcd cd", "[hidden] [hidden]"},
                                         {"[]x]y", "]y xy", "[hidden] [hidden]"},
                                         {"naïve", "so naïve", "so [hidden]"},
                                         {"x.", "xé", "xé"}}) {
    const auto pattern = TextPattern::parse(c.pattern);
    ASSERT_TRUE(pattern) << c.pattern;
    const HiddenPattern one{.name = "one", .pattern = *pattern};
    EXPECT_EQ(hide(c.text, {&one}), c.out) << c.pattern;
  }
}

TEST(TextPattern, SaysWhatIsWrong) {
  for (const char* pattern : {"",         "a*",
                              "(",        ")",
                              "(a",       "[a",
                              "a**",      "*a",
                              "a{3,2}",   "a{",
                              "\\",       "a\\bc",
                              "^a",       "(?=a)",
                              "(?P<n>a)", "\\1",
                              "\\q",      "(a{64}){64}",
                              ".{300}",   "[é]",
                              "a|",       "(?:(?:a{60}){60}){60}"}) {
    EXPECT_FALSE(TextPattern::parse(pattern)) << pattern;
  }
  EXPECT_FALSE(TextPattern::parse(std::string(40, '(') + "a" + std::string(40, ')')));
}

}  // namespace
}  // namespace offhook::privacy
