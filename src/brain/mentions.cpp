#include "brain/mentions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <tuple>

#include "base/civil_time.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "brain/answers.hpp"
#include "brain/numbers.hpp"
#include "brain/when.hpp"

namespace offhook::brain {
namespace {

// Beyond this a figure is no amount anybody means (and no longer exact as a double).
constexpr double kMostMoney = 1e12;

struct Reading {
  std::string value;
  std::size_t count = 0;
  bool is_weak = false;
  bool has_year = false;
};

class Finder {
 public:
  Finder(std::string_view text, const Tokens& tokens, const ReadingContext& context)
      : text_(text), tokens_(tokens), context_(context), when_(text, tokens, context.moment, context.language) {}

  std::vector<Mention> run() {
    collect(MentionKind::email, &Finder::email);
    collect(MentionKind::date, &Finder::date);
    collect(MentionKind::time, &Finder::time);
    collect(MentionKind::money, &Finder::money);
    collect(MentionKind::bedrooms, &Finder::bedrooms);
    collect(MentionKind::phone, &Finder::phone);
    collect(MentionKind::card_digits, &Finder::card_digits);
    collect(MentionKind::code, &Finder::code);
    collect(MentionKind::number, &Finder::number);
    collect(MentionKind::name, &Finder::name);
    drop_shadowed();
    std::ranges::sort(found_, [](const Mention& a, const Mention& b) {
      return std::tie(a.first, a.kind, a.last) < std::tie(b.first, b.kind, b.last);
    });
    return std::move(found_);
  }

 private:
  using Reader = std::optional<Reading> (Finder::*)(std::size_t) const;

  void collect(MentionKind kind, Reader read) {
    for (std::size_t at = 0; at < tokens_.size();) {
      const auto reading = (this->*read)(at);
      if (!reading) {
        ++at;
        continue;
      }
      found_.push_back({.kind = kind,
                        .first = at,
                        .last = at + reading->count,
                        .value = reading->value,
                        .is_weak = reading->is_weak,
                        .has_year = reading->has_year});
      at += reading->count;
    }
  }

  // A clear reading hides weaker and shorter readings inside it: the "2" of "March 2" is no time.
  void drop_shadowed() {
    const auto is_shadowed = [this](const Mention& weak) {
      return std::ranges::any_of(found_, [&weak](const Mention& other) {
        if (&other == &weak || other.is_weak || other.kind == weak.kind) return false;
        // "04 12 1985" has as many figures as a phone number: whoever asked knows.
        if (weak.kind == MentionKind::date && weak.has_year && other.kind == MentionKind::phone) return false;
        const bool covers = other.first <= weak.first && other.last >= weak.last;
        const bool is_longer = other.last - other.first > weak.last - weak.first;
        return covers && (weak.is_weak || weak.kind == MentionKind::number || is_longer);
      });
    };
    std::vector<Mention> kept;
    for (const auto& mention : found_) {
      if (!is_shadowed(mention)) kept.push_back(mention);
    }
    found_ = std::move(kept);
  }

  [[nodiscard]] std::string_view word(std::size_t at) const {
    return at < tokens_.size() ? std::string_view(tokens_[at].text) : std::string_view();
  }
  [[nodiscard]] std::string_view before(std::size_t at, std::size_t back = 1) const {
    return at >= back ? word(at - back) : std::string_view();
  }

  [[nodiscard]] std::optional<Reading> email(std::size_t at) const;
  [[nodiscard]] std::optional<Reading> date(std::size_t at) const;
  [[nodiscard]] std::optional<Reading> time(std::size_t at) const;
  [[nodiscard]] std::optional<Reading> money(std::size_t at) const;
  [[nodiscard]] std::optional<Reading> bedrooms(std::size_t at) const;
  [[nodiscard]] std::optional<Reading> phone(std::size_t at) const;
  [[nodiscard]] std::optional<Reading> card_digits(std::size_t at) const;
  [[nodiscard]] std::optional<Reading> code(std::size_t at) const;
  [[nodiscard]] std::optional<Reading> number(std::size_t at) const;
  [[nodiscard]] bool is_single_figure(std::size_t at) const;
  [[nodiscard]] std::optional<Reading> name(std::size_t at) const;

