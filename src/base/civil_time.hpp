#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace offhook {

/// A wall-clock reading without a zone: what a caller means by "Saturday at two".
struct CivilTime {
  std::chrono::year_month_day date{};
  std::chrono::minutes time_of_day{0};  ///< minutes since midnight
  friend bool operator==(const CivilTime&, const CivilTime&) = default;
};

/// "YYYY-MM-DD", strictly; nullopt for anything else, impossible dates included.
[[nodiscard]] std::optional<std::chrono::year_month_day> parse_date(std::string_view text);
/// "HH:MM" on a 24-hour clock, strictly, as minutes since midnight.
[[nodiscard]] std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text);
[[nodiscard]] std::string to_text(std::chrono::year_month_day date);  ///< "YYYY-MM-DD"
[[nodiscard]] std::string to_text(std::chrono::minutes time_of_day);  ///< "HH:MM"

/// An IANA time zone such as "America/Los_Angeles" (rules: ICU's copy of the tz database).
/// Cheap to copy; const members are thread-safe.
class TimeZone {
 public:
  /// nullopt when ICU does not know the name.
  [[nodiscard]] static std::optional<TimeZone> find(std::string_view iana_name);
  [[nodiscard]] static TimeZone utc();

  [[nodiscard]] CivilTime to_civil(UtcTime time) const;
  /// A reading that does not exist (spring forward) moves forward by the gap; of two, the earlier one.
  [[nodiscard]] UtcTime to_utc(const CivilTime& civil) const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  explicit TimeZone(std::string name) : name_(std::move(name)) {}
  std::string name_;
};

}  // namespace offhook
