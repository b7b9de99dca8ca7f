#include "brain/hearing.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "brain/corrections.hpp"
#include "brain/extract/polarity.hpp"

namespace offhook::brain {
namespace {

// Likeness from which an intent is acted upon; measured in intents_test.cpp (held-out sentences).
constexpr double kSure = 0.28;

constexpr double kQuoted = 0.9;

// The intent of a caller who swears (common_dialogue.yaml).
constexpr const char* kUpset = "upset";

// About two minutes of speech, in bytes.
constexpr std::size_t kMostText = 2000;

bool is_hesitation(std::string_view word) {
  constexpr auto kNoises = std::to_array<std::string_view>({"um", "uh", "er", "hmm", "like", "well", "so", "maybe"});
  return is_one_of(kNoises, word);
}

std::string without_swearwords(const std::string& words) {
  std::vector<std::string> kept;
  for (const auto word : split(words, ' ')) {
    if (!is_swearword(word)) kept.emplace_back(word);
  }
  return join(kept, " ");
}

bool is_clause_mark(const Token& token) { return token.is_mark && std::string_view(".;!?").contains(token.text[0]); }

// Where clauses begin: after a full stop or a comma that stands in no date, and after "and", "but", "also".
std::vector<std::pair<std::size_t, std::size_t>> clauses_of(const Tokens& tokens,
                                                            const std::vector<Mention>& mentions) {
  std::vector<std::pair<std::size_t, std::size_t>> out;
  std::size_t begin = 0;
  const auto close = [&](std::size_t end) {
    if (end > begin) out.emplace_back(begin, end);
  };
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    const bool is_inside_fact =
        std::ranges::any_of(mentions, [at](const Mention& mention) { return mention.first < at && at < mention.last; });
    // "I'm looking for, uh, like a studio": the commas around a noise part nothing.
    const bool is_pause = is_hesitation(tokens[at].text) || (at > 1 && is_hesitation(tokens[at - 2].text));
    const bool after_comma = at > 0 && tokens[at - 1].text == "," && !is_inside_fact && !is_pause;
    const std::string& word = tokens[at].text;
    // "They told us about it, so, uh, we need two": a consequence, not a noise.
    const bool is_consequence = word == "so" && at > begin + 3 && tokens[at - 1].text == ",";
    const bool is_joint = is_consequence || word == "but" || word == "also" || word == "because" || after_comma ||
                          (word == "and" && at > begin + 2 && at + 3 < tokens.size());
    if (is_clause_mark(tokens[at])) {
      close(at);
      begin = at + 1;
    } else if (is_joint) {
      close(at);
      begin = word == "but" || word == "and" || word == "also" || word == "because" ? at + 1 : at;
    }
  }
  close(tokens.size());
  return out;
}

// In a long story some clause or other is always a little like something: what is barely likely is no wish when
// something else is likelier.
void drop_accidents(std::vector<Heard>& intents, std::size_t clauses) {
  constexpr std::size_t kStory = 4;
  constexpr double kLikelyEnough = 0.42;
  constexpr double kNearlyAsLikely = 0.8;
  if (clauses < kStory) return;
  double likeliest = 0;
  for (const auto& heard : intents) {
    if (!heard.intent->flow.empty()) likeliest = std::max(likeliest, heard.score);
  }
  if (likeliest < kLikelyEnough) return;
  const double enough = std::max(kLikelyEnough, likeliest * kNearlyAsLikely);
  std::erase_if(intents, [enough](const Heard& heard) { return !heard.intent->flow.empty() && heard.score < enough; });
}

bool is_noise(std::string_view word) {
  constexpr auto kNoise = std::to_array<std::string_view>(
      {"um", "uh", "er", "hmm", "well", "so", "oh", "ah", "hello", "hi", "hey", "thanks", "thank", "you", "please"});
  return is_one_of(kNoise, word);
}

bool opens_question(const Tokens& tokens, std::size_t at) {
  constexpr auto kWords = std::to_array<std::string_view>({"do",   "does", "did",   "can",   "could",  "is",   "are",
                                                           "what", "how",  "when",  "where", "which",  "who",  "why",
                                                           "may",  "will", "would", "am",    "should", "have", "has"});
  while (at < tokens.size() && (tokens[at].is_mark || tokens[at].text == "and" || tokens[at].text == "so" ||
                                tokens[at].text == "but" || tokens[at].text == "okay" || tokens[at].text == "well")) {
    ++at;
  }
  if (at + 2 >= tokens.size()) return false;
  // "Yes, do it please."
  const std::string& next = tokens[at + 1].text;
  if (tokens[at].text == "do" && (next == "it" || next == "that" || next == "so")) return false;
  return is_one_of(kWords, tokens[at].text);
}

std::string words_between(const Tokens& tokens, std::size_t first, std::size_t last) {
  std::string out;
  for (std::size_t at = first; at < last && at < tokens.size(); ++at) {
    if (tokens[at].is_mark) continue;
    if (!out.empty()) out += ' ';
    out += tokens[at].text;
  }
  return out;
}

bool has_phrase(const Tokens& tokens, std::size_t first, std::size_t last, const std::vector<std::string>& phrases) {
  const std::string words = words_between(tokens, first, last);
  return std::ranges::any_of(phrases, [&words](const std::string& phrase) { return contains_words(words, phrase); });
}

// May a mention of this kind be a value of this slot? Weak readings only when it was asked for.
bool fits(const SlotSpec& slot, const Mention& mention, bool is_asked) {
  if (mention.is_weak && !is_asked) return false;
  switch (slot.type) {
    case SlotType::date: return mention.kind == MentionKind::date;
    case SlotType::birth_date: return mention.kind == MentionKind::date && mention.has_year;
    case SlotType::time: return mention.kind == MentionKind::time;
    case SlotType::money:
      return mention.kind == MentionKind::money || (mention.kind == MentionKind::number && is_asked);
    case SlotType::bedrooms:
      return mention.kind == MentionKind::bedrooms ||
             (mention.kind == MentionKind::number && is_asked && mention.value.size() == 1);
    case SlotType::name: return mention.kind == MentionKind::name;
    case SlotType::phone: return mention.kind == MentionKind::phone;
    case SlotType::email: return mention.kind == MentionKind::email;
    case SlotType::card_digits: return mention.kind == MentionKind::card_digits;
    case SlotType::code: return mention.kind == MentionKind::code || (mention.kind == MentionKind::phone && is_asked);
    default: return false;
  }
}

std::string value_of(const SlotSpec& slot, const Mention& mention, const Tokens& tokens, std::string_view region) {
  // "Eighty" as an Indian property budget means lakhs (100,000 rupees).
  const bool is_small = slot.type == SlotType::money && region == "IN" && mention.value.size() <= 3 &&
                        mention.value.find_first_not_of("0123456789") == std::string::npos;
  if (is_small && mention.kind == MentionKind::number) return mention.value + "00000";
  if (is_small && mention.is_weak) return mention.value + "00000";
  if (slot.type != SlotType::code || mention.kind != MentionKind::phone) return mention.value;
  // A long customer number reads like a phone number: keep its figures as said.
  std::string digits;
  for (std::size_t at = mention.first; at < mention.last; ++at) {
    for (const char c : tokens[at].text) {
      if (c >= '0' && c <= '9') digits += c;
    }
  }
  return digits;
}

std::string chosen(const SlotSpec& slot, const Tokens& tokens) {
  const std::string words = words_between(tokens, 0, tokens.size());
  for (const auto& choice : slot.choices) {
    for (const auto& phrase : choice.words) {
      if (contains_words(words, phrase)) return choice.value;
    }
  }
  return {};
}

class Filler {
 public:
  Filler(State& state, const Situation& situation, const Utterance& heard, const std::vector<std::string>& focus)
      : state_(state), situation_(situation), heard_(heard), focus_(focus) {}

