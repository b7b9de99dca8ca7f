#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "json/json.hpp"

namespace offhook::api {

/// Reads the fields of a JSON body into what they change. A field that is absent changes nothing; null empties a text.
/// The first fault stays and names its field; after it nothing more is read. Unknown fields are passed over.
class BodyReader {
 public:
  /// `body` must outlive it.
  explicit BodyReader(const json::object& body) : body_(body) {}

  /// The field has to be there, and no empty text.
  BodyReader& require(std::string_view field);
  BodyReader& text(std::string_view field, std::string& into, std::size_t max_bytes = 500);
  /// Normalised as dialled in the United States.
  BodyReader& phone(std::string_view field, std::string& into);
  BodyReader& email(std::string_view field, std::string& into);
  /// "YYYY-MM-DD".
  BodyReader& date(std::string_view field, std::string& into);
  /// RFC 3339.
  BodyReader& time(std::string_view field, std::optional<UtcTime>& into);
  BodyReader& one_of(std::string_view field, std::string& into, std::initializer_list<std::string_view> values);
  BodyReader& integer(std::string_view field, std::int64_t& into, std::int64_t least, std::int64_t most);
  BodyReader& number(std::string_view field, double& into, double least, double most);
  BodyReader& boolean(std::string_view field, bool& into);
  /// An object, kept as its text.
  BodyReader& object(std::string_view field, std::string& into, std::size_t max_bytes = 16 * 1024);
  /// Texts, or objects with a "name" or "function.name", kept as a JSON list of texts.
  BodyReader& names(std::string_view field, std::string& into, std::size_t most = 100);
  /// Fails with `error` unless something failed before.
  BodyReader& reject(Error error);

  [[nodiscard]] bool has(std::string_view field) const { return body_.contains(field); }
  [[nodiscard]] Result<void> result() const { return result_; }

 private:
  /// The field's value when it is to be read: there, and nothing failed before.
  const json::value* given(std::string_view field) const;

  const json::object& body_;
  Result<void> result_;
};

/// A body that may be left out: "" is {}.
[[nodiscard]] Result<json::object> parse_optional_body(std::string_view text);

}  // namespace offhook::api
