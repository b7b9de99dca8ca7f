#include "brain/schema/speaking.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/civil_time.hpp"
#include "base/text.hpp"
#include "brain/schema/vocabulary.hpp"
#include "json/json.hpp"

namespace offhook::brain::schema {
namespace {

constexpr std::size_t kMostChoices = 6;
constexpr std::size_t kMostFields = 5;
constexpr std::size_t kMostAlternatives = 3;

std::string spoken_name(std::string_view identifier) { return join(split_identifier(identifier), " "); }

std::string lower_first(std::string text) {
  if (!text.empty()) text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
  return text;
}

// The first sentence, without its full stop.
std::string first_sentence(std::string_view text) {
  text = trim(text);
  const auto end = text.find(". ");
  if (end != std::string_view::npos) text = text.substr(0, end);
  while (text.ends_with('.')) text.remove_suffix(1);
  return std::string(text);
}

std::string spoken(std::string_view value, const Moment& moment) {
  if (const auto date = parse_date(value)) return spoken_date(*date, moment.today);
  if (value.size() == 5 && value[2] == ':') {
    if (const auto time = parse_time_of_day(value)) return spoken_time(*time);
  }
  return std::string(value);
}

std::string spoken(const json::value& value, const Moment& moment) {
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  return spoken(std::string_view(to_std_string(value)), moment);
}

bool is_plain(const json::value& value) { return value.is_string() || value.is_number() || value.is_bool(); }

// "the stylist name is Ann Lee, the city is San Jose"
std::string fields_of(const json::object& row, const Moment& moment) {
  std::vector<std::string> facts;
  constexpr auto kSilent = std::to_array<std::string_view>({"ok", "success", "status_code", "id"});
  for (const auto& [name, value] : row) {
    if (!is_plain(value) || is_one_of(kSilent, name) || facts.size() == kMostFields) continue;
    facts.push_back("the " + spoken_name(name) + " is " + spoken(value, moment));
  }
  return join(facts, ", ");
}

std::string sentence(std::string text) {
  if (text.empty()) return text;
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  if (!std::string_view(".!?").contains(text.back())) text += '.';
  return text;
}

std::string own_words(const json::object& object) {
  for (const std::string_view key : {"speakable", "message", "summary", "answer", "text", "result"}) {
    const auto* found = object.if_contains(key);
    if (found != nullptr && found->is_string() && !found->get_string().empty())
      return sentence(one_line(found->get_string()));
  }
  return {};
}

std::string alternatives_in(const json::object& object, const Moment& moment) {
  for (const std::string_view key : {"alternatives", "options", "suggestions", "available"}) {
    const auto* list = object.if_contains(key);
    if (list == nullptr || !list->is_array() || list->get_array().empty()) continue;
    std::vector<std::string> offers;
    for (const auto& each : list->get_array()) {
      if (offers.size() == kMostAlternatives) break;
      if (is_plain(each)) offers.push_back(spoken(each, moment));
      if (each.is_object()) {
        std::vector<std::string> parts;
        for (const auto& [name, value] : each.get_object()) {
          if (is_plain(value)) parts.push_back(spoken(value, moment));
        }
        offers.push_back(join(parts, " "));
      }
    }
    return "I could do " + join(offers, ", or ") + ".";
  }
  return {};
}

std::string spoken_object(const json::object& object, const Moment& moment) {
  if (auto words = own_words(object); !words.empty()) return words;
  for (const auto& [name, value] : object) {
    if (!value.is_array()) continue;
    const auto& rows = value.get_array();
    if (rows.empty()) return "I found nothing that fits.";
    const std::string count =
        rows.size() == 1 ? "I found one." : "I found " + std::to_string(rows.size()) + ". The first:";
    if (rows.front().is_object()) return count + " " + sentence(fields_of(rows.front().get_object(), moment));
    std::vector<std::string> items;
    for (const auto& row : rows) {
      if (is_plain(row) && items.size() < kMostFields) items.push_back(spoken(row, moment));
    }
    return sentence(spoken_name(name) + ": " + join(items, ", "));
  }
  if (const auto* data = object.if_contains("data"); data != nullptr && data->is_object()) {
    return spoken_object(data->get_object(), moment);
  }
  const std::string fields = fields_of(object, moment);
  return fields.empty() ? "That's done." : sentence(fields);
}

}  // namespace

std::string question_for(const Argument& argument) {
  if (argument.description.ends_with('?')) return argument.description;
  const std::string name = spoken_name(argument.name);
  const std::string description = lower_first(first_sentence(argument.description));
  if (argument.kind == ValueKind::flag) return "Yes or no: " + (description.empty() ? name : description) + "?";
  std::string what = description.empty() ? "the " + name : description;
  if (!what.starts_with("the ") && !what.starts_with("a ") && !what.starts_with("an ")) what = "the " + what;
  if (argument.kind == ValueKind::choice && argument.choices.size() <= kMostChoices) {
    return "Please tell me " + what + ": " + join(argument.choices, ", or ") + "?";
  }
  return "Could you tell me " + what + "?";
}

std::string confirmation_of(const ToolSchema& tool, const Values& values, const Moment& moment) {
  std::string text = "Let me check: ";
  const std::string what = first_sentence(tool.description);
  text += (what.empty() ? spoken_name(tool.name) : lower_first(what)) + ".";
  std::vector<std::string> facts;
  for (const auto& argument : tool.arguments) {
    const auto value = values.find(argument.name);
    if (value != values.end())
      facts.push_back("the " + spoken_name(argument.name) + " is " + spoken(std::string_view(value->second), moment));
  }
  if (!facts.empty()) text += " " + sentence(join(facts, ", "));
  return text + " Shall I go ahead?";
}

SpokenResult speak_result(std::string_view content, const Moment& moment) {
  const auto parsed = parse_json(content);
  if (!parsed) return {.text = sentence(one_line(content))};
  if (parsed->is_string()) return {.text = sentence(one_line(parsed->get_string()))};
  if (parsed->is_array()) return {.text = spoken_object({{"results", *parsed}}, moment)};
  if (!parsed->is_object()) return {.text = "The answer is " + spoken(*parsed, moment) + "."};
  const auto& object = parsed->get_object();
  const auto* error = object.if_contains("error");
  const bool is_refused = (error != nullptr && !error->is_null() && *error != json::value(false)) ||
                          !find_bool(*parsed, "ok").value_or(true) || !find_bool(*parsed, "success").value_or(true);
  if (!is_refused) return {.text = spoken_object(object, moment)};
  std::string words = own_words(object);
  if (words.empty() && error != nullptr) {
    const std::string reason = error->is_string()
                                   ? std::string(error->get_string())
                                   : std::string(find_string(*error, "message").value_or(std::string_view()));
    // A sentence is for the caller, a code is not.
    words = reason.contains(' ') ? "I'm sorry, that didn't work: " + sentence(lower_first(one_line(reason)))
                                 : "I'm sorry, that didn't work.";
  }
  if (words.empty()) words = "I'm sorry, that didn't work.";
  const std::string offers = alternatives_in(object, moment);
  return {.text = offers.empty() ? words : words + " " + offers, .is_ok = false};
}

}  // namespace offhook::brain::schema
