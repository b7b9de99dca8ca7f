#include "tools/schema_validator.hpp"

#include <charconv>
#include <set>
#include <stdexcept>
#include <vector>

// Without this, valijson ends the program where it would throw.
#define VALIJSON_USE_EXCEPTIONS 1
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/text.hpp"

// The only file that sees valijson: its templates are slow to compile.

namespace offhook::tools {
namespace {

/// Finds references that come back to where they began without going into the value: valijson follows them until the
/// stack is used up, when it compiles the schema or when it checks a value.
class ReferenceCheck {
 public:
  explicit ReferenceCheck(const json::value& root) : root_(root) {}

  // NOLINTNEXTLINE(misc-no-recursion): as deep as JSON that was parsed, times the number of its references
  void look_at(const json::value& schema) {
    if (schema.is_array()) {
      for (const auto& item : schema.get_array()) look_at(item);
    }
    if (!schema.is_object()) return;
    follow(schema);
    for (const auto& member : schema.get_object()) look_at(member.value());
  }

 private:
  /// Everything that is checked against the very same value.
  // NOLINTNEXTLINE(misc-no-recursion): each schema is entered once
  void follow(const json::value& schema) {
    if (!schema.is_object() || done_.contains(&schema)) return;
    if (!open_.insert(&schema).second) throw std::invalid_argument("a reference goes in circles");
    if (const auto reference = find_string(schema, "$ref")) follow(target_of(*reference));
    for (const char* key : {"allOf", "anyOf", "oneOf"}) {
      if (const auto* all = find_array(schema, key)) {
        for (const auto& one : *all) follow(one);
      }
    }
    for (const char* key : {"not", "if", "then", "else"}) {
      if (const auto* one = find(schema, key)) follow(*one);
    }
    open_.erase(&schema);
    done_.insert(&schema);
  }

  /// Source: RFC 6901, JSON Pointer.
  const json::value& target_of(std::string_view reference) const {
    const json::value* at = &root_;
    if (!reference.starts_with('#')) throw std::invalid_argument("a reference leaves the document");
    for (const auto part : split(reference.substr(1), '/')) {
      if (part.empty()) continue;
      const std::string step = replace_all(replace_all(std::string(part), "~1", "/"), "~0", "~");
      if (at->is_array()) {
        std::size_t index = 0;
        const auto [end, fault] = std::from_chars(step.data(), step.data() + step.size(), index);
        at = fault == std::errc{} && end == step.data() + step.size() ? at->get_array().if_contains(index) : nullptr;
      } else {
        at = find(*at, step);
      }
      if (at == nullptr) throw std::invalid_argument("a reference names nothing in the document");
    }
    return *at;
  }

  const json::value& root_;
  std::set<const json::value*> open_;
  std::set<const json::value*> done_;
};

}  // namespace

struct SchemaValidator::Compiled {
  valijson::Schema schema;
  std::vector<std::string> required;
};

SchemaValidator::SchemaValidator(const json::object& schema) : compiled_(std::make_unique<Compiled>()) {
  const json::value value(schema);
  try {
    ReferenceCheck(value).look_at(value);
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::BoostJsonAdapter(value), compiled_->schema);
  } catch (const std::exception& error) {
    throw std::invalid_argument(std::string("the JSON Schema cannot be compiled: ") + error.what());
  }
  if (const auto* names = find_array(value, "required")) {
    for (const auto& name : *names) compiled_->required.push_back(to_std_string(name));
  }
}

SchemaValidator::~SchemaValidator() = default;
SchemaValidator::SchemaValidator(SchemaValidator&&) noexcept = default;
SchemaValidator& SchemaValidator::operator=(SchemaValidator&&) noexcept = default;

std::optional<ArgumentFault> SchemaValidator::find_fault(const json::object& arguments) const {
  for (const auto& name : compiled_->required) {
    if (!arguments.contains(name)) return ArgumentFault{.field = name, .expected = "is required", .is_missing = true};
  }
  const json::value value(arguments);
  const valijson::adapters::BoostJsonAdapter target(value);
  valijson::ValidationResults faults;
  // A validator keeps a cache of patterns, so each check has its own.
  if (valijson::Validator().validate(compiled_->schema, target, &faults)) return std::nullopt;
  for (const auto& fault : faults) {
    // The context is "<root>", "[field]", …; faults of members come before those of the whole.
    if (fault.context.size() < 2) continue;
    std::string field = fault.context[1];
    if (field.size() > 2 && field.front() == '[') field = field.substr(1, field.size() - 2);
    return ArgumentFault{.field = std::move(field), .expected = one_line(fault.description)};
  }
  return ArgumentFault{.expected = "do not fit the tool's parameters"};
}

std::optional<ArgumentFault> SchemaValidator::find_fault_in(const json::value& value) const {
  const valijson::adapters::BoostJsonAdapter target(value);
  valijson::ValidationResults faults;
  if (valijson::Validator().validate(compiled_->schema, target, &faults)) return std::nullopt;
  for (const auto& fault : faults) {
    std::string way;
    for (std::size_t i = 1; i < fault.context.size(); ++i) {  // the first is "<root>"
      std::string_view step = fault.context[i];
      if (step.size() > 2 && step.front() == '[') step = step.substr(1, step.size() - 2);
      if (!way.empty()) way.push_back('.');
      way.append(step);
    }
    return ArgumentFault{.field = std::move(way), .expected = one_line(fault.description)};
  }
  return ArgumentFault{.expected = "it does not fit"};
}

}  // namespace offhook::tools
