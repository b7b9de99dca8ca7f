#include "json/json.hpp"

#include "json/plain_numbers.ipp"  // before Boost.JSON's sources, whose way to print numbers it replaces

#include <boost/json/src.hpp>  // Boost.JSON compiled here, once

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text.hpp"

namespace offhook {

Result<json::value> parse_json(std::string_view text) { return parse_json(text, {}); }

// A tree takes about twice its text.
JsonMemory::JsonMemory(std::size_t text_size)
    : resource_(std::make_unique<json::monotonic_resource>(2 * text_size + 1024)) {}

json::storage_ptr JsonMemory::storage() const {
  return resource_ ? json::storage_ptr(resource_.get()) : json::storage_ptr();
}

Result<json::value> parse_json(std::string_view text, json::storage_ptr storage) {
  boost::system::error_code error;
  std::array<unsigned char, 4096> working_memory;  // of the parser: what it has read of values that are not complete
  json::stream_parser parser({}, {}, working_memory.data(), working_memory.size());
  parser.reset(std::move(storage));
  const std::size_t consumed = parser.write_some(text.data(), text.size(), error);
  if (!error) {
    if (consumed < text.size()) {
      const auto rest = trim(text.substr(consumed));
      if (!rest.empty()) error = json::error::extra_data;
    }
  }
  if (!error) parser.finish(error);
  if (error) {
    return fail(
        ErrorKind::invalid_argument,
        fmt::format("Invalid request: the body is not valid JSON ({} near byte {})", error.message(), consumed));
  }
  return parser.release();
}

Result<json::object> parse_json_object(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return fail(value);
  if (!value->is_object()) {
    return fail(
        Error{.kind = ErrorKind::invalid_argument,
              .client = fmt::format("Invalid request: the body must be a JSON object, not {}", type_name(*value)),
              .code = "invalid_type"});
  }
  return std::move(value->get_object());
}

const json::value* find(const json::value& value, std::string_view key) {
  const auto* object = value.if_object();
  return object == nullptr ? nullptr : object->if_contains(key);
}

const json::object* find_object(const json::value& value, std::string_view key) {
  const auto* member = find(value, key);
  return member == nullptr ? nullptr : member->if_object();
}

const json::array* find_array(const json::value& value, std::string_view key) {
  const auto* member = find(value, key);
  return member == nullptr ? nullptr : member->if_array();
}

std::optional<std::string_view> find_string(const json::value& value, std::string_view key) {
  const auto* member = find(value, key);
  if (member == nullptr || !member->is_string()) return std::nullopt;
  return std::string_view(member->get_string());
}

std::optional<double> find_number(const json::value& value, std::string_view key) {
  const auto* member = find(value, key);
  if (member == nullptr || !member->is_number()) return std::nullopt;
  return member->to_number<double>();
}

std::optional<bool> find_bool(const json::value& value, std::string_view key) {
  const auto* member = find(value, key);
  if (member == nullptr || !member->is_bool()) return std::nullopt;
  return member->get_bool();
}

const json::value* find_at(const json::value& value, std::initializer_list<std::string_view> path) {
  const json::value* here = &value;
  for (const auto key : path) {
    here = find(*here, key);
    if (here == nullptr) return nullptr;
  }
  return here;
}

std::optional<std::string_view> find_string_at(const json::value& value, std::initializer_list<std::string_view> path) {
  const auto* member = find_at(value, path);
  if (member == nullptr || !member->is_string()) return std::nullopt;
  return std::string_view(member->get_string());
}

std::string to_std_string(const json::value& value) {
  return value.is_string() ? std::string(std::string_view(value.get_string())) : std::string();
}

std::string_view type_name(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return "a boolean";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_: return "a number";
    case json::kind::string: return "a string";
    case json::kind::array: return "an array";
    case json::kind::object: return "an object";
  }
  return "unknown";
}

Error missing_field(std::string_view field) {
  return {.kind = ErrorKind::invalid_argument,
          .client = fmt::format("Invalid request: missing required field '{}'", field),
          .param = std::string(field),
          .code = "missing_required_parameter"};
}

Error wrong_type(std::string_view field, std::string_view expected, const json::value& got) {
  return {.kind = ErrorKind::invalid_argument,
          .client = fmt::format("Invalid request: '{}' must be {}, not {}", field, expected, type_name(got)),
          .param = std::string(field),
          .code = "invalid_type"};
}

Error invalid_value(std::string_view field, std::string_view expected) {
  return {.kind = ErrorKind::invalid_argument,
          .client = fmt::format("Invalid request: '{}' must be {}", field, expected),
          .param = std::string(field),
          .code = "invalid_value"};
}

Result<std::string> require_string(const json::object& object, std::string_view field) {
  const auto* member = object.if_contains(field);
  if (member == nullptr) return fail(missing_field(field));
  if (!member->is_string()) return fail(wrong_type(field, "a string", *member));
  return to_std_string(*member);
}

namespace {

/// The member unless it is absent or null.
const json::value* present(const json::object& object, std::string_view field) {
  const auto* member = object.if_contains(field);
  return member == nullptr || member->is_null() ? nullptr : member;
}

}  // namespace

Result<std::optional<std::string>> optional_string(const json::object& object, std::string_view field) {
  const auto* member = present(object, field);
  if (member == nullptr) return std::nullopt;
  if (!member->is_string()) return fail(wrong_type(field, "a string", *member));
  return to_std_string(*member);
}

Result<std::optional<double>> optional_number(const json::object& object, std::string_view field) {
  const auto* member = present(object, field);
  if (member == nullptr) return std::nullopt;
  if (!member->is_number()) return fail(wrong_type(field, "a number", *member));
  return member->to_number<double>();
}

Result<std::optional<std::int64_t>> optional_integer(const json::object& object, std::string_view field) {
  const auto* member = present(object, field);
  if (member == nullptr) return std::nullopt;
  boost::system::error_code error;
  const auto number = member->is_number() ? member->to_number<std::int64_t>(error) : 0;
  if (!member->is_number() || error) return fail(wrong_type(field, "an integer", *member));
  return number;
}

Result<std::optional<bool>> optional_bool(const json::object& object, std::string_view field) {
  const auto* member = present(object, field);
  if (member == nullptr) return std::nullopt;
  if (!member->is_bool()) return fail(wrong_type(field, "a boolean", *member));
  return member->get_bool();
}

}  // namespace offhook