  std::vector<std::string> run() {
    mentions();
    phrases();
    return std::move(filled_);
  }

 private:
  struct Match {
    double score;
    const Mention* mention;
    const SlotSpec* slot;
  };

  [[nodiscard]] bool is_in_focus(const std::string& slot) const {
    return std::ranges::any_of(focus_, [&](const std::string& name) {
      const auto* flow = situation_.dialogue.flow(name);
      return flow != nullptr && flow->uses(slot);
    });
  }

  // Is there a slot of `type` in a flow that also needs `slot`: a date that goes with a time?
  [[nodiscard]] bool has_sibling(const std::string& slot, SlotType type) const {
    return std::ranges::any_of(situation_.dialogue.flows, [&](const auto& entry) {
      const auto& needs = entry.second.needs;
      return std::ranges::find(needs, slot) != needs.end() && std::ranges::any_of(needs, [&](const std::string& other) {
               return situation_.dialogue.slot(other)->type == type;
             });
    });
  }

  [[nodiscard]] bool is_near(const Mention& mention, MentionKind kind) const {
    return std::ranges::any_of(heard_.mentions, [&](const Mention& other) {
      if (other.kind != kind || other.is_weak) return false;
      const std::size_t gap = other.first >= mention.last ? other.first - mention.last
                                                          : mention.first - std::min(other.last, mention.first);
      return gap <= 3;
    });
  }

