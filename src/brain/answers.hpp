#pragma once

#include <optional>

#include "brain/words.hpp"

namespace offhook::brain {

/// How somebody answered a question that can be answered with yes or no.
enum class Polarity { none, yes, no };

/// "sure, go ahead" is yes, "no thanks" and "not really" are no, "why not" is yes. Words that also mean
/// other things ("right", "fine") count only where an answer begins.
[[nodiscard]] Polarity read_polarity(const Tokens& tokens);

/// How many tokens from `at` on are one of the phrases that say yes or no ("sure", "go ahead"); 0: none.
[[nodiscard]] std::size_t count_answer_words(const Tokens& tokens, std::size_t at);

/// "I don't know", "any", "whatever", "doesn't matter": the caller leaves it open.
[[nodiscard]] bool is_indifferent(const Tokens& tokens);

/// "I'd rather not say", "that's private", "why do you need that".
[[nodiscard]] bool is_refusal(const Tokens& tokens);

/// Are there swearwords in it? What was said with them counts all the same.
[[nodiscard]] bool is_rude(const Tokens& tokens);
[[nodiscard]] bool is_swearword(std::string_view word);

/// Which of several things was picked: "the first one" 0, "second" 1, "the later one" and "last" -1 (the
/// last), "either is fine" 0; nullopt when nothing was picked.
[[nodiscard]] std::optional<int> read_choice(const Tokens& tokens);

}  // namespace offhook::brain
