#include "brain/schema/tracker.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "brain/schema/spans.hpp"
#include "brain/schema/vocabulary.hpp"

namespace offhook::brain::schema {
namespace {

// A tool that does something must be named a little more clearly than one that looks something up.
constexpr double kEffectReserve = 0.1;
// How much clearer another tool must be meant while a question waits for an answer.
constexpr double kAnswerReserve = 0.3;
// What a date or a time weighs that only another tool can use.
constexpr double kFactEvidence = 0.7;
// What a question about the matter in hand weighs for staying with it.
constexpr double kStay = 1.5;

bool says_any(const std::string& words, std::initializer_list<std::string_view> phrases) {
  return std::ranges::any_of(phrases, [&](std::string_view phrase) { return contains_words(words, phrase); });
}

bool asks_for_more(const std::string& words) {
  if (says_any(words, {"will that be all", "is that all", "is that everything", "anything you need", "can i help",
                       "any question", "any questions"})) {
    return true;
  }
  return says_any(words, {"else", "further", "more", "other", "again", "additional", "another"}) &&
         says_any(words, {"help", "assist", "assistance", "anything", "something", "do for you", "details", "need",
                          "service", "assisting", "what else"});
}

bool ends_talk(const std::string& words, Polarity polarity) {
  return polarity == Polarity::no || says_any(words, {"that is all",
                                                      "that is it",
                                                      "all set",
                                                      "that will be all",
                                                      "nothing else",
                                                      "i am good",
                                                      "i am done",
                                                      "all i need",
                                                      "all i needed",
                                                      "goodbye",
                                                      "bye",
                                                      "that would be all",
                                                      "i am all",
                                                      "that will do",
                                                      "everything i need",
                                                      "that is everything",
                                                      "be it",
                                                      "i am fine",
                                                      "nothing more",
                                                      "not now",
                                                      "not right now",
                                                      "that is ok",
                                                      "appreciate",
                                                      "covers it"});
}

bool offers_tool(const std::string& words) {
  return says_any(
      words, {"would you like", "do you want", "shall i", "should i", "want me to", "can i", "may i", "would you want",
              "like me to", "interested in", "are you looking to", "do you need", "do you wish", "need to"});
}

}  // namespace

std::string offered_name(const Sentence& spoken, const Values& known) {
  const auto& tokens = spoken.tokens;
  constexpr auto kCues =
      std::to_array<std::string_view>({"called", "named", "about", "like", "is", "try", "recommend", "with", "by",
                                       "found", "at", "to", "the", "name", "have", "there"});
  constexpr auto kStreets =
      std::to_array<std::string_view>({"street", "st", "avenue", "ave", "road", "rd", "drive", "boulevard", "blvd",
                                       "lane", "way", "suite", "court", "terrace", "highway", "floor", "place"});
  std::string best;
  double best_score = 0;
  for (const auto& span : capital_runs(spoken)) {
    const std::string text = text_of(spoken, span);
    const bool is_known =
        std::ranges::any_of(known, [&](const auto& entry) { return normalize(entry.second) == normalize(text); });
    if (is_known || text.size() < 2) continue;
    double score = 1;
    const std::string_view before = span.first > 0 ? std::string_view(tokens[span.first - 1].text) : std::string_view();
    if (is_one_of(kCues, before)) score += 1;
    if (before == "in" || before == "on") score -= 1;
    if (span.last - span.first > 1) score += 1;
    const bool has_street = std::any_of(tokens.begin() + static_cast<std::ptrdiff_t>(span.first),
                                        tokens.begin() + static_cast<std::ptrdiff_t>(span.last),
                                        [&](const Token& token) { return is_one_of(kStreets, token.text); });
    if (tokens[span.first].is_number && has_street) score -= 2.5;
    const bool is_start = span.first == 0 || (tokens[span.first - 1].is_mark && tokens[span.first - 1].text != ",");
    if (is_start && span.last - span.first == 1) score -= 1.5;
    if (score > best_score) {
      best = text;
      best_score = score;
    }
  }
  return best;
}

Tracker::Tracker(std::span<const ToolSchema> tools, ReadingContext context)
    : tools_(tools), context_(std::move(context)) {
  for (const auto& tool : tools_) {
    for (const auto& argument : tool.arguments) {
      for (const auto& choice : argument.choices) choice_words_.insert(normalize(choice));
    }
  }
}

void Tracker::switch_to(std::size_t tool) {
  active_ = tool;
  has_asked_for_more_ = false;
}

// What is said of wishes: words that are values ("on Thursday", "my checking account") are none.
std::set<std::string> Tracker::wishes_in(const Sentence& said) const {
  Tokens left;
  for (std::size_t at = 0; at < said.tokens.size(); ++at) {
    const auto& token = said.tokens[at];
    const bool is_choice = choice_words_.contains(token.text);
    if (!is_choice && !is_in_fact(said, at)) left.push_back(token);
  }
  auto concepts = concepts_in(left);
  // "Round trip" is "roundtrip" in a name.
  for (std::size_t at = 1; at < said.tokens.size(); ++at) {
    for (auto& joined : concepts_of(said.tokens[at - 1].text + said.tokens[at].text)) {
      const bool is_known =
          std::ranges::any_of(tools_, [&](const ToolSchema& tool) { return tool.concepts.contains(joined); });
      if (is_known) concepts.insert(std::move(joined));
    }
  }
  return concepts;
}

std::vector<double> Tracker::judge_tools(const Sentence& said) const {
  auto wishes = wishes_in(said);
  auto scores = score_tools(tools_, wishes);
  for (std::size_t i = 0; i < tools_.size(); ++i) {
    // Somebody who names no deed ("I need a dentist") wants to look first.
    if (tools_[i].has_effect) scores[i] -= kEffectReserve;
  }
  if (!active_) return scores;
  const auto& running = tools_[*active_];
  // A day or an hour that only another tool can use speaks for that one.
  const auto takes = [](const ToolSchema& tool, ValueKind kind) {
    return std::ranges::any_of(tool.arguments, [kind](const Argument& each) { return each.kind == kind; });
  };
  for (const auto& [mention_kind, kind] :
       {std::pair{MentionKind::date, ValueKind::date}, {MentionKind::time, ValueKind::time}}) {
    const bool is_said = std::ranges::any_of(
        said.mentions, [&](const Mention& each) { return each.kind == mention_kind && !each.is_weak; });
    if (!is_said || takes(running, kind)) continue;
    for (std::size_t i = 0; i < tools_.size(); ++i) {
      if (takes(tools_[i], kind)) scores[i] += kFactEvidence;
    }
  }
  // "What is their phone number?", "is it furnished?": about what we are talking of, not another wish.
  constexpr auto kAttributes =
      std::to_array<std::string_view>({"phone", "number", "address", "rating", "review", "contact", "website", "price",
                                       "located", "location", "rated"});
  const bool names_attribute =
      std::ranges::any_of(said.tokens, [&](const Token& token) { return is_one_of(kAttributes, token.text); });
  const bool names_flag = said.is_question && std::ranges::any_of(tools_, [&](const ToolSchema& tool) {
                            return std::ranges::any_of(tool.arguments, [&](const Argument& each) {
                              return each.kind == ValueKind::flag && names_argument(tool, each, said.concepts);
                            });
                          });
  const bool wants_another = std::ranges::any_of(said.tokens, [](const Token& token) {
    return token.text == "another" || token.text == "different" || token.text == "else";
  });
  if (running.has_effect && (names_attribute || names_flag) && !wants_another) scores[*active_] += kStay;
  return scores;
}

void Tracker::choose_tool(const Sentence& said) {
  const std::string words = normalize(said.text);
  has_named_tool_ = false;
  const auto scores = judge_tools(said);
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!best || scores[i] > scores[*best]) best = i;
  }
  if (!best) return;
  // The reserve decides between tools, not whether one is meant.
  const bool is_clear = scores[*best] + (tools_[*best].has_effect ? kEffectReserve : 0) >= kMeantScore;
  // An answer may hold any words.
  const double margin = kSwitchMargin + (asked_.empty() ? 0 : kAnswerReserve);
  if (has_asked_for_more_ && ends_talk(words, said.polarity) && !is_clear) return active_.reset();
  if (offered_tool_ && said.polarity == Polarity::no && (!is_clear || *best == *offered_tool_)) return active_.reset();
  const bool accepts = said.polarity == Polarity::yes || (said.polarity == Polarity::none && !said.mentions.empty());
  if (offered_tool_ && accepts && (*best == *offered_tool_ || scores[*best] < kMeantScore + kSwitchMargin)) {
    has_named_tool_ = true;
    return switch_to(*offered_tool_);
  }
  if (!active_) {
    // A look-up may be tried on a guess; a deed must be meant.
    if (scores[*best] <= 0 || (tools_[*best].has_effect && !is_clear)) return;
  } else if (!is_clear || (*best != *active_ && scores[*best] < scores[*active_] + margin)) {
    return;
  }
  has_named_tool_ = true;
  switch_to(*best);
}

