#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "brain/answers.hpp"
#include "brain/mentions.hpp"
#include "brain/schema/tool_schema.hpp"

namespace offhook::brain::schema {

/// A text taken apart once, for all who read it here.
struct Sentence {
  std::string text;
  Tokens tokens;
  std::vector<Mention> mentions;
  std::set<std::string> concepts;
  Polarity polarity = Polarity::none;
  bool is_question = false;
};
[[nodiscard]] Sentence read_sentence(std::string_view text, const ReadingContext& context);

/// Argument name -> value, in the form of Mention::value; a choice as the schema writes it, a text as it was said.
using Values = std::map<std::string, std::string>;

/// The arguments of `tool` that a caller's sentence names. `asked`: arguments a question waits for; their values may
/// stand alone ("Thursday", "San Jose", "yes").
[[nodiscard]] Values read_values(const ToolSchema& tool, const Sentence& said, const std::set<std::string>& asked);

/// The arguments that a question of ours (or somebody's in our place) asks for.
[[nodiscard]] std::set<std::string> asked_arguments(const ToolSchema& tool, const Sentence& question);

/// Is a word of the argument's own (one that no other argument of the tool is about) in the set?
[[nodiscard]] bool names_argument(const ToolSchema& tool, const Argument& argument, const std::set<std::string>& said);

}  // namespace offhook::brain::schema
