#pragma once

#include <memory>
#include <optional>
#include <string>

#include "json/json.hpp"

namespace offhook::tools {

/// What is wrong with an argument.
struct ArgumentFault {
  std::string field;     ///< the argument's name; empty when the arguments as a whole are wrong
  std::string expected;  ///< for the model: what would have been right
  bool is_missing = false;
};

/// A JSON Schema (draft 7) compiled once. Const members are thread-safe.
class SchemaValidator {
 public:
  /// Throws std::invalid_argument for a schema that cannot be compiled, also for one whose references go in circles or
  /// lead to too many schemas. Values that are nested too deeply for a check in bounded time do not fit.
  explicit SchemaValidator(const json::object& schema);
  ~SchemaValidator();
  SchemaValidator(SchemaValidator&&) noexcept;
  SchemaValidator& operator=(SchemaValidator&&) noexcept;

  /// The first fault: missing arguments come before wrong ones; nullopt when there is none.
  [[nodiscard]] std::optional<ArgumentFault> find_fault(const json::object& arguments) const;
  /// The same for a value of any type; the fault's field is its way in the value, such as "wishes.0.bedrooms".
  [[nodiscard]] std::optional<ArgumentFault> find_fault_in(const json::value& value) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace offhook::tools
