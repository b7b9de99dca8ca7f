#include "call/endpointing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace offhook::call {
namespace {

using namespace std::chrono_literals;

TEST(Endpointing, WaitsAsLongAsTheWordsAskFor) {
  struct Case {
    const char* said;
    Duration at_least;
    Duration at_most;
  };
  const Case cases[] = {
      {"Do you have a two bedroom apartment?", 0ms, 300ms},
      {"I would like to book a tour.", 0ms, 300ms},
      {"Stop!", 0ms, 300ms},
      {"yes", 0ms, 400ms},
      {"no thanks", 0ms, 400ms},
      {"I want to come on Saturday", 400ms, 800ms},
      {"My name is", 1500ms, 2s},
      {"I'm looking for a", 1500ms, 2s},
      {"Well, um", 1500ms, 2s},
      {"I wanted to ask...", 1500ms, 2s},
      {"Tuesday or", 1500ms, 2s},
      {"Yes, and", 1500ms, 2s},
      {"four one five", 1000ms, 1400ms},
      {"It's 415 555.", 1000ms, 1400ms},
      {"My number is four one five, five five five.", 1000ms, 1400ms},
      {"J O H N", 1000ms, 1400ms},
      {"9876", 1000ms, 1400ms},
      {"one", 1000ms, 1400ms},
      {"At 2.", 0ms, 300ms},
      {"Is it 415 555 0100?", 0ms, 300ms},
      {"", 400ms, 800ms},
      {"  ", 400ms, 800ms},
      {"...", 400ms, 800ms},
  };
  for (const auto& c : cases) {
    const auto wait = silence_before_answer(c.said);
    EXPECT_GE(wait, c.at_least) << c.said;
    EXPECT_LE(wait, c.at_most) << c.said;
  }
}

TEST(Endpointing, StaysWithinItsBoundsForAnyBytes) {
  std::string said;
  for (int i = 0; i < 4096; ++i) {
    said.push_back(static_cast<char>((i * 37) & 0xff));
    const auto wait = silence_before_answer(said);
    EXPECT_GE(wait, 200ms);
    EXPECT_LE(wait, 2s);
  }
}

}  // namespace
}  // namespace offhook::call
