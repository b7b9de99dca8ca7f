#include "brain/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"

namespace offhook::brain {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 128;
}
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

struct Contraction {
  std::string_view ending;
  std::string_view word;
};
// Longest first; "n't" is handled apart because the stem changes ("can't", "won't").
constexpr std::array<Contraction, 6> kContractions{
    {{"'ll", "will"}, {"'re", "are"}, {"'ve", "have"}, {"'d", "would"}, {"'m", "am"}, {"'s", "is"}}};

struct Spelling {
  std::string_view from;
  std::string_view to;  // words separated by blanks
};
// Whole words that recognisers and hasty typists write in one of several ways.
constexpr auto kSpellings = std::to_array<Spelling>({
    {"im", "i am"},
    {"ive", "i have"},
    {"dont", "do not"},
    {"cant", "can not"},
    {"cannot", "can not"},
    {"won't", "will not"},
    {"wont", "will not"},
    {"can't", "can not"},
    {"whats", "what is"},
    {"thats", "that is"},
    {"gonna", "going to"},
    {"wanna", "want to"},
    {"gotta", "got to"},
    {"o'clock", "oclock"},
    {"y'all", "you all"},
    {"ok", "okay"},
    {"k", "k"},
    {"yea", "yeah"},
    {"ya", "yeah"},
    {"isnt", "is not"},
    {"didnt", "did not"},
    {"doesnt", "does not"},
    {"tmrw", "tomorrow"},
    {"tonite", "tonight"},
    {"let's", "let us"},
});

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  Tokens run() {
    while (at_ < text_.size()) step();
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] char peek(std::size_t offset = 0) const {
    return at_ + offset < text_.size() ? text_[at_ + offset] : '\0';
  }

  // "ann_lee+flat@…": marks that stand for nothing elsewhere.
  [[nodiscard]] bool is_inside_address(char c) const {
    return (c == '_' || c == '+') && at_ > 0 && (is_letter(text_[at_ - 1]) || is_digit(text_[at_ - 1])) &&
           is_letter(peek(1));
  }

  void step() {
    const char c = peek();
    if (is_digit(c) || (c == '+' && is_digit(peek(1)))) return number();
    if (is_letter(c)) return word();
    if (std::string_view("$.,;!?@:()-/").contains(c) || is_inside_address(c)) {
      tokens_.push_back({.text = std::string(1, c), .begin = at_, .end = at_ + 1, .is_mark = true});
    }
    ++at_;
  }

  // Figures with their inner marks. A comma belongs to the number only as a thousands mark.
  void number() {
    const std::size_t begin = at_++;
    while (at_ < text_.size()) {
      const char c = peek();
      const bool is_thousands_mark =
          c == ',' && is_digit(peek(1)) && is_digit(peek(2)) && is_digit(peek(3)) && !is_digit(peek(4));
      const bool is_inner_mark = std::string_view(".:/-").contains(c) && is_digit(peek(1));
      if (is_digit(c) || is_thousands_mark || is_inner_mark) {
        ++at_;
      } else {
        break;
      }
    }
    const std::string ending = to_lower(text_.substr(at_, 2));
    const bool is_ordinal =
        (ending == "st" || ending == "nd" || ending == "rd" || ending == "th") && !is_letter(peek(2));
    if (is_ordinal) at_ += 2;
    tokens_.push_back(
        {.text = to_lower(text_.substr(begin, at_ - begin)), .begin = begin, .end = at_, .is_number = true});
  }

  void word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_letter(peek()) || (peek() == '\'' && is_letter(peek(1))))) ++at_;
    // "p.m." and "a.m." are one word.
    if (at_ - begin == 1 && peek() == '.' && (peek(1) == 'm' || peek(1) == 'M') && !is_letter(peek(2)) &&
        std::string_view("apAP").contains(text_[begin])) {
      at_ += peek(2) == '.' ? 3 : 2;
      const char first = static_cast<char>(std::tolower(static_cast<unsigned char>(text_[begin])));
      return add(begin, std::string(1, first) + "m");
    }
    std::string lower = to_lower(text_.substr(begin, at_ - begin));
    const auto spelling = std::ranges::find(kSpellings, std::string_view(lower), &Spelling::from);
    if (spelling != kSpellings.end()) return add(begin, spelling->to);
    if (lower.ends_with("n't")) return add(begin, lower.substr(0, lower.size() - 3) + " not");
    for (const auto& [ending, full] : kContractions) {
      if (lower.size() > ending.size() && lower.ends_with(ending)) {
        return add(begin, lower.substr(0, lower.size() - ending.size()) + " " + std::string(full));
      }
    }
    add(begin, lower);
  }

  void add(std::size_t begin, std::string_view words) {
    bool is_first = true;
    for (const auto part : split(words, ' ')) {
      tokens_.push_back(
          {.text = std::string(part), .begin = begin, .end = at_, .is_capital = is_first && is_upper(text_[begin])});
      is_first = false;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Tokens tokens_;
};

bool is_vowel(char c) { return std::string_view("aeiouy").contains(c); }

// A doubled consonant before an ending goes: "stopped" gives "stop".
void undouble(std::string& word) {
  const std::size_t n = word.size();
  if (n > 3 && word[n - 1] == word[n - 2] && !is_vowel(word[n - 1]) && !std::string_view("lsz").contains(word[n - 1])) {
    word.pop_back();
  }
}

}  // namespace

