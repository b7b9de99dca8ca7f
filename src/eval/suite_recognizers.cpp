#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "brain/extract/contacts.hpp"
#include "brain/extract/money.hpp"
#include "brain/extract/numbers.hpp"
#include "brain/extract/polarity.hpp"
#include "brain/extract/temporal.hpp"
#include "eval/all_suites.hpp"
#include "eval/data_files.hpp"

// The specifications of microsoft/Recognizers-Text (Specs/<culture>/*.json): a sentence, the moment it is said at, and
// the values in it. A case is right when every value is found and nothing else is.
namespace offhook::eval {
namespace {

using brain::extract::TemporalKind;
using Values = std::multiset<std::string>;

std::string text_of(const json::value& value, std::string_view key) {
  const auto* object = value.if_object();
  const auto* found = object != nullptr ? object->if_contains(key) : nullptr;
  const auto* text = found != nullptr ? found->if_string() : nullptr;
  return text != nullptr ? std::string(*text) : std::string();
}

const json::array& list_of(const json::value& value, std::string_view key) {
  static const json::array kEmpty;
  const auto* object = value.if_object();
  const auto* found = object != nullptr ? object->if_contains(key) : nullptr;
  const auto* array = found != nullptr ? found->if_array() : nullptr;
  return array != nullptr ? *array : kEmpty;
}

// Left out when no platform supports it.
bool is_left_out(const json::value& test) {
  const std::string platforms = text_of(test, "NotSupported") + "," + text_of(test, "NotSupportedByDesign");
  return std::ranges::all_of(std::array{"dotnet", "javascript", "python", "java"}, [&](std::string_view name) {
    for (std::size_t at = platforms.find(name); at != std::string::npos; at = platforms.find(name, at + 1)) {
      const std::size_t end = at + name.size();
      if (end >= platforms.size() || platforms[end] < 'a' || platforms[end] > 'z') return true;
    }
    return false;
  });
}

brain::extract::TimeReference reference_of(const json::value& test) {
  using namespace std::chrono;
  brain::extract::TimeReference reference{.today = sys_days(year(2016) / 11 / 7)};
  const auto* object = test.as_object().if_contains("Context");
  const std::string text = object != nullptr ? text_of(*object, "ReferenceDateTime") : std::string();
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = 0;
    if (text.size() >= at + size) std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
  };
  if (text.size() >= 19) {
    reference.today = sys_days(year(number(0, 4)) / number(5, 2) / number(8, 2));
    reference.time_of_day = hours(number(11, 2)) + minutes(number(14, 2)) + seconds(number(17, 2));
  }
  return reference;
}

std::string_view type_name(TemporalKind kind) {
  switch (kind) {
    case TemporalKind::date: return "date";
    case TemporalKind::date_range: return "daterange";
    case TemporalKind::time: return "time";
    case TemporalKind::time_range: return "timerange";
    case TemporalKind::date_time: return "datetime";
    case TemporalKind::date_time_range: return "datetimerange";
    case TemporalKind::duration: return "duration";
    case TemporalKind::set: return "set";
  }
  return "";
}

Values temporal_found(std::string_view text, const json::value& test) {
  const brain::extract::Pieces pieces(text, brain::extract::language_of("en"));
  Values values;
  for (const auto& found : brain::extract::find_temporals(pieces, reference_of(test))) {
    for (const auto& value : found.values) {
      std::string line(type_name(found.kind));
      if (value.at) line += " " + value_text(found.kind, *value.at);
      if (value.from) line += " from " + value_text(found.kind, *value.from);
      if (value.until) line += " until " + value_text(found.kind, *value.until);
      if (value.seconds) line += fmt::format(" {:.10g} s", *value.seconds);
      if (!value.at && !value.from && !value.until && !value.seconds) line += " " + value.timex;
      values.insert(std::move(line));
    }
  }
  return values;
}

Values temporal_wanted(const json::value& test) {
  Values values;
  for (const auto& result : list_of(test, "Results")) {
    const auto* resolution = result.as_object().if_contains("Resolution");
    if (resolution == nullptr) continue;
    for (const auto& value : list_of(*resolution, "values")) {
      std::string line = text_of(value, "type");
      const std::string plain = text_of(value, "value");
      if (line == "duration") {
        line += fmt::format(" {:.10g} s", std::strtod(plain.c_str(), nullptr));
      } else if (plain == "not resolved") {
        line += " " + text_of(value, "timex");
      } else {
        if (!plain.empty()) line += " " + plain;
        if (const std::string from = text_of(value, "start"); !from.empty()) line += " from " + from;
        if (const std::string until = text_of(value, "end"); !until.empty()) line += " until " + until;
      }
      values.insert(std::move(line));
    }
  }
  return values;
}

std::string number_text(double value) { return fmt::format("{:.12g}", value); }

// What a resolution says, as text: strings as they are, numbers, true and false.
std::string plain_text(const json::value& result, std::string_view key) {
  const auto* resolution = result.as_object().if_contains("Resolution");
  const auto* object = resolution != nullptr ? resolution->if_object() : nullptr;
  const auto* value = object != nullptr ? object->if_contains(key) : nullptr;
  if (value == nullptr || value->is_null()) return {};
  if (const auto* text = value->if_string()) return std::string(*text);
  return json::serialize(*value);
}

std::string number_of(const json::value& result, std::string_view key) {
  const std::string text = plain_text(result, key);
  return text.empty() ? "none" : number_text(std::strtod(text.c_str(), nullptr));
}

Values numbers_wanted(const json::value& test) {
  Values values;
  for (const auto& result : list_of(test, "Results")) values.insert(number_of(result, "value"));
  return values;
}
Values numbers_found(std::string_view text, const json::value& /*test*/) {
  const brain::extract::Pieces pieces(text, brain::extract::language_of("en"));
  Values values;
  for (const auto& found : brain::extract::find_numbers(pieces)) values.insert(number_text(found.value));
  return values;
}

Values ordinals_wanted(const json::value& test) {
  Values values;
  for (const auto& result : list_of(test, "Results"))
    values.insert(plain_text(result, "relativeTo") + " " + number_of(result, "offset"));
  return values;
}
Values ordinals_found(std::string_view text, const json::value& /*test*/) {
  using From = brain::extract::OrdinalFound::From;
  const brain::extract::Pieces pieces(text, brain::extract::language_of("en"));
  Values values;
  for (const auto& found : brain::extract::find_ordinals(pieces)) {
    values.insert((found.from == From::start ? "start "
                   : found.from == From::end ? "end "
                                             : "current ") +
                  number_text(found.value));
  }
  return values;
}

Values money_wanted(const json::value& test) {
  Values values;
  for (const auto& result : list_of(test, "Results"))
    values.insert(number_of(result, "value") + " " + plain_text(result, "unit"));
  return values;
}
Values money_found(std::string_view text, const json::value& /*test*/) {
  const brain::extract::Pieces pieces(text, brain::extract::language_of("en"));
  Values values;
  for (const auto& found : brain::extract::find_money(pieces)) {
    values.insert((found.amount ? number_text(*found.amount) : "none") + " " + std::string(found.currency));
  }
  return values;
}

Values texts_wanted(const json::value& test) {
  Values values;
  for (const auto& result : list_of(test, "Results")) values.insert(plain_text(result, "value"));
  return values;
}
Values phones_found(std::string_view text, const json::value& /*test*/) {
  Values values;
  for (const auto& found : brain::extract::find_written_phones(text)) values.insert(found.value);
  return values;
}
Values emails_found(std::string_view text, const json::value& /*test*/) {
  const brain::extract::Pieces pieces(text, brain::extract::language_of("en"));
  Values values;
  for (const auto& found : brain::extract::find_emails(text, pieces)) values.insert(found.value);
  return values;
}
Values answers_found(std::string_view text, const json::value& /*test*/) {
  const brain::extract::Pieces pieces(text, brain::extract::language_of("en"));
  const auto found = brain::extract::find_polarity(text, pieces);
  return found ? Values{found->is_yes ? "true" : "false"} : Values{};
}

struct Kind {
  std::string_view file;
  std::string_view figure;
  std::optional<double> target;
  Values (*wanted)(const json::value& test);
  Values (*found)(std::string_view text, const json::value& test);
};

constexpr Kind kKinds[] = {
    {"DateTimeModel.json", "dates_and_times", 0.75, temporal_wanted, temporal_found},
    {"NumberModel.json", "numbers", 0.90, numbers_wanted, numbers_found},
    {"OrdinalModel.json", "ordinals", std::nullopt, ordinals_wanted, ordinals_found},
    {"CurrencyModel.json", "money", std::nullopt, money_wanted, money_found},
    {"PhoneNumberModel.json", "phones", 0.90, texts_wanted, phones_found},
    {"EmailModel.json", "emails", std::nullopt, texts_wanted, emails_found},
    {"BooleanModel.json", "yes_no", 0.95, texts_wanted, answers_found},
};

std::string joined(const Values& values) {
  std::string line;
  for (const auto& value : values) line += (line.empty() ? "" : " | ") + value;
  return line;
}

}  // namespace

