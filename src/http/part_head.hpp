#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace offhook::http {

/// What a part of a form says of itself.
struct PartHead {
  std::string name;
  /// What the sender calls the file, without folders and control characters: a text to show, never a path. Set when the
  /// part is a file; may be empty.
  std::optional<std::string> filename;
  std::string content_type = "text/plain";
  bool operator==(const PartHead&) const = default;
};

/// Reads the header lines of one part, without the empty line that ends them. `filename*` (RFC 8187) comes before
/// `filename`, in UTF-8 or Latin-1. In quotes, a backslash escapes a quote or a backslash and is itself before anything
/// else, since browsers sent whole paths. Errors: invalid_argument. Pure.
/// Source: RFC 7578, section 4; RFC 6266, section 4.
[[nodiscard]] Result<PartHead> parse_part_head(std::string_view lines);

/// The boundary of a Content-Type of multipart/form-data. Errors: unsupported_media, invalid_argument.
/// Source: RFC 2046, section 5.1.1 (1 to 70 characters of a set that holds no control characters).
[[nodiscard]] Result<std::string> boundary_of(std::string_view content_type);

}  // namespace offhook::http
