#include "privacy/json_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "base/text.hpp"
#include "privacy/card_filter.hpp"
#include "privacy/card_number.hpp"
#include "privacy/conversation.hpp"
#include "privacy/digit_scan.hpp"

namespace offhook::privacy {
namespace {

constexpr int kMostNestedTexts = 4;

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

/// An id of somebody's: a member named so whose value has letters in it.
bool is_id(std::string_view key, std::string_view text) {
  const bool is_named_so = key == "id" || key.ends_with("Id") || key.ends_with("_id") || key.ends_with("ID");
  const bool is_one_word = text.find_first_of(" \t\n") == std::string_view::npos;
  const bool has_letter = std::ranges::any_of(text, [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; });
  return is_uuid(text) || (is_named_so && is_one_word && has_letter);
}

/// Where the words of a message stand.
json::string* words_of(json::value& entry) {
  auto* object = entry.if_object();
  if (object == nullptr) return nullptr;
  const auto* role = object->if_contains("role");
  if (role == nullptr || !role->is_string()) return nullptr;
  for (const char* key : {"message", "content", "text", "transcript"}) {
    if (auto* words = object->if_contains(key); words != nullptr && words->is_string()) return &words->get_string();
  }
  return nullptr;
}

class Redactor {
 public:
  void redact(json::value& value, std::string_view key = {}) {
    if (auto* array = value.if_array()) {
      redact_messages(*array);
      for (auto& element : *array) redact(element, key);
    } else if (auto* object = value.if_object()) {
      for (auto& member : *object) redact(member.value(), member.key());
    } else if (auto* text = value.if_string()) {
      redact_text(*text, key);
    } else if (value.is_int64() || value.is_uint64()) {
      redact_number(value);
    } else if (value.is_double() && !std::isfinite(value.get_double())) {
      value = nullptr;  // "1e999": what would be written could not be read again
    }
  }

  std::vector<std::string> take_split_cards() { return std::move(split_cards_); }

 private:
  void redact_messages(json::array& array) {
    std::vector<Utterance> utterances;
    std::vector<json::string*> places;
    for (auto& entry : array) {
      auto* words = words_of(entry);
      if (words == nullptr) continue;
      utterances.push_back(
          {.role = std::string(find_string(entry, "role").value_or("")), .text = std::string(view_of(*words))});
      places.push_back(words);
    }
    if (places.size() < 2) return;
    auto found = redact_conversation(utterances);
    split_cards_.insert(split_cards_.end(), found.begin(), found.end());
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (view_of(*places[i]) != utterances[i].text) *places[i] = utterances[i].text;
    }
  }

  void redact_text(json::string& text, std::string_view key) {
    const std::string_view view = view_of(text);
    if (!scan_digits(view).says_digits() || is_id(key, view)) return;
    const auto trimmed = trim(view);
    if (nested_ < kMostNestedTexts && trimmed.size() > 1 && (trimmed.front() == '{' || trimmed.front() == '[')) {
      if (auto inner = parse_json(trimmed)) {
        const json::value before = *inner;
        ++nested_;
        redact(*inner);
        --nested_;
        if (*inner != before) text = json::serialize(*inner);
        return;
      }
    }
    const std::string redacted = redact_transcript(view, split_cards_);
    if (redacted != view) text = redacted;
  }

  static void redact_number(json::value& value) {
    if (value.is_int64() && value.get_int64() < 0) return;
    const std::string digits =
        value.is_int64() ? std::to_string(value.get_int64()) : std::to_string(value.get_uint64());
    if (begins_like_card(digits) && passes_luhn(digits)) value = card_replacement(digits, Wording::written);
  }

  int nested_ = 0;
  std::vector<std::string> split_cards_;
};

/// Takes parts of known cards out of a value. A text that is JSON stays JSON.
class PartRedactor {
 public:
  explicit PartRedactor(const std::vector<std::string>& cards) : cards_(cards) {}

  bool redact(json::value& value) {
    bool has_changed = false;
    if (auto* array = value.if_array()) {
      for (auto& element : *array) has_changed |= redact(element);
    } else if (auto* object = value.if_object()) {
      for (auto& member : *object) {
        const auto* text = member.value().if_string();
        if (text != nullptr && is_id(member.key(), view_of(*text))) continue;
        has_changed |= redact(member.value());
      }
    } else if (auto* text = value.if_string()) {
      has_changed = redact_text(*text);
    } else if (nested_ > 0 && value.is_int64() && is_card_part(std::to_string(value.get_int64()), cards_)) {
      value = std::string(part_replacement());
      has_changed = true;
    }
    return has_changed;
  }

 private:
  bool redact_text(json::string& text) {
    const std::string_view view = view_of(text);
    const auto trimmed = trim(view);
    if (nested_ < kMostNestedTexts && trimmed.size() > 1 && (trimmed.front() == '{' || trimmed.front() == '[')) {
      if (auto inner = parse_json(trimmed)) {
        ++nested_;
        const bool has_changed = redact(*inner);
        --nested_;
        if (has_changed) text = json::serialize(*inner);
        return has_changed;
      }
    }
    const std::string redacted = redact_card_parts(view, cards_);
    if (redacted == view) return false;
    text = redacted;
    return true;
  }

  const std::vector<std::string>& cards_;
  int nested_ = 0;
};

}  // namespace

std::vector<std::string> redact_cards(json::value& value) {
  Redactor redactor;
  redactor.redact(value);
  auto cards = redactor.take_split_cards();
  // The same conversation often comes more than once in one message.
  std::ranges::sort(cards);
  cards.erase(std::ranges::unique(cards).begin(), cards.end());
  if (!cards.empty()) redact_card_parts(value, cards);
  return cards;
}

std::string redact_json_text(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return redact_cards(text);
  const json::value before = *value;
  static_cast<void>(redact_cards(*value));
  return *value == before ? std::string(text) : json::serialize(*value);
}

bool redact_card_parts(json::value& value, const std::vector<std::string>& cards) {
  return PartRedactor(cards).redact(value);
}

std::string redact_parts_in_json_text(std::string_view text, const std::vector<std::string>& cards) {
  auto value = parse_json(text);
  if (!value) return redact_card_parts(text, cards);
  return PartRedactor(cards).redact(*value) ? json::serialize(*value) : std::string(text);
}

}  // namespace offhook::privacy
