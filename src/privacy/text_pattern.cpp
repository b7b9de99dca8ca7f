#include "privacy/text_pattern.hpp"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <utility>

namespace offhook::privacy {
namespace {

constexpr int kMostRepeats = 64;
constexpr int kMostNested = 16;
constexpr std::size_t kMostStates = 2000;

/// A part of an expression.
struct Node {
  enum class Kind { bytes, sequence, choice, repeat };
  Kind kind = Kind::sequence;
  std::bitset<256> bytes;
  std::vector<Node> parts;
  int least = 1;
  int most = 1;
};

struct Lengths {
  std::size_t least = 0;
  std::size_t most = 0;
};

// NOLINTNEXTLINE(misc-no-recursion): nested kMostNested deep at most
Lengths lengths_of(const Node& node) {
  if (node.kind == Node::Kind::bytes) return {.least = 1, .most = 1};
  Lengths all;
  if (node.kind == Node::Kind::choice) all.least = TextPattern::kLongestMatch;
  for (const Node& part : node.parts) {
    const Lengths one = lengths_of(part);
    if (node.kind == Node::Kind::choice) {
      all = {.least = std::min(all.least, one.least), .most = std::max(all.most, one.most)};
    } else {
      all.least += one.least * static_cast<std::size_t>(node.least);
      all.most += one.most * static_cast<std::size_t>(node.most);
    }
  }
  return all;
}

std::bitset<256> range(unsigned char first, unsigned char last) {
  std::bitset<256> bytes;
  for (unsigned byte = first; byte <= last; ++byte) bytes.set(byte);
  return bytes;
}

std::optional<std::bitset<256>> named_class(char name) {
  const auto digits = range('0', '9');
  const auto words = digits | range('a', 'z') | range('A', 'Z') | range('_', '_');
  const auto blanks = range('\t', '\r') | range(' ', ' ');
  switch (name) {
    case 'd': return digits;
    case 'D': return ~digits;
    case 'w': return words;
    case 'W': return ~words;
    case 's': return blanks;
    case 'S': return ~blanks;
    default: return std::nullopt;
  }
}

std::unexpected<Error> wrong(std::string what) { return fail(ErrorKind::invalid_argument, std::move(what)); }

/// Reads an expression.
class Reader {
 public:
  Reader(std::string_view text, bool ignores_case) : text_(text), ignores_case_(ignores_case) {}

  Result<Node> read() {
    auto node = read_choice(0);
    if (node && at_ < text_.size()) return wrong("a ')' without its '('");
    return node;
  }

 private:
  [[nodiscard]] bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool take(char c) {
    if (!is_at(c)) return false;
    ++at_;
    return true;
  }

  // NOLINTNEXTLINE(misc-no-recursion): depth is counted
  Result<Node> read_choice(int depth) {
    if (depth > kMostNested) return wrong("it is nested too deeply");
    Node choice{.kind = Node::Kind::choice};
    do {
      Node sequence{.kind = Node::Kind::sequence};
      while (at_ < text_.size() && !is_at('|') && !is_at(')')) {
        auto part = read_part(depth);
        if (!part) return part;
        auto repeated = read_repeat(std::move(*part));
        if (!repeated) return repeated;
        sequence.parts.push_back(std::move(*repeated));
      }
      choice.parts.push_back(std::move(sequence));
    } while (take('|'));
    return choice;
  }

  // NOLINTNEXTLINE(misc-no-recursion): depth is counted
  Result<Node> read_part(int depth) {
    const char c = text_[at_++];
    if (c == '(') {
      if (take('?') && !take(':')) return wrong("only (?:…) groups, and (?i) at the beginning");
      auto inner = read_choice(depth + 1);
      if (inner && !take(')')) return wrong("a '(' without its ')'");
      return inner;
    }
    Node node{.kind = Node::Kind::bytes};
    if (c == '[') {
      auto bytes = read_class();
      if (!bytes) return fail(bytes);
      node.bytes = *bytes;
    } else if (c == '.') {
      node.bytes = ~range('\n', '\n');
    } else if (c == '\\') {
      auto bytes = read_escape();
      if (!bytes) return fail(bytes);
      node.bytes = *bytes;
    } else if (std::string_view("?*+{}^$").find(c) != std::string_view::npos) {
      return wrong(std::string("'") + c + "' has nothing before it, or is not supported");
    } else {
      node.bytes.set(static_cast<unsigned char>(c));
    }
    if (ignores_case_) add_other_case(node.bytes);
    return node;
  }

  static void add_other_case(std::bitset<256>& bytes) {
    for (unsigned lower = 'a'; lower <= 'z'; ++lower) {
      const unsigned upper = lower - 'a' + 'A';
      if (bytes.test(lower) || bytes.test(upper)) bytes.set(lower).set(upper);
    }
  }

  Result<std::bitset<256>> read_escape() {
    if (at_ >= text_.size()) return wrong("a '\\' at the end");
    const char c = text_[at_++];
    if (auto known = named_class(c)) return *known;
    if (c == 'b') return wrong("\\b stands at the beginning and the end only");
    if (c == 't') return range('\t', '\t');
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) return wrong(std::string("\\") + c + " is not supported");
    return range(static_cast<unsigned char>(c), static_cast<unsigned char>(c));
  }

