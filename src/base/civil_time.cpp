#include "base/civil_time.hpp"

#include <fmt/format.h>
#include <unicode/timezone.h>

#include <charconv>
#include <map>
#include <memory>
#include <mutex>

namespace offhook {
namespace {

/// Zones are loaded from ICU once and kept: creating one parses its rules (about 20 us).
const icu::TimeZone& zone_rules(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<icu::TimeZone>> zones;
  const std::scoped_lock lock(mutex);
  auto& zone = zones[name];
  if (!zone) zone.reset(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
  return *zone;
}

/// Offset from UTC in milliseconds, at a UTC time or (local = true) at a wall-clock reading.
std::chrono::milliseconds offset_at(const std::string& name, std::chrono::milliseconds since_epoch, bool local) {
  std::int32_t raw = 0;
  std::int32_t dst = 0;
  UErrorCode status = U_ZERO_ERROR;
  zone_rules(name).getOffset(static_cast<UDate>(since_epoch.count()), local, raw, dst, status);
  return std::chrono::milliseconds(raw + dst);
}

template <class Number>
bool read_digits(std::string_view text, std::size_t at, std::size_t count, Number& value) {
  const char* begin = text.data() + at;
  for (std::size_t i = 0; i < count; ++i) {
    if (begin[i] < '0' || begin[i] > '9') return false;
  }
  return std::from_chars(begin, begin + count, value).ec == std::errc{};
}

}  // namespace

std::optional<std::chrono::year_month_day> parse_date(std::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !read_digits(text, 0, 4, year) ||
      !read_digits(text, 5, 2, month) || !read_digits(text, 8, 2, day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return date;
}

std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  int hour = 0;
  int minute = 0;
  if (text.size() != 5 || text[2] != ':' || !read_digits(text, 0, 2, hour) || !read_digits(text, 3, 2, minute) ||
      hour > 23 || minute > 59) {
    return std::nullopt;
  }
  return std::chrono::minutes(hour * 60 + minute);
}

std::string to_text(std::chrono::year_month_day date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string to_text(std::chrono::minutes time_of_day) {
  return fmt::format("{:02}:{:02}", time_of_day.count() / 60, time_of_day.count() % 60);
}

std::optional<TimeZone> TimeZone::find(std::string_view iana_name) {
  const std::unique_ptr<icu::TimeZone> zone(
      icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(std::string(iana_name))));
  if (!zone || *zone == icu::TimeZone::getUnknown()) return std::nullopt;
  return TimeZone(std::string(iana_name));
}

TimeZone TimeZone::utc() { return TimeZone("UTC"); }

CivilTime TimeZone::to_civil(UtcTime time) const {
  const auto since_epoch = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto local =
      std::chrono::sys_time<std::chrono::milliseconds>(since_epoch + offset_at(name_, since_epoch, false));
  const auto day = std::chrono::floor<std::chrono::days>(local);
  return {.date = std::chrono::year_month_day(day),
          .time_of_day = std::chrono::floor<std::chrono::minutes>(local - day)};
}

UtcTime TimeZone::to_utc(const CivilTime& civil) const {
  const auto local = std::chrono::sys_days(civil.date).time_since_epoch() + civil.time_of_day;
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(local);
  return UtcTime(millis - offset_at(name_, millis, true));
}

}  // namespace offhook
