#pragma once

#include <cstddef>
#include <string_view>

#include "json/json.hpp"

/// JSON Schemas that strangers wrote: servers of tools, clients that demand a form. A few lines of one can keep a
/// validator busy for ever. Pure functions.
namespace offhook::tools {

/// What a "$ref" of this document means (RFC 6901, behind "#"); nullptr: nothing, or a place in another document.
[[nodiscard]] const json::value* referenced(const json::value& root, std::string_view reference);

/// Throws std::invalid_argument, with why, for references that leave the document, name no schema in it, or come back
/// to where they began without going into the value: a validator follows those until the stack is used up.
void require_sound_references(const json::value& root);

/// What a schema comes to.
struct SchemaExtent {
  std::size_t values = 0;    ///< with every reference written out, one that leads to itself once
  bool is_circular = false;  ///< a schema is part of itself, as in trees
};
/// Counts up to `most` and one more. Each of ten definitions naming the next one ten times stands for millions.
[[nodiscard]] SchemaExtent extent_of(const json::value& root, std::size_t most);

/// Without regular expressions, for which a validator's engine may need exponential time and deep stacks: both the
/// pattern and the text come from outside. Where names matched a pattern, any name is allowed.
[[nodiscard]] json::value without_patterns(const json::value& schema);

}  // namespace offhook::tools
