#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace offhook::http {

/// One field of a form, decoded: any bytes.
struct FormField {
  std::string name;
  std::string value;
  bool operator==(const FormField&) const = default;
};

/// The fields in the order in which they were sent; a name may come more than once.
struct Form {
  std::vector<FormField> fields;

  /// The first value of that name; nullopt when there is none. A view into the form.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
};

/// Decodes an application/x-www-form-urlencoded body, such as Twilio's callbacks have. An escape that is none is an
/// error here, where browsers let it pass: senders of callbacks do not make any. Errors: invalid_argument; too_large
/// (more than `max_fields`). Pure. Source: WHATWG URL Standard, "application/x-www-form-urlencoded parsing".
[[nodiscard]] Result<Form> parse_form(std::string_view body, std::size_t max_fields = 1000);

}  // namespace offhook::http
