#include "brain/schema/values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/text.hpp"
#include "brain/corrections.hpp"
#include "brain/numbers.hpp"
#include "brain/schema/spans.hpp"
#include "brain/schema/vocabulary.hpp"

namespace offhook::brain::schema {
namespace {

bool has_word(const Sentence& sentence, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(sentence.tokens, [&](const Token& token) {
    return std::ranges::any_of(words, [&](std::string_view word) { return token.text == word; });
  });
}

// The concepts that only this argument of the tool is about.
std::set<std::string> own_concepts(const ToolSchema& tool, const Argument& argument) {
  std::set<std::string> own = argument.concepts;
  for (const auto& other : tool.arguments) {
    if (other.name == argument.name) continue;
    for (const auto& each : other.concepts) own.erase(each);
  }
  for (const auto& each : tool.name_concepts) own.erase(each);
  return own;
}

bool meets(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::ranges::any_of(a, [&b](const std::string& each) { return b.contains(each); });
}

std::string plain(double value) {
  constexpr double kMostWhole = 1e15;
  const bool is_whole = std::abs(value) < kMostWhole && std::trunc(value) == value;
  return is_whole ? std::to_string(static_cast<long long>(value)) : std::to_string(value);
}

bool opens_request(const Sentence& sentence) {
  return has_word(sentence,
                  {"want", "need", "like", "looking", "look", "find", "search", "book", "get", "prefer", "show"});
}

// So many words are an answer rather than a description.
constexpr std::size_t kShortAnswer = 5;

class ValueReader {
 public:
  ValueReader(const ToolSchema& tool, const Sentence& said, const std::set<std::string>& asked)
      : tool_(tool), said_(said), asked_(asked) {}

  Values read() && {
    for (const auto kind : {ValueKind::date, ValueKind::time, ValueKind::money, ValueKind::phone, ValueKind::email}) {
      facts(kind);
    }
    for (const auto& argument : tool_.arguments) {
      switch (argument.kind) {
        case ValueKind::choice: choice(argument); break;
        case ValueKind::flag: flag(argument); break;
        case ValueKind::number: number(argument); break;
        case ValueKind::code: code(argument); break;
        default: break;
      }
    }
    for (const auto& argument : tool_.arguments) {
      if (argument.kind == ValueKind::place) place(argument);
      if (argument.kind == ValueKind::name || argument.kind == ValueKind::text) name(argument);
    }
    for (const auto& argument : tool_.arguments) bare(argument);
    return std::move(values_);
  }

 private:
  [[nodiscard]] bool is_asked(const Argument& argument) const { return asked_.contains(argument.name); }
  [[nodiscard]] bool is_set(const Argument& argument) const { return values_.contains(argument.name); }

  static MentionKind mention_kind(ValueKind kind) {
    switch (kind) {
      case ValueKind::date: return MentionKind::date;
      case ValueKind::time: return MentionKind::time;
      case ValueKind::money: return MentionKind::money;
      case ValueKind::phone: return MentionKind::phone;
      default: return MentionKind::email;
    }
  }

  // "from"/"to" standing before a value, or words such as "return" for the way back.
  [[nodiscard]] Direction direction_at(std::size_t first) const {
    const std::size_t from = first > 3 ? first - 3 : 0;
    for (std::size_t at = first; at > from; --at) {
      const auto& word = said_.tokens[at - 1].text;
      if (word == "to" || word == "into" || word == "until" || word == "till" || word == "return" ||
          word == "returning" || word == "their" || word == "his" || word == "her") {
        return Direction::to;
      }
      if (word == "from" || word == "leaving" || word == "my") return Direction::from;
    }
    return Direction::none;
  }