  // The mention whose place `mention` takes; nullptr: none.
  [[nodiscard]] const Mention* corrected_by(const Mention& mention) const {
    return corrected_[static_cast<std::size_t>(&mention - heard_.mentions.data())];
  }

  void find_corrections() {
    corrected_.assign(heard_.mentions.size(), nullptr);
    is_left_.assign(heard_.mentions.size(), false);
    for (std::size_t later = 0; later < heard_.mentions.size(); ++later) {
      const auto& mention = heard_.mentions[later];
      is_left_[later] = is_left_[later] || is_denied(mention, heard_.tokens, heard_.mentions);
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        const auto& other = heard_.mentions[earlier];
        if (!corrects(mention, other, heard_.tokens)) continue;
        is_left_[earlier] = true;
        if (!other.is_weak && corrected_[later] == nullptr) corrected_[later] = &other;
      }
    }
  }

  // "make it 4", "3 instead", "10 would be better": a bare figure that is put forward.
  [[nodiscard]] bool is_proposed(const Mention& mention) const {
    const auto& tokens = heard_.tokens;
    const std::size_t from = mention.first > 3 ? mention.first - 3 : 0;
    const auto leads = [&](std::initializer_list<std::string_view> phrases) {
      return std::ranges::any_of(phrases, [&](std::string_view phrase) {
        return words_between(tokens, from, mention.first).ends_with(phrase);
      });
    };
    return leads({"make it", "make that", "do", "change it to", "move it to", "how about", "what about", "rather",
                  "prefer", "say"}) ||
           has_phrase(
               tokens, mention.last, mention.last + 3,
               {"instead", "would be better", "is better", "works", "would work", "works better", "would be good"});
  }

  [[nodiscard]] double score(const Mention& mention, const SlotSpec& slot) const {
    // Whatever the corrected one was said for, this one is.
    if (const auto* earlier = corrected_by(mention)) return score(*earlier, slot);
    const bool is_asked = state_.pending.kind == Asked::slot && state_.pending.name == slot.name;
    const std::size_t near_first = mention.first > 6 ? mention.first - 6 : 0;
    // Cues count from the mention before this one on.
    std::size_t from = near_first;
    for (const auto& other : heard_.mentions) {
      if (&other != &mention && !other.is_weak && other.last <= mention.first) from = std::max(from, other.last);
    }
    const bool has_cue = has_phrase(heard_.tokens, from, mention.first, slot.cues) ||
                         has_phrase(heard_.tokens, mention.last, mention.last + 3, slot.cues);
    const bool is_change = slot.type == SlotType::time && is_in_focus(slot.name) && is_proposed(mention);
    const bool is_correction = slot.type == SlotType::name && is_in_focus(slot.name) &&
                               (state_.pending.kind == Asked::confirmation || state_.pending.kind == Asked::change);
    // "And the other one, 1881": four figures, where nothing else is being asked for.
    const bool is_card = slot.type == SlotType::card_digits && mention.kind == MentionKind::card_digits &&
                         is_in_focus(slot.name) && state_.pending.kind != Asked::slot;
    const bool may_be_weak =
        is_asked || is_change || is_correction || is_card || (has_cue && mention.kind != MentionKind::time);
    if (!fits(slot, mention, may_be_weak)) return 0;
    double total = 0;
    if (is_asked) total += 3.5;
    if (has_cue || is_change) total += 4;
    if (is_in_focus(slot.name)) total += 2;
    if (slot.type == SlotType::date && is_near(mention, MentionKind::time) && has_sibling(slot.name, SlotType::time))
      total += 2;
    if (slot.is_open) total += 0.5;
    // A pair belongs together: a date was asked for, and its time came along.
    if (slot.type == SlotType::time && state_.pending.kind == Asked::slot && has_sibling(slot.name, SlotType::date) &&
        is_in_focus(slot.name)) {
      total += 1;
    }
    if (!slot.is_open && total < 2) return 0;
    return mention.is_weak ? total * 0.5 : total;
  }

