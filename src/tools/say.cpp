#include "tools/say.hpp"

#include <fmt/format.h>

#include <array>

namespace offhook::tools {
namespace {

constexpr std::array<std::string_view, 13> kCounts = {"zero",  "one",   "two",  "three", "four",   "five",  "six",
                                                      "seven", "eight", "nine", "ten",   "eleven", "twelve"};
constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

std::string_view ordinal_suffix(unsigned number) {
  if (number % 100 >= 11 && number % 100 <= 13) return "th";
  switch (number % 10) {
    case 1: return "st";
    case 2: return "nd";
    case 3: return "rd";
    default: return "th";
  }
}

std::string month_and_day(std::chrono::year_month_day date) {
  const auto day = static_cast<unsigned>(date.day());
  return fmt::format("{} {}{}", kMonths[static_cast<unsigned>(date.month()) - 1], day, ordinal_suffix(day));
}

std::string with_thousands(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

}  // namespace

std::string say_dollars(std::int64_t cents) {
  auto text = with_thousands(cents / 100) + (cents / 100 == 1 ? " dollar" : " dollars");
  if (cents % 100 != 0) text += fmt::format(" and {} cents", cents % 100);
  return text;
}

std::string say_count(std::int64_t count) {
  if (count < 0 || count >= static_cast<std::int64_t>(kCounts.size())) return std::to_string(count);
  return std::string(kCounts[static_cast<std::size_t>(count)]);
}

std::string say_date(std::chrono::year_month_day date, std::chrono::year_month_day today) {
  auto text = month_and_day(date);
  if (date.year() != today.year()) text += fmt::format(", {}", static_cast<int>(date.year()));
  return text;
}

std::string say_day(std::chrono::year_month_day date) {
  const std::chrono::weekday weekday{std::chrono::sys_days(date)};
  return fmt::format("{}, {}", kWeekdays[weekday.c_encoding()], month_and_day(date));
}

std::string say_time(std::chrono::minutes time_of_day) {
  const auto minutes = time_of_day.count();
  if (minutes == 0) return "midnight";
  if (minutes == 12 * 60) return "noon";
  const auto hour = minutes / 60 % 12 == 0 ? 12 : minutes / 60 % 12;
  const auto half = minutes < 12 * 60 ? "am" : "pm";
  return minutes % 60 == 0 ? fmt::format("{} {}", hour, half) : fmt::format("{}:{:02} {}", hour, minutes % 60, half);
}

std::string say_moment(const CivilTime& moment) {
  return fmt::format("{} at {}", say_day(moment.date), say_time(moment.time_of_day));
}

std::string say_list(const std::vector<std::string>& parts, std::string_view conjunction) {
  if (parts.empty()) return {};
  if (parts.size() == 1) return parts.front();
  std::string text;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (i > 0) text += ", ";
    text += parts[i];
  }
  const bool needs_comma = parts.size() > 2 || text.find(',') != std::string::npos;
  return fmt::format("{}{} {} {}", text, needs_comma ? "," : "", conjunction, parts.back());
}

std::string say_bedrooms(std::int64_t bedrooms) {
  return bedrooms == 0 ? std::string("studio") : say_count(bedrooms) + "-bedroom";
}

std::string with_article(std::string_view noun) {
  const bool starts_with_vowel =
      !noun.empty() && std::string_view("aeiou8").find(noun.front()) != std::string_view::npos;
  // "one" sounds like "won".
  const bool takes_an = starts_with_vowel && !noun.starts_with("one");
  return fmt::format("{} {}", takes_an ? "an" : "a", noun);
}

}  // namespace offhook::tools
