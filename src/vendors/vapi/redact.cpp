#include "vendors/vapi/redact.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace offhook::vapi {
namespace {

/// Lower case, without "_" and "-".
std::string normalized(std::string_view key) {
  std::string text;
  text.reserve(key.size());
  for (const char c : key) {
    if (c == '_' || c == '-') continue;
    text.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return text;
}

/// A key that ends so is a credential: twilioAuthToken, serverUrlSecret, X-Vapi-Secret, …
/// "token" does not catch promptTokens or maxTokens, which end in "s".
constexpr std::array<std::string_view, 10> kSuffixes = {"token",  "secret",   "secretkey",  "password",
                                                        "passwd", "apikey",   "privatekey", "authorization",
                                                        "cookie", "accesskey"};
constexpr std::array<std::string_view, 5> kNames = {"twilioaccountsid", "credentials", "signingkey", "passphrase",
                                                    "pem"};

}  // namespace

bool names_a_credential(std::string_view key) {
  const auto name = normalized(key);
  return std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return name.ends_with(suffix); }) ||
         std::ranges::find(kNames, name) != kNames.end();
}

void redact(json::value& value) {
  if (auto* array = value.if_array()) {
    for (auto& element : *array) redact(element);
    return;
  }
  auto* object = value.if_object();
  if (object == nullptr) return;
  std::vector<std::string> condemned;
  for (auto& member : *object) {
    const std::string_view key = member.key();
    if (names_a_credential(key)) {
      condemned.emplace_back(key);
    } else if ((key == "arguments" || key == "parameters") && member.value().is_string()) {
      if (auto inner = parse_json(to_std_string(member.value())); inner && inner->is_object()) {
        const json::value before = *inner;
        redact(*inner);
        if (*inner != before) member.value() = json::serialize(*inner);
      }
    } else {
      redact(member.value());
    }
  }
  for (const auto& key : condemned) object->erase(key);
}

}  // namespace offhook::vapi
