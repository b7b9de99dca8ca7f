#pragma once

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "brain/dates.hpp"

namespace offhook::agent {

/// Where and when somebody speaks.
struct SpokenContext {
  brain::Moment moment;
  std::string region = "US";    ///< of telephone numbers
  std::string language = "en";  ///< in which dates and times are said, as a tag
};

/// What somebody's words say in the forms that tools' arguments have. It reads generously: a fact is here when the
/// words may mean it. Dates and times are read in the context's language where it has tables (brain/extract), numbers
/// in words in English, digits said one by one in the languages of privacy::CardFilter, everything written in figures
/// in all. Pure.
class SpokenFacts {
 public:
  explicit SpokenFacts(SpokenContext context) : context_(std::move(context)) {}

  void add(std::string_view utterance);

  /// "2026-03-07": the day as it was named, also by its month alone, its weekday a week off, or "as soon as possible".
  [[nodiscard]] bool has_date(std::chrono::year_month_day date) const;
  /// The time as it was named, morning or evening left open; also by the part of the day.
  [[nodiscard]] bool has_time(std::chrono::minutes time) const;
  /// Was "in an hour" or "in twenty minutes" said?
  [[nodiscard]] bool has_wait() const;
  [[nodiscard]] bool has_number(double value) const;
  /// Digits in this order, however they were grouped; of a telephone number the country's code may be missing.
  [[nodiscard]] bool has_digits(std::string_view digits) const;
  /// Every word of it, a letter off in longer ones, or letter by letter.
  [[nodiscard]] bool has_words(std::string_view text) const;
  /// "ann dot lee at example dot com".
  [[nodiscard]] bool has_email(std::string_view email) const;
  /// One of these words, whatever its ending; all in lower case.
  [[nodiscard]] bool has_stem(const std::set<std::string>& stems) const;

 private:
  struct Utterance {
    std::set<std::string> words;
    std::string compact;  ///< letters and figures only
    std::string digits;
    std::set<int> numbers;
  };

  SpokenContext context_;
  std::vector<Utterance> utterances_;
  std::string all_digits_;
  std::set<std::string> stems_;
  std::set<double> numbers_;
  std::vector<std::chrono::sys_days> dates_;
  std::vector<std::chrono::minutes> times_;
};

/// The words of a text in lower case and without accents; what is neither letter nor figure parts them.
[[nodiscard]] std::vector<std::string> folded_words(std::string_view text);

}  // namespace offhook::agent