  void mentions() {
    find_corrections();
    std::vector<Match> matches;
    for (std::size_t i = 0; i < heard_.mentions.size(); ++i) {
      const auto& mention = heard_.mentions[i];
      if (is_left_[i]) continue;
      for (const auto& [name, slot] : situation_.dialogue.slots) {
        const double points = score(mention, slot);
        if (points > 0) matches.push_back({points, &mention, &slot});
      }
    }
    std::ranges::sort(matches, [](const Match& a, const Match& b) {
      if (a.score != b.score) return a.score > b.score;
      return a.mention != b.mention ? a.mention->first < b.mention->first : a.slot->name < b.slot->name;
    });
    std::vector<bool> used(heard_.tokens.size(), false);
    for (const auto& [points, mention, slot] : matches) {
      const auto begin = used.begin() + static_cast<std::ptrdiff_t>(mention->first);
      const auto end = used.begin() + static_cast<std::ptrdiff_t>(mention->last);
      if (std::find(begin, end, true) != end || is_filled(slot->name)) continue;
      std::fill(begin, end, true);
      fill(*slot, value_of(*slot, *mention, heard_.tokens, situation_.reading.region));
    }
  }

  // Flags and choices are words rather than mentions.
  void phrases() {
    for (const auto& [name, slot] : situation_.dialogue.slots) {
      const bool is_asked = state_.pending.kind == Asked::slot && state_.pending.name == name;
      if (is_filled(name) || !(slot.is_open || is_asked || is_in_focus(name))) continue;
      if (slot.type == SlotType::flag && !heard_.is_question) {
        if (has_phrase(heard_.tokens, 0, heard_.tokens.size(), slot.no)) {
          fill(slot, "no");
        } else if (has_phrase(heard_.tokens, 0, heard_.tokens.size(), slot.yes)) {
          fill(slot, "yes");
        }
      } else if (slot.type == SlotType::choice) {
        if (const auto value = chosen(slot, heard_.tokens); !value.empty()) fill(slot, value);
      }
    }
  }

  [[nodiscard]] bool is_filled(const std::string& name) const {
    return std::ranges::find(filled_, name) != filled_.end();
  }
  void fill(const SlotSpec& slot, std::string value) {
    state_.slots[slot.name] = std::move(value);
    filled_.push_back(slot.name);
  }

  State& state_;
  const Situation& situation_;
  const Utterance& heard_;
  const std::vector<std::string>& focus_;
  std::vector<const Mention*> corrected_;  // of each mention, the one it corrects
  std::vector<bool> is_left_;              // denied, or corrected by a later one
  std::vector<std::string> filled_;
};

}  // namespace

std::string shortened(std::string text) {
  if (text.size() <= kMostText) return text;
  const std::size_t head = text.rfind(' ', kMostText / 2);
  const std::size_t tail = text.find(' ', text.size() - kMostText / 2);
  const std::string_view whole = text;
  if (head == std::string::npos || tail == std::string::npos) return std::string(truncate_utf8(whole, kMostText));
  return std::string(whole.substr(0, head)) + " ." + std::string(whole.substr(tail));
}

bool is_sure(double score) { return score >= kSure; }

bool Utterance::has(std::string_view intent) const {
  return std::ranges::any_of(intents, [intent](const Heard& heard) { return heard.intent->name == intent; });
}

