#pragma once

#include <cctype>
#include <string_view>

#include "base/text.hpp"

namespace offhook::speech {

/// ASCII only; a byte of a longer UTF-8 character is none of these.
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// Reads forward through a text, which must outlive it; every take_… moves only when it succeeds. What it
/// gives are views into that text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  [[nodiscard]] std::size_t position() const { return at_; }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool at_word_end() const { return !is_word(peek()); }

  bool take(char c) { return peek() == c && c != '\0' && (++at_, true); }
  bool take_any_case(std::string_view word) {
    if (!iequals(text_.substr(at_, word.size()), word)) return false;
    at_ += word.size();
    return true;
  }
  template <class Predicate>
  std::string_view take_while(Predicate predicate) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && predicate(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  /// Exactly `count` digits, or nothing.
  std::string_view take_digits(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(peek(i))) return {};
    }
    at_ += count;
    return text_.substr(at_ - count, count);
  }
  void back_to(std::size_t position) { at_ = position; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace offhook::speech
