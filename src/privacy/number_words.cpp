#include "privacy/number_words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace offhook::privacy {
namespace {

using Kind = NumberWord::Kind;

constexpr auto kEnglish = Languages::english;
constexpr auto kSpanish = Languages::spanish;
constexpr auto kFrench = Languages::french;
constexpr auto kGerman = Languages::german;
constexpr auto kHindi = Languages::hindi;

constexpr std::array kWords{
    NumberWord{"zero", Kind::small, 0, kEnglish},
    NumberWord{"oh", Kind::small, 0, kEnglish},
    NumberWord{"o", Kind::small, 0, kEnglish},
    NumberWord{"nought", Kind::small, 0, kEnglish},
    NumberWord{"nil", Kind::small, 0, kEnglish},
    NumberWord{"one", Kind::small, 1, kEnglish},
    NumberWord{"two", Kind::small, 2, kEnglish},
    NumberWord{"three", Kind::small, 3, kEnglish},
    NumberWord{"four", Kind::small, 4, kEnglish},
    NumberWord{"five", Kind::small, 5, kEnglish},
    NumberWord{"six", Kind::small, 6, kEnglish | kFrench},
    NumberWord{"seven", Kind::small, 7, kEnglish},
    NumberWord{"eight", Kind::small, 8, kEnglish},
    NumberWord{"nine", Kind::small, 9, kEnglish},
    NumberWord{"niner", Kind::small, 9, kEnglish},
    NumberWord{"ten", Kind::small, 10, kEnglish},
    NumberWord{"eleven", Kind::small, 11, kEnglish},
    NumberWord{"twelve", Kind::small, 12, kEnglish},
    NumberWord{"thirteen", Kind::small, 13, kEnglish},
    NumberWord{"fourteen", Kind::small, 14, kEnglish},
    NumberWord{"fifteen", Kind::small, 15, kEnglish},
    NumberWord{"sixteen", Kind::small, 16, kEnglish},
    NumberWord{"seventeen", Kind::small, 17, kEnglish},
    NumberWord{"eighteen", Kind::small, 18, kEnglish},
    NumberWord{"nineteen", Kind::small, 19, kEnglish},
    NumberWord{"twenty", Kind::ten, 20, kEnglish},
    NumberWord{"thirty", Kind::ten, 30, kEnglish},
    NumberWord{"forty", Kind::ten, 40, kEnglish},
    NumberWord{"fourty", Kind::ten, 40, kEnglish},
    NumberWord{"fifty", Kind::ten, 50, kEnglish},
    NumberWord{"sixty", Kind::ten, 60, kEnglish},
    NumberWord{"seventy", Kind::ten, 70, kEnglish},
    NumberWord{"eighty", Kind::ten, 80, kEnglish},
    NumberWord{"ninety", Kind::ten, 90, kEnglish},
    NumberWord{"hundred", Kind::hundred, 100, kEnglish},
    NumberWord{"thousand", Kind::thousand, 1000, kEnglish},
    NumberWord{"double", Kind::repeat, 2, kEnglish | kFrench},
    NumberWord{"triple", Kind::repeat, 3, kEnglish | kFrench | kSpanish},
    NumberWord{"treble", Kind::repeat, 3, kEnglish},
    NumberWord{"quadruple", Kind::repeat, 4, kEnglish | kFrench},
    NumberWord{"and", Kind::joiner, 0, kEnglish},
    NumberWord{"then", Kind::joiner, 0, kEnglish},
    NumberWord{"uh", Kind::joiner, 0, kEnglish},
    NumberWord{"um", Kind::joiner, 0, kEnglish},
    NumberWord{"er", Kind::joiner, 0, kEnglish},
    NumberWord{"dash", Kind::joiner, 0, kEnglish},
    NumberWord{"hyphen", Kind::joiner, 0, kEnglish},
    NumberWord{"space", Kind::joiner, 0, kEnglish},

    NumberWord{"cero", Kind::small, 0, kSpanish},
    NumberWord{"uno", Kind::small, 1, kSpanish},
    NumberWord{"una", Kind::small, 1, kSpanish},
    NumberWord{"dos", Kind::small, 2, kSpanish},
    NumberWord{"tres", Kind::small, 3, kSpanish},
    NumberWord{"cuatro", Kind::small, 4, kSpanish},
    NumberWord{"cinco", Kind::small, 5, kSpanish},
    NumberWord{"seis", Kind::small, 6, kSpanish},
    NumberWord{"siete", Kind::small, 7, kSpanish},
    NumberWord{"ocho", Kind::small, 8, kSpanish},
    NumberWord{"nueve", Kind::small, 9, kSpanish},
    NumberWord{"diez", Kind::small, 10, kSpanish},
    NumberWord{"once", Kind::small, 11, kSpanish},
    NumberWord{"doce", Kind::small, 12, kSpanish},
    NumberWord{"trece", Kind::small, 13, kSpanish},
    NumberWord{"catorce", Kind::small, 14, kSpanish},
    NumberWord{"quince", Kind::small, 15, kSpanish},
    NumberWord{"dieciseis", Kind::small, 16, kSpanish},
    NumberWord{"diecisiete", Kind::small, 17, kSpanish},
    NumberWord{"dieciocho", Kind::small, 18, kSpanish},
    NumberWord{"diecinueve", Kind::small, 19, kSpanish},
    NumberWord{"veinte", Kind::ten, 20, kSpanish},
    NumberWord{"veintiuno", Kind::small, 21, kSpanish},
    NumberWord{"veintidos", Kind::small, 22, kSpanish},
    NumberWord{"veintitres", Kind::small, 23, kSpanish},
    NumberWord{"veinticuatro", Kind::small, 24, kSpanish},
    NumberWord{"veinticinco", Kind::small, 25, kSpanish},
    NumberWord{"veintiseis", Kind::small, 26, kSpanish},
    NumberWord{"veintisiete", Kind::small, 27, kSpanish},
    NumberWord{"veintiocho", Kind::small, 28, kSpanish},
    NumberWord{"veintinueve", Kind::small, 29, kSpanish},
    NumberWord{"treinta", Kind::ten, 30, kSpanish},
    NumberWord{"cuarenta", Kind::ten, 40, kSpanish},
    NumberWord{"cincuenta", Kind::ten, 50, kSpanish},
    NumberWord{"sesenta", Kind::ten, 60, kSpanish},
    NumberWord{"setenta", Kind::ten, 70, kSpanish},
    NumberWord{"ochenta", Kind::ten, 80, kSpanish},
    NumberWord{"noventa", Kind::ten, 90, kSpanish},
    NumberWord{"doble", Kind::repeat, 2, kSpanish},
    NumberWord{"y", Kind::joiner, 0, kSpanish},
    NumberWord{"guion", Kind::joiner, 0, kSpanish},

    NumberWord{"un", Kind::small, 1, kFrench},
    NumberWord{"une", Kind::small, 1, kFrench},
    NumberWord{"deux", Kind::small, 2, kFrench},
    NumberWord{"trois", Kind::small, 3, kFrench},
    NumberWord{"quatre", Kind::small, 4, kFrench},
    NumberWord{"cinq", Kind::small, 5, kFrench},
    NumberWord{"sept", Kind::small, 7, kFrench},
    NumberWord{"huit", Kind::small, 8, kFrench},
    NumberWord{"neuf", Kind::small, 9, kFrench},
    NumberWord{"dix", Kind::small, 10, kFrench},
    NumberWord{"onze", Kind::small, 11, kFrench},
    NumberWord{"douze", Kind::small, 12, kFrench},
    NumberWord{"treize", Kind::small, 13, kFrench},
    NumberWord{"quatorze", Kind::small, 14, kFrench},
    NumberWord{"quinze", Kind::small, 15, kFrench},
    NumberWord{"seize", Kind::small, 16, kFrench},
    NumberWord{"vingt", Kind::ten, 20, kFrench},
    NumberWord{"vingts", Kind::ten, 20, kFrench},
    NumberWord{"trente", Kind::ten, 30, kFrench},
    NumberWord{"quarante", Kind::ten, 40, kFrench},
    NumberWord{"cinquante", Kind::ten, 50, kFrench},
    NumberWord{"soixante", Kind::ten, 60, kFrench},
    NumberWord{"septante", Kind::ten, 70, kFrench},
    NumberWord{"huitante", Kind::ten, 80, kFrench},
    NumberWord{"nonante", Kind::ten, 90, kFrench},
    NumberWord{"et", Kind::joiner, 0, kFrench},
    NumberWord{"tiret", Kind::joiner, 0, kFrench},

    NumberWord{"null", Kind::small, 0, kGerman},
    NumberWord{"eins", Kind::small, 1, kGerman},
    NumberWord{"ein", Kind::small, 1, kGerman},
    NumberWord{"zwei", Kind::small, 2, kGerman},
    NumberWord{"zwo", Kind::small, 2, kGerman},
    NumberWord{"drei", Kind::small, 3, kGerman},
    NumberWord{"vier", Kind::small, 4, kGerman},
    NumberWord{"funf", Kind::small, 5, kGerman},
    NumberWord{"fuenf", Kind::small, 5, kGerman},
    NumberWord{"sechs", Kind::small, 6, kGerman},
    NumberWord{"sieben", Kind::small, 7, kGerman},
    NumberWord{"acht", Kind::small, 8, kGerman},
    NumberWord{"neun", Kind::small, 9, kGerman},
    NumberWord{"zehn", Kind::small, 10, kGerman},
    NumberWord{"elf", Kind::small, 11, kGerman},
    NumberWord{"zwolf", Kind::small, 12, kGerman},
    NumberWord{"zwoelf", Kind::small, 12, kGerman},
    NumberWord{"dreizehn", Kind::small, 13, kGerman},
    NumberWord{"vierzehn", Kind::small, 14, kGerman},
    NumberWord{"funfzehn", Kind::small, 15, kGerman},
    NumberWord{"fuenfzehn", Kind::small, 15, kGerman},
    NumberWord{"sechzehn", Kind::small, 16, kGerman},
    NumberWord{"siebzehn", Kind::small, 17, kGerman},
    NumberWord{"achtzehn", Kind::small, 18, kGerman},
    NumberWord{"neunzehn", Kind::small, 19, kGerman},
    NumberWord{"doppel", Kind::repeat, 2, kGerman},
    NumberWord{"dreifach", Kind::repeat, 3, kGerman},
    NumberWord{"strich", Kind::joiner, 0, kGerman},
    NumberWord{"und", Kind::joiner, 0, kGerman},

    NumberWord{"shunya", Kind::small, 0, kHindi},
    NumberWord{"sunya", Kind::small, 0, kHindi},
    NumberWord{"ek", Kind::small, 1, kHindi},
    NumberWord{"do", Kind::small, 2, kHindi},
    NumberWord{"teen", Kind::small, 3, kHindi},
    NumberWord{"tin", Kind::small, 3, kHindi},
    NumberWord{"char", Kind::small, 4, kHindi},
    NumberWord{"chaar", Kind::small, 4, kHindi},
    NumberWord{"panch", Kind::small, 5, kHindi},
    NumberWord{"paanch", Kind::small, 5, kHindi},
    NumberWord{"chhe", Kind::small, 6, kHindi},
    NumberWord{"chhah", Kind::small, 6, kHindi},
    NumberWord{"cheh", Kind::small, 6, kHindi},
    NumberWord{"che", Kind::small, 6, kHindi},
    NumberWord{"saat", Kind::small, 7, kHindi},
    NumberWord{"sat", Kind::small, 7, kHindi},
    NumberWord{"aath", Kind::small, 8, kHindi},
    NumberWord{"ath", Kind::small, 8, kHindi},
    NumberWord{"nau", Kind::small, 9, kHindi},
    NumberWord{"das", Kind::small, 10, kHindi},
};

bool speaks(Languages languages, Languages word) {
  return (static_cast<unsigned>(languages) & static_cast<unsigned>(word)) != 0;
}

/// The table in the order of its texts, with the German compounds, which are too regular to write out.
class Lexicon {
 public:
  Lexicon() {
    constexpr std::array<std::string_view, 10> kUnits{"",     "ein",   "zwei",   "drei", "vier",
                                                      "funf", "sechs", "sieben", "acht", "neun"};
    constexpr std::array<std::string_view, 10> kTens{"",        "",        "zwanzig", "dreissig", "vierzig",
                                                     "funfzig", "sechzig", "siebzig", "achtzig",  "neunzig"};
    words_.assign(kWords.begin(), kWords.end());
    for (std::size_t ten = 2; ten < kTens.size(); ++ten) {
      for (std::size_t unit = 0; unit < kUnits.size(); ++unit) {
        add(std::string(kUnits[unit]) + (unit == 0 ? "" : "und") + std::string(kTens[ten]), 10 * ten + unit);
      }
    }
    std::ranges::sort(words_, {}, &NumberWord::text);
    for (const NumberWord& word : words_) {
      const auto mask = static_cast<std::uint8_t>(word.languages);
      first_[index(word.text[0])] |= mask;
      if (word.text.size() > 1) pairs_[index(word.text[0])][index(word.text[1])] |= mask;
    }
  }

