#include "brain/structured_answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.hpp"
#include "brain/words.hpp"
#include "json/json.hpp"

namespace offhook::brain {
namespace {

/// Deeper schemas are not for us.
constexpr int kMaxDepth = 16;

/// Names of properties that hold what we would have said.
constexpr std::array<std::string_view, 10> kAnswerNames{"answer",  "reply", "response", "message", "text",
                                                        "content", "say",   "speech",   "output",  "result"};

struct NamedKind {
  std::string_view part;  ///< of the property's name
  MentionKind kind;
};
constexpr NamedKind kNamedKinds[] = {
    {"bedroom", MentionKind::bedrooms}, {"email", MentionKind::email}, {"phone", MentionKind::phone},
    {"date", MentionKind::date},        {"day", MentionKind::date},    {"time", MentionKind::time},
    {"budget", MentionKind::money},     {"rent", MentionKind::money},  {"price", MentionKind::money},
    {"amount", MentionKind::money},     {"name", MentionKind::name},   {"last_four", MentionKind::card_digits},
};

/// "moveInDate" and "Move-in date" give "move_in_date".
std::string snake_case(std::string_view name) {
  std::string snake;
  for (const char c : name) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (is_upper && !snake.empty() && snake.back() != '_') snake.push_back('_');
    snake.push_back(c == '-' || c == ' ' ? '_' : is_upper ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return snake;
}

std::optional<double> to_number(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

class Filler {
 public:
  Filler(const llm::ChatRequest& request, const Situation& situation, const Move& move)
      : schema_(request.response_format.schema), situation_(situation), move_(move) {
    for (const auto& message : request.messages) {
      if (message.role != llm::Role::user) continue;
      said_.append(normalize(message.content)).append(" ");
      const auto tokens = tokenize(straighten(message.content));
      for (auto& mention : find_mentions(straighten(message.content), tokens, situation.reading)) {
        mentions_.push_back(std::move(mention));
      }
    }
  }

  Result<json::value> fill() { return fill_value(schema_, "", 0); }

 private:
  static std::unexpected<Error> cannot(const std::string& name) {
    return fail(ErrorKind::invalid_argument, "The built-in model does not know what to put into '" +
                                                 (name.empty() ? std::string("the answer") : name) +
                                                 "' of the JSON Schema.");
  }

  /// The schema that a "$ref" within the document names.
  const json::value* follow(std::string_view pointer) const {
    if (!pointer.starts_with('#')) return nullptr;
    boost::system::error_code error;
    const json::value* target = schema_.find_pointer(pointer.substr(1), error);
    return error ? nullptr : target;
  }

  static bool allows(const json::value& schema, std::string_view type) {
    const auto* types = find(schema, "type");
    if (types == nullptr) return false;
    if (types->is_string()) return to_std_string(*types) == type;
    return types->is_array() &&
           std::ranges::any_of(types->get_array(), [&](const json::value& one) { return to_std_string(one) == type; });
  }

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, bounded
  Result<json::value> fill_value(const json::value& schema, const std::string& name, int depth) const {
    if (depth > kMaxDepth || !schema.is_object()) return cannot(name);
    if (const auto reference = find_string(schema, "$ref")) {
      const auto* target = follow(*reference);
      return target == nullptr ? Result<json::value>(cannot(name)) : fill_value(*target, name, depth + 1);
    }
    if (const auto* value = find(schema, "const")) return *value;
    for (const char* key : {"anyOf", "oneOf", "allOf"}) {
      const auto* choices = find_array(schema, key);
      if (choices == nullptr) continue;
      for (const auto& choice : *choices) {
        if (auto value = fill_value(choice, name, depth + 1)) return value;
      }
      return cannot(name);
    }
    if (const auto* values = find_array(schema, "enum")) return choose(schema, *values, name);
    if (allows(schema, "object") || find_object(schema, "properties") != nullptr) return fill_object(schema, depth);
    if (auto known = find_known(schema, name)) return std::move(*known);
    if (const auto* value = find(schema, "default")) return *value;
    if (allows(schema, "array") && find_number(schema, "minItems").value_or(0) == 0) return json::array();
    if (allows(schema, "null")) return json::value(nullptr);
    return cannot(name);
  }

  // NOLINTNEXTLINE(misc-no-recursion): see fill_value()
  Result<json::value> fill_object(const json::value& schema, int depth) const {
    json::object object;
    const auto* properties = find_object(schema, "properties");
    if (properties == nullptr) return object;
    const auto* required = find_array(schema, "required");
    for (const auto& property : *properties) {
      const std::string name(property.key());
      auto value = fill_value(property.value(), name, depth + 1);
      if (value) {
        object[name] = std::move(*value);
        continue;
      }
      const bool is_required = required != nullptr && std::ranges::any_of(*required, [&](const json::value& one) {
                                 return to_std_string(one) == name;
                               });
      if (is_required) return fail(value);
    }
    return object;
  }

  /// One of a list: what the slot holds or the caller named, else null when that is among them.
  Result<json::value> choose(const json::value& schema, const json::array& values, const std::string& name) const {
    const auto slot = slot_text(snake_case(name));
    for (const auto& value : values) {
      const std::string text = value.is_string() ? to_std_string(value) : json::serialize(value);
      if (slot ? iequals(*slot, text) : contains_words(said_, normalize(replace_all(text, "_", " ")))) return value;
    }
    if (const auto* value = find(schema, "default")) return *value;
    for (const auto& value : values) {
      if (value.is_null()) return value;
    }
    return cannot(name);
  }

  std::optional<std::string> slot_text(const std::string& name) const {
    const auto found = move_.after.slots.find(name);
    if (found == move_.after.slots.end() || found->second == kAny) return std::nullopt;
    return found->second;
  }

  std::optional<json::value> find_known(const json::value& schema, const std::string& given_name) const {
    const std::string name = snake_case(given_name);
    if (allows(schema, "string") && std::ranges::find(kAnswerNames, name) != kAnswerNames.end()) {
      return json::value(move_.text);
    }
    if (const auto slot = slot_text(name)) {
      if (auto value = typed(schema, *slot)) return value;
    }
    if (name.find("phone") != std::string::npos && !situation_.caller_phone.empty() && allows(schema, "string")) {
      return json::value(situation_.caller_phone);
    }
    for (const auto& row : kNamedKinds) {
      if (name.find(row.part) == std::string::npos) continue;
      for (auto mention = mentions_.rbegin(); mention != mentions_.rend(); ++mention) {
        if (mention->kind != row.kind) continue;
        if (auto value = typed(schema, mention->value)) return value;
      }
    }
    return std::nullopt;
  }

  static std::optional<json::value> typed(const json::value& schema, const std::string& text) {
    if (allows(schema, "boolean") && (text == "true" || text == "yes")) return json::value(true);
    if (allows(schema, "boolean") && (text == "false" || text == "no")) return json::value(false);
    const auto number = to_number(text);
    if (number && allows(schema, "integer") && *number == std::floor(*number)) {
      return json::value(static_cast<std::int64_t>(*number));
    }
    if (number && allows(schema, "number")) return json::value(*number);
    if (allows(schema, "string")) return json::value(text);
    return std::nullopt;
  }

  json::value schema_;
  const Situation& situation_;
  const Move& move_;
  std::string said_;  // by the caller, normalised
  std::vector<Mention> mentions_;
};

}  // namespace

Result<std::string> structured_answer(const llm::ChatRequest& request, const Situation& situation, const Move& move) {
  const auto& format = request.response_format;
  if (format.kind != llm::ResponseFormat::Kind::json_schema || format.schema.empty()) {
    return json::serialize(json::object{{"answer", move.text}});
  }
  auto value = Filler(request, situation, move).fill();
  if (!value) return fail(value);
  return json::serialize(*value);
}

}  // namespace offhook::brain
