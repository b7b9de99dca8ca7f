#include "tools/remote/text_template.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::tools::remote {
namespace {

constexpr std::string_view kContextFacts[] = {"context.call_id", "context.caller_phone", "context.agent",
                                              "context.property_id"};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

bool is_place_name(std::string_view name) { return !name.empty() && std::ranges::all_of(name, is_name_character); }

std::unexpected<Error> complain(std::string what) { return fail(ErrorKind::invalid_argument, std::move(what)); }

}  // namespace

Result<TextTemplate> TextTemplate::parse_request(std::string_view text) {
  TextTemplate parsed;
  std::string literal;
  const auto end_literal = [&] {
    if (!literal.empty()) parsed.parts_.push_back({.text = std::exchange(literal, {})});
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '{' && c != '}') {
      literal.push_back(c);
    } else if (at + 1 < text.size() && text[at + 1] == c) {
      literal.push_back(c);
      ++at;
    } else if (c == '}') {
      return complain("has a '}' without its '{'; write }} for a brace of the text");
    } else {
      const auto end = text.find('}', at);
      const std::string_view name = text.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
      if (end == std::string_view::npos || !is_place_name(name)) {
        return complain("has a '{' that is no {argument}; write {{ for a brace of the text");
      }
      end_literal();
      parsed.parts_.push_back({.text = std::string(name), .is_place = true});
      at = end;
    }
  }
  end_literal();
  return parsed;
}

Result<TextTemplate> TextTemplate::parse_answer(std::string_view text) {
  TextTemplate parsed;
  while (!text.empty()) {
    const auto open = text.find("{{");
    if (open != 0) parsed.parts_.push_back({.text = std::string(text.substr(0, open))});
    if (open == std::string_view::npos) break;
    const auto close = text.find("}}", open);
    if (close == std::string_view::npos) return complain("has a '{{' without its '}}'");
    const std::string_view path = trim(text.substr(open + 2, close - open - 2));
    if (!is_place_name(path)) {
      return complain(fmt::format("has '{{{{{}}}}}', which is no path such as {{{{order.status}}}}", path));
    }
    parsed.parts_.push_back({.text = std::string(path), .is_place = true});
    text.remove_prefix(close + 2);
  }
  return parsed;
}

bool TextTemplate::has_places() const { return std::ranges::any_of(parts_, &Part::is_place); }

const std::string* TextTemplate::sole_place() const {
  return parts_.size() == 1 && parts_.front().is_place ? &parts_.front().text : nullptr;
}

json::value request_value(std::string_view place, const json::object& arguments, const ToolContext& context) {
  const auto known = [](const std::string& text) { return text.empty() ? json::value() : json::value(text); };
  if (place == "context.call_id") return known(context.call_id);
  if (place == "context.caller_phone") return known(context.caller_phone);
  if (place == "context.agent") return known(context.agent);
  if (place == "context.property_id") return known(context.property_id);
  const auto* found = arguments.if_contains(place);
  return found == nullptr ? json::value() : *found;
}

bool is_context_place(std::string_view place) {
  return std::ranges::find(kContextFacts, place) != std::ranges::end(kContextFacts);
}

Result<std::string> scalar_text(const json::value& value) {
  if (value.is_string()) return to_std_string(value);
  if (value.is_bool()) return std::string(value.get_bool() ? "true" : "false");
  if (value.is_int64()) return std::to_string(value.get_int64());
  if (value.is_uint64()) return std::to_string(value.get_uint64());
  if (value.is_double()) return fmt::format("{}", value.get_double());
  return fail(ErrorKind::invalid_argument, "a single value");
}

const json::value* value_at(const json::value& root, std::string_view path) {
  const json::value* value = &root;
  if (path == ".") return value;
  for (const auto step : split(path, '.')) {
    if (const auto* object = value->if_object()) {
      value = object->if_contains(step);
    } else if (const auto* list = value->if_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
      const bool is_index = error == std::errc{} && end == step.data() + step.size();
      value = is_index ? list->if_contains(index) : nullptr;
    } else {
      value = nullptr;
    }
    if (value == nullptr) return nullptr;
  }
  return value;
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_name_character(c) || c == '~') {
      encoded.push_back(c);
    } else {
      encoded.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
    }
  }
  return encoded;
}

}  // namespace offhook::tools::remote
