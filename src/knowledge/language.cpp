#include "knowledge/language.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <unordered_set>

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include "knowledge/terms.hpp"

namespace offhook::knowledge {
namespace {

struct Known {
  std::string_view code;
  std::string_view stop_words;  ///< in lower case
};

/// In the order of Language. Function words and the words questions are made of; no word that may be a matter.
constexpr std::array<Known, kLanguageCount> kKnown{{
    {"en",
     "a an the and or but if then than that this these those there here is are was were be been being am do does did "
     "doing done have has had having i you he she it we they me him her us them my your his its our their mine yours "
     "what which who whom whose when where why how many much of in on at by for with about to from into onto over "
     "under as so not no nor can could will would shall should may might must also any some such only own same too "
     "very just dont doesnt didnt isnt arent wasnt werent im ive id youre whats please tell know want need let get got "
     "s t re ll ve d m up out off again each other"},
    {"es",
     "el la los las un una unos unas y o u pero si que de del al a en con por para sin sobre entre es son era eran ser "
     "fue fueron esta estan estaba estar hay ha han he haber tiene tienen tener yo tu el ella nosotros ellos me te se "
     "le "
     "les lo nos mi su sus mis este esta estos estas ese esa eso esto cual cuales quien quienes cuando donde como "
     "cuanto cuanta cuantos cuantas porque mas muy no ni ya tambien puedo puede quiero favor"},
    {"fr",
     "le la les un une des du de d l et ou mais si que qu qui quoi dont ou en a au aux dans par pour sur sous avec "
     "sans "
     "est sont etait etaient etre ete ont a avait avoir ai as je tu il elle on nous vous ils elles me te se lui leur y "
     "mon ma mes ton ta tes son sa ses notre nos votre vos ce cet cette ces cela ca quel quelle quels quelles quand "
     "comment combien pourquoi ne pas plus tres aussi c j n s m t peut puis faire fait"},
    {"de",
     "der die das den dem des ein eine einer eines einem einen und oder aber wenn dass ob als wie in im an am auf aus "
     "bei mit nach von vom zu zum zur fur uber unter vor durch um ist sind war waren sein bin bist wird werden wurde "
     "wurden hat haben hatte hatten kann konnen muss mussen soll ich du er sie es wir ihr mich dich sich uns euch ihn "
     "ihm ihnen mein dein sein unser dieser diese dieses was wer wen wem wessen wann wo wohin warum welche welcher "
     "welches viel viele nicht kein keine auch noch nur so da man bitte mir dir"},
    {"it",
     "il lo la i gli le un uno una e ed o ma se che di del dello della dei degli delle a al allo alla ai agli alle da "
     "dal dalla in nel nella nei con su sul sulla per tra fra e sono era erano essere stato ha hanno avere aveva io tu "
     "lui lei noi voi loro mi ti si ci vi mio tuo suo nostro questo questa questi queste quello quella cosa quale "
     "quali "
     "chi quando dove come quanto quanta quanti quante perche non anche piu molto l d c"},
    {"pt",
     "o a os as um uma uns umas e ou mas se que de do da dos das em no na nos nas por pelo pela para com sem sobre "
     "entre e sao era eram ser foi foram esta estao estar ha tem tinha ter eu tu ele ela nos eles elas me te lhe meu "
     "minha seu sua este esta esse essa isso isto aquele qual quais quem quando onde como quanto quanta quantos "
     "quantas porque nao mais muito tambem ja posso pode quero"},
    {"nl",
     "de het een en of maar als dan dat die dit deze in op aan bij met van voor naar uit over onder door om te tot is "
     "zijn was waren ben bent wordt worden werd werden heeft hebben had hadden kan kunnen moet moeten zal zou ik jij "
     "je "
     "u hij zij ze wij we jullie mij hem haar ons hun mijn uw wat wie waar wanneer waarom hoe hoeveel welke welk niet "
     "geen ook nog er veel"},
    {"pl",
     "i oraz lub albo ale ze to ten ta te tego tej tym tych w we z ze na do od dla po pod nad o u przy przez za jest "
     "sa "
     "byl byla bylo byly byc bedzie ma maja miec ja ty on ona ono my wy oni mnie mi cie sie go jej ich moj twoj jego "
     "co "
     "kto kogo czego kiedy gdzie dlaczego jak jaki jaka jakie ktory ktora ktore ile czy nie tak tez juz"},
    {"cs",
     "a i nebo ale ze to ten ta te toho tom tech v ve z ze na do od pro po pod nad o u pri pres za je jsou byl byla "
     "bylo "
     "byly byt bude ma maji mit ja ty on ona ono my vy oni mne mi te se si ho jej jejich muj tvuj jeho co kdo koho "
     "ceho "
     "kdy kde proc jak jaky jaka jake ktery ktera ktere kolik zda ne ano take uz jste jsem"},
    {"tr",
     "ve veya ama eger ki bu su o bir ile icin gibi kadar de da mi mu ne kim kimin nasil neden nicin nerede nereye "
     "hangi kac zaman ben sen biz siz onlar bana sana ona var yok degil daha cok en her olan olarak oldu olur ise"},
    {"ru",
     "и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня "
     "еще нет о из ему теперь когда даже ну ли если уже или ни быть был него до вас вам ведь там потом себя ничего ей "
     "может они тут где есть надо ней для мы тебя их чем была сам чтоб без чего раз тоже себе под будет кто этот того "
     "потому этого какой какая какие каков сколько почему это при были куда можно эти"},
    {"ar",
     "في من على الى إلى عن مع هذا هذه ذلك تلك التي الذي الذين هو هي هم هل ما ماذا متى اين أين كيف كم لماذا و او أو ثم "
     "ان أن إن كان كانت يكون لا لم لن قد كل اي أي عند بعد قبل بين"},
    {"hi",
     "का की के को में से पर और या है हैं था थी थे हो होता होती यह ये वह वे इस उस इन उन ने भी तो ही क्या कौन कब कहाँ कहां "
     "क्यों कैसे कितना कितने कितनी किस किसने मैं हम तुम आप मेरा नहीं एक कर लिए साथ जो"},
    {"hu",
     "a az egy es vagy de ha hogy ez ezt azt ezek azok van vannak volt voltak lesz nem is meg el ki be fel le en te o "
     "mi "
     "ti ok engem teged nekem neked mit mi ki kit mikor hol hova miert hogyan mennyi hany melyik milyen csak mar"},
    {"zh", ""},
    {"ja", ""},
    {"ko", ""},
}};

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

struct Sets {
  std::array<std::unordered_set<std::string, Hash, std::equal_to<>>, kLanguageCount> words;
  Sets() {
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::string_view rest = kKnown[i].stop_words;
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        if (end > 0) words[i].insert(fold(rest.substr(0, end)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
  }
};

const Sets& sets() {
  static const Sets all;
  return all;
}

constexpr std::size_t kLooksAtBytes = 4096;

/// Languages that their script gives away.
struct Scripts {
  std::size_t letters = 0, cyrillic = 0, arabic = 0, devanagari = 0, han = 0, kana = 0, hangul = 0;
};

Scripts count_scripts(std::string_view text) {
  Scripts count;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT(bytes, at, size, c);
    if (c < 0 || u_isalpha(c) == 0) continue;
    ++count.letters;
    if (c < 0x250) continue;
    UErrorCode status = U_ZERO_ERROR;
    switch (uscript_getScript(c, &status)) {
      case USCRIPT_CYRILLIC: ++count.cyrillic; break;
      case USCRIPT_ARABIC: ++count.arabic; break;
      case USCRIPT_DEVANAGARI: ++count.devanagari; break;
      case USCRIPT_HAN: ++count.han; break;
      case USCRIPT_HIRAGANA:
      case USCRIPT_KATAKANA: ++count.kana; break;
      case USCRIPT_HANGUL: ++count.hangul; break;
      default: break;
    }
  }
  return count;
}

}  // namespace

std::string_view code_of(Language language) { return kKnown[static_cast<std::size_t>(language)].code; }

bool is_stop_word(Language language, std::string_view word) {
  const auto& words = sets().words[static_cast<std::size_t>(language)];
  return words.find(word) != words.end();
}

Language detect_language(std::string_view text, Languages among) {
  text = text.substr(0, kLooksAtBytes);
  const auto is_candidate = [&](Language language) { return among.empty() || among.has(language); };
  const Scripts scripts = count_scripts(text);
  const std::size_t much = scripts.letters / 4 + 1;
  if (scripts.kana * 8 > scripts.letters && is_candidate(Language::ja)) return Language::ja;
  if (scripts.han >= much) return is_candidate(Language::zh) ? Language::zh : Language::ja;
  if (scripts.hangul >= much) return Language::ko;
  if (scripts.cyrillic >= much) return Language::ru;
  if (scripts.arabic >= much) return Language::ar;
  if (scripts.devanagari >= much) return Language::hi;

  std::array<std::size_t, kLanguageCount> found{};
  for_each_word(text, [&](const Word& word) {
    const std::string folded = fold(word.text);
    for (std::size_t i = 0; i < found.size(); ++i) found[i] += sets().words[i].contains(folded) ? 1 : 0;
  });
  Language best = Language::en;
  for (int i = 0; i < kLanguageCount; ++i) {
    if (is_candidate(static_cast<Language>(i))) {
      best = static_cast<Language>(i);
      break;
    }
  }
  for (int i = 0; i < kLanguageCount; ++i) {
    const auto language = static_cast<Language>(i);
    if (is_candidate(language) && found[static_cast<std::size_t>(i)] > found[static_cast<std::size_t>(best)])
      best = language;
  }
  return best;
}

}  // namespace offhook::knowledge