  /// Whose words begin so, judged by two letters at most: most words of any text are told apart here.
  [[nodiscard]] unsigned languages_beginning(std::string_view folded) const {
    if (folded.empty() || !is_plain(folded[0])) return 0;
    if (folded.size() == 1) return first_[index(folded[0])];
    return is_plain(folded[1]) ? pairs_[index(folded[0])][index(folded[1])] : 0;
  }

  [[nodiscard]] std::vector<NumberWord>::const_iterator lower_bound(std::string_view text) const {
    return std::ranges::lower_bound(words_, text, {}, &NumberWord::text);
  }
  [[nodiscard]] const std::vector<NumberWord>& words() const { return words_; }
  [[nodiscard]] std::vector<NumberWord>::const_iterator end() const { return words_.end(); }

 private:
  void add(std::string text, std::size_t value) {
    // "fünfzig" is also typed "fuenfzig".
    if (const auto at = text.find("funf"); at != std::string::npos) {
      std::string typed = text;
      typed.replace(at, 4, "fuenf");
      keep(std::move(typed), value);
    }
    keep(std::move(text), value);
  }
  void keep(std::string text, std::size_t value) {
    compounds_.push_back(std::move(text));
    words_.push_back({compounds_.back(), Kind::small, static_cast<int>(value), kGerman});
  }

