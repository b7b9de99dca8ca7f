#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "llm/chat_model.hpp"
#include "tools/schema_validator.hpp"

namespace offhook::agent {

/// The shape that a request demands of the answer's text: a JSON object, or JSON that fits a schema. Immutable,
/// thread-safe. Source: OpenAI API reference, chat completions, response_format.
class AnswerFormat {
 public:
  /// Null when any text will do. Errors: invalid_argument with param, for a schema that cannot be compiled.
  [[nodiscard]] static Result<std::shared_ptr<const AnswerFormat>> create(const llm::ResponseFormat& format);

  /// The JSON of an answer, fit to be sent: without the blanks and the code fence that models put around it, and
  /// without card numbers. Errors: bad_gateway; its client text says to the model what is wrong.
  [[nodiscard]] Result<std::string> check(std::string_view answer) const;

 private:
  std::unique_ptr<const tools::SchemaValidator> schema_;  // null: any JSON object
};

/// What a model is told whose answer was refused for `fault`.
[[nodiscard]] std::string correction_request(std::string_view fault);

}  // namespace offhook::agent
