#include "agent/grounding.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/civil_time.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"
#include "brain/answers.hpp"
#include "brain/words.hpp"
#include "tools/results.hpp"

namespace offhook::agent {
namespace {

/// A field of a result that is longer is a text.
constexpr std::size_t kLongestField = 64;
/// With fewer facts of the caller's in its arguments, a call must be about what the caller spoke of.
constexpr int kEnoughFacts = 2;
/// An argument of more words is a summary, whatever its name.
constexpr std::size_t kMostWordsOfAFact = 6;

/// Arguments in the model's own words. Only what is written in figures has to have been said.
constexpr std::array<std::string_view, 13> kSummaries{"reason",   "note",    "notes", "summary", "description",
                                                      "message",  "comment", "topic", "subject", "query",
                                                      "question", "details", "text"};
/// Arguments that sort what was said: "I have savings" is financing "own funds". Treated like summaries.
constexpr std::array<std::string_view, 7> kSorts{"financing", "property_type", "timeline", "kind",
                                                 "unit_type", "type",          "category"};
/// Fields of results in which anybody may have written anything.
constexpr std::array<std::string_view, 13> kTexts{"speakable", "text",        "content", "passage", "snippet",
                                                  "heading",   "body",        "message", "summary", "note",
                                                  "notes",     "description", "reason"};
/// Handing over to a person harms nobody, and waiting for a yes would.
constexpr std::array<std::string_view, 1> kAlwaysWelcome{"transfer_to_human"};
/// These do nothing but write down what was said, so nobody has to ask for them.
constexpr std::array<std::string_view, 2> kWritesDownOnly{"qualify_lead", "collect"};
/// What documents say is nobody's wish.
constexpr std::array<std::string_view, 1> kDocumentTools{"search_documents"};

constexpr std::array<std::string_view, 26> kYes{
    "si", "sí", "oui", "ja",   "evet", "tak", "sim", "da",    "да",    "はい",  "是",    "好",       "对",
    "हाँ", "हां", "نعم", "igen", "ano",  "네",  "예",  "claro", "genau", "certo", "tamam", "d'accord", "haan"};
constexpr std::array<std::string_view, 8> kNo{"no", "non", "nein", "nee", "nie", "hayır", "não", "нет"};
/// Words that tell nothing about what a tool does.
constexpr std::array<std::string_view, 24> kEmptyWords{
    "caller", "customer", "with",  "from",  "their", "when",  "this",  "that", "after", "they",  "have", "proved",
    "what",   "which",    "where", "there", "about", "leave", "write", "into", "these", "those", "them", "existing"};

template <class Names>
bool is_one_of(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// The date and the time of "2026-03-07T14:00", "2026-03-07" and "14:00".
struct When {
  std::optional<std::chrono::year_month_day> date;
  std::optional<std::chrono::minutes> time;
};
When read_when(std::string_view text) {
  When when;
  if (text.size() >= 10) {
    when.date = parse_date(text.substr(0, 10));
    if (when.date && text.size() >= 16 && (text[10] == 'T' || text[10] == ' ')) {
      when.time = parse_time_of_day(text.substr(11, 5));
    }
    if (when.date && text.size() > 10 && !when.time) when.date.reset();
  } else {
    when.time = parse_time_of_day(text.substr(0, 5));
  }
  return when;
}

/// A day with its time was told as two facts.
int facts_in(const json::value& value) {
  if (!value.is_string()) return 1;
  const When when = read_when(to_std_string(value));
  return when.date && when.time ? 2 : 1;
}

bool is_phone_name(std::string_view name) {
  return name.find("phone") != std::string_view::npos || name.find("mobile") != std::string_view::npos;
}

/// Long figures in a summary.
std::vector<std::string> figures_in(const std::string& text) {
  std::vector<std::string> figures;
  for (const auto& word : folded_words(text)) {
    if (auto digits = only_digits(word); digits.size() >= 3) figures.push_back(std::move(digits));
  }
  return figures;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON that was parsed, 32 levels
void collect_fields(const json::value& value, std::set<std::string, std::less<>>& fields) {
  if (value.is_string() && value.get_string().size() <= kLongestField) {
    fields.insert(to_std_string(value));
  } else if (value.is_number()) {
    fields.insert(json::serialize(value));
  } else if (value.is_array()) {
    for (const auto& item : value.get_array()) collect_fields(item, fields);
  } else if (value.is_object()) {
    for (const auto& member : value.get_object()) {
      if (!is_one_of(kTexts, std::string_view(member.key()))) collect_fields(member.value(), fields);
    }
  }
}

}  // namespace

bool denies(std::string_view answer) {
  return brain::read_polarity(brain::tokenize(brain::straighten(answer))) == brain::Polarity::no ||
         is_one_of(kNo, to_lower(trim(answer).substr(0, trim(answer).find_first_of(" ,.!"))));
}

bool confirms(std::string_view answer) {
  const auto tokens = brain::tokenize(brain::straighten(answer));
  const auto polarity = brain::read_polarity(tokens);
  if (polarity != brain::Polarity::none) return polarity == brain::Polarity::yes;
  if (brain::read_choice(tokens)) return true;
  const std::string folded = to_lower(trim(answer));
  return std::ranges::any_of(kYes, [&](std::string_view yes) {
    if (!folded.starts_with(yes)) return false;
    const bool is_letter_next = folded.size() > yes.size() && folded[yes.size()] >= 'a' && folded[yes.size()] <= 'z';
    return !is_letter_next;
  });
}

std::set<std::string, std::less<>> name_stems(std::string_view tool_name) {
  std::set<std::string, std::less<>> stems;
  for (const auto& word : folded_words(replace_all(std::string(tool_name), "_", " "))) stems.insert(brain::stem(word));
  return stems;
}

tools::ToolResult ungrounded_result(const Ungrounded& what) {
  json::object details;
  if (!what.argument.empty()) details["field"] = what.argument;
  details["hint"] = what.argument.empty()
                        ? "Not done: the caller has not asked for this. Ask the caller whether you should, and call "
                          "again after a yes."
                        : "Not done: the caller has neither said nor confirmed '" + what.argument +
                              "'. Ask the caller for it, or read it back and wait for a yes; then call again.";
  return tools::refusal(kNotConfirmed, "Just to be sure, could you please confirm that?", std::move(details));
}

void Grounds::read(std::span<const llm::Message> conversation) {
  const llm::Message* asked = nullptr;
  std::map<std::string, std::string> tool_of;
  for (const auto& message : conversation) {
    switch (message.role) {
      case llm::Role::user:
        facts_.add(message.content);
        has_just_confirmed_ = asked != nullptr && confirms(message.content);
        if (has_just_confirmed_) facts_.add(asked->content);
        if (asked != nullptr && !denies(message.content)) heard_.add(asked->content);
        asked = nullptr;
        break;
      case llm::Role::assistant:
        if (!message.content.empty()) asked = &message;
        for (const auto& call : message.tool_calls) tool_of[call.id] = call.name;
        break;
      case llm::Role::tool: {
        const auto named = tool_of.find(message.tool_call_id);
        add_result(named != tool_of.end() ? named->second : message.name, message.content);
        break;
      }
      case llm::Role::system: instructed_.append(only_digits(message.content)).push_back(' '); break;
    }
  }
}

void Grounds::add_result(std::string_view tool, std::string_view json_text) {
  if (is_one_of(kDocumentTools, tool)) return;
  if (const auto value = parse_json(json_text); value && value->is_object()) collect_fields(*value, known_);
}

bool Grounds::reads_language() const { return iequals(std::string_view(context_.language).substr(0, 2), "en"); }

std::optional<Ungrounded> Grounds::find_ungrounded(const tools::Tool& tool, const json::object& arguments) const {
  if (is_one_of(kAlwaysWelcome, tool.name)) return std::nullopt;
  const auto* properties = tool.parameters.if_contains("properties");
  int facts = 0;
  for (const auto& argument : arguments) {
    const json::value* schema = properties != nullptr ? find(*properties, argument.key()) : nullptr;
    const Source source = source_of(argument.key(), argument.value(), schema);
    if (source == Source::nothing) return Ungrounded{.argument = std::string(argument.key())};
    if (source == Source::spoken) facts += facts_in(argument.value());
  }
  if (is_one_of(kWritesDownOnly, tool.name)) return std::nullopt;
  if (facts < kEnoughFacts && !is_about(tool)) return Ungrounded{};
  return std::nullopt;
}

std::optional<Ungrounded> Grounds::find_unknown_number(const json::object& arguments) const {
  constexpr std::size_t kShortestNumber = 7;
  for (const auto& argument : arguments) {
    const std::string text = to_std_string(argument.value());
    const std::string digits = only_digits(text);
    if (digits.size() < kShortestNumber || digits.size() * 2 < text.size()) continue;  // no number to dial
    // As people write it, without the country's code.
    constexpr std::size_t kNationalDigits = 10;
    const std::string national = digits.substr(digits.size() - std::min(digits.size(), kNationalDigits));
    const bool is_known = only_digits(context_.caller_phone).ends_with(national) || facts_.has_digits(national) ||
                          facts_.has_digits(digits) || known_.contains(text) || instructed_.contains(national);
    if (!is_known) return Ungrounded{.argument = std::string(argument.key())};
  }
  return std::nullopt;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON that was parsed, 32 levels
Grounds::Source Grounds::source_of(std::string_view name, const json::value& value, const json::value* schema) const {
  if (value.is_null() || value.is_bool()) return Source::known;
  if (schema != nullptr) {
    if (const auto* choices = find_array(*schema, "enum");
        choices != nullptr && std::ranges::find(*choices, value) != choices->end()) {
      return Source::known;
    }
    if (find_string(*schema, "type") == "boolean") return Source::known;
    for (const char* key : {"default", "const"}) {
      if (const auto* fixed = find(*schema, key); fixed != nullptr && *fixed == value) return Source::known;
    }
  }
  if (value.is_array()) {
    const auto* items = schema != nullptr ? find(*schema, "items") : nullptr;
    Source all = Source::known;
    for (const auto& item : value.get_array()) {
      const Source one = source_of(name, item, items);
      if (one == Source::nothing) return one;
      if (one == Source::spoken) all = one;
    }
    return all;
  }
  if (value.is_object()) {
    const auto* properties = schema != nullptr ? find(*schema, "properties") : nullptr;
    Source all = Source::known;
    for (const auto& member : value.get_object()) {
      const auto* inner = properties != nullptr ? find(*properties, member.key()) : nullptr;
      const Source one = source_of(member.key(), member.value(), inner);
      if (one == Source::nothing) return one;
      if (one == Source::spoken) all = one;
    }
    return all;
  }
  if (value.is_number()) {
    if (facts_.has_number(value.to_number<double>())) return Source::spoken;
    if (known_.contains(json::serialize(value))) return Source::known;
    return !reads_language() && has_just_confirmed_ ? Source::known : Source::nothing;
  }
  return source_of_text(name, to_std_string(value));
}

Grounds::Source Grounds::source_of_text(std::string_view name, const std::string& text) const {
  if (trim(text).empty() || text == context_.property_id) return Source::known;
  const std::string digits = only_digits(text);
  if (is_phone_name(name) && !digits.empty()) {
    if (only_digits(context_.caller_phone).ends_with(digits) || digits == only_digits(context_.caller_phone)) {
      return Source::known;
    }
    if (facts_.has_digits(digits)) return Source::spoken;
    return known_.contains(text) ? Source::known : Source::nothing;
  }
  const When when = read_when(text);
  if (when.date || when.time) {
    const bool is_time = !when.time || facts_.has_time(*when.time) || (when.date && facts_.has_wait());
    const std::chrono::sys_days today(context_.spoken.moment.today);
    const bool is_near = when.date && when.time && std::chrono::sys_days(*when.date) >= today &&
                         std::chrono::sys_days(*when.date) - today <= std::chrono::days(1);
    const bool is_date = !when.date || facts_.has_date(*when.date) || is_near;
    if (is_time && is_date) return Source::spoken;
    if (known_.contains(text)) return Source::known;
    return !reads_language() && has_just_confirmed_ ? Source::known : Source::nothing;
  }
  if (is_one_of(kSummaries, name) || is_one_of(kSorts, name) || folded_words(text).size() > kMostWordsOfAFact) {
    const auto figures = figures_in(text);
    const bool are_said = std::ranges::all_of(figures, [&](const auto& one) { return facts_.has_digits(one); });
    return are_said || known_.contains(text) ? Source::known : Source::nothing;
  }
  if (text.find('@') != std::string::npos && facts_.has_email(text)) return Source::spoken;
  if (is_of_callers_name(text)) return Source::known;
  if (digits.size() == text.size() && facts_.has_digits(digits)) return Source::spoken;
  if (facts_.has_words(text)) return Source::spoken;
  // A code that the assistant has told: results of earlier turns are not in the history that a platform sends.
  if (digits.size() >= 3 && heard_.has_words(text)) return Source::known;
  return known_.contains(text) ? Source::known : Source::nothing;
}

bool Grounds::is_of_callers_name(const std::string& text) const {
  const auto whole = folded_words(context_.caller_name);
  const auto words = folded_words(text);
  return !words.empty() && std::ranges::all_of(words, [&](const auto& word) { return is_one_of(whole, word); });
}

/// Has the caller spoken of what this tool alone does, or just said yes to a question that cannot be read?
bool Grounds::is_about(const tools::Tool& tool) const {
  std::set<std::string> stems;
  const auto add = [&](std::string_view text, std::size_t shortest) {
    for (const auto& word : folded_words(text)) {
      if (word.size() < shortest || is_one_of(kEmptyWords, word)) continue;
      if (auto stem = brain::stem(word); !context_.other_words.contains(stem)) stems.insert(std::move(stem));
    }
  };
  add(replace_all(tool.name, "_", " "), 3);
  add(tool.description, 4);
  return facts_.has_stem(stems) || (!reads_language() && has_just_confirmed_);
}

}  // namespace offhook::agent
