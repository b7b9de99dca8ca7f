#pragma once

#include <span>
#include <string_view>

#include "http/message.hpp"

namespace offhook::api {

/// A named JSON Schema (2020-12, as OpenAPI 3.1 has it), as its text.
struct NamedSchema {
  std::string_view name;
  std::string_view text;
};

/// What OpenAPI says of a route beyond its row in the route table. Names of schemas are those of named_schemas(); an
/// answer that begins with "[]" is a page of a list ({"data","next_cursor"}).
struct Operation {
  http::Method method;
  std::string_view path;
  std::string_view body;        ///< "" when there is none
  std::string_view answer;      ///< "" when it is just some object
  std::string_view parameters;  ///< of the query, with blanks between them
  int status = 200;             ///< of success
};

[[nodiscard]] std::span<const NamedSchema> named_schemas();
[[nodiscard]] std::span<const Operation> operations();

}  // namespace offhook::api
