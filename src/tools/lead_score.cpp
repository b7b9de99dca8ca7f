#include "tools/lead_score.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/civil_time.hpp"
#include "base/text.hpp"
#include "tools/arguments.hpp"

namespace offhook::tools {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr int kQualifiedFrom = 60;
constexpr int kUnqualifiedBelow = 40;

class Points {
 public:
  void add(std::string_view fact, int points) {
    if (points == 0) return;
    score_.points += points;
    score_.parts[fact] = points;
  }
  /// `is_decisive`: everything is known that a refusal rests on.
  LeadScore judge(bool is_decisive) && {
    if (score_.points >= kQualifiedFrom) {
      score_.event = LeadEvent::qualified;
    } else if (is_decisive && score_.points < kUnqualifiedBelow) {
      score_.event = LeadEvent::unqualified;
    }
    return std::move(score_);
  }

 private:
  LeadScore score_;
};

std::int64_t days_until(year_month_day date, year_month_day today) {
  return (sys_days(date) - sys_days(today)).count();
}

/// 30 when the budget covers the rent, 15 when it falls short by a tenth of it at most.
int points_of_budget(double budget, const store::Unit& cheapest) {
  const double rent = static_cast<double>(cheapest.rent_cents) / 100;
  if (budget >= rent) return 30;
  return budget >= rent * 0.9 ? 15 : 0;
}

void add_contact(Points& points, const store::Lead& lead) {
  points.add("name", lead.name.empty() ? 0 : 5);
  points.add("phone", lead.phone.empty() ? 0 : 5);
}

/// The words of a text in lower case; punctuation that ends a clause is a word of its own, an empty one.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  for (const char c : to_lower(text)) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'' || (c & 0x80) != 0;
    if (is_letter) {
      word.push_back(c);
      continue;
    }
    end_word();
    if (std::string_view(",.;:!?").contains(c)) words.emplace_back();
  }
  end_word();
  return words;
}

/// Is `word` said, and not denied by a "no" or "not" among the two words before it in its clause?
bool affirms(const std::vector<std::string>& words, std::string_view word) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != word) continue;
    bool is_denied = false;
    for (std::size_t back = i; back > 0 && i - back < 2 && !words[back - 1].empty(); --back) {
      const std::string& before = words[back - 1];
      is_denied = is_denied || before == "no" || before == "not" || before == "never" || before == "without" ||
                  before.ends_with("n't");
    }
    if (!is_denied) return true;
  }
  return false;
}

int points_of_financing(std::string_view text) {
  const auto words = words_of(text);
  for (const char* sure : {"own", "cash", "saving", "savings", "approved", "preapproved"}) {
    if (affirms(words, sure)) return 20;
  }
  if (affirms(words, "full") && to_lower(text).contains("full payment")) return 20;
  for (const char* likely : {"loan", "loans", "mortgage", "mortgages", "bank", "banks", "emi", "emis"}) {
    if (affirms(words, likely)) return 15;
  }
  return text.empty() ? 0 : 5;
}

std::optional<int> read_count(std::string_view word) {
  constexpr std::array<std::string_view, 13> kCounts = {"zero",  "one",   "two",  "three", "four",   "five",  "six",
                                                        "seven", "eight", "nine", "ten",   "eleven", "twelve"};
  const auto* named = std::ranges::find(kCounts, word);
  if (named != kCounts.end()) return static_cast<int>(named - kCounts.begin());
  if (word == "a" || word == "an") return 1;
  int count = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);
  if (error != std::errc{} || end != word.data() + word.size() || count < 0 || count > 1000) return std::nullopt;
  return count;
}

year_month_day after(year_month_day today, int count, std::string_view unit) {
  using std::chrono::days;
  if (unit.starts_with("day")) return sys_days(today) + days(count);
  if (unit.starts_with("week")) return sys_days(today) + days(7 * count);
  const auto later = unit.starts_with("month") ? today + std::chrono::months(count) : today + std::chrono::years(count);
  return later.ok() ? later : later.year() / later.month() / std::chrono::last;
}

bool is_unit(std::string_view word) {
  for (const char* unit : {"day", "week", "month", "year"}) {
    if (word == unit || word == std::string(unit) + "s") return true;
  }
  return false;
}

}  // namespace

