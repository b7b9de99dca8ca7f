#include "api/call_context.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "base/text.hpp"

namespace offhook::api {
namespace {

using Path = std::initializer_list<std::string_view>;

constexpr std::size_t kLongestName = 64;

/// The first of these places that holds a text.
std::string first_text(const json::value& body, std::initializer_list<Path> places) {
  for (const Path& place : places) {
    if (const auto text = find_string_at(body, place); text && !text->empty()) return std::string(*text);
  }
  return {};
}

/// A key of the assistant's metadata, wherever this platform puts them.
std::string metadata(const json::value& body, std::string_view key) {
  return first_text(body, {{"metadata", key},
                           {key},
                           {"call", "metadata", key},
                           {"assistant", "metadata", key},
                           {"call", "assistant", "metadata", key}});
}

/// A name goes into a prompt: nothing that could be more than a name passes.
std::string only_name(std::string_view text) {
  std::string name = one_line(text);
  const bool is_odd = name.size() > kLongestName || std::ranges::any_of(name, [](char c) {
                        return (c >= '0' && c <= '9') || std::string_view("<>{}[]()\"\\:;!?=/|*#_`").contains(c);
                      });
  return is_odd ? std::string() : std::string(trim(name));
}

}  // namespace

CallContext read_call_context(const json::value& body) {
  return {.is_platform_call = find_object(body, "call") != nullptr,
          .platform_call_id = first_text(body, {{"call", "id"}}),
          .assistant_id = first_text(body, {{"call", "assistantId"}, {"assistant", "id"}, {"call", "assistant", "id"}}),
          .assistant_name = first_text(body, {{"assistant", "name"}, {"call", "assistant", "name"}}),
          .agent = metadata(body, "agent"),
          .property_id = metadata(body, "property_id"),
          .caller_phone = first_text(body, {{"call", "customer", "number"}, {"customer", "number"}}),
          .caller_name = only_name(first_text(body, {{"call", "customer", "name"}, {"customer", "name"}})),
          .dialled_number = first_text(body, {{"phoneNumber", "number"}, {"call", "phoneNumber", "number"}})};
}

}  // namespace offhook::api