Result<Report> run_recognizers(const SuiteInput& input) {
  Report report{.suite = "recognizers"};
  double spent_us = 0;
  for (const auto& kind : kKinds) {
    auto tests = read_json_file(input.data / "recognizers" / kind.file);
    if (!tests) return fail(tests);
    const auto* list = tests->if_array();
    if (list == nullptr) return fail(ErrorKind::invalid_argument, std::string(kind.file) + " is not a list");
    std::size_t cases = 0;
    std::size_t right = 0;
    for (const auto& test : *list) {
      if (!test.is_object() || is_left_out(test)) continue;
      const std::string text = text_of(test, "Input");
      const Values wanted = kind.wanted(test);
      const auto begin = std::chrono::steady_clock::now();
      const Values found = kind.found(text, test);
      spent_us += std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
      ++cases;
      right += wanted == found ? 1 : 0;
      report.add({.id = std::string(kind.figure) + "/" + std::to_string(cases),
                  .input = text,
                  .expected = joined(wanted),
                  .got = joined(found),
                  .is_right = wanted == found});
    }
    report.cases += cases;
    report.figures.push_back({.name = std::string(kind.figure),
                              .value = cases == 0 ? 0 : double(right) / double(cases),
                              .target = kind.target});
  }
  report.figures.push_back(
      {.name = "us_per_sentence", .value = report.cases == 0 ? 0 : spent_us / double(report.cases), .unit = "us"});
  return report;
}

}  // namespace offhook::eval
