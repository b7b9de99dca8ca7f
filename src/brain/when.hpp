#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "brain/dates.hpp"

namespace offhook::brain {

/// Days and times of a text in a language with tables (brain/extract), with the choices that a desk makes: a day that
/// has two readings is the coming one (what is over, such as yesterday, is none), a month is its first day, a weekend
/// its Saturday, and an hour that could be of the morning or the afternoon is taken as office hours.
class WhenReader {
 public:
  /// `text` is what `tokens` were made of; both must outlive this. `language`: a tag such as "en" or "tr-TR".
  WhenReader(std::string_view text, const Tokens& tokens, const Moment& moment, std::string_view language);
  ~WhenReader();

  /// The day named from this token on.
  [[nodiscard]] std::optional<DateSpan> date(std::size_t at) const;
  /// The time of day named from this token on.
  [[nodiscard]] std::optional<TimeSpan> time(std::size_t at) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Office hours for a time that could be before or after noon: 1 to 7 is the afternoon, 8 to 12 the day.
[[nodiscard]] std::chrono::minutes in_office_hours(std::chrono::minutes time);

}  // namespace offhook::brain
