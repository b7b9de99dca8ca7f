#include "privacy/credentials.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace offhook::privacy {
namespace {

/// Texts within texts: deeper ones are no payload of anybody.
constexpr int kMostNestedTexts = 4;

/// Lower case, letters and digits only.
std::string normalized(std::string_view key) {
  std::string text;
  text.reserve(key.size());
  for (const char c : to_lower(key)) {
    if (c != '_' && c != '-' && c != '.' && c != ' ') text.push_back(c);
  }
  return text;
}

/// A key that ends so is a credential: twilioAuthToken, serverUrlSecret, vonageApiSecret, X-Vapi-Secret, …
/// "token" does not catch promptTokens or maxTokens, which end in "s".
constexpr std::array<std::string_view, 23> kSuffixes = {
    "token",      "secret",    "secretkey",     "password",   "passwd",     "passphrase", "passcode",        "apikey",
    "privatekey", "accesskey", "accesskeyid",   "signingkey", "sessionkey", "authkey",    "encryptionkey",   "hmackey",
    "licensekey", "sharedkey", "authorization", "cookie",     "jwt",        "bearer",     "connectionstring"};
/// Keys that are credentials as a whole. Account numbers of carriers are half of a login.
constexpr std::array<std::string_view, 22> kNames = {
    "twilioaccountsid", "accountsid", "authid",          "authpassword", "authusername", "sipusername", "pem",
    "credentials",      "auth",       "basicauth",       "secrets",      "passwords",    "apikeys",     "accesstokens",
    "refreshtokens",    "pwd",        "clientassertion", "vonagekey",    "telnyxkey",    "plivoauthid", "keyfile",
    "serviceaccount"};
constexpr std::array<std::string_view, 6> kValuePrefixes = {"Bearer ",  "Basic ", "sk-",
                                                            "sk_live_", "xoxb-",  "-----BEGIN "};

class Dropper {
 public:
  void drop(json::value& value) {
    if (auto* array = value.if_array()) {
      for (auto& element : *array) drop(element);
    } else if (auto* object = value.if_object()) {
      nested_arguments_ > 0 ? drop_values(*object) : drop_members(*object);
    } else if (auto* text = value.if_string()) {
      drop_in_text(*text);
    }
  }

 private:
  /// What a tool is called with, and the schema of it: the names in there are the tool's own, and a caller's "passcode"
  /// for a visitor's gate is no credential of ours.
  static bool holds_arguments(std::string_view key, const json::value& value) {
    return (key == "arguments" || key == "parameters") && (value.is_object() || value.is_string());
  }

  void drop_values(json::object& object) {
    for (auto& member : object) drop(member.value());
  }

  void drop_members(json::object& object) {
    // One header of a list: its value goes, and its name stays.
    for (const char* name_key : {"name", "key", "header"}) {
      const auto* name = object.if_contains(name_key);
      if (name == nullptr || !name->is_string() || !names_a_credential(name->get_string())) continue;
      if (auto* held = object.if_contains("value"); held != nullptr && held->is_string()) *held = "[removed]";
    }
    std::vector<std::string> condemned;
    for (auto& member : object) {
      if (names_a_credential(member.key())) {
        condemned.emplace_back(member.key());
      } else if (holds_arguments(member.key(), member.value())) {
        ++nested_arguments_;
        drop(member.value());
        --nested_arguments_;
      } else {
        drop(member.value());
      }
    }
    for (const auto& key : condemned) object.erase(key);
  }

  void drop_in_text(json::string& text) {
    const std::string_view view(text.data(), text.size());
    if (looks_like_credential(view)) {
      text = "[removed]";
      return;
    }
    const auto begin = trim(view);
    if (nested_ == kMostNestedTexts || begin.size() < 2 || (begin.front() != '{' && begin.front() != '[')) return;
    auto inner = parse_json(begin);
    if (!inner) return;
    const json::value before = *inner;
    ++nested_;
    drop(*inner);
    --nested_;
    if (*inner != before) text = json::serialize(*inner);
  }

  int nested_ = 0;
  int nested_arguments_ = 0;
};

/// Is this more than a word? "Basic coverage" is a kind of insurance.
bool looks_encoded(std::string_view rest) {
  while (!rest.empty() && std::string_view(".,;:!?").contains(rest.back())) rest.remove_suffix(1);
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (rest.find_first_of("0123456789=+/.") != std::string_view::npos) return true;
  // A name begins with a capital and goes on without.
  return std::ranges::any_of(rest, is_lower) && std::ranges::any_of(rest.substr(rest.empty() ? 0 : 1), is_upper);
}

}  // namespace

bool names_a_credential(std::string_view key) {
  const auto name = normalized(key);
  return std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return name.ends_with(suffix); }) ||
         std::ranges::find(kNames, name) != kNames.end();
}

bool looks_like_credential(std::string_view text) {
  constexpr std::size_t kShortest = 14;
  return text.size() >= kShortest && std::ranges::any_of(kValuePrefixes, [&](std::string_view prefix) {
           if (!text.starts_with(prefix)) return false;
           if (prefix.starts_with('-')) return true;
           // A sentence that begins so has more blanks than a credential.
           if (text.find(' ', prefix.size()) != std::string_view::npos) return false;
           return !prefix.ends_with(' ') || looks_encoded(text.substr(prefix.size()));
         });
}

void drop_credentials(json::value& value) { Dropper().drop(value); }

}  // namespace offhook::privacy