void Tracker::hear(std::string_view user_text) {
  const auto said = read_sentence(user_text, context_);
  filled_.clear();
  choose_tool(said);
  if (active_) {
    const auto& tool = tools_[*active_];
    auto read = read_values(tool, said, asked_);
    if (said.polarity != Polarity::no) {
      for (const auto& [name, value] : proposed_) {
        if (!read.contains(name)) values_[name] = value;
      }
    }
    for (auto& [name, value] : read) {
      filled_.insert(name);
      values_[name] = std::move(value);
    }
  }
  asked_.clear();
  proposed_.clear();
  offered_tool_.reset();
  has_asked_for_more_ = false;
}

void Tracker::note_offers(const Sentence& spoken) {
  const std::string words = normalize(spoken.text);
  if (!offers_tool(words)) return;
  // Only the sentence that asks.
  const auto scores = score_tools(tools_, spoken.concepts);
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (active_ && i == *active_) continue;
    if (!best || scores[i] > scores[*best]) best = i;
  }
  if (!best || scores[*best] < kMeantScore) return;
  if (active_ && scores[*best] < scores[*active_]) return;
  offered_tool_ = best;
}

void Tracker::speak(std::string_view our_text) {
  const auto spoken = read_sentence(our_text, context_);
  const std::string words = normalize(our_text);
  has_asked_for_more_ = asks_for_more(words);
  const bool confirms = says_any(
      words, {"confirm", "correct", "is that right", "confirming", "is this right", "following", "okay with you"});
  if (!confirms) note_offers(spoken);
  if (active_) {
    const auto& tool = tools_[*active_];
    asked_ = asked_arguments(tool, spoken);
    if (confirms || (tool.has_effect && spoken.is_question && asked_.empty())) {
      for (const auto& argument : tool.arguments) {
        const bool is_fact =
            argument.kind == ValueKind::date || argument.kind == ValueKind::time || argument.kind == ValueKind::money;
        if (!is_fact) continue;
        auto read = read_values(tool, spoken, {});
        if (const auto found = read.find(argument.name); found != read.end()) proposed_[argument.name] = found->second;
      }
    }
    if (!tool.has_effect) {
      if (auto name = offered_name(spoken, values_); !name.empty()) offered_name_ = std::move(name);
    }
  }
  if (offered_tool_) asked_.merge(asked_arguments(tools_[*offered_tool_], spoken));
}

