#include "brain/schema/tool_schema.hpp"

#include <algorithm>
#include <initializer_list>

#include "brain/schema/vocabulary.hpp"
#include "json/json.hpp"

namespace offhook::brain::schema {
namespace {

std::string as_text(const json::value& value) {
  if (const auto* text = value.if_string()) return std::string(*text);
  return json::serialize(value);
}

struct Clues {
  std::set<std::string> name;
  std::set<std::string> all;
  [[nodiscard]] bool named(std::initializer_list<std::string_view> words) const {
    return std::ranges::any_of(words, [this](std::string_view word) { return name.contains(std::string(word)); });
  }
  [[nodiscard]] bool says(std::initializer_list<std::string_view> words) const {
    return std::ranges::any_of(words, [this](std::string_view word) { return all.contains(std::string(word)); });
  }
};

Clues clues_of(const Argument& argument) {
  Clues clues;
  for (auto& word : split_identifier(argument.name)) clues.name.insert(std::move(word));
  clues.all = clues.name;
  for (const auto& token : tokenize(argument.description)) clues.all.insert(token.text);
  return clues;
}

bool is_flag(const Argument& argument) {
  if (argument.json_type == "boolean") return true;
  if (argument.choices.size() != 2) return false;
  const auto is = [&](std::string_view yes, std::string_view no) {
    return (normalize(argument.choices[0]) == yes && normalize(argument.choices[1]) == no) ||
           (normalize(argument.choices[0]) == no && normalize(argument.choices[1]) == yes);
  };
  return is("true", "false") || is("yes", "no");
}

ValueKind kind_of(const Argument& argument, std::string_view format) {
  const Clues clues = clues_of(argument);
  if (is_flag(argument)) return ValueKind::flag;
  if (!argument.choices.empty()) return ValueKind::choice;
  if (format == "date") return ValueKind::date;
  if (format == "time") return ValueKind::time;
  if (format == "email" || clues.named({"email", "mail"})) return ValueKind::email;
  if (clues.named({"date", "day", "birthday", "dob"})) return ValueKind::date;
  if (clues.named({"time", "hour"})) return ValueKind::time;
  if (clues.named({"phone", "telephone", "mobile", "cell"})) return ValueKind::phone;
  if (clues.named({"amount", "price", "cost", "fare", "rent", "budget", "balance", "payment"})) return ValueKind::money;
  const bool is_number = argument.json_type == "integer" || argument.json_type == "number";
  if (is_number || clues.named({"count", "quantity", "size"}) || (clues.named({"number"}) && clues.says({"of"}))) {
    return ValueKind::number;
  }
  if (clues.named({"id", "code", "reference", "confirmation", "number", "pin", "zip", "postcode"}))
    return ValueKind::code;
  const bool is_town = clues.named({"city", "town", "country", "state"});
  if (clues.named({"name", "title"}) && !is_town) return ValueKind::name;
  if (clues.named({"city", "area", "location", "address", "place", "town", "where", "origin", "destination", "street",
                   "country", "state", "station", "airport", "pickup", "dropoff"})) {
    return ValueKind::place;
  }
  if (clues.named({"name", "title", "person", "recipient", "receiver", "artist", "director"})) return ValueKind::name;
  if (clues.says({"date"}) && !clues.says({"time"})) return ValueKind::date;
  if (clues.says({"city", "address"})) return ValueKind::place;
  return ValueKind::text;
}

Direction direction_of(const Argument& argument) {
  const Clues clues = clues_of(argument);
  if (clues.named({"recipient", "receiver", "destination", "to", "arrival", "dropoff", "end", "return", "checkout"})) {
    return Direction::to;
  }
  if (clues.named({"origin", "from", "departure", "pickup", "start", "sender", "leaving", "checkin"})) {
    return Direction::from;
  }
  return Direction::none;
}

Argument read_argument(std::string_view name, const json::object& schema) {
  Argument argument{.name = std::string(name)};
  argument.description = find_string(schema, "description").value_or(std::string_view());
  argument.json_type = find_string(schema, "type").value_or(std::string_view());
  if (const auto* choices = schema.if_contains("enum"); choices != nullptr && choices->is_array()) {
    for (const auto& choice : choices->get_array()) {
      if (!choice.is_null()) argument.choices.push_back(as_text(choice));
    }
  }
  if (const auto* fallback = schema.if_contains("default"); fallback != nullptr && !fallback->is_null()) {
    argument.fallback = as_text(*fallback);
  }
  argument.kind = kind_of(argument, find_string(schema, "format").value_or(std::string_view()));
  argument.direction = direction_of(argument);
  for (const auto& word : split_identifier(name)) {
    if (is_plain_word(word)) continue;
    for (auto& each : concepts_of(word)) argument.concepts.insert(std::move(each));
  }
  argument.concepts.merge(concepts_in(argument.description));
  return argument;
}

}  // namespace

const Argument* ToolSchema::argument(std::string_view wanted) const {
  const auto found = std::ranges::find(arguments, wanted, &Argument::name);
  return found == arguments.end() ? nullptr : &*found;
}

ToolSchema read_tool(const llm::ToolSpec& spec) {
  ToolSchema tool{.name = spec.name, .description = spec.description};
  for (const auto& word : split_identifier(spec.name)) {
    for (auto& each : concepts_of(word)) tool.name_concepts.insert(std::move(each));
  }
  tool.concepts = concepts_in(spec.description);
  tool.concepts.insert(tool.name_concepts.begin(), tool.name_concepts.end());
  // Whatever is not known to be a look-up changes something, and is done only with a yes.
  const auto deed = tokenize(spec.description);
  tool.has_effect = !names_look_up(split_identifier(spec.name)) || (!deed.empty() && is_effect_verb(deed.front().text));
  std::set<std::string> required;
  if (const auto* names = spec.parameters->if_contains("required"); names != nullptr && names->is_array()) {
    for (const auto& name : names->get_array()) {
      if (name.is_string()) required.emplace(name.get_string());
    }
  }
  const auto* properties = spec.parameters->if_contains("properties");
  if (properties == nullptr || !properties->is_object()) return tool;
  for (const bool is_required : {true, false}) {
    for (const auto& [name, schema] : properties->get_object()) {
      if (!schema.is_object() || required.contains(std::string(name)) != is_required) continue;
      tool.arguments.push_back(read_argument(name, schema.get_object()));
      tool.arguments.back().is_required = is_required;
    }
  }
  return tool;
}

std::vector<ToolSchema> read_tools(std::span<const llm::ToolSpec> specs) {
  std::vector<ToolSchema> tools;
  tools.reserve(specs.size());
  for (const auto& spec : specs) tools.push_back(read_tool(spec));
  return tools;
}

}  // namespace offhook::brain::schema