  void facts(ValueKind kind) {
    std::vector<const Argument*> takers;
    bool is_wanted = false;
    for (const auto& argument : tool_.arguments) {
      if (argument.kind != kind) continue;
      takers.push_back(&argument);
      is_wanted = is_wanted || is_asked(argument);
    }
    if (takers.empty()) return;
    std::vector<const Mention*> found;
    for (const auto& mention : said_.mentions) {
      const bool is_number = kind == ValueKind::money && mention.kind == MentionKind::number;
      if (mention.kind != mention_kind(kind) && !(is_number && is_wanted)) continue;
      if (mention.is_weak && !is_wanted) continue;
      found.push_back(&mention);
    }
    std::erase_if(found, [this](const Mention* mention) { return is_left(*mention); });
    if (found.empty()) return;
    if (takers.size() == 1) {
      values_[takers.front()->name] = found.front()->value;
      return;
    }
    std::vector<bool> used(found.size(), false);
    for (const Direction wanted : {Direction::from, Direction::to}) {
      for (std::size_t i = 0; i < found.size(); ++i) {
        if (used[i] || direction_at(found[i]->first) != wanted) continue;
        const auto taker = std::ranges::find_if(
            takers, [&](const Argument* each) { return each->direction == wanted && !is_set(*each); });
        if (taker == takers.end()) continue;
        values_[(*taker)->name] = found[i]->value;
        used[i] = true;
      }
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (used[i]) continue;
      auto taker =
          std::ranges::find_if(takers, [&](const Argument* each) { return is_asked(*each) && !is_set(*each); });
      if (taker == takers.end()) {
        taker = std::ranges::find_if(takers, [&](const Argument* each) { return !is_set(*each); });
      }
      if (taker != takers.end()) values_[(*taker)->name] = found[i]->value;
    }
  }

  // "Thursday, no, Friday", "not Thursday": named, but not meant.
  [[nodiscard]] bool is_left(const Mention& mention) const {
    return is_denied(mention, said_.tokens, said_.mentions) ||
           std::ranges::any_of(said_.mentions,
                               [&](const Mention& later) { return corrects(later, mention, said_.tokens); });
  }

  void choice(const Argument& argument) {
    const bool is_numeric = std::ranges::all_of(argument.choices, [](const std::string& each) {
      return !each.empty() && each.find_first_not_of("0123456789") == std::string::npos;
    });
    if (is_numeric) return number(argument);
    const bool has_twin = std::ranges::any_of(tool_.arguments, [&](const Argument& other) {
      return other.name != argument.name && other.choices == argument.choices;
    });
    for (const auto& value : argument.choices) {
      const std::string phrase = normalize(join(split_identifier(value), " "));
      for (std::size_t at = 0; at < said_.tokens.size(); ++at) {
        if (phrase.empty() || !starts_stemmed(at, phrase)) continue;
        if (has_twin && !is_meant_for(argument, at)) continue;
        values_[argument.name] = value;
        used_.push_back({at, at + split(phrase, ' ').size()});
      }
    }
    if (!is_set(argument) && !has_twin) telling_word(argument);
    // "Either", "I don't care" where the schema has a word for it.
    if (is_asked(argument) && !is_set(argument) && is_indifferent(said_.tokens)) {
      for (const auto& value : argument.choices) {
        if (normalize(value) == "any" || normalize(value) == "dontcare") values_[argument.name] = value;
      }
    }
  }

  // "In the kitchen" of "kitchen speaker" and "bedroom speaker": a word that only one of the choices has.
  void telling_word(const Argument& argument) {
    for (const auto& token : said_.tokens) {
      if (token.is_mark || token.text.size() < 4 || is_plain_word(token.text)) continue;
      const std::string* only = nullptr;
      std::size_t count = 0;
      for (const auto& value : argument.choices) {
        if (!contains_words(normalize(join(split_identifier(value), " ")), token.text)) continue;
        only = &value;
        ++count;
      }
      if (count == 1) values_[argument.name] = *only;
    }
  }

  [[nodiscard]] bool starts_stemmed(std::size_t at, std::string_view phrase) const {
    for (const auto word : split(phrase, ' ')) {
      if (at >= said_.tokens.size() || stem(said_.tokens[at].text) != stem(word)) return false;
      ++at;
    }
    return true;
  }

