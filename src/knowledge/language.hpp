#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::knowledge {

/// The languages of the voices: how their words are cut, stemmed and left out is known. Kept in files by number: new
/// ones go to the end.
enum class Language : std::uint8_t { en, es, fr, de, it, pt, nl, pl, cs, tr, ru, ar, hi, hu, zh, ja, ko };
inline constexpr int kLanguageCount = 17;

/// A set of languages.
class Languages {
 public:
  void add(Language language) { bits_ |= bit(language); }
  void add(Languages others) { bits_ |= others.bits_; }
  [[nodiscard]] bool has(Language language) const { return (bits_ & bit(language)) != 0; }
  [[nodiscard]] bool empty() const { return bits_ == 0; }

 private:
  static std::uint32_t bit(Language language) { return 1U << static_cast<unsigned>(language); }
  std::uint32_t bits_ = 0;
};

/// ISO 639-1.
[[nodiscard]] std::string_view code_of(Language language);

/// Which language a text is in, by its script and its commonest words; of those in `among` when that is not empty.
/// English, or the first of `among`, when nothing tells. Reads the first few kilobytes. Pure.
[[nodiscard]] Language detect_language(std::string_view text, Languages among = {});

/// Is the word (lower case, without accents) one that texts of any matter are full of ("the", "how", "many")?
[[nodiscard]] bool is_stop_word(Language language, std::string_view word);

}  // namespace offhook::knowledge
