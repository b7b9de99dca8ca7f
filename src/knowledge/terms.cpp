#include "knowledge/terms.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <libstemmer.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

namespace offhook::knowledge {
namespace {

constexpr std::size_t kMaxWordBytes = 64;
/// Words remembered with their stems; beyond them the memory begins anew.
constexpr std::size_t kMostKnown = 50'000;

void append(std::string& text, UChar32 c) {
  std::array<std::uint8_t, 4> bytes{};
  std::int32_t size = 0;
  UBool is_wrong = 0;
  U8_APPEND(bytes.data(), size, 4, c, is_wrong);
  if (is_wrong == 0) text.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
}

bool is_paired_script(UChar32 c) {
  if (c < 0x1100) return false;
  return (c >= 0x3041 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x2FA1F);
}

bool is_word_character(UChar32 c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  const auto type = U_GET_GC_MASK(c);
  return (type & (U_GC_L_MASK | U_GC_ND_MASK | U_GC_MN_MASK | U_GC_MC_MASK)) != 0;
}

bool is_apostrophe(UChar32 c) { return c == '\'' || c == 0x2019 || c == 0x02BC; }

/// Marks that a folded text has no more: combining accents, Arabic vowel signs and the stretched line.
bool is_dropped_mark(UChar32 c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x64B && c <= 0x65F) || c == 0x670 || c == 0x640;
}

/// Letters that Unicode does not take apart, and Arabic ones that people write alike.
std::string_view plain_letter(UChar32 c) {
  switch (c) {
    case 0xDF: return "ss";
    case 0xE6: return "ae";
    case 0xF8: return "o";
    case 0x111: return "d";
    case 0x131: return "i";
    case 0x142: return "l";
    case 0x153: return "oe";
    case 0xFE: return "th";
    case 0xF0: return "d";
    case 0x622:
    case 0x623:
    case 0x625: return "\u0627";
    case 0x649: return "\u064A";
    case 0x629: return "\u0647";
    default: return {};
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Gathers the characters of one word and hands it out.
class WordMaker {
 public:
  explicit WordMaker(const std::function<void(const Word&)>& visit) : visit_(visit) {}

  void add(UChar32 c, std::uint32_t begin, std::uint32_t end) {
    if (text_.empty()) begin_ = begin;
    if (text_.size() < kMaxWordBytes) append(text_, u_tolower(c));
    end_ = end;
  }
  void add_ascii(char c, std::uint32_t begin) {
    if (text_.empty()) begin_ = begin;
    if (text_.size() < kMaxWordBytes) text_ += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    end_ = begin + 1;
  }
  void finish() {
    if (text_.empty()) return;
    visit_({.text = text_, .begin = begin_, .end = end_});
    text_.clear();
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  const std::function<void(const Word&)>& visit_;
  std::string text_;
  std::uint32_t begin_ = 0, end_ = 0;
};

/// Cuts a run without spaces into pairs; a single character stands for itself.
class PairMaker {
 public:
  explicit PairMaker(const std::function<void(const Word&)>& visit) : visit_(visit) {}
  void add(UChar32 c, std::uint32_t begin, std::uint32_t end) {
    std::string own;
    append(own, c);
    if (last_.empty()) {
      last_begin_ = begin;
    } else {
      const std::string pair = last_ + own;
      visit_({.text = pair, .begin = last_begin_, .end = end, .is_pair = true});
      had_pair_ = true;
      last_begin_ = begin;
    }
    last_ = std::move(own);
    last_end_ = end;
  }
  void finish() {
    if (!last_.empty() && !had_pair_) visit_({.text = last_, .begin = last_begin_, .end = last_end_, .is_pair = true});
    last_.clear();
    had_pair_ = false;
  }

 private:
  const std::function<void(const Word&)>& visit_;
  std::string last_;
  std::uint32_t last_begin_ = 0, last_end_ = 0;
  bool had_pair_ = false;
};

/// How many letters follow an apostrophe at `at`, three at most.
int letters_from(const std::uint8_t* bytes, std::int32_t at, std::int32_t size) {
  int count = 0;
  while (at < size && count < 3) {
    UChar32 c = 0;
    U8_NEXT(bytes, at, size, c);
    if (c < 0 || u_isalpha(c) == 0) break;
    ++count;
  }
  return count;
}

/// Longest first. Endings of cases and persons; at least four letters stay.
constexpr std::array<std::string_view, 40> kSlavicEndings{
    "owania", "iejsze", "ejších", "ového", "ością", "ości", "owych", "owego", "owej", "ami", "ach", "ego", "emu", "ych",
    "ymi",    "ich",    "imi",    "ého",   "ému",   "ých",  "ými",   "ách",   "ům",   "ové", "ami", "ów",  "om",  "em",
    "ie",     "ia",     "iu",     "ej",    "ou",    "y",    "a",     "e",     "i",    "u",   "o",   "ą"};

std::string cut_slavic_ending(std::string_view word) {
  for (const auto ending : kSlavicEndings) {
    if (word.size() >= ending.size() + 4 && word.ends_with(ending)) {
      return std::string(word.substr(0, word.size() - ending.size()));
    }
  }
  return std::string(word);
}

const char* snowball_name(Language language) {
  switch (language) {
    case Language::pl:
    case Language::cs:
    case Language::zh:
    case Language::ja:
    case Language::ko: return nullptr;
    default: return code_of(language).data();
  }
}

}  // namespace

void for_each_word(std::string_view text, const std::function<void(const Word&)>& visit) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int32_t>(text.size());
  WordMaker word(visit);
  PairMaker pairs(visit);
  for (std::int32_t at = 0; at < size;) {
    const auto begin = static_cast<std::uint32_t>(at);
    const char plain = text[begin];
    UChar32 c = 0;
    U8_NEXT(bytes, at, size, c);
    if (c >= 0 && c < 0x80 && is_word_character(c)) {
      pairs.finish();
      word.add_ascii(plain, begin);
      continue;
    }
    if (c >= 0 && is_paired_script(c)) {
      word.finish();
      pairs.add(c, begin, static_cast<std::uint32_t>(at));
      continue;
    }
    if (c >= 0 && is_word_character(c)) {
      pairs.finish();
      word.add(c, begin, static_cast<std::uint32_t>(at));
      continue;
    }
    pairs.finish();
    const bool between_digits = !word.text().empty() && is_digit(word.text().back()) && at < size &&
                                is_digit(text[static_cast<std::size_t>(at)]);
    if (between_digits && c == '.') {
      word.add_ascii('.', begin);
      continue;
    }
    if (between_digits && c == ',') {
      const auto next = static_cast<std::size_t>(at);
      const bool is_group = next + 3 <= text.size() && is_digit(text[next + 1]) && is_digit(text[next + 2]) &&
                            (next + 3 == text.size() || !is_digit(text[next + 3]));
      if (!is_group) word.finish();
      continue;  // "1,200" goes on without its comma
    }
    if (is_apostrophe(c) && !word.text().empty()) {
      const int following = letters_from(bytes, at, size);
      if (following == 1 && (bytes[at] | 0x20) == 's') {  // "bank's"
        word.finish();
        ++at;
        continue;
      }
      if (following == 1 || following == 2) continue;  // "don't", "we'll"
    }
    word.finish();
  }
  word.finish();
  pairs.finish();
}

std::string fold(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  UErrorCode status = U_ZERO_ERROR;
  static const UNormalizer2* const decomposer = unorm2_getNFDInstance(&status);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    if (bytes[at] < 0x80) {
      folded += static_cast<char>(bytes[at++]);
      continue;
    }
    UChar32 c = 0;
    U8_NEXT(bytes, at, size, c);
    if (c < 0 || is_dropped_mark(c)) continue;
    if (const auto plain = plain_letter(c); !plain.empty()) {
      folded += plain;
      continue;
    }
    // Vowel signs of Indian scripts are letters to their readers, and Hangul would fall apart.
    const bool is_taken_apart = c < 0x900 || (c >= 0x1E00 && c < 0x2000);
    std::array<UChar, 8> parts{};
    UErrorCode failed = U_ZERO_ERROR;
    const std::int32_t count =
        is_taken_apart ? unorm2_getDecomposition(decomposer, c, parts.data(), parts.size(), &failed) : -1;
    if (count <= 0 || U_FAILURE(failed) != 0) {
      append(folded, c);
      continue;
    }
    for (std::int32_t i = 0; i < count;) {
      UChar32 part = 0;
      U16_NEXT(parts.data(), i, count, part);
      if (!is_dropped_mark(part)) append(folded, part);
    }
  }
  return folded;
}

struct Analyser::Stemmer {
  explicit Stemmer(const char* name) : handle(sb_stemmer_new(name, nullptr)) {}
  ~Stemmer() { sb_stemmer_delete(handle); }
  Stemmer(const Stemmer&) = delete;
  Stemmer& operator=(const Stemmer&) = delete;
  sb_stemmer* handle;
};

Analyser::Analyser(Language language) : language_(language) {
  if (const char* name = snowball_name(language)) {
    stemmer_ = std::make_unique<Stemmer>(name);
    if (stemmer_->handle == nullptr) stemmer_.reset();
  }
}

Analyser::~Analyser() = default;

std::string Analyser::stem(std::string_view word) {
  if (stemmer_ != nullptr) {
    const auto* stemmed = sb_stemmer_stem(stemmer_->handle, reinterpret_cast<const sb_symbol*>(word.data()),
                                          static_cast<int>(word.size()));
    if (stemmed == nullptr) return std::string(word);
    return {reinterpret_cast<const char*>(stemmed), static_cast<std::size_t>(sb_stemmer_length(stemmer_->handle))};
  }
  if (language_ == Language::pl || language_ == Language::cs) return cut_slavic_ending(word);
  return std::string(word);
}

const Analyser::Known& Analyser::look_up(const Word& word) {
  key_.assign(word.text);
  const auto found = known_.find(key_);
  if (found != known_.end()) return found->second;
  if (known_.size() >= kMostKnown) known_.clear();
  Known known{.word = fold(word.text), .stem = {}};
  // A mark alone is no word: what is left of it is nothing.
  known.is_stop = known.word.empty() || is_stop_word(language_, known.word);
  known.stem = word.is_pair ? known.word : fold(stem(word.text));
  if (known.stem.empty()) known.stem = known.word;
  return known_.emplace(key_, std::move(known)).first->second;
}

void Analyser::for_each(std::string_view text, const std::function<void(const Term&)>& visit) {
  Term term;
  for_each_word(text, [&](const Word& word) {
    const Known& known = look_up(word);
    term.word = known.word;
    term.stem = known.stem;
    term.begin = word.begin;
    term.end = word.end;
    term.is_stop = known.is_stop;
    visit(term);
  });
}

std::vector<Term> Analyser::terms(std::string_view text) {
  std::vector<Term> all;
  for_each(text, [&](const Term& term) { all.push_back(term); });
  return all;
}

}  // namespace offhook::knowledge