  // Of two arguments with the same choices: the one asked for, else the one whose way the words before it point.
  [[nodiscard]] bool is_meant_for(const Argument& argument, std::size_t at) const {
    const Direction said = direction_at(at);
    const bool is_to = said == Direction::to && argument_is(argument, Direction::to);
    if (said == Direction::to) return is_to;
    if (is_asked(argument)) return true;
    const bool is_other_asked = std::ranges::any_of(tool_.arguments, [&](const Argument& other) {
      return other.name != argument.name && other.choices == argument.choices && is_asked(other);
    });
    return !is_other_asked && !argument_is(argument, Direction::to);
  }
  static bool argument_is(const Argument& argument, Direction direction) { return argument.direction == direction; }

  void number(const Argument& argument) {
    const auto own = own_concepts(tool_, argument);
    std::size_t others_asked = 0;
    for (const auto& other : tool_.arguments) {
      if (other.name != argument.name && is_asked(other)) ++others_asked;
    }
    for (std::size_t at = 0; at < said_.tokens.size(); ++at) {
      if (is_in_fact(said_, at)) continue;
      const auto read = read_number(said_.tokens, at);
      if (!read) continue;
      bool is_named = false;
      for (std::size_t next = at + read->count; next < std::min(said_.tokens.size(), at + read->count + 2); ++next) {
        for (const auto& each : concepts_of(said_.tokens[next].text)) is_named = is_named || own.contains(each);
      }
      const bool names_other = !is_named && names_another(argument, at + read->count);
      const bool is_digit = read->in_figures || said_.tokens[at].text != "one" || said_.tokens.size() <= 3;
      if (!is_named && !(is_asked(argument) && !names_other && is_digit && others_asked == 0)) continue;
      set_number(argument, plain(read->value));
      return;
    }
  }

  [[nodiscard]] bool names_another(const Argument& argument, std::size_t at) const {
    if (at >= said_.tokens.size()) return false;
    for (const auto& other : tool_.arguments) {
      if (other.name == argument.name) continue;
      const auto own = own_concepts(tool_, other);
      for (const auto& each : concepts_of(said_.tokens[at].text)) {
        if (own.contains(each)) return true;
      }
    }
    return false;
  }

  void set_number(const Argument& argument, const std::string& value) {
    if (!argument.choices.empty() && std::ranges::find(argument.choices, value) == argument.choices.end()) return;
    values_[argument.name] = value;
  }

  void flag(const Argument& argument) {
    const std::string yes = flag_value(argument, true);
    const std::string no = flag_value(argument, false);
    if (is_asked(argument) && said_.polarity != Polarity::none) {
      values_[argument.name] = said_.polarity == Polarity::yes ? yes : no;
      return;
    }
    // "Is it furnished?" asks; "a furnished flat" and "can you find one that allows pets?" wish.
    if (!meets(own_concepts(tool_, argument), said_.concepts)) return;
    if (said_.is_question && !opens_request(said_)) return;
    const bool is_negative = has_word(said_, {"not", "without", "no"}) && said_.polarity != Polarity::yes;
    values_[argument.name] = is_negative ? no : yes;
  }

  static std::string flag_value(const Argument& argument, bool wanted) {
    for (const auto& each : argument.choices) {
      const std::string word = normalize(each);
      if ((word == "true" || word == "yes") == wanted) return each;
    }
    return wanted ? "true" : "false";
  }

  // A place is not "the afternoon", "my savings account" or "that salon".
  [[nodiscard]] bool is_about_tool(Span span) const {
    for (std::size_t at = span.first; at < span.last; ++at) {
      const auto& token = said_.tokens[at];
      if (is_plain_word(token.text) || token.is_number) continue;
      if (token.is_capital && at > 0) return false;
      bool is_known = false;
      for (const auto& each : concepts_of(token.text)) {
        is_known =
            is_known || tool_.concepts.contains(each) || std::ranges::any_of(tool_.arguments, [&](const auto& other) {
              return other.concepts.contains(each) || std::ranges::any_of(other.choices, [&](const std::string& value) {
                       return contains_words(normalize(value), token.text);
                     });
            });
      }
      if (!is_known) return false;
    }
    return true;
  }

