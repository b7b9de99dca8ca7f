#include "agent/answer_format.hpp"

#include <stdexcept>
#include <utility>

#include "base/text.hpp"
#include "json/json.hpp"
#include "privacy/digit_scan.hpp"
#include "privacy/json_text.hpp"
#include "tools/foreign_schema.hpp"

namespace offhook::agent {
namespace {

constexpr std::string_view kSchemaParam = "response_format.json_schema.schema";
/// More than any client's types need; what is compiled is what strangers write.
constexpr std::size_t kMaxSchemaBytes = 64 * 1024;

/// "```json\n{…}\n```" without its fence.
std::string_view without_fence(std::string_view text) {
  text = trim(text);
  if (!text.starts_with("```") || !text.ends_with("```") || text.size() < 6) return text;
  const auto line_end = text.find('\n');
  if (line_end == std::string_view::npos) return text;
  return trim(text.substr(line_end + 1, text.size() - line_end - 4));
}

std::unexpected<Error> refused(std::string what) { return fail(ErrorKind::bad_gateway, std::move(what)); }

}  // namespace

Result<std::shared_ptr<const AnswerFormat>> AnswerFormat::create(const llm::ResponseFormat& format) {
  using Kind = llm::ResponseFormat::Kind;
  if (format.kind == Kind::text) return std::shared_ptr<const AnswerFormat>();
  auto made = std::make_shared<AnswerFormat>();
  if (format.kind == Kind::json_schema && !format.schema.empty()) {
    const auto wrong = [](std::string what) {
      return fail(Error{.kind = ErrorKind::invalid_argument, .client = std::move(what)}
                      .with_param(std::string(kSchemaParam))
                      .with_code("invalid_value"));
    };
    if (json::serialize(format.schema).size() > kMaxSchemaBytes) {
      return wrong("Invalid '" + std::string(kSchemaParam) + "': it must not be longer than 64 KiB.");
    }
    try {
      made->schema_ =
          std::make_unique<const tools::SchemaValidator>(tools::without_patterns(format.schema).get_object());
    } catch (const std::invalid_argument& fault) {
      return wrong("Invalid '" + std::string(kSchemaParam) + "': " + one_line(fault.what()));
    }
  }
  return std::shared_ptr<const AnswerFormat>(std::move(made));
}

Result<std::string> AnswerFormat::check(std::string_view answer) const {
  const std::string_view text = without_fence(answer);
  auto value = parse_json(text);
  if (!value) return refused("it is not JSON: " + std::string(value.error().log_text()));
  if (!schema_ && !value->is_object()) return refused("it must be a JSON object");
  if (schema_) {
    if (const auto fault = schema_->find_fault_in(*value)) {
      return refused((fault->field.empty() ? "it does not fit the JSON Schema: " : "'" + fault->field + "': ") +
                     fault->expected);
    }
  }
  if (privacy::scan_digits(text).may_hold_card()) return privacy::redact_json_text(text);
  return std::string(text);
}

std::string correction_request(std::string_view fault) {
  return "[This is not the caller.] Your last answer cannot be used: " + std::string(fault) +
         ". Give the same answer again as JSON of the demanded form, and nothing but the JSON.";
}

}  // namespace offhook::agent
