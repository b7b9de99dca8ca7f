#include "tools/spelling.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace offhook::tools {
namespace {

TEST(Spelling, EmailsAreReadAsTheyAreSaidAndSaidAsTheyAreRead) {
  const struct {
    std::string_view said, email, spoken;
  } cases[] = {{"ann dot lee at example dot com", "ann.lee@example.com", "ann dot lee at example dot com"},
               {"Ann.Lee@Example.COM", "ann.lee@example.com", "ann dot lee at example dot com"},
               {"ann.lee@example.com.", "ann.lee@example.com", "ann dot lee at example dot com"},
               {"ann underscore lee four two at my dash mail dot co dot uk", "ann_lee42@my-mail.co.uk",
                "ann underscore lee 4 2 at my dash mail dot co dot uk"},
               {"a plus b at x dot io", "a+b@x.io", "a plus b at x dot io"},
               {"j o @ example.com", "jo@example.com", "jo at example dot com"}};
  for (const auto& [said, email, spoken] : cases) {
    const auto read = read_email(said);
    ASSERT_TRUE(read) << said;
    EXPECT_EQ(*read, email);
    EXPECT_EQ(say_email(*read), spoken);
    EXPECT_EQ(read_email(say_email(*read)), email) << "what is read back is heard the same";
  }
  for (const char* wrong :
       {"", "ann", "ann at", "at example dot com", "ann@example", "ann@@example.com", ".a@b.com", "a..b@c.com",
        "a@b..com", "a@-b.com", "a@b.c", "a@b.c1", "ann lee", "<b>a@b.com", "a@b.com, c@d.com", "\xC3\xA9@b.com"}) {
    EXPECT_FALSE(read_email(wrong)) << wrong;
  }
  EXPECT_FALSE(read_email(std::string(65, 'a') + "@b.com"));
  EXPECT_FALSE(read_email("a@" + std::string(260, 'b') + ".com"));
}

TEST(Spelling, NamesGetTheirCapitals) {
  const std::pair<std::string_view, std::string_view> cases[] = {{"ann lee", "Ann Lee"},
                                                                 {"ANN LEE", "Ann Lee"},
                                                                 {" Ann   McLee ", "Ann McLee"},
                                                                 {"L-E-E", "Lee"},
                                                                 {"l e e", "Lee"},
                                                                 {"L. E. E.", "Lee"},
                                                                 {"o'neil", "O'Neil"},
                                                                 {"anne-marie", "Anne-Marie"},
                                                                 {"J. Smith", "J. Smith"},
                                                                 {"Zo\xC3\xAB", "Zo\xC3\xAB"},
                                                                 {"Ann Lee.", "Ann Lee"}};
  for (const auto& [said, name] : cases) EXPECT_EQ(read_person_name(said), name) << said;
  for (const char* wrong : {"", "a", "...", "4nn", "ann@lee", "<b>", "Ann; Lee"})
    EXPECT_FALSE(read_person_name(wrong)) << wrong;
  EXPECT_FALSE(read_person_name(std::string(81, 'a')));
}

TEST(Spelling, LettersHaveTheirWords) {
  EXPECT_EQ(spell_name("Jo Lee"), "J as in Juliet, O as in Oscar, then L as in Lima, E as in Echo, E as in Echo");
  EXPECT_EQ(spell_name("O'X-a"), "O as in Oscar, apostrophe, X as in X-ray, hyphen, A as in Alpha");
  EXPECT_EQ(spell_name("Zo\xC3\xAB"), "Z as in Zulu, O as in Oscar, \xC3\xAB");
}

TEST(Spelling, DigitsAreReadAndGrouped) {
  const struct {
    std::string_view said, digits, spoken;
  } cases[] = {{"7", "7", "7"},
               {"4242", "4242", "4 2 4 2"},
               {"oh double five", "055", "0 5 5"},
               {"one two three", "123", "1 2 3"},
               {"12-34-5", "12345", "1 2 3, 4 5"},
               {"1234567", "1234567", "1 2 3, 4 5 6 7"},
               {"(415) 555.0101", "4155550101", "4 1 5, 5 5 5, 0 1 0 1"},
               {"triple 9 zero 12", "999012", "9 9 9, 0 1 2"}};
  for (const auto& [said, digits, spoken] : cases) {
    EXPECT_EQ(read_digits(said), digits) << said;
    EXPECT_EQ(say_digits(digits), spoken);
  }
  for (const char* wrong : {"", "-", "4a", "double", "double 12", "double double 3", "twelve", "[card ending 4242]",
                            "123456789012345678901"}) {
    EXPECT_FALSE(read_digits(wrong)) << wrong;
  }
}

TEST(Spelling, NoDigitIsLostOrLeftAlone) {
  Random random(7);
  for (int i = 0; i < 500; ++i) {
    std::string digits;
    for (auto size = 1 + random.below(20); size > 0; --size) digits += static_cast<char>('0' + random.below(10));
    const auto spoken = say_digits(digits);
    EXPECT_EQ(read_digits(spoken), digits);
    const auto last = spoken.substr(spoken.rfind(',') + 1);
    if (digits.size() > 1) EXPECT_GE(read_digits(last).value().size(), 2U) << spoken;
  }
}

TEST(Spelling, PhonesAreNormalisedAndSaidForTheRegion) {
  const struct {
    std::string_view said, region, phone, spoken;
  } cases[] = {{"(415) 555-0101", "US", "+14155550101", "4 1 5, 5 5 5, 0 1 0 1"},
               {"four one five 555 oh one oh one", "US", "+14155550101", "4 1 5, 5 5 5, 0 1 0 1"},
               {"plus 1 415 555 0101", "IN", "+14155550101", "plus 1, 4 1 5, 5 5 5, 0 1 0 1"},
               {"98765 43210", "IN", "+919876543210", "9 8 7, 6 5 4, 3 2 1 0"},
               {"+353 1 234 5678", "US", "+35312345678", "plus 3 5 3, 1 2 3, 4 5 6, 7 8"}};
  for (const auto& [said, region, phone, spoken] : cases) {
    EXPECT_EQ(read_phone(said, region), phone) << said;
    EXPECT_EQ(say_phone(phone, region), spoken);
  }
  for (const char* wrong : {"", "555", "call me", "+", "1234567890123456"})
    EXPECT_FALSE(read_phone(wrong, "US")) << wrong;
}

}  // namespace
}  // namespace offhook::tools
