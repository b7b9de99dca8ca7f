#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.hpp"
#include "tools/tool.hpp"

namespace offhook::tools {

/// Visits and appointments start every half hour and take that long.
inline constexpr std::chrono::minutes kSlotLength{30};

/// When an office is open, by weekday, local time.
struct OfficeHours {
  struct Span {
    std::chrono::minutes opens, closes;
  };
  std::array<std::optional<Span>, 7> days;  ///< Sunday first; nullopt: closed

  /// {"mon":["09:00","18:00"],…,"sun":null}. A text that names no day at all means the default.
  [[nodiscard]] static OfficeHours parse(std::string_view json_text);
  /// Monday to Friday, 9 to 17: offices whose hours nobody entered.
  [[nodiscard]] static OfficeHours standard();

  /// Does a slot that starts then lie within the hours?
  [[nodiscard]] bool contain(const CivilTime& start) const;
};

/// A calendar to find free slots in. A value.
struct Calendar {
  OfficeHours hours;
  TimeZone zone = TimeZone::utc();
  UtcTime now{};
  std::vector<UtcTime> taken;  ///< in any order; should reach kSearchSpan around what is wanted
};

/// How far from the wanted day alternatives are looked for.
inline constexpr std::chrono::days kSearchSpan{7};

/// Free slots in the future closest to `wanted`, at most `count`, in order of time. When there is one on each
/// side of `wanted`, both sides are offered.
[[nodiscard]] std::vector<UtcTime> nearest_free(const Calendar& calendar, UtcTime wanted, std::size_t count = 3);

/// What is wrong with starting then: "in_the_past", "outside_office_hours", "no_such_slot" (not on the
/// half hour, or in the hour that the clocks skip), "slot_taken"; empty when nothing is.
[[nodiscard]] std::string_view find_slot_problem(const Calendar& calendar, const CivilTime& wanted);

/// The refusal for such a problem: says it, offers the nearest free times, and lists them for the model
/// as {"alternatives":[{"date","time","starts_at"}]}.
[[nodiscard]] ToolResult slot_refusal(const Calendar& calendar, const CivilTime& wanted, std::string_view problem);

/// A date and a time out of checked arguments; on the left the refusal that names the one at fault.
[[nodiscard]] std::expected<CivilTime, ToolResult> read_date_and_time(const json::object& arguments);

/// "ST-48213": the prefix and five digits.
[[nodiscard]] std::string make_confirmation(Random& random, std::string_view prefix);

}  // namespace offhook::tools