void Tracker::result(const json::value& data) {
  const json::value* source = &data;
  if (const auto* object = data.if_object(); object != nullptr) {
    // {"results": [{…}, …]}: the first row is the one that is spoken of.
    for (const auto& [name, value] : *object) {
      if (value.is_array() && !value.get_array().empty() && value.get_array().front().is_object()) source = &value;
    }
  }
  if (source->is_array() && !source->get_array().empty()) source = &source->get_array().front();
  const auto* row = source->if_object();
  if (row == nullptr) return;
  for (const auto& [name, value] : *row) {
    if (value.is_string() || value.is_number() || value.is_bool()) results_[std::string(name)] = to_std_string(value);
  }
}

// The value of another tool's argument that says the same of itself ("City in which the hotel is").
const std::string* Tracker::same_elsewhere(const Argument& argument) const {
  if (argument.description.empty()) return nullptr;
  for (const auto& tool : tools_) {
    for (const auto& other : tool.arguments) {
      if (other.kind != argument.kind || other.description != argument.description) continue;
      if (const auto known = values_.find(other.name); known != values_.end()) return &known->second;
    }
  }
  return nullptr;
}

// May what we offered by its name be its value? A name, or a place that no look-up has asked for.
bool Tracker::takes_offer(const ToolSchema& tool, const Argument& argument) const {
  if (offered_name_.empty() || !argument.is_required) return false;
  if (argument.kind == ValueKind::name) return true;
  return argument.kind == ValueKind::place && tool.has_effect &&
         std::ranges::none_of(tools_, [&](const ToolSchema& other) {
           return !other.has_effect && other.argument(argument.name) != nullptr;
         });
}

Values Tracker::arguments(const ToolSchema& tool) const {
  Values out;
  bool has_taken_offer = false;
  for (const auto& argument : tool.arguments) {
    if (const auto known = values_.find(argument.name); known != values_.end()) {
      out[argument.name] = known->second;
    } else if (const auto found = results_.find(argument.name); found != results_.end()) {
      out[argument.name] = found->second;
    } else if (const auto* same = same_elsewhere(argument)) {
      out[argument.name] = *same;
    } else if (!has_taken_offer && takes_offer(tool, argument)) {
      // "That one sounds good."
      out[argument.name] = offered_name_;
      has_taken_offer = true;
    } else if (!argument.fallback.empty() && argument.fallback != "dontcare") {
      out[argument.name] = argument.fallback;
    }
  }
  return out;
}

std::vector<const Argument*> Tracker::missing(const ToolSchema& tool) const {
  const auto known = arguments(tool);
  std::vector<const Argument*> out;
  for (const auto& argument : tool.arguments) {
    if (argument.is_required && !known.contains(argument.name)) out.push_back(&argument);
  }
  return out;
}

}  // namespace offhook::brain::schema