LeadFacts LeadFacts::read(const json::object& facts) {
  const auto move_in = text_argument(facts, "move_in_date");
  return {.budget = number_argument(facts, "budget"),
          .move_in = move_in ? parse_date(*move_in) : std::nullopt,
          .bedrooms = integer_argument(facts, "bedrooms"),
          .pets = flag_argument(facts, "pets"),
          .employed = flag_argument(facts, "employed"),
          .location = text_argument(facts, "location").value_or(""),
          .property_type = text_argument(facts, "property_type").value_or(""),
          .timeline = text_argument(facts, "timeline").value_or(""),
          .financing = text_argument(facts, "financing").value_or("")};
}

LeadScore score_tenant(const LeadFacts& facts, const std::vector<store::Unit>& units, const store::Lead& lead,
                       year_month_day today) {
  Points points;
  if (facts.budget && !units.empty()) points.add("budget", points_of_budget(*facts.budget, units.front()));
  if (facts.move_in) {
    const auto days = days_until(*facts.move_in, today);
    points.add("move_in_date", days <= 30 ? 25 : days <= 60 ? 20 : days <= 90 ? 10 : 5);
  }
  points.add("employed", facts.employed.value_or(false) ? 20 : 0);
  points.add("bedrooms", facts.bedrooms && !units.empty() ? 10 : 0);
  if (facts.pets) {
    points.add("pets", !*facts.pets || std::ranges::any_of(units, &store::Unit::pets_allowed) ? 5 : 0);
  }
  add_contact(points, lead);
  return std::move(points).judge(facts.budget && facts.move_in && facts.employed);
}

LeadScore score_buyer(const LeadFacts& facts, const store::Lead& lead, year_month_day today) {
  Points points;
  points.add("location", facts.location.empty() ? 0 : 15);
  points.add("property_type", facts.property_type.empty() ? 0 : 10);
  points.add("budget", facts.budget ? 20 : 0);
  const auto by = facts.timeline.empty() ? facts.move_in : read_timeline(facts.timeline, today);
  const bool has_timeline = by || !facts.timeline.empty();
  if (by) {
    const auto days = days_until(*by, today);
    points.add("timeline", days <= 92 ? 20 : days <= 183 ? 15 : days <= 366 ? 10 : 5);
  } else if (has_timeline) {
    points.add("timeline", 5);
  }
  points.add("financing", points_of_financing(facts.financing));
  points.add("bedrooms", facts.bedrooms ? 5 : 0);
  add_contact(points, lead);
  return std::move(points).judge(facts.budget && has_timeline && !facts.financing.empty());
}

std::optional<year_month_day> read_timeline(std::string_view words, year_month_day today) {
  if (const auto date = parse_date(trim(words))) return date;
  const auto text = to_lower(trim(words));
  for (const char* now : {"now", "immediately", "right away", "as soon as possible", "asap", "at once"}) {
    if (text == now) return today;
  }
  if (text.contains("this year") || text.contains("end of the year")) return today.year() / 12 / 31;
  if (text.contains("this month")) return year_month_day(today.year() / today.month() / std::chrono::last);
  std::vector<std::string_view> parts;
  for (const auto part : split(text, ' ')) {
    if (!part.empty()) parts.push_back(part);
  }
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (!is_unit(parts[i + 1])) continue;
    if (parts[i] == "next") return after(today, 1, parts[i + 1]);
    if (const auto count = read_count(parts[i])) return after(today, *count, parts[i + 1]);
  }
  return std::nullopt;
}

std::string tidy_place(std::string_view words) {
  constexpr std::array<std::string_view, 14> kLeads = {"i'm looking ",
                                                       "i am looking ",
                                                       "we're looking ",
                                                       "we are looking ",
                                                       "looking ",
                                                       "i want to buy ",
                                                       "i'd like to buy ",
                                                       "we want to buy ",
                                                       "something ",
                                                       "somewhere ",
                                                       "in ",
                                                       "for ",
                                                       "well, ",
                                                       "it's "};
  auto place = trim(words);
  for (bool has_lead = true; has_lead;) {
    has_lead = false;
    const auto text = to_lower(place);
    for (const auto lead : kLeads) {
      if (!text.starts_with(lead)) continue;
      place = trim(place.substr(lead.size()));
      has_lead = true;
      break;
    }
  }
  while (!place.empty() && std::string_view(".,;!").contains(place.back())) place.remove_suffix(1);
  return std::string(place.empty() ? trim(words) : place);
}

}  // namespace offhook::tools
