#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "json/json.hpp"

namespace offhook::tools {

/// One parameter of a tool, from which its JSON Schema is made.
struct Parameter {
  enum class Type : std::uint8_t { text, integer, number, flag, date, time };
  std::string_view name;
  Type type = Type::text;
  std::string_view description;
  bool required = false;
};

/// JSON Schema of type object. Texts are at most 200 characters long, numbers are not negative; a date
/// or a time is text whose form the tool itself checks (read_date, read_time), since its refusal is
/// better than a pattern's.
[[nodiscard]] json::object parameters_schema(std::initializer_list<Parameter> parameters);

/// What models write when they mean the right thing: "2" or 2.0 for an integer, 4242 for text, "yes" for
/// a boolean, null or "" for a parameter that may be left out. Gives the arguments as the schema wants
/// them; what cannot be read so stays as it is, for the validator to refuse.
[[nodiscard]] json::object coerce_arguments(const json::object& schema, const json::object& arguments);

/// The same text for the same arguments: members sorted by name, no white space.
[[nodiscard]] std::string canonical_text(const json::value& value);

/// Arguments after validation: absent is nullopt.
[[nodiscard]] std::optional<std::string> text_argument(const json::object& arguments, std::string_view name);
[[nodiscard]] std::optional<std::int64_t> integer_argument(const json::object& arguments, std::string_view name);
[[nodiscard]] std::optional<double> number_argument(const json::object& arguments, std::string_view name);
[[nodiscard]] std::optional<bool> flag_argument(const json::object& arguments, std::string_view name);

}  // namespace offhook::tools