Utterance hear(std::string_view text, const Situation& situation) {
  Utterance out{.text = shortened(one_line(straighten(text)))};
  out.tokens = tokenize(out.text);
  out.mentions = find_mentions(out.text, out.tokens, situation.reading);
  out.polarity = read_polarity(out.tokens);
  if (const std::string& language = situation.reading.language; !language.starts_with("en")) {
    const extract::Pieces pieces(out.text, extract::language_of(language));
    const auto answer = extract::find_polarity(out.text, pieces);
    out.polarity = !answer ? Polarity::none : answer->is_yes ? Polarity::yes : Polarity::no;
  }
  const auto clauses = clauses_of(out.tokens, out.mentions);
  out.is_question = out.text.contains('?') || std::ranges::any_of(clauses, [&](const auto& clause) {
                      return opens_question(out.tokens, clause.first);
                    });
  const auto& dialogue = situation.dialogue;
  const auto guess = [&](std::size_t first, std::size_t last) {
    const auto guesses =
        dialogue.classifier.classify(without_swearwords(blank_facts(out.tokens, first, last, out.mentions)));
    Heard heard;
    if (!guesses.empty()) heard = {&dialogue.intents.at(guesses.front().label), guesses.front().score};
    if (heard.intent != nullptr && heard.score > out.best.score) out.best = heard;
    return heard;
  };
  const auto keep = [&](const Heard& heard) {
    if (heard.intent == nullptr || !is_sure(heard.score)) return;
    const auto known = std::ranges::find(out.intents, heard.intent, &Heard::intent);
    if (known == out.intents.end()) {
      out.intents.push_back(heard);
    } else {
      known->score = std::max(known->score, heard.score);
    }
  };
  if (clauses.size() > 1) {
    for (const auto& [first, last] : clauses) {
      const Heard heard = guess(first, last);
      // One word alone must be as good as quoted: "bye" is, "everything" is not.
      if (last - first > 1 || heard.score > kQuoted) keep(heard);
    }
  }
  if (out.intents.empty()) keep(guess(0, out.tokens.size()));
  drop_accidents(out.intents, clauses.size());
  // "One is 4242" is no "have a good one".
  const bool tells_figures = std::ranges::any_of(out.mentions, [](const Mention& mention) {
    return mention.kind == MentionKind::code && mention.value.size() > 1;
  });
  if (tells_figures) {
    std::erase_if(out.intents,
                  [](const Heard& heard) { return heard.intent->name == "goodbye" && heard.score < kQuoted; });
  }
  // Anger that comes with a wish is no reason not to hear the wish.
  if (const auto upset = dialogue.intents.find(kUpset);
      out.intents.empty() && upset != dialogue.intents.end() && is_rude(out.tokens)) {
    out.intents.push_back({&upset->second, 1.0});
  }
  return out;
}

bool is_plain_answer(const Tokens& tokens) {
  for (std::size_t at = 0; at < tokens.size();) {
    if (const std::size_t words = count_answer_words(tokens, at); words > 0) {
      at += words;
    } else if (tokens[at].is_mark || is_noise(tokens[at].text)) {
      ++at;
    } else {
      return false;
    }
  }
  return true;
}

bool is_consent(const Utterance& heard) {
  if (heard.polarity != Polarity::yes) return false;
  const auto& tokens = heard.tokens;
  if (is_plain_answer(tokens)) return true;
  if (heard.is_question) return false;
  // "Yes and how much is it": no mark tells the question from the answer.
  std::size_t at = 0;
  while (at < tokens.size()) {
    const std::size_t words = count_answer_words(tokens, at);
    if (words == 0 && !tokens[at].is_mark && !is_noise(tokens[at].text)) break;
    at += std::max<std::size_t>(words, 1);
  }
  return !opens_question(tokens, at);
}

std::string answer_for(const SlotSpec& slot, const Utterance& heard) {
  switch (slot.type) {
    case SlotType::flag: {
      const auto& tokens = heard.tokens;
      if (has_phrase(tokens, 0, tokens.size(), slot.no)) return "no";
      if (has_phrase(tokens, 0, tokens.size(), slot.yes)) return "yes";
      if (heard.polarity == Polarity::none) return {};
      return heard.polarity == Polarity::yes ? "yes" : "no";
    }
    case SlotType::name: {
      if (heard.is_question || heard.best.score > 0.6) return {};
      // "no, Sunday instead" is about something else.
      const bool is_about_facts = std::ranges::any_of(heard.mentions, [](const Mention& mention) {
        return !mention.is_weak && (mention.kind == MentionKind::date || mention.kind == MentionKind::time ||
                                    mention.kind == MentionKind::money || mention.kind == MentionKind::bedrooms);
      });
      if (is_about_facts) return {};
      return bare_name(heard.tokens, heard.text);
    }
    case SlotType::text: {
      if (heard.text.empty() || heard.is_question || heard.best.score > 0.75) return {};
      if (is_plain_answer(heard.tokens)) return {};
      return heard.text;
    }
    case SlotType::choice: return chosen(slot, heard.tokens);
    default: return {};
  }
}

std::vector<std::string> fill_slots(State& state, const Situation& situation, const Utterance& heard,
                                    const std::vector<std::string>& focus) {
  return Filler(state, situation, heard, focus).run();
}

}  // namespace offhook::brain
