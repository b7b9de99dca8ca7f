#pragma once

#include <string>
#include <string_view>

#include "brain/schema/tool_schema.hpp"
#include "brain/schema/values.hpp"

namespace offhook::brain::schema {

/// The question for an argument, from its description: "Please tell me the city where the salon is located."
[[nodiscard]] std::string question_for(const Argument& argument);

/// What is about to be done, read back before it is: ends with a yes/no question.
[[nodiscard]] std::string confirmation_of(const ToolSchema& tool, const Values& values, const Moment& moment);

/// What a tool gave back, as sentences, and whether it did what it was asked to.
struct SpokenResult {
  std::string text;
  bool is_ok = true;
};
/// `content`: JSON or text. A sentence of the tool's own ("speakable", "message", …) is taken as it is; else the fields
/// are named; of a list the first row, and how many there are; of a refusal what it offers instead.
[[nodiscard]] SpokenResult speak_result(std::string_view content, const Moment& moment);

}  // namespace offhook::brain::schema