  std::string_view text_;
  const Tokens& tokens_;
  const ReadingContext& context_;
  WhenReader when_;
  std::vector<Mention> found_;
};

// Tokens of an e-mail address; a bound on the work for a text of nothing but dots.
constexpr std::size_t kLongestAddress = 24;

std::string plain_number(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) return std::to_string(static_cast<long long>(value));
  std::string out = std::to_string(value);
  while (out.back() == '0') out.pop_back();
  return out;
}

// A mark inside an address, written or said: "_" and "underscore". 0 for other words.
char address_mark(std::string_view part, bool is_joined) {
  if (part == "underscore" || (part == "_" && is_joined)) return '_';
  if (part == "dash" || part == "hyphen" || (part == "-" && is_joined)) return '-';
  if (part == "plus" || (part == "+" && is_joined)) return '+';
  return '\0';
}

// "ann@example.test" and "ann dot lee at example dot com".
std::optional<Reading> Finder::email(std::size_t at) const {
  std::string out;
  std::size_t i = at;
  bool has_at = false;
  bool has_dot_after = false;
  bool expects_word = true;
  const std::size_t end = std::min(tokens_.size(), at + kLongestAddress);
  for (; i < end; ++i) {
    const std::string_view part = word(i);
    // A written address has no blanks inside.
    const bool is_joined = i > at && tokens_[i].begin == tokens_[i - 1].end;
    if (part == "@" || (part == "at" && !expects_word && !has_at)) {
      if (has_at || expects_word) break;
      out += '@';
      has_at = expects_word = true;
    } else if ((part == "." && is_joined) || part == "dot") {
      if (expects_word) break;
      out += '.';
      has_dot_after = has_at;
      expects_word = true;
    } else if (const char mark = address_mark(part, is_joined); mark != '\0' && !expects_word) {
      out += mark;
      expects_word = true;
    } else if (i > at && part != "." && word(i - 1) == "." && !is_joined) {
      break;  // "Friday at noon. Tim": a sentence has ended
    } else if (!tokens_[i].is_mark && (expects_word || is_joined)) {
      out += part;
      expects_word = false;
    } else {
      break;
    }
  }
  // The full stop of the sentence is no part of it.
  if (out.ends_with('.')) out.pop_back();
  const std::size_t domain = out.find('@');
  const std::size_t dot = out.rfind('.');
  const bool has_domain = has_at && has_dot_after && dot != std::string::npos && dot > domain + 1;
  // "tomorrow at 5." is no address: a domain ends with letters.
  if (!has_domain || out.size() < dot + 3 || out.back() < 'a') return std::nullopt;
  return Reading{.value = out, .count = i - at};
}

std::optional<Reading> Finder::date(std::size_t at) const {
  // "the" belongs to "the 5th"; and "next" to "next Tuesday": the longest reading starts there.
  const auto span = when_.date(at);
  if (!span) return std::nullopt;
  return Reading{
      .value = to_text(span->date), .count = span->count, .is_weak = span->is_weak, .has_year = span->has_year};
}

std::optional<Reading> Finder::time(std::size_t at) const {
  // Not an hour: the number after a currency sign, and what follows a month ("March 5").
  if (before(at) == "$" || before(at) == "-" || before(at) == "/") return std::nullopt;
  const auto span = when_.time(at);
  if (!span) return std::nullopt;
  // Two figures side by side are no hour, unless the second says so: "December 1 9 am".
  if (at > 0 && tokens_[at - 1].is_number && tokens_[at].is_number && span->is_weak) return std::nullopt;
  return Reading{.value = to_text(span->time), .count = span->count, .is_weak = span->is_weak};
}

std::optional<Reading> Finder::money(std::size_t at) const {
  std::size_t next = at;
  bool has_sign = false;
  if (word(next) == "$" || word(next) == "rs" || word(next) == "usd" || word(next) == "inr") {
    has_sign = true;
    ++next;
    if (word(next) == ".") ++next;
  }
  auto amount = read_number(tokens_, next);
  if (!amount) return std::nullopt;
  next += amount->count;
  const auto currency = [this](std::size_t i) -> std::size_t {
    constexpr auto kNames =
        std::to_array<std::string_view>({"dollars", "dollar", "bucks", "usd", "rupees", "rs", "inr"});
    return is_one_of(kNames, word(i)) ? 1 : 0;
  };
  std::size_t names = currency(next);
  // A range means its upper end: "2000 to 2500", "between 40 and 50 lakhs".
  const bool is_range = word(next + names) == "to" || word(next + names) == "-" ||
                        (word(next + names) == "and" && before(at) == "between");
  if (is_range) {
    std::size_t upper_at = next + names + 1;
    if (word(upper_at) == "$") ++upper_at;
    if (const auto upper = read_number(tokens_, upper_at); upper && upper->value > 0) {
      amount = NumberSpan{
          .value = upper->value, .has_scale = upper->has_scale || amount->has_scale, .in_figures = upper->in_figures};
      next = upper_at + upper->count;
      names = currency(next);
    }
  }
  next += names;
  // An income, not a rent.
  if (starts_at(tokens_, next, "a year") || starts_at(tokens_, next, "per year")) return std::nullopt;
  bool has_period = false;
  for (const std::string_view period : {"a month", "per month", "/ month", "a week", "monthly"}) {
    if (starts_at(tokens_, next, period)) {
      has_period = true;
      next += split(period, ' ').size();
      break;
    }
  }
  const bool is_clear = has_sign || names > 0 || has_period || (amount->has_scale && amount->value >= 100);
  // A bare figure may be a price only when it is large enough for one.
  if (!is_clear && amount->value < 100) return std::nullopt;
  if (amount->value <= 0 || amount->value > kMostMoney) return std::nullopt;
  return Reading{.value = plain_number(amount->value), .count = next - at, .is_weak = !is_clear};
}

std::optional<Reading> Finder::bedrooms(std::size_t at) const {
  const auto is_room = [this](std::size_t i) {
    constexpr auto kNames = std::to_array<std::string_view>(
        {"bedroom", "bedrooms", "bed", "beds", "br", "brs", "bdr", "bdrm", "bhk", "bedder"});
    return is_one_of(kNames, word(i));
  };
  if (word(at) == "studio" || word(at) == "studios") return Reading{.value = "0", .count = 1};
  const auto amount = read_small(tokens_, at);
  if (amount && amount->value <= 10) {
    std::size_t next = at + amount->count;
    // "two or three bedrooms": the first.
    if (word(next) == "or") {
      const auto second = read_small(tokens_, next + 1);
      if (second && (is_room(next + 1 + second->count))) next += 1 + second->count;
    }
    if (word(next) == "-") ++next;
    if (is_room(next)) return Reading{.value = plain_number(amount->value), .count = next + 1 - at};
  }
  if (word(at) == "single" && is_room(at + 1)) return Reading{.value = "1", .count = 2};
  if (word(at) == "double" && is_room(at + 1)) return Reading{.value = "2", .count = 2};
  return std::nullopt;
}

std::optional<Reading> Finder::phone(std::size_t at) const {
  const auto run = read_digits(tokens_, at);
  if (!run || run->digits.size() < 7 || run->digits.size() > 15) return std::nullopt;
  const std::string dialled = (run->has_plus ? "+" : "") + run->digits;
  return Reading{.value = normalize_phone(dialled, context_.region), .count = run->count};
}

std::optional<Reading> Finder::card_digits(std::size_t at) const {
  const auto run = read_digits(tokens_, at);
  if (!run || run->digits.size() != 4 || run->has_plus) return std::nullopt;
  // "ending in 4242", "ends with four two four two", "last four are 4242".
  bool is_clear = false;
  for (std::size_t back = 1; back <= 4 && back <= at; ++back) {
    const std::string_view earlier = word(at - back);
    is_clear = is_clear || earlier == "ending" || earlier == "ends" || earlier == "end" || earlier == "digits" ||
               earlier == "card" || (earlier == "four" && before(at - back) == "last");
  }
  return Reading{.value = run->digits, .count = run->count, .is_weak = !is_clear};
}

// "123", "one two three", "C-1001", "A B 1 2", "appt_5k2m".
bool Finder::is_single_figure(std::size_t at) const {
  if (at >= tokens_.size()) return false;
  const auto run = read_digits(std::span(tokens_).subspan(at, 1), 0);
  return run && run->digits.size() == 1;
}

std::optional<Reading> Finder::code(std::size_t at) const {
  std::string out;
  std::size_t i = at;
  bool has_digit = false;
  for (; i < tokens_.size(); ++i) {
    const Token& token = tokens_[i];
    const bool is_joined = i > at && token.begin == tokens_[i - 1].end;
    // A few words at a time, up to a clause mark: "twenty three", "double five".
    std::size_t width = 1;
    while (!tokens_[i].is_number && width < 3 && i + width < tokens_.size() &&
           (!tokens_[i + width].is_mark || tokens_[i + width].text == "-")) {
      ++width;
    }
    if (const auto run = read_digits(std::span(tokens_).subspan(i, width), 0)) {
      out += run->digits;
      has_digit = true;
      i += run->count - 1;
    } else if (!token.is_mark && !token.is_number && (is_spelled_letter(tokens_, i) || is_joined)) {
      for (const char c : token.text) out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    } else if (!token.is_mark && !token.is_number && i == at && i + 1 < tokens_.size() &&
               (tokens_[i + 1].is_number || tokens_[i + 1].text == "-") && tokens_[i + 1].begin == token.end) {
      for (const char c : token.text) out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    } else if (token.text == "-" && is_joined && !out.empty()) {
      out += '-';
    } else if (token.text == "," && i > at && is_single_figure(i - 1) && is_single_figure(i + 1)) {
      continue;  // "one, two, three": figures that are dictated
    } else {
      break;
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  if (!has_digit || out.empty()) return std::nullopt;
  return Reading{.value = out, .count = i - at, .is_weak = true};
}

std::optional<Reading> Finder::number(std::size_t at) const {
  const auto amount = read_number(tokens_, at);
  if (!amount || amount->value > kMostMoney) return std::nullopt;
  if (word(at) == "one" && !amount->has_scale) return Reading{.value = "1", .count = 1, .is_weak = true};
  return Reading{.value = plain_number(amount->value), .count = amount->count, .is_weak = true};
}

// Words that follow "I am" or "this is" without being a name.
bool is_common_word(std::string_view word) {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"a",         "about",     "actually",   "after",      "afraid",     "again",      "all",       "already",
       "also",      "am",        "an",         "and",        "any",        "anything",   "apartment", "are",
       "around",    "as",        "asking",     "at",         "available",  "back",       "bad",       "because",
       "busy",      "but",       "by",         "call",       "calling",    "can",        "card",      "correct",
       "currently", "customer",  "day",        "did",        "do",         "done",       "driving",   "employed",
       "exactly",   "fine",      "first",      "flexible",   "for",        "free",       "from",      "full",
       "glad",      "going",     "good",       "great",      "guessing",   "happy",      "have",      "he",
       "hello",     "her",       "here",       "hey",        "hi",         "hoping",     "how",       "i",
       "if",        "in",        "interested", "is",         "it",         "just",       "know",      "later",
       "like",      "looking",   "lost",       "made",       "man",        "maybe",      "me",        "moment",
       "month",     "more",      "moving",     "mr",         "mrs",        "ms",         "much",      "my",
       "name",      "need",      "new",        "next",       "no",         "none",       "nope",      "not",
       "nothing",   "now",       "of",         "okay",       "on",         "one",        "only",      "or",
       "our",       "out",       "perfect",    "phone",      "planning",   "please",     "pretty",    "ready",
       "really",    "regarding", "renting",    "retired",    "right",      "same",       "self",      "she",
       "sir",       "so",        "some",       "something",  "soon",       "sorry",      "still",     "student",
       "sunset",    "sure",      "talking",    "thank",      "thanks",     "that",       "the",       "there",
       "they",      "thinking",  "this",       "time",       "to",         "today",      "tomorrow",  "tour",
       "trying",    "two",       "uh",         "um",         "unemployed", "very",       "wait",      "waiting",
       "want",      "wanting",   "was",        "we",         "well",       "what",       "when",      "where",
       "who",       "why",       "will",       "with",       "woman",      "wondering",  "work",      "working",
       "worried",   "would",     "wrong",      "yeah",       "yep",        "yes",        "yet",       "you",
       "your",      "speaking",  "it's",       "also",       "should",     "could",      "don't",     "let",
       "us",        "than",      "then",       "too",        "up",         "down",       "over",      "be",
       "been",      "being",     "has",        "had",        "were",       "stolen",     "missing",   "block",
       "help",      "see",       "show",       "schedule",   "book",       "change",     "cancel",    "credit",
       "debit",     "morning",   "afternoon",  "evening",    "pet",        "pets",       "dog",       "cat",
       "budget",    "rent",      "monday",     "tuesday",    "wednesday",  "thursday",   "friday",    "saturday",
       "sunday",    "january",   "february",   "april",      "june",       "july",       "august",    "september",
       "october",   "november",  "december",   "absolutely", "certainly",  "definitely", "course",    "under",
       "course",    "alright",   "cool",       "bye",        "goodbye",    "nah",        "hmm",       "er",
       "ah",        "oh",        "which",      "wife",       "husband",    "forget",     "never",     "mind",
       "rather",    "say",       "tell",       "give",       "why",        "whatever",   "anyone",    "person",
       "someone",   "human",     "agent",      "robot",      "real",       "speak",      "talk",      "ask",
       "question",  "questions", "doing",      "dogs",       "cats",       "go",         "going",     "ahead",
       "come",      "take",      "make",       "put",        "use",        "keep",       "hold",      "fine",
       "try",       "check",     "look",       "repeat",     "second",     "minute",     "mean",      "think",
       "guess",     "believe",   "hear",       "understand", "sounds",     "works",      "number",    "cell",
       "mobile",    "email",     "address",    "apartments", "bedroom",    "bedrooms",   "price",     "cheaper",
       "earlier",   "instead",   "better",     "still",      "thats"});
  return is_one_of(kWords, word);
}

// How many tokens from `at` on read as a name: words of letters that are nobody's everyday words.
std::size_t name_length(const Tokens& tokens, std::size_t at, std::size_t most, bool needs_capital) {
  std::size_t count = 0;
  while (count < most && at + count < tokens.size()) {
    const Token& token = tokens[at + count];
    if (token.is_mark || token.is_number || is_common_word(token.text)) break;
    if (count_answer_words(tokens, at + count) > 0) break;  // "go ahead" is an answer, not a name
    if (needs_capital && !token.is_capital) break;
    if (token.text.size() < 2 && count == 0) break;
    ++count;
  }
  return count;
}

std::string name_text(const Tokens& tokens, std::string_view text, std::size_t at, std::size_t count) {
  const std::size_t begin = tokens[at].begin;
  const std::size_t end = tokens[at + count - 1].end;
  std::string out = title_case(one_line(text.substr(begin, end - begin)));
  if (out.ends_with("'s")) out.resize(out.size() - 2);
  return out;
}

std::optional<Reading> Finder::name(std::size_t at) const {
  struct Lead {
    std::string_view words;
    bool needs_capital;  // "I am" and "this is" lead to many things; "my name is" to one
  };
  constexpr auto kLeads = std::to_array<Lead>({{"my name is", false},
                                               {"the name is", false},
                                               {"name is", false},
                                               {"call me", true},
                                               {"under the name", true},
                                               {"the name of", true},
                                               {"it under", true},
                                               {"this is", true},
                                               {"speaking with", true},
                                               {"i am", true},
                                               {"it is", true},
                                               {"name", true},
                                               {"for", true}});
  for (const auto& [words, needs_capital] : kLeads) {
    const auto lead = static_cast<std::size_t>(std::ranges::count(words, ' ')) + 1;
    if (at < lead || !starts_at(tokens_, at - lead, words)) continue;
    std::size_t count = name_length(tokens_, at, 3, needs_capital);
    if (count == 0 && words == "i am" && at < tokens_.size() && !is_common_word(word(at)) && at + 2 == tokens_.size() &&
        at == 2) {
      count = name_length(tokens_, at, 2, false);  // "i'm john doe" and nothing else
      if (count != 2) count = 0;
    }
    if (count == 0) continue;
    if (words == "for" && count != 2) continue;
    // "It's Pune" and "for San Diego" name something else unless a name was asked for.
    const bool is_weak = words == "it is" || words == "for";
    return Reading{.value = name_text(tokens_, text_, at, count), .count = count, .is_weak = is_weak};
  }
  return std::nullopt;
}

}  // namespace