  static bool is_plain(char c) { return c >= 'a' && c <= 'z'; }
  static std::size_t index(char c) { return static_cast<std::size_t>(c - 'a'); }

  std::array<std::uint8_t, 26> first_{};
  std::array<std::array<std::uint8_t, 26>, 26> pairs_{};
  std::deque<std::string> compounds_;  // the views of words_ stay
  std::vector<NumberWord> words_;
};

const Lexicon& lexicon() {
  static const Lexicon lexicon;
  return lexicon;
}

}  // namespace

Languages languages_of(std::string_view tag) {
  const auto primary = tag.substr(0, tag.find_first_of("-_"));
  if (primary.empty() || primary == "en") return kEnglish;
  if (primary == "es") return kEnglish | kSpanish;
  if (primary == "fr") return kEnglish | kFrench;
  if (primary == "de") return kEnglish | kGerman;
  if (primary == "hi") return kEnglish | kHindi;
  return Languages::every;
}

std::optional<NumberWord> find_number_word(std::string_view folded, Languages languages) {
  for (auto word = lexicon().lower_bound(folded); word != lexicon().end() && word->text == folded; ++word) {
    if (speaks(languages, word->languages)) return *word;
  }
  return std::nullopt;
}

void for_each_number_word(const std::function<void(const NumberWord&)>& visit) {
  std::ranges::for_each(lexicon().words(), visit);
}

bool may_become_number_word(std::string_view folded, Languages languages, bool within_number) {
  if ((lexicon().languages_beginning(folded) & static_cast<unsigned>(languages)) == 0) return false;
  for (auto word = lexicon().lower_bound(folded); word != lexicon().end() && word->text.starts_with(folded); ++word) {
    if (!speaks(languages, word->languages)) continue;
    const bool needs_number = word->kind == Kind::joiner || word->kind == Kind::hundred || word->kind == Kind::thousand;
    if (within_number || !needs_number) return true;
  }
  return false;
}

}  // namespace offhook::privacy
