#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "brain/schema/values.hpp"

namespace offhook::brain::schema {

/// Some tokens of a sentence that could be a name or a place.
struct Span {
  std::size_t first = 0;
  std::size_t last = 0;  ///< one past the last token
};

/// The words as they were said.
[[nodiscard]] std::string text_of(const Sentence& sentence, Span span);

/// The words after one of these cues up to the next word that belongs to no name ("near San Jose, please").
[[nodiscard]] std::vector<Span> spans_after(const Sentence& sentence, std::initializer_list<std::string_view> cues);

/// Runs of capitalised words and figures ("1512 Barber Shop", "House of Hair"); dates, times and amounts are none.
[[nodiscard]] std::vector<Span> capital_runs(const Sentence& sentence);

/// What is left of an answer without the words around it ("I'd like to look in San Leandro" gives "San Leandro").
/// `used`: words that are something else.
[[nodiscard]] std::optional<Span> bare_answer(const Sentence& sentence, const std::vector<Span>& used);

/// Does a date, a time, a number of money or of a phone stand at this token?
[[nodiscard]] bool is_in_fact(const Sentence& sentence, std::size_t at);

}  // namespace offhook::brain::schema
