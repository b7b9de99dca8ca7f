#include "agent/spoken_facts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

#include "base/civil_time.hpp"
#include "base/text.hpp"
#include "brain/mentions.hpp"
#include "brain/numbers.hpp"
#include "brain/when.hpp"
#include "brain/words.hpp"
#include "privacy/card_filter.hpp"
#include "privacy/characters.hpp"

namespace offhook::agent {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// Words that are a letter off are taken for one another from this length on: "Anne" is heard for "Ann".
constexpr std::size_t kShortestHeardWrongly = 3;
/// What is compared without its gaps; shorter texts stand within other words by chance.
constexpr std::size_t kShortestCompact = 5;
/// Fewer digits stand in any conversation by chance.
constexpr std::size_t kShortestCode = 3;
/// Of a telephone number that is compared without its country's code.
constexpr std::size_t kShortestPhone = 7;

constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};

bool is_one_off(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  std::size_t same = 0;
  while (same < a.size() && a[same] == b[same]) ++same;
  const std::size_t skip = a.size() == b.size() ? 1 : 0;
  if (same + skip > a.size()) return true;
  return a.substr(same + skip) == b.substr(same + 1);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += word;
  return text;
}

std::optional<double> to_number(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::vector<std::string> folded_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  while (!text.empty()) {
    privacy::Character next = privacy::first_character(text);
    if (next.bytes == 0) next = {.code = 0xFFFD, .bytes = text.size()};
    if (const auto digit = privacy::digit_value(next.code)) {
      word.push_back(static_cast<char>('0' + *digit));
    } else if (next.code == '\'' || next.code == 0x2019) {
      // "O'Connor" and "oconnor" are one name
    } else if (next.code < 0x250 && privacy::is_letter(next.code)) {
      privacy::append_folded(word, next.code);
    } else if (privacy::is_letter(next.code) && next.code > 0x2FF) {
      word.append(text.substr(0, next.bytes));
    } else {
      end_word();
    }
    text.remove_prefix(next.bytes);
  }
  end_word();
  return words;
}

void SpokenFacts::add(std::string_view utterance) {
  Utterance said;
  const std::string text = brain::straighten(utterance);
  const auto words = folded_words(text);
  std::string spelled;  // "j o h n"
  for (const auto& word : words) {
    said.words.insert(word);
    stems_.insert(brain::stem(word));
    if (word.size() == 1) {
      spelled += word;
      said.words.insert(spelled);
    } else {
      spelled.clear();
    }
    if (const auto number = to_number(only_digits(word)); number && *number < 10'000) {
      said.numbers.insert(static_cast<int>(*number));
      if (only_digits(word) == word) numbers_.insert(*number);
    }
  }
  said.compact = joined(words);
  privacy::CardFilter digits(privacy::Wording::written);
  digits.collect_runs();
  (void)digits.push(text);
  (void)digits.finish();
  for (const auto& run : digits.other_runs()) {
    said.digits += run.digits;
    if (const auto number = to_number(run.digits); number && run.digits.size() <= 9) numbers_.insert(*number);
  }
  const auto tokens = brain::tokenize(text);
  const brain::WhenReader when(text, tokens, context_.moment, context_.language);
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    for (const auto& number : {brain::read_number(tokens, at), brain::read_ordinal(tokens, at),
                               brain::read_small(tokens, at), brain::read_year(tokens, at)}) {
      if (!number) continue;
      numbers_.insert(number->value);
      if (number->value < 10'000) said.numbers.insert(static_cast<int>(number->value));
    }
    // One reading after another: a day may be named by any of them.
    if (const auto date = when.date(at)) dates_.emplace_back(sys_days(date->date));
    if (const auto time = when.time(at)) times_.push_back(time->time);
  }
  for (const auto& mention : brain::find_mentions(
           text, tokens, {.moment = context_.moment, .region = context_.region, .language = context_.language})) {
    if (mention.kind == brain::MentionKind::phone || mention.kind == brain::MentionKind::card_digits) {
      said.digits += only_digits(mention.value);
    } else if (mention.kind == brain::MentionKind::email || mention.kind == brain::MentionKind::code) {
      said.compact += " " + joined(folded_words(mention.value));
    } else if (const auto number = to_number(mention.value)) {
      numbers_.insert(*number);
    }
  }
  if (said.words.contains("studio")) numbers_.insert(0);
  all_digits_ += said.digits;
  utterances_.push_back(std::move(said));
}