std::vector<Mention> find_mentions(std::string_view text, const Tokens& tokens, const ReadingContext& context) {
  return Finder(text, tokens, context).run();
}

bool is_spelled_letter(const Tokens& tokens, std::size_t at) {
  const auto is_sign = [&tokens](std::size_t i) {
    return i < tokens.size() && tokens[i].text.size() == 1 && !tokens[i].is_mark;
  };
  if (!is_sign(at)) return false;
  if (tokens[at].text != "a" && tokens[at].text != "i") return true;
  const bool is_last = at + 1 == tokens.size() || tokens[at + 1].is_mark;
  return is_sign(at + 1) || (is_last && at > 0 && is_sign(at - 1));
}

std::string bare_name(const Tokens& tokens, std::string_view text) {
  const auto is_end = [&tokens](std::size_t at) {
    return tokens[at].is_mark && std::string_view(".,;!?").contains(tokens[at].text.front());
  };
  for (std::size_t at = 0; at < tokens.size();) {
    if (const std::size_t answer = count_answer_words(tokens, at); answer > 0) {
      at += answer;
      continue;
    }
    const std::size_t count = name_length(tokens, at, 4, false);
    if (count == 0) {
      ++at;
      continue;
    }
    // The rest of the clause may be pleasantries, not a sentence: "John Doe please" yes, "parking costs extra" no.
    std::size_t other = 0;
    for (std::size_t i = at + count; i < tokens.size() && !is_end(i); ++i)
      other += tokens[i].is_mark || is_common_word(tokens[i].text) ? 0 : 1;
    if (other > 2) return {};
    return name_text(tokens, text, at, count);
  }
  return {};
}

}  // namespace offhook::brain
