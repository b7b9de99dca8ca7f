#include "http/form.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "http/message.hpp"

namespace offhook::http {

std::optional<std::string_view> Form::find(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &FormField::name);
  if (found == fields.end()) return std::nullopt;
  return found->value;
}

Result<Form> parse_form(std::string_view body, std::size_t max_fields) {
  Form form;
  while (!body.empty()) {
    const std::size_t end = body.find('&');
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    if (pair.empty()) continue;
    if (form.fields.size() == max_fields)
      return fail(ErrorKind::too_large, fmt::format("Invalid request: a form of more than {} fields", max_fields));
    const std::size_t equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                  : percent_decode(pair.substr(equals + 1), true);
    if (!name || !value) {
      return fail(ErrorKind::invalid_argument,
                  fmt::format("Invalid request: field {} of the form is not percent-encoded", form.fields.size() + 1));
    }
    form.fields.push_back({.name = std::move(*name), .value = std::move(*value)});
  }
  return form;
}

}  // namespace offhook::http
