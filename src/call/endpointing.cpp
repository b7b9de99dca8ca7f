#include "call/endpointing.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace offhook::call {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;

constexpr Duration kFinished = 250ms;     // a question or a whole sentence
constexpr Duration kShortReply = 300ms;   // "yes", "no thanks": nothing more is coming
constexpr Duration kUnsure = 600ms;       // words without an end mark
constexpr Duration kDictating = 1200ms;   // digits and letters come in groups with pauses between
constexpr Duration kUnfinished = 1600ms;  // the last word wants another one

constexpr std::array kWantMore = {
    "and"sv,  "or"sv,   "but"sv,   "so"sv,  "because"sv, "um"sv,   "uh"sv,  "er"sv,   "erm"sv,  "hmm"sv,   "like"sv,
    "well"sv, "the"sv,  "a"sv,     "an"sv,  "my"sv,      "your"sv, "his"sv, "her"sv,  "our"sv,  "their"sv, "is"sv,
    "are"sv,  "was"sv,  "to"sv,    "for"sv, "from"sv,    "of"sv,   "in"sv,  "at"sv,   "on"sv,   "with"sv,  "about"sv,
    "if"sv,   "that"sv, "which"sv, "i"sv,   "i'm"sv,     "it's"sv, "we"sv,  "then"sv, "than"sv, "by"sv};
constexpr std::array kReplies = {"yes"sv,   "yeah"sv, "yep"sv,     "no"sv,      "nope"sv,   "ok"sv,
                                 "okay"sv,  "sure"sv, "right"sv,   "correct"sv, "thanks"sv, "exactly"sv,
                                 "hello"sv, "hi"sv,   "goodbye"sv, "bye"sv,     "please"sv};
constexpr std::array kDigitWords = {"zero"sv,   "oh"sv,     "one"sv,   "two"sv,   "three"sv,     "four"sv,
                                    "five"sv,   "six"sv,    "seven"sv, "eight"sv, "nine"sv,      "ten"sv,
                                    "double"sv, "triple"sv, "dash"sv,  "dot"sv,   "underscore"sv};

template <std::size_t count>
bool is_one_of(const std::array<std::string_view, count>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// The words in lower case, without the marks around them.
std::vector<std::string> words_of(std::string_view said) {
  std::vector<std::string> words;
  for (const auto part : split(said, ' ')) {
    std::string word = to_lower(part);
    std::erase_if(word, [](char c) { return std::strchr(".,!?;:\"()\t\r\n", c) != nullptr; });
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

bool is_dictated(std::string_view word) {
  const bool has_digit = std::ranges::any_of(word, [](unsigned char c) { return std::isdigit(c) != 0; });
  return has_digit || (word.size() == 1 && word != "a" && word != "i") || is_one_of(kDigitWords, word);
}

}  // namespace

Duration silence_before_answer(std::string_view said) {
  const std::string_view text = trim(said);
  const auto words = words_of(text);
  if (words.empty()) return kUnsure;
  const std::string& last = words.back();
  if (text.ends_with("...") || text.ends_with("…") || text.ends_with(',') || text.ends_with('-')) return kUnfinished;
  if (text.ends_with('?')) return kFinished;
  if (is_one_of(kWantMore, last)) return kUnfinished;
  // Recognisers put a full stop behind every group of digits, so it says nothing there.
  const std::size_t dictated = static_cast<std::size_t>(std::ranges::count_if(words, is_dictated));
  if (is_dictated(last) && (dictated >= 3 || last.size() >= 3 || dictated == words.size())) return kDictating;
  if (text.ends_with('.') || text.ends_with('!')) return kFinished;
  if (words.size() <= 3 && is_one_of(kReplies, words.front())) return kShortReply;
  return kUnsure;
}

}  // namespace offhook::call