  void take(const Argument& argument, const std::vector<Span>& spans) {
    for (const auto& span : spans) {
      if (is_about_tool(span) || is_used(span)) continue;
      values_[argument.name] = text_of(said_, span);
      used_.push_back(span);
      return;
    }
  }
  [[nodiscard]] bool is_used(Span span) const {
    return std::ranges::any_of(used_, [&](Span other) { return span.first < other.last && other.first < span.last; });
  }

  // Is there an argument that looks the other way, an origin to a destination?
  [[nodiscard]] bool has_counterpart(const Argument& argument) const {
    return std::ranges::any_of(tool_.arguments, [&](const Argument& other) {
      return other.name != argument.name && other.kind == argument.kind && other.direction != Direction::none;
    });
  }

  void place(const Argument& argument) {
    if (argument.direction != Direction::none && has_counterpart(argument)) {
      if (argument.direction == Direction::from) return take(argument, spans_after(said_, {"from", "leaving"}));
      return take(argument, spans_after(said_, {"to", "into"}));
    }
    const bool is_address = argument.concepts.contains("address") || argument.concepts.contains("street");
    take(argument, spans_after(said_, {"in", "near", "around"}));
    if (is_set(argument)) return;
    if (argument.direction == Direction::to) take(argument, spans_after(said_, {"to"}));
    if (!is_set(argument) && (is_asked(argument) || is_address)) take(argument, spans_after(said_, {"at"}));
  }

  void name(const Argument& argument) {
    take(argument, spans_after(said_, {"called", "named", "titled"}));
    if (is_set(argument) || argument.kind != ValueKind::name) return;
    if (argument.direction == Direction::to) take(argument, spans_after(said_, {"to"}));
    if (argument.direction == Direction::none) take(argument, capitals(spans_after(said_, {"with", "by", "at"})));
    if (is_set(argument) || !argument.is_required) return;
    // "Play Yellow Submarine": the one thing the tool wants to have named.
    const auto names = std::ranges::count_if(tool_.arguments, [](const Argument& each) {
      return each.kind == ValueKind::name || each.kind == ValueKind::place;
    });
    if (names > 1) return;
    auto runs = capital_runs(said_);
    std::erase_if(runs, [](Span span) { return span.first == 0; });
    take(argument, runs);
  }

  // "A B 1 2 3", "order 4711".
  void code(const Argument& argument) {
    const Mention* best = nullptr;
    for (const auto& mention : said_.mentions) {
      if (mention.kind != MentionKind::code && !(is_asked(argument) && mention.kind == MentionKind::phone)) continue;
      if (mention.is_weak && !is_asked(argument) && !names_argument(tool_, argument, said_.concepts)) continue;
      if (best == nullptr || mention.value.size() > best->value.size()) best = &mention;
    }
    std::string spelled;
    std::size_t digit_count = 0;
    if (is_asked(argument)) {
      for (std::size_t at = 0; at < said_.tokens.size(); ++at) {
        const auto& token = said_.tokens[at];
        if (is_spelled_letter(said_.tokens, at) || token.is_number) {
          spelled += said_.text.substr(token.begin, token.end - token.begin);
          digit_count += token.is_number ? 1 : 0;
        } else if (const auto digits = read_digits(said_.tokens, at)) {
          spelled += digits->digits;
          digit_count += digits->digits.size();
          at += digits->count - 1;
        }
      }
    }
    // One letter or two without a figure are words of a sentence.
    if (digit_count == 0 && spelled.size() < 3) spelled.clear();
    const std::string value = best != nullptr && best->value.size() >= spelled.size() ? best->value : spelled;
    if (!value.empty()) values_[argument.name] = value;
  }

  [[nodiscard]] std::vector<Span> capitals(std::vector<Span> spans) const {
    std::erase_if(spans, [this](Span span) { return !said_.tokens[span.first].is_capital; });
    return spans;
  }

