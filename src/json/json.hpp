#pragma once

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace offhook {

namespace json = boost::json;

/// Parses a whole document: strict JSON, valid UTF-8, at most 32 levels deep. Errors: invalid_argument
/// with a text for the client that says where it broke.
[[nodiscard]] Result<json::value> parse_json(std::string_view text);
/// The same into memory of the caller's choice: see JsonMemory.
[[nodiscard]] Result<json::value> parse_json(std::string_view text, json::storage_ptr storage);

/// One piece of memory that a document lies in which is read and thrown away. It grows with every change, and is given
/// back at once: nobody walks through the document to take it down. Declare it before the values in it. Values are
/// moved along by constructing from them; assigned to one that lives elsewhere they are copied.
class JsonMemory {
 public:
  JsonMemory() = default;  ///< the heap
  /// For a document of that many bytes of text.
  explicit JsonMemory(std::size_t text_size);
  JsonMemory(JsonMemory&&) noexcept = default;
  JsonMemory(const JsonMemory&) = delete;
  JsonMemory& operator=(JsonMemory&&) = delete;  ///< values that lie in it would stay behind
  JsonMemory& operator=(const JsonMemory&) = delete;
  ~JsonMemory() = default;

  /// Valid as long as this memory, wherever that is moved.
  [[nodiscard]] json::storage_ptr storage() const;

 private:
  std::unique_ptr<json::monotonic_resource> resource_;
};

/// Lenient look-ups, for payloads of other people: the member's value when it is there and of that type,
/// else nothing. Views live as long as the object.
[[nodiscard]] const json::value* find(const json::value& value, std::string_view key);
[[nodiscard]] const json::object* find_object(const json::value& value, std::string_view key);
[[nodiscard]] const json::array* find_array(const json::value& value, std::string_view key);
[[nodiscard]] std::optional<std::string_view> find_string(const json::value& value, std::string_view key);
/// Any JSON number, as double.
[[nodiscard]] std::optional<double> find_number(const json::value& value, std::string_view key);
[[nodiscard]] std::optional<bool> find_bool(const json::value& value, std::string_view key);
/// Walks members: find_at(call, {"customer", "number"}).
[[nodiscard]] const json::value* find_at(const json::value& value, std::initializer_list<std::string_view> path);
[[nodiscard]] std::optional<std::string_view> find_string_at(const json::value& value,
                                                             std::initializer_list<std::string_view> path);

/// A std::string copy of a JSON string (or "" for anything else).
[[nodiscard]] std::string to_std_string(const json::value& value);

/// "a string", "an object", … as error messages name a value's type.
[[nodiscard]] std::string_view type_name(const json::value& value);

/// Strict look-ups, for requests to us: a missing field is invalid_argument with code
/// missing_required_parameter, a wrong type one with code invalid_type; both name the field.
[[nodiscard]] Error missing_field(std::string_view field);
[[nodiscard]] Error wrong_type(std::string_view field, std::string_view expected, const json::value& got);
[[nodiscard]] Error invalid_value(std::string_view field, std::string_view expected);
[[nodiscard]] Result<std::string> require_string(const json::object& object, std::string_view field);
/// Absent and null are nullopt.
[[nodiscard]] Result<std::optional<std::string>> optional_string(const json::object& object, std::string_view field);
[[nodiscard]] Result<std::optional<double>> optional_number(const json::object& object, std::string_view field);
[[nodiscard]] Result<std::optional<std::int64_t>> optional_integer(const json::object& object, std::string_view field);
[[nodiscard]] Result<std::optional<bool>> optional_bool(const json::object& object, std::string_view field);
/// Parses a request body that has to be an object.
[[nodiscard]] Result<json::object> parse_json_object(std::string_view text);

}  // namespace offhook