std::string straighten(std::string_view text) { return replace_all(std::string(text), "\u2019", "'"); }

Tokens tokenize(std::string_view text) {
  // Typographic apostrophes come from recognisers and keyboards alike.
  if (text.contains("\u2019")) return Tokenizer(straighten(text)).run();
  return Tokenizer(text).run();
}

std::string stem(std::string_view word) {
  std::string out(word);
  const auto cut = [&out](std::string_view ending, std::size_t keep) {
    if (!out.ends_with(ending) || out.size() < ending.size() + keep) return false;
    out.resize(out.size() - ending.size());
    return true;
  };
  if (cut("ies", 2)) {
    out += 'y';
  } else if (!out.ends_with("ss") && !out.ends_with("us") && !out.ends_with("is")) {
    if ((out.ends_with("shes") || out.ends_with("ches") || out.ends_with("sses") || out.ends_with("xes")) &&
        cut("es", 3)) {
    } else {
      cut("s", 3);
    }
  }
  if (cut("ing", 3) || cut("ed", 3)) undouble(out);
  if (cut("ment", 4)) return out;
  if (out.size() > 4 && out.back() == 'e') out.pop_back();
  return out;
}

std::string normalize(std::string_view text) {
  std::string out;
  for (const auto& token : tokenize(text)) {
    if (token.is_mark) continue;
    if (!out.empty()) out += ' ';
    out += token.text;
  }
  return out;
}

bool contains_words(std::string_view sentence, std::string_view phrase) {
  if (phrase.empty()) return false;
  for (std::size_t at = 0; (at = sentence.find(phrase, at)) != std::string_view::npos; ++at) {
    const std::size_t end = at + phrase.size();
    if ((at == 0 || sentence[at - 1] == ' ') && (end == sentence.size() || sentence[end] == ' ')) return true;
  }
  return false;
}

bool starts_at(std::span<const Token> tokens, std::size_t at, std::string_view words) {
  // Asked at every token for every phrase: no allocation here.
  for (; !words.empty(); ++at) {
    const std::string_view word = words.substr(0, words.find(' '));
    if (at >= tokens.size() || tokens[at].text != word) return false;
    words.remove_prefix(std::min(words.size(), word.size() + 1));
  }
  return true;
}

std::string title_case(std::string_view words) {
  std::string out(words);
  const bool is_shouted = std::ranges::none_of(out, [](char c) { return c >= 'a' && c <= 'z'; });
  bool is_first = true;
  for (char& c : out) {
    if (is_first && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!is_first && is_shouted && is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    is_first = !is_letter(c) && c != '\'';
  }
  return out;
}

}  // namespace offhook::brain
