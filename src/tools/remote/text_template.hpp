#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "json/json.hpp"
#include "tools/tool.hpp"

namespace offhook::tools::remote {

/// A text with places for values, parsed once. Two kinds of places, never in the same text:
///
/// request side   {order_id}           an argument of the call
///                {context.call_id}    a fact about the call: call_id, caller_phone, agent, property_id
/// answer side    {{order.status}}     a member of the JSON answer; {{items.0.name}} the first of a list;
///                                     {{.}} the whole answer
///
/// A brace that belongs to the text itself is doubled on the request side: {{ and }}.
class TextTemplate {
 public:
  struct Part {
    std::string text;  ///< literal text; or the place's name
    bool is_place = false;
  };

  TextTemplate() = default;
  /// Errors: invalid_argument with a client text that completes "'url' …".
  [[nodiscard]] static Result<TextTemplate> parse_request(std::string_view text);
  [[nodiscard]] static Result<TextTemplate> parse_answer(std::string_view text);

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] bool empty() const { return parts_.empty(); }
  [[nodiscard]] bool has_places() const;
  /// The only place when the text is nothing else; else nullptr.
  [[nodiscard]] const std::string* sole_place() const;

 private:
  std::vector<Part> parts_;
};

/// The value of a request place: an argument or a fact of the context; nullptr-like null value when absent.
[[nodiscard]] json::value request_value(std::string_view place, const json::object& arguments,
                                        const ToolContext& context);
/// Is "context.x" a fact that there is?
[[nodiscard]] bool is_context_place(std::string_view place);

/// A string as it is, a number in the shortest form, a boolean as true or false; nothing else has a text.
[[nodiscard]] Result<std::string> scalar_text(const json::value& value);

/// The value at a dotted path; nullptr when there is none. Numbers index lists.
[[nodiscard]] const json::value* value_at(const json::value& root, std::string_view path);

/// Percent-encodes everything but RFC 3986's unreserved characters.
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace offhook::tools::remote