bool SpokenFacts::has_date(year_month_day date) const {
  const sys_days day(date);
  for (const auto said : dates_) {
    // "Saturday" and "next Saturday" are told apart by few, and "the weekend" has two days.
    const auto apart = std::abs((day - said).count());
    if (apart == 0 || apart == 7) return true;
  }
  const int year = static_cast<int>(date.year());
  const int month = static_cast<int>(static_cast<unsigned>(date.month()));
  const int day_of_month = static_cast<int>(static_cast<unsigned>(date.day()));
  const auto name = kMonths[static_cast<std::size_t>(month - 1)];
  const sys_days today(context_.moment.today);
  const int this_year = static_cast<int>(context_.moment.today.year());
  for (const auto& said : utterances_) {
    const bool is_named = said.words.contains(std::string(name)) || said.words.contains(std::string(name.substr(0, 3)));
    const bool is_month = is_named || said.numbers.contains(month);
    const bool is_year =
        year == this_year || year == this_year + 1 || said.numbers.contains(year) || said.numbers.contains(year % 100);
    if (is_month && is_year && said.numbers.contains(day_of_month)) return true;
    const bool is_edge = day_of_month == 1 || day_of_month == 15 || day_of_month >= 28;
    if (is_named && is_year && is_edge) return true;
    if (said.words.contains("weekend") && day - today < days(14)) return true;
    if (said.words.contains("month") && is_edge && day - today < days(62)) return true;
    for (const char* soon : {"now", "today", "asap", "immediately", "soon", "away"}) {
      if (said.words.contains(soon) && day >= today && day - today <= days(7)) return true;
    }
  }
  return false;
}

bool SpokenFacts::has_time(minutes time) const {
  for (const auto said : times_) {
    if (said == time || said + hours(12) == time || said == time + hours(12)) return true;
  }
  struct Part {
    std::string_view name;
    hours from, to;
  };
  constexpr std::array kParts{Part{"morning", hours(6), hours(12)},    Part{"noon", hours(12), hours(13)},
                              Part{"midday", hours(12), hours(13)},    Part{"lunch", hours(12), hours(14)},
                              Part{"afternoon", hours(12), hours(18)}, Part{"evening", hours(17), hours(22)}};
  for (const auto& said : utterances_) {
    for (const auto& part : kParts) {
      if (said.words.contains(std::string(part.name)) && time >= part.from && time <= part.to) return true;
    }
    const int hour = static_cast<int>(time.count() / 60);
    const int minute = static_cast<int>(time.count() % 60);
    const bool has_hour = said.numbers.contains(hour) || said.numbers.contains((hour + 11) % 12 + 1);
    if (has_hour && minute != 0 && said.numbers.contains(minute)) return true;
  }
  return false;
}

bool SpokenFacts::has_wait() const {
  return std::ranges::any_of(utterances_, [](const Utterance& said) {
    return std::ranges::any_of(std::array{"minute", "minutes", "hour", "hours", "now", "soon"},
                               [&](const char* word) { return said.words.contains(word); });
  });
}

bool SpokenFacts::has_number(double value) const {
  return std::ranges::any_of(numbers_, [value](double said) { return std::abs(said - value) < 0.005; });
}

bool SpokenFacts::has_digits(std::string_view digits) const {
  if (digits.size() < kShortestCode) {
    const auto number = to_number(digits);
    return number && has_number(*number);
  }
  const auto is_said = [&](std::string_view wanted) {
    return all_digits_.find(wanted) != std::string::npos ||
           std::ranges::any_of(utterances_, [&](const Utterance& said) {
             return only_digits(said.compact).find(wanted) != std::string::npos;
           });
  };
  if (is_said(digits)) return true;
  for (std::size_t code = 1; code <= 3 && digits.size() >= kShortestPhone + code; ++code) {
    if (is_said(digits.substr(code))) return true;
  }
  return false;
}

bool SpokenFacts::has_words(std::string_view text) const {
  const auto words = folded_words(text);
  if (words.empty()) return true;
  const std::string compact = joined(words);
  const bool is_together =
      compact.size() >= kShortestCompact && std::ranges::any_of(utterances_, [&](const Utterance& said) {
        return said.compact.find(compact) != std::string::npos;
      });
  if (is_together) return true;
  return std::ranges::all_of(words, [&](const std::string& word) {
    if (only_digits(word) == word) return has_digits(word);
    return std::ranges::any_of(utterances_, [&](const Utterance& said) {
      return said.words.contains(word) ||
             (word.size() >= kShortestHeardWrongly && std::ranges::any_of(said.words, [&](const auto& w) {
                return w.size() >= kShortestHeardWrongly && w.size() + word.size() > 6 && is_one_off(word, w);
              }));
    });
  });
}

bool SpokenFacts::has_email(std::string_view email) const {
  const std::string compact = joined(folded_words(email));
  return std::ranges::any_of(utterances_, [&](const Utterance& said) {
    std::string spoken = said.compact;
    if (spoken.find(compact) != std::string::npos) return true;
    for (const char* mark : {"underscore", "hyphen", "dash", "minus", "dot", "period", "point", "at"}) {
      spoken = replace_all(std::move(spoken), mark, "");
    }
    std::string wanted = compact;
    for (const char* mark : {"underscore", "hyphen", "dash", "minus", "dot", "period", "point", "at"}) {
      wanted = replace_all(std::move(wanted), mark, "");
    }
    return wanted.size() >= kShortestCode && spoken.find(wanted) != std::string::npos;
  });
}

bool SpokenFacts::has_stem(const std::set<std::string>& stems) const {
  return std::ranges::any_of(stems, [this](const std::string& stem) { return stems_.contains(stem); });
}

}  // namespace offhook::agent
