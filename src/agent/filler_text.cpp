#include "agent/filler_text.hpp"

#include "base/text.hpp"

namespace offhook::agent {
namespace {

struct Filler {
  std::string_view language;
  std::string_view text;
};

/// For the languages of the voices.
constexpr Filler kFillers[] = {
    {"en", "One moment, please."},
    {"es", "Un momento, por favor."},
    {"fr", "Un instant, s'il vous plaît."},
    {"de", "Einen Moment, bitte."},
    {"it", "Un momento, per favore."},
    {"pt", "Um momento, por favor."},
    {"pl", "Chwileczkę, proszę."},
    {"tr", "Bir dakika, lütfen."},
    {"ru", "Одну минуту, пожалуйста."},
    {"nl", "Een ogenblik, alstublieft."},
    {"cs", "Okamžik, prosím."},
    {"ar", "لحظة من فضلك."},
    {"zh", "请稍等。"},
    {"ja", "少々お待ちください。"},
    {"hu", "Egy pillanat, kérem."},
    {"ko", "잠시만 기다려 주세요."},
    {"hi", "एक क्षण, कृपया।"},
};

}  // namespace

std::string filler_text(std::string_view language) {
  for (const Filler& filler : kFillers) {
    if (iequals(language.substr(0, 2), filler.language)) return std::string(filler.text) + " ";
  }
  return std::string(kFillers[0].text) + " ";
}

}  // namespace offhook::agent
