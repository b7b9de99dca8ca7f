#include "brain/extract/polarity.hpp"

#include <array>
#include <span>
#include <string_view>

namespace offhook::brain::extract {
namespace {

enum class Says : signed char { no = -1, negated = -2, yes = 1, turned = 2 };  // turned: a yes that looks like a no

struct Phrase {
  std::string_view words;
  Says says;
};

constexpr auto kEnglish = std::to_array<Phrase>({
    {"why not", Says::turned},
    {"no problem", Says::turned},
    {"not a problem", Says::turned},
    {"not bad", Says::turned},
    {"i dont mind", Says::turned},
    {"no worries", Says::turned},
    {"no doubt", Says::turned},
    {"dont mind", Says::turned},
    {"not ok", Says::negated},
    {"not okay", Says::negated},
    {"not sure", Says::negated},
    {"not correct", Says::negated},
    {"not right", Says::negated},
    {"not good", Says::negated},
    {"not fine", Says::negated},
    {"not agree", Says::negated},
    {"disagree", Says::negated},
    {"dont agree", Says::negated},
    {"not true", Says::negated},
    {"not really", Says::negated},
    {"of course not", Says::negated},
    {"absolutely not", Says::negated},
    {"certainly not", Says::negated},
    {"definitely not", Says::negated},
    {"rather not", Says::negated},
    {"dont think so", Says::negated},
    {"not think so", Says::negated},
    {"not at all", Says::negated},
    {"no thanks", Says::no},
    {"no thank you", Says::no},
    {"no way", Says::no},
    {"not now", Says::no},
    {"not yet", Says::no},
    {"not quite", Says::no},
    {"no", Says::no},
    {"nope", Says::no},
    {"nah", Says::no},
    {"never", Says::no},
    {"negative", Says::no},
    {"incorrect", Says::no},
    {"wrong", Says::no},
    {"nay", Says::no},
    {"not", Says::no},
    {"cancel", Says::no},
    {"false", Says::no},
    {"yes", Says::yes},
    {"yeah", Says::yes},
    {"yea", Says::yes},
    {"yep", Says::yes},
    {"yup", Says::yes},
    {"ya", Says::yes},
    {"yah", Says::yes},
    {"aye", Says::yes},
    {"sure", Says::yes},
    {"ok", Says::yes},
    {"okay", Says::yes},
    {"okey", Says::yes},
    {"k", Says::yes},
    {"agree", Says::yes},
    {"agreed", Says::yes},
    {"true", Says::yes},
    {"correct", Says::yes},
    {"right", Says::yes},
    {"of course", Says::yes},
    {"absolutely", Says::yes},
    {"definitely", Says::yes},
    {"certainly", Says::yes},
    {"exactly", Says::yes},
    {"indeed", Says::yes},
    {"affirmative", Says::yes},
    {"alright", Says::yes},
    {"all right", Says::yes},
    {"fine", Says::yes},
    {"sounds good", Says::yes},
    {"sounds great", Says::yes},
    {"go ahead", Says::yes},
    {"please do", Says::yes},
    {"perfect", Says::yes},
    {"works for me", Says::yes},
    {"that works", Says::yes},
    {"uh huh", Says::yes},
    {"mm hmm", Says::yes},
    {"approve", Says::yes},
    {"confirm", Says::yes},
    {"confirmed", Says::yes},
    {"accept", Says::yes},
});
constexpr auto kTurkish = std::to_array<Phrase>({
    {"sorun yok", Says::turned},
    {"neden olmasın", Says::turned},
    {"fark etmez", Says::turned},
    {"tamam değil", Says::negated},
    {"doğru değil", Says::negated},
    {"emin değilim", Says::negated},
    {"pek değil", Says::negated},
    {"katılmıyorum", Says::negated},
    {"istemiyorum", Says::negated},
    {"sanmıyorum", Says::negated},
    {"hayır", Says::no},
    {"hayir", Says::no},
    {"yok", Says::no},
    {"olmaz", Says::no},
    {"değil", Says::no},
    {"yanlış", Says::no},
    {"asla", Says::no},
    {"evet", Says::yes},
    {"tamam", Says::yes},
    {"olur", Says::yes},
    {"tabii", Says::yes},
    {"tabi", Says::yes},
    {"tabii ki", Says::yes},
    {"elbette", Says::yes},
    {"doğru", Says::yes},
    {"peki", Says::yes},
    {"kesinlikle", Says::yes},
    {"aynen", Says::yes},
    {"onaylıyorum", Says::yes},
    {"kabul", Says::yes},
    {"he", Says::yes},
    {"hı hı", Says::yes},
});
constexpr auto kSpanish = std::to_array<Phrase>({
    {"por qué no", Says::turned},
    {"por que no", Says::turned},
    {"no hay problema", Says::turned},
    {"sin problema", Says::turned},
    {"cómo no", Says::turned},
    {"como no", Says::turned},
    {"claro que no", Says::negated},
    {"no estoy seguro", Says::negated},
    {"no es correcto", Says::negated},
    {"no está bien", Says::negated},
    {"en realidad no", Says::negated},
    {"no gracias", Says::no},
    {"para nada", Says::no},
    {"no", Says::no},
    {"nunca", Says::no},
    {"jamás", Says::no},
    {"tampoco", Says::no},
    {"incorrecto", Says::no},
    {"falso", Says::no},
    {"sí", Says::yes},
    {"si", Says::yes},
    {"claro", Says::yes},
    {"claro que sí", Says::yes},
    {"claro que si", Says::yes},
    {"por supuesto", Says::yes},
    {"vale", Says::yes},
    {"de acuerdo", Says::yes},
    {"está bien", Says::yes},
    {"correcto", Says::yes},
    {"exacto", Says::yes},
    {"desde luego", Says::yes},
    {"bueno", Says::yes},
    {"ok", Says::yes},
    {"perfecto", Says::yes},
    {"cierto", Says::yes},
    {"adelante", Says::yes},
});
constexpr auto kHindi = std::to_array<Phrase>({
    {"kyon nahin", Says::turned},
    {"kyu nahi", Says::turned},
    {"koi baat nahi", Says::turned},
    {"क्यों नहीं", Says::turned},
    {"कोई बात नहीं", Says::turned},
    {"theek nahi", Says::negated},
    {"thik nahi", Says::negated},
    {"theek nahin", Says::negated},
    {"sahi nahi", Says::negated},
    {"sahi nahin", Says::negated},
    {"bilkul nahi", Says::negated},
    {"bilkul nahin", Says::negated},
    {"ठीक नहीं", Says::negated},
    {"सही नहीं", Says::negated},
    {"बिल्कुल नहीं", Says::negated},
    {"बिलकुल नहीं", Says::negated},
    {"nahi", Says::no},
    {"nahin", Says::no},
    {"nahiin", Says::no},
    {"na", Says::no},
    {"mat", Says::no},
    {"galat", Says::no},
    {"नहीं", Says::no},
    {"नही", Says::no},
    {"ना", Says::no},
    {"मत", Says::no},
    {"गलत", Says::no},
    {"no", Says::no},
    {"haan", Says::yes},
    {"han", Says::yes},
    {"ha", Says::yes},
    {"haa", Says::yes},
    {"ji", Says::yes},
    {"ji haan", Says::yes},
    {"haan ji", Says::yes},
    {"theek hai", Says::yes},
    {"thik hai", Says::yes},
    {"theek", Says::yes},
    {"sahi", Says::yes},
    {"bilkul", Says::yes},
    {"zaroor", Says::yes},
    {"accha", Says::yes},
    {"acha", Says::yes},
    {"हाँ", Says::yes},
    {"हां", Says::yes},
    {"जी", Says::yes},
    {"जी हाँ", Says::yes},
    {"ठीक है", Says::yes},
    {"ठीक", Says::yes},
    {"सही", Says::yes},
    {"बिल्कुल", Says::yes},
    {"बिलकुल", Says::yes},
    {"ज़रूर", Says::yes},
    {"जरूर", Says::yes},
    {"अच्छा", Says::yes},
    {"yes", Says::yes},
    {"okay", Says::yes},
    {"ok", Says::yes},
});

std::span<const Phrase> phrases_of(std::string_view code) {
  if (code == "tr") return kTurkish;
  if (code == "es") return kSpanish;
  if (code == "hi") return kHindi;
  return kEnglish;
}

// The piece after `words` when they stand at `at`, else 0.
std::size_t match(const Pieces& pieces, std::size_t at, std::string_view words) {
  while (!words.empty()) {
    const std::size_t blank = words.find(' ');
    if (pieces[at].kind != Piece::Kind::word || pieces[at].text != words.substr(0, blank)) return 0;
    ++at;
    words = blank == std::string_view::npos ? std::string_view() : words.substr(blank + 1);
  }
  return at;
}

constexpr auto kSigns = std::to_array<Phrase>({{"👌", Says::yes},
                                               {"👍", Says::yes},
                                               {"✅", Says::yes},
                                               {"👎", Says::no},
                                               {"✋", Says::no},
                                               {"❌", Says::no},
                                               {"🖐", Says::no}});

}  // namespace

std::optional<PolarityFound> find_polarity(std::string_view text, const Pieces& pieces) {
  std::optional<PolarityFound> first;
  for (std::size_t at = 0; at < pieces.size(); ++at) {
    // "Is that right?" asks; the longest phrase here decides.
    const Phrase* best = nullptr;
    std::size_t best_end = 0;
    for (const auto& phrase : phrases_of(pieces.language().code)) {
      const std::size_t end = match(pieces, at, phrase.words);
      if (end > best_end) {
        best = &phrase;
        best_end = end;
      }
    }
    if (best == nullptr) continue;
    const PolarityFound found{
        .is_yes = static_cast<int>(best->says) > 0, .begin = pieces[at].begin, .end = pieces[best_end - 1].end};
    if (best->says == Says::negated) return found;
    if (!first) first = found;
    at = best_end - 1;
  }
  for (const auto& sign : kSigns) {
    const std::size_t at = text.find(sign.words);
    if (at == std::string_view::npos || (first && first->begin < at)) continue;
    first = PolarityFound{.is_yes = sign.says == Says::yes, .begin = at, .end = at + sign.words.size()};
  }
  return first;
}

}  // namespace offhook::brain::extract