  Result<std::bitset<256>> read_class() {
    std::bitset<256> bytes;
    const bool is_opposite = take('^');
    for (bool is_first = true; is_first || !is_at(']'); is_first = false) {
      if (at_ >= text_.size()) return wrong("a '[' without its ']'");
      const auto first = static_cast<unsigned char>(text_[at_++]);
      if (first >= 0x80) return wrong("a class holds ASCII characters only");
      if (first == '\\') {
        auto escaped = read_escape();
        if (!escaped) return escaped;
        bytes |= *escaped;
        continue;
      }
      unsigned char last = first;
      if (is_at('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
        last = static_cast<unsigned char>(text_[at_ + 1]);
        at_ += 2;
        if (last < first || last >= 0x80 || last == '\\') return wrong("a range of a class that is none");
      }
      bytes |= range(first, last);
    }
    ++at_;
    return is_opposite ? ~bytes : bytes;
  }

  std::optional<int> read_count() {
    int count = 0;
    const std::size_t first = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9' && at_ - first < 4) {
      count = count * 10 + (text_[at_++] - '0');
    }
    return at_ == first ? std::nullopt : std::optional(count);
  }

  Result<Node> read_repeat(Node part) {
    Node repeat{.kind = Node::Kind::repeat};
    if (take('?')) {
      repeat.least = 0;
    } else if (take('*')) {
      repeat.least = 0;
      repeat.most = kMostRepeats;
    } else if (take('+')) {
      repeat.most = kMostRepeats;
    } else if (take('{')) {
      const auto least = read_count();
      std::optional<int> most = least;
      if (take(',')) most = is_at('}') ? std::max(kMostRepeats, least.value_or(0)) : read_count();
      if (!least || !most || !take('}') || *most < *least || *most == 0) return wrong("a {…} that counts nothing");
      repeat.least = *least;
      repeat.most = *most;
    } else {
      return part;
    }
    if (is_at('?') || is_at('+') || is_at('*') || is_at('{')) return wrong("one repetition right after another");
    if (repeat.most > static_cast<int>(TextPattern::kLongestMatch)) return wrong("a match may be too long");
    repeat.parts.push_back(std::move(part));
    return repeat;
  }

  std::string_view text_;
  bool ignores_case_;
  std::size_t at_ = 0;
};

}  // namespace

/// Turns an expression into places that wait for a byte: a non-deterministic automaton without empty steps.
class PatternCompiler {
 public:
  /// Where an automaton may go on: places that wait, and whether it may end there.
  struct Entry {
    std::vector<std::uint16_t> places;
    bool may_end = false;
  };

  explicit PatternCompiler(TextPattern& pattern) : pattern_(pattern) {}

  /// Builds from the end to the beginning. False when it gets too large.
  // NOLINTNEXTLINE(misc-no-recursion): nested kMostNested deep at most
  bool build(const Node& node, Entry& then) {
    switch (node.kind) {
      case Node::Kind::bytes: {
        if (pattern_.places_.size() >= kMostStates) return false;
        const auto place = static_cast<std::uint16_t>(pattern_.places_.size());
        pattern_.places_.push_back({.bytes = node.bytes, .next = std::move(then.places), .then_matches = then.may_end});
        then = {.places = {place}};
        return true;
      }
      case Node::Kind::sequence:
        for (std::size_t i = node.parts.size(); i > 0; --i) {
          if (!build(node.parts[i - 1], then)) return false;
        }
        return true;
      case Node::Kind::choice: {
        Entry all;
        for (const Node& part : node.parts) {
          Entry one = then;
          if (!build(part, one)) return false;
          merge(all, one);
        }
        then = std::move(all);
        return true;
      }
      case Node::Kind::repeat: {
        const Entry after = then;
        for (int i = node.least; i < node.most; ++i) {
          if (!build(node.parts.front(), then)) return false;
          merge(then, after);
        }
        for (int i = 0; i < node.least; ++i) {
          if (!build(node.parts.front(), then)) return false;
        }
        return true;
      }
    }
    return false;
  }

 private:
  static void merge(Entry& into, const Entry& other) {
    std::vector<std::uint16_t> all;
    std::ranges::set_union(into.places, other.places, std::back_inserter(all));
    into.places = std::move(all);
    into.may_end = into.may_end || other.may_end;
  }

  TextPattern& pattern_;
};

Result<TextPattern> TextPattern::parse(std::string_view source) {
  TextPattern pattern;
  bool ignores_case = false;
  if (source.starts_with("(?i)")) {
    ignores_case = true;
    source.remove_prefix(4);
  }
  if (source.starts_with("\\b")) {
    pattern.begins_at_word_ = true;
    source.remove_prefix(2);
  }
  if (source.ends_with("\\b") && !source.ends_with("\\\\b")) {
    pattern.ends_at_word_ = true;
    source.remove_suffix(2);
  }
  auto node = Reader(source, ignores_case).read();
  if (!node) return fail(node);
  const Lengths lengths = lengths_of(*node);
  if (lengths.least == 0) return wrong("it matches the empty text");
  if (lengths.most > kLongestMatch) return wrong("a match may be longer than 256 bytes");
  PatternCompiler::Entry start{.places = {}, .may_end = true};
  if (!PatternCompiler(pattern).build(*node, start)) return wrong("it is too large");
  pattern.start_ = std::move(start.places);
  for (const auto place : pattern.start_) pattern.first_bytes_ |= pattern.places_[place].bytes;
  return pattern;
}

TextPattern::Progress TextPattern::begin() const { return {.states = start_, .is_match = false}; }

void TextPattern::step(Progress& progress, unsigned char byte) const {
  std::vector<std::uint16_t> next;
  bool is_match = false;
  for (const auto at : progress.states) {
    const Place& place = places_[at];
    if (!place.bytes.test(byte)) continue;
    is_match = is_match || place.then_matches;
    next.insert(next.end(), place.next.begin(), place.next.end());
  }
  std::ranges::sort(next);
  next.erase(std::ranges::unique(next).begin(), next.end());
  progress = {.states = std::move(next), .is_match = is_match};
}

}  // namespace offhook::privacy