  // The whole answer is the value.
  void bare(const Argument& argument) {
    const bool is_words =
        argument.kind == ValueKind::place || argument.kind == ValueKind::name || argument.kind == ValueKind::text;
    if (!is_words || !is_asked(argument) || is_set(argument)) return;
    auto runs = capital_runs(said_);
    std::erase_if(runs, [this](Span span) { return span.first == 0 && span.last == 1 && said_.tokens.size() > 3; });
    if (argument.kind == ValueKind::text) return words(argument);
    take(argument, runs);
    if (!is_set(argument) && !said_.is_question) rest(argument);
  }

  // What somebody describes is told in a sentence; what somebody chooses, in a word or two.
  void words(const Argument& argument) {
    std::size_t count = 0;
    for (const auto& token : said_.tokens) count += token.is_mark ? 0 : 1;
    if (values_.empty() && count > kShortAnswer) {
      values_[argument.name] = said_.text;
    } else {
      rest(argument);
    }
  }

  void rest(const Argument& argument) {
    const auto left = bare_answer(said_, used_);
    if (!left) return;
    // Where several things were asked and something was answered, plain words around it need not be another answer.
    const bool is_doubtful = asked_.size() > 1 && !values_.empty() && argument.kind != ValueKind::text;
    if (is_doubtful && !said_.tokens[left->first].is_capital) return;
    values_[argument.name] = text_of(said_, *left);
    used_.push_back(*left);
  }

  const ToolSchema& tool_;
  const Sentence& said_;
  const std::set<std::string>& asked_;
  Values values_;
  std::vector<Span> used_;
};

}  // namespace

Sentence read_sentence(std::string_view text, const ReadingContext& context) {
  Sentence out{.text = one_line(straighten(text))};
  out.tokens = tokenize(out.text);
  out.mentions = find_mentions(out.text, out.tokens, context);
  out.concepts = concepts_in(out.tokens);
  out.polarity = read_polarity(out.tokens);
  constexpr auto kAsks = std::to_array<std::string_view>(
      {"what", "which", "when", "where", "who", "how", "is", "are", "do", "does", "can", "could"});
  out.is_question = out.text.contains('?') || (!out.tokens.empty() && is_one_of(kAsks, out.tokens.front().text));
  return out;
}

bool names_argument(const ToolSchema& tool, const Argument& argument, const std::set<std::string>& said) {
  return meets(own_concepts(tool, argument), said);
}

Values read_values(const ToolSchema& tool, const Sentence& said, const std::set<std::string>& asked) {
  return ValueReader(tool, said, asked).read();
}

std::set<std::string> asked_arguments(const ToolSchema& tool, const Sentence& question) {
  std::set<std::string> asked;
  constexpr auto kAsks =
      std::to_array<std::string_view>({"what", "which", "when", "where", "who", "whom", "how", "tell", "specify",
                                       "provide", "give", "any", "should", "know"});
  const bool asks = question.text.contains('?') || std::ranges::any_of(question.tokens, [&](const Token& token) {
                      return is_one_of(kAsks, token.text);
                    });
  if (!asks || has_word(question, {"confirm", "confirming", "correct"})) return asked;
  for (const auto& argument : tool.arguments) {
    const std::string description = normalize(argument.description);
    bool is_asked = names_argument(tool, argument, question.concepts) ||
                    (!description.empty() && contains_words(normalize(question.text), description));
    switch (argument.kind) {
      case ValueKind::date: is_asked = has_word(question, {"date", "day", "when", "days"}) || is_asked; break;
      case ValueKind::time: is_asked = has_word(question, {"time", "when", "hour", "times"}); break;
      case ValueKind::place:
        is_asked = is_asked || has_word(question, {"where", "city", "area", "location", "town"});
        break;
      case ValueKind::name: is_asked = is_asked || has_word(question, {"who", "whom"}); break;
      case ValueKind::money: is_asked = is_asked || has_word(question, {"much", "amount"}); break;
      default: break;
    }
    if (is_asked) asked.insert(argument.name);
  }
  return asked;
}

}  // namespace offhook::brain::schema
