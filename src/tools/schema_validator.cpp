#include "tools/schema_validator.hpp"

#include <algorithm>
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
#include "tools/foreign_schema.hpp"

// The only file that sees valijson: its templates are slow to compile.

namespace offhook::tools {
namespace {

/// With every reference written out. No tool needs more, and the validator walks all of them.
constexpr std::size_t kMostSchemas = 10'000;
/// A schema that is part of itself may be tried more than once for each level of a value, and each time anew below.
constexpr int kMostLevelsOfTrees = 12;
constexpr int kMostLevels = 32;  // of any JSON that is read
constexpr const char* kTooDeep = "it is nested too deeply";

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

}  // namespace

struct SchemaValidator::Compiled {
  valijson::Schema schema;
  std::vector<std::string> required;
  int most_levels = kMostLevels;  // of a value
};

SchemaValidator::SchemaValidator(const json::object& schema) : compiled_(std::make_unique<Compiled>()) {
  const json::value value(schema);
  try {
    require_sound_references(value);
    const SchemaExtent extent = extent_of(value, kMostSchemas);
    if (extent.values > kMostSchemas) throw std::invalid_argument("its references lead to too many schemas");
    if (extent.is_circular) compiled_->most_levels = kMostLevelsOfTrees;
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
  if (levels_of(value) > compiled_->most_levels) return ArgumentFault{.expected = kTooDeep};
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
  if (levels_of(value) > compiled_->most_levels) return ArgumentFault{.expected = kTooDeep};
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
