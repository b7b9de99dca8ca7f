#include "tools/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/text.hpp"

namespace offhook::tools {
namespace {

json::object schema_of(const Parameter& parameter) {
  using enum Parameter::Type;
  std::string description(parameter.description);
  json::object schema;
  switch (parameter.type) {
    case integer: schema = {{"type", "integer"}, {"minimum", 0}, {"maximum", 1'000'000'000}}; break;
    case number: schema = {{"type", "number"}, {"minimum", 0}, {"maximum", 1e9}}; break;
    case flag: schema.emplace("type", "boolean"); break;
    case date: description += " (YYYY-MM-DD)"; [[fallthrough]];
    case text: schema = {{"type", "string"}, {"maxLength", 200}}; break;
    case time:
      description += " (HH:MM, 24-hour clock)";
      schema = {{"type", "string"}, {"maxLength", 200}};
      break;
  }
  schema["description"] = description;
  return schema;
}

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  text = trim(text);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// "2,450" and "$2450" are numbers to a caller and so to a model.
std::string without_money_marks(std::string_view text) {
  std::string plain;
  for (const char c : trim(text)) {
    if (c != ',' && c != '$') plain.push_back(c);
  }
  return plain;
}

std::optional<bool> read_flag(std::string_view text) {
  const auto word = to_lower(trim(text));
  for (const char* yes : {"true", "yes", "y", "1"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"false", "no", "n", "0", "none"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

std::string number_text(const json::value& number) {
  if (number.is_double()) {
    const double value = number.get_double();
    if (value == std::floor(value) && std::abs(value) < 1e15) return std::to_string(static_cast<std::int64_t>(value));
  }
  return json::serialize(number);
}

json::value coerce(std::string_view type, const json::value& value) {
  const auto text = to_std_string(value);
  if (type == "integer") {
    if (value.is_string()) {
      if (const auto number = read_number<std::int64_t>(without_money_marks(text))) return *number;
    }
    if (value.is_double()) {
      const double number = value.get_double();
      if (number == std::floor(number) && std::abs(number) < 1e15) return static_cast<std::int64_t>(number);
    }
  }
  if (type == "number" && value.is_string()) {
    if (const auto number = read_number<double>(without_money_marks(text)); number && std::isfinite(*number)) {
      return *number;
    }
  }
  if (type == "boolean") {
    if (value.is_string()) {
      if (const auto flag = read_flag(text)) return *flag;
    }
    if (value.is_int64() && (value.get_int64() == 0 || value.get_int64() == 1)) return value.get_int64() == 1;
  }
  if (type == "string" && value.is_number()) return json::value(number_text(value));
  return value;
}

}  // namespace

json::object parameters_schema(std::initializer_list<Parameter> parameters) {
  json::object properties;
  json::array required;
  for (const auto& parameter : parameters) {
    properties[parameter.name] = schema_of(parameter);
    if (parameter.required) required.emplace_back(parameter.name);
  }
  json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

json::object coerce_arguments(const json::object& schema, const json::object& arguments) {
  const json::value root(schema);
  json::object coerced;
  for (const auto& argument : arguments) {
    if (argument.value().is_null()) continue;
    const bool is_blank = argument.value().is_string() && trim(to_std_string(argument.value())).empty();
    if (is_blank) continue;
    const auto type = find_string_at(root, {"properties", argument.key(), "type"});
    coerced[argument.key()] = coerce(type.value_or(""), argument.value());
  }
  return coerced;
}

std::string canonical_text(const json::value& value) {
  if (const auto* object = value.if_object()) {
    std::vector<std::string_view> keys;
    for (const auto& member : *object) keys.emplace_back(member.key());
    std::ranges::sort(keys);
    std::string text = "{";
    for (const auto key : keys) {
      if (text.size() > 1) text += ',';
      text += json::serialize(json::value(key)) + ':' + canonical_text(object->at(key));
    }
    return text + '}';
  }
  if (const auto* array = value.if_array()) {
    std::string text = "[";
    for (const auto& element : *array) {
      if (text.size() > 1) text += ',';
      text += canonical_text(element);
    }
    return text + ']';
  }
  return value.is_number() ? number_text(value) : json::serialize(value);
}

std::optional<std::string> text_argument(const json::object& arguments, std::string_view name) {
  const auto* value = arguments.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(trim(to_std_string(*value)));
}

std::optional<std::int64_t> integer_argument(const json::object& arguments, std::string_view name) {
  const auto* value = arguments.if_contains(name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

std::optional<double> number_argument(const json::object& arguments, std::string_view name) {
  const auto* value = arguments.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

std::optional<bool> flag_argument(const json::object& arguments, std::string_view name) {
  const auto* value = arguments.if_contains(name);
  if (value == nullptr || !value->is_bool()) return std::nullopt;
  return value->get_bool();
}

}  // namespace offhook::tools
