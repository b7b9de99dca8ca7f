#include "tools/results.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "privacy/card_filter.hpp"
#include "privacy/json_text.hpp"

namespace offhook::tools {
namespace {

struct SpokenField {
  std::string_view field, spoken;
};
constexpr SpokenField kSpokenFields[] = {{"name", "your name"},
                                         {"phone", "your phone number"},
                                         {"email", "your email address"},
                                         {"date_of_birth", "your date of birth"},
                                         {"budget", "your budget"},
                                         {"last_four", "the last four digits of the card"},
                                         {"customer_id", "your customer number"},
                                         {"appointment_id", "the appointment's confirmation code"},
                                         {"pets", "whether you have pets"},
                                         {"employed", "whether you are employed"},
                                         {"bedrooms", "the number of bedrooms"},
                                         {"at", "when we should call"},
                                         {"move_in_date", "your move-in date"},
                                         {"digits", "which keys to press"},
                                         {"number", "the number"},
                                         {"value", "that"},
                                         {"kind", "what kind you mean"},
                                         {"unit_type", "the kind of apartment"},
                                         {"location", "where you are looking"},
                                         {"property_type", "what kind of property you are looking for"},
                                         {"timeline", "when you would like to buy"},
                                         {"financing", "how you will pay for it"},
                                         {"max_rent", "the highest rent you have in mind"}};

std::string spoken(std::string_view field) {
  for (const auto& row : kSpokenFields) {
    if (row.field == field) return std::string(row.spoken);
  }
  return "the " + replace_all(std::string(field), "_", " ");
}

std::string did_not_catch(std::string_view field) { return fmt::format("Sorry, I didn't catch {}.", spoken(field)); }

}  // namespace

ToolResult success(std::string speakable, json::object data) {
  return {.ok = true, .speakable = std::move(speakable), .data = std::move(data)};
}

ToolResult refusal(std::string_view error, std::string speakable, json::object details) {
  json::object data{{"error", error}};
  for (auto& detail : details) data[detail.key()] = std::move(detail.value());
  return {.ok = false, .speakable = std::move(speakable), .data = std::move(data)};
}

ToolResult missing_argument(std::string_view field) {
  return refusal("missing_argument", did_not_catch(field), {{"field", field}});
}

ToolResult invalid_argument(std::string_view field, std::string_view expected) {
  return refusal("invalid_argument", did_not_catch(field), {{"field", field}, {"expected", expected}});
}

ToolResult apology(const Error& error) {
  const bool is_late = error.kind == ErrorKind::timeout;
  auto result =
      refusal(to_string(error.kind), is_late ? "Sorry, that is taking longer than it should. One moment, please."
                                             : "Sorry, something went wrong on my side just now.");
  result.log = error.log_text();
  return result;
}

void redact_cards(ToolResult& result) {
  result.speakable = privacy::redact_cards(result.speakable, privacy::Wording::spoken);
  json::value data(std::move(result.data));
  privacy::redact_cards(data);
  result.data = std::move(data.get_object());
}

std::string to_model_text(const ToolResult& result) {
  json::object object{{"ok", result.ok}, {"speakable", result.speakable}};
  for (const auto& member : result.data) object.insert(member);
  return json::serialize(object);
}

std::string to_journal_text(const ToolResult& result) {
  return json::serialize(json::object{{"ok", result.ok}, {"speakable", result.speakable}, {"data", result.data}});
}

Result<ToolResult> from_journal_text(std::string_view text) {
  const auto stored = parse_json(text);
  const json::value none;
  const auto& value = stored ? *stored : none;
  const auto ok = find_bool(value, "ok");
  const auto speakable = find_string(value, "speakable");
  const auto* data = find_object(value, "data");
  if (!ok || !speakable || data == nullptr) {
    return fail(ErrorKind::internal, {}, "a journalled tool result cannot be read");
  }
  return ToolResult{.ok = *ok, .speakable = std::string(*speakable), .data = *data};
}

}  // namespace offhook::tools
