#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "llm/chat_model.hpp"

namespace offhook::brain::schema {

/// What kind of value an argument takes, as far as its JSON Schema, its name and its description tell.
enum class ValueKind { text, name, place, code, date, time, number, money, phone, email, choice, flag };

/// Which way an argument looks, when there are two of a kind: "from" an origin, "to" a recipient.
enum class Direction { none, from, to };

/// One argument of a tool.
struct Argument {
  std::string name;
  std::string description;
  ValueKind kind = ValueKind::text;
  Direction direction = Direction::none;
  std::string json_type;             ///< "string", "integer", "number", "boolean"; empty: not said
  std::vector<std::string> choices;  ///< the values of an enum, as JSON text without quotes
  std::string fallback;              ///< the schema's default; empty: none
  bool is_required = false;
  std::set<std::string> concepts;  ///< what its name and description are about
};

/// A tool as somebody described it who has never heard of us.
struct ToolSchema {
  std::string name;
  std::string description;
  std::vector<Argument> arguments;  ///< required ones first, each part in the schema's order
  std::set<std::string> name_concepts;
  std::set<std::string> concepts;  ///< of name and description
  bool has_effect = false;         ///< does more than look something up: the caller must agree first

  [[nodiscard]] const Argument* argument(std::string_view wanted) const;
};

[[nodiscard]] ToolSchema read_tool(const llm::ToolSpec& spec);
[[nodiscard]] std::vector<ToolSchema> read_tools(std::span<const llm::ToolSpec> specs);

}  // namespace offhook::brain::schema
