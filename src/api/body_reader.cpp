#include "api/body_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "auth/email.hpp"
#include "base/civil_time.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"

namespace offhook::api {

const json::value* BodyReader::given(std::string_view field) const {
  return result_ ? body_.if_contains(field) : nullptr;
}

BodyReader& BodyReader::reject(Error error) {
  if (result_) result_ = fail(std::move(error));
  return *this;
}

BodyReader& BodyReader::require(std::string_view field) {
  if (!result_) return *this;
  const auto* value = body_.if_contains(field);
  if (value == nullptr || value->is_null()) return reject(missing_field(field));
  if (value->is_string() && trim(to_std_string(*value)).empty()) return reject(invalid_value(field, "a text"));
  return *this;
}

BodyReader& BodyReader::text(std::string_view field, std::string& into, std::size_t max_bytes) {
  const auto* value = given(field);
  if (value == nullptr) return *this;
  if (value->is_null()) {
    into.clear();
    return *this;
  }
  if (!value->is_string()) return reject(wrong_type(field, "a string", *value));
  if (value->get_string().size() > max_bytes)
    return reject(invalid_value(field, fmt::format("a text of at most {} bytes", max_bytes)));
  into = to_std_string(*value);
  return *this;
}

BodyReader& BodyReader::phone(std::string_view field, std::string& into) {
  if (given(field) == nullptr) return *this;
  std::string number;
  if (!text(field, number, 40).result_) return *this;
  const bool has_digit = std::ranges::any_of(number, [](char c) { return c >= '0' && c <= '9'; });
  if (!number.empty() && !has_digit) return reject(invalid_value(field, "a phone number such as +14155550100"));
  into = number.empty() ? number : normalize_phone(number, "US");
  return *this;
}

BodyReader& BodyReader::email(std::string_view field, std::string& into) {
  if (given(field) == nullptr) return *this;
  std::string address;
  if (!text(field, address, 254).result_) return *this;
  if (!address.empty() && !auth::normal_email(address)) return reject(invalid_value(field, "an e-mail address"));
  into = std::move(address);
  return *this;
}

BodyReader& BodyReader::date(std::string_view field, std::string& into) {
  if (given(field) == nullptr) return *this;
  std::string day;
  if (!text(field, day, 20).result_) return *this;
  if (!day.empty() && !parse_date(day)) return reject(invalid_value(field, "a date as YYYY-MM-DD"));
  into = std::move(day);
  return *this;
}

BodyReader& BodyReader::time(std::string_view field, std::optional<UtcTime>& into) {
  const auto* value = given(field);
  if (value == nullptr) return *this;
  if (!value->is_string()) return reject(wrong_type(field, "a string", *value));
  const auto moment = parse_rfc3339(to_std_string(*value));
  if (!moment) return reject(invalid_value(field, "a time in RFC 3339, such as 2026-03-09T18:00:00Z"));
  into = moment;
  return *this;
}

BodyReader& BodyReader::one_of(std::string_view field, std::string& into,
                               std::initializer_list<std::string_view> values) {
  const auto* value = given(field);
  if (value == nullptr) return *this;
  if (!value->is_string()) return reject(wrong_type(field, "a string", *value));
  const std::string chosen = to_std_string(*value);
  if (std::ranges::find(values, chosen) == values.end())
    return reject(invalid_value(field, fmt::format("one of {}", fmt::join(values, ", "))));
  into = chosen;
  return *this;
}

BodyReader& BodyReader::integer(std::string_view field, std::int64_t& into, std::int64_t least, std::int64_t most) {
  if (given(field) == nullptr) return *this;
  const auto value = optional_integer(body_, field);
  if (!value) return reject(value.error());
  if (!value->has_value() || **value < least || **value > most)
    return reject(invalid_value(field, fmt::format("a whole number from {} to {}", least, most)));
  into = **value;
  return *this;
}

BodyReader& BodyReader::number(std::string_view field, double& into, double least, double most) {
  if (given(field) == nullptr) return *this;
  const auto value = optional_number(body_, field);
  if (!value) return reject(value.error());
  if (!value->has_value() || !(**value >= least && **value <= most))
    return reject(invalid_value(field, fmt::format("a number from {} to {}", least, most)));
  into = **value;
  return *this;
}

BodyReader& BodyReader::boolean(std::string_view field, bool& into) {
  if (given(field) == nullptr) return *this;
  const auto value = optional_bool(body_, field);
  if (!value) return reject(value.error());
  into = value->value_or(into);
  return *this;
}

BodyReader& BodyReader::object(std::string_view field, std::string& into, std::size_t max_bytes) {
  const auto* value = given(field);
  if (value == nullptr) return *this;
  if (value->is_null()) {
    into = "{}";
    return *this;
  }
  if (!value->is_object()) return reject(wrong_type(field, "an object", *value));
  std::string kept = json::serialize(*value);
  if (kept.size() > max_bytes) return reject(invalid_value(field, fmt::format("at most {} bytes", max_bytes)));
  into = std::move(kept);
  return *this;
}

BodyReader& BodyReader::names(std::string_view field, std::string& into, std::size_t most) {
  const auto* value = given(field);
  if (value == nullptr) return *this;
  if (!value->is_array()) return reject(wrong_type(field, "an array", *value));
  if (value->get_array().size() > most) return reject(invalid_value(field, fmt::format("at most {} of them", most)));
  json::array kept;
  for (const auto& item : value->get_array()) {
    std::string name = to_std_string(item);
    if (const auto named = find_string(item, "name")) name = *named;
    if (const auto named = find_string_at(item, {"function", "name"})) name = *named;
    if (name.empty() || name.size() > 200)
      return reject(wrong_type(fmt::format("{}[{}]", field, kept.size()), "a name", item));
    kept.emplace_back(name);
  }
  into = json::serialize(kept);
  return *this;
}

Result<json::object> parse_optional_body(std::string_view text) {
  if (trim(text).empty()) return json::object{};
  return parse_json_object(text);
}

}  // namespace offhook::api
