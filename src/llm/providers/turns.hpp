#pragma once

#include <string>
#include <variant>
#include <vector>

#include "llm/chat_model.hpp"

namespace offhook::llm {

/// A tool's result in a conversation, with the name of the tool whose call it answers.
struct ToolOutcome {
  std::string call_id;
  std::string tool;
  std::string content;
};
struct TextBlock {
  std::string text;
};
using Block = std::variant<TextBlock, ToolCall, ToolOutcome>;

/// What one side says before the other speaks again.
struct ConversationTurn {
  bool is_model = false;
  std::vector<Block> blocks;
};

/// A conversation as Anthropic, Gemini and Bedrock want it: rules apart, roles alternating, the user first, every tool
/// call answered in the turn that follows it, no empty text, ids of letters, digits, '-' and '_' only.
struct Turns {
  std::string system;  ///< the system messages, joined with empty lines
  std::vector<ConversationTurn> turns;
};

/// Brings messages into that form. What is missing is filled in: a greeting before an agent that speaks first, an
/// outcome for a call that has none. An outcome without its call becomes text. `keep_tools` false: calls and outcomes
/// become text, for a request that offers no tools and so may hold no tool blocks. Pure.
[[nodiscard]] Turns to_turns(const std::vector<Message>& messages, bool keep_tools);

/// A tool call's arguments, or an outcome's content, as a JSON object when it is one.
[[nodiscard]] std::optional<json::object> as_object(std::string_view text);

/// What a model that cannot be told the wanted shape reads at the end of its rules; empty for plain text.
[[nodiscard]] std::string shape_rule(const ResponseFormat& format);

}  // namespace offhook::llm
