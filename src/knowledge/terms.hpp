#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "knowledge/language.hpp"

namespace offhook::knowledge {

/// A run of letters and digits, in lower case, as it stands in a text. Chinese, Japanese and Korean runs are cut into
/// pairs of characters that overlap, since nothing marks their words.
struct Word {
  std::string_view text;    ///< lives until the visitor returns
  std::uint32_t begin = 0;  ///< byte offsets in the text
  std::uint32_t end = 0;
  bool is_pair = false;  ///< two characters of such a run
};

/// Calls `visit` for each word in order. "1,200" is "1200" and "3.5" stays; "bank's" is "bank", "don't" is "dont",
/// "l'eau" is "l" and "eau". A word longer than 64 bytes is cut. Text that is not UTF-8 gives no words where it is not.
void for_each_word(std::string_view text, const std::function<void(const Word&)>& visit);

/// Without accents and other marks that people leave out: "zürich" is "zurich", "łódź" is "lodz", "straße" is
/// "strasse". The text is in lower case.
[[nodiscard]] std::string fold(std::string_view text);

/// One word of a text as the index keeps it.
struct Term {
  std::string word;  ///< folded, as it is written
  std::string stem;  ///< folded, what words of one kind share; the same as `word` where nothing is known
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool is_stop = false;
};

/// Cuts, folds and stems texts of one language. Stems are Snowball's (libstemmer) for 12 of the languages, endings cut
/// off for Polish and Czech, pairs of characters for Chinese, Japanese and Korean. One thread at a time.
class Analyser {
 public:
  explicit Analyser(Language language);
  ~Analyser();
  Analyser(const Analyser&) = delete;
  Analyser& operator=(const Analyser&) = delete;

  [[nodiscard]] Language language() const { return language_; }
  void for_each(std::string_view text, const std::function<void(const Term&)>& visit);
  [[nodiscard]] std::vector<Term> terms(std::string_view text);
  /// Of a word in lower case, with its accents.
  [[nodiscard]] std::string stem(std::string_view word);

 private:
  struct Stemmer;
  struct Known {
    std::string word, stem;
    bool is_stop = false;
  };
  const Known& look_up(const Word& word);

  Language language_;
  std::unique_ptr<Stemmer> stemmer_;  // null where Snowball knows nothing
  std::unordered_map<std::string, Known> known_;
  std::string key_;
};

}  // namespace offhook::knowledge
