#include "agent/answer_format.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "base/text.hpp"
#include "json/json.hpp"
#include "privacy/digit_scan.hpp"
#include "privacy/json_text.hpp"

namespace offhook::agent {
namespace {

constexpr std::string_view kSchemaParam = "response_format.json_schema.schema";
/// More than any client's types need; what is compiled is what strangers write.
constexpr std::size_t kMaxSchemaBytes = 64 * 1024;
/// A schema that is part of itself may be tried more than once for each level of an answer, and each time anew below.
constexpr int kMostLevelsOfTrees = 12;
constexpr int kMostLevels = 32;  // of any JSON that is read

void drop_patterns(json::value& schema);

void drop_patterns_of_members(json::value& map) {
  if (!map.is_object()) return;
  for (auto& member : map.get_object()) drop_patterns(member.value());
}

/// Takes regular expressions out of a schema: the validator's engine needs exponential time and deep stacks for some,
/// and both the pattern and the text come from outside.
void drop_patterns(json::value& schema) {
  if (schema.is_array()) {
    for (auto& item : schema.get_array()) drop_patterns(item);
    return;
  }
  if (!schema.is_object()) return;
  json::object& object = schema.get_object();
  object.erase("pattern");
  if (object.erase("patternProperties") > 0) object.erase("additionalProperties");
  for (const char* key : {"properties", "$defs", "definitions", "dependencies"}) {
    if (auto* map = object.if_contains(key)) drop_patterns_of_members(*map);
  }
  for (const char* key : {"items", "additionalItems", "additionalProperties", "contains", "propertyNames", "not", "if",
                          "then", "else", "allOf", "anyOf", "oneOf"}) {
    if (auto* inner = object.if_contains(key)) drop_patterns(*inner);
  }
}

/// How many schemas a schema comes to with every reference in the place of what it names. References to references
/// double from one to the next, and the validator walks all of them. Counts up to kMaxSchemas.
class Expansion {
 public:
  static constexpr std::size_t kMaxSchemas = 10'000;
  explicit Expansion(const json::value& root) : root_(root) {}
  bool has_circle = false;  ///< a schema is part of itself, as in trees

  // NOLINTNEXTLINE(misc-no-recursion): as deep as JSON that was parsed, times the definitions of 64 KiB
  std::size_t count(const json::value& value) {
    std::size_t all = 1;
    if (const auto* array = value.if_array()) {
      for (const auto& item : *array) all = std::min(kMaxSchemas, all + count(item));
    } else if (const auto* object = value.if_object()) {
      for (const auto& member : *object) {
        const bool is_reference = member.key() == "$ref" && member.value().is_string();
        all = std::min(kMaxSchemas,
                       all + (is_reference ? count_target(to_std_string(member.value())) : count(member.value())));
      }
    }
    return all;
  }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): see count()
  std::size_t count_target(const std::string& reference) {
    const auto known = targets_.find(reference);
    if (known != targets_.end()) {
      has_circle = has_circle || open_.contains(reference);
      return known->second;
    }
    targets_[reference] = 1;  // of one that comes back to itself the answer says how often
    open_.insert(reference);
    boost::system::error_code error;
    const json::value* target = reference.starts_with('#') ? root_.find_pointer(reference.substr(1), error) : nullptr;
    const std::size_t all = target == nullptr || error ? 1 : count(*target);
    targets_[reference] = all;
    open_.erase(reference);
    return all;
  }

  const json::value& root_;
  std::map<std::string, std::size_t> targets_;
  std::set<std::string> open_;  // being counted
};

/// "```json\n{…}\n```" without its fence.
std::string_view without_fence(std::string_view text) {
  text = trim(text);
  if (!text.starts_with("```") || !text.ends_with("```") || text.size() < 6) return text;
  const auto line_end = text.find('\n');
  if (line_end == std::string_view::npos) return text;
  return trim(text.substr(line_end + 1, text.size() - line_end - 4));
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON that was parsed
int levels_of(const json::value& value) {
  int most = 0;
  if (const auto* array = value.if_array()) {
    for (const auto& item : *array) most = std::max(most, levels_of(item));
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) most = std::max(most, levels_of(member.value()));
  }
  return most + 1;
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
    json::value schema(format.schema);
    drop_patterns(schema);
    Expansion expansion(schema);
    if (expansion.count(schema) >= Expansion::kMaxSchemas) {
      return wrong("Invalid '" + std::string(kSchemaParam) + "': its references lead to too many schemas.");
    }
    made->most_levels_ = expansion.has_circle ? kMostLevelsOfTrees : kMostLevels;
    try {
      made->schema_ = std::make_unique<const tools::SchemaValidator>(schema.get_object());
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
    if (levels_of(*value) > most_levels_) return refused("it is nested too deeply");
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
