#include "llm/closing_text.hpp"

#include "base/text.hpp"

namespace offhook::llm {
namespace {

struct Closing {
  std::string_view language;
  std::string_view in_mid_sentence;
  std::string_view between_sentences;
};

constexpr Closing kClosings[] = {
    {"en", "I'm sorry, I lost my train of thought. Could you say that again?", "I'm sorry, where were we?"},
    {"de", "Entschuldigung, ich habe den Faden verloren. Können Sie das bitte wiederholen?",
     "Entschuldigung, wo waren wir stehen geblieben?"},
    {"es", "Perdone, he perdido el hilo. ¿Puede repetirlo, por favor?", "Perdone, ¿por dónde íbamos?"},
    {"fr", "Excusez-moi, j'ai perdu le fil. Pouvez-vous répéter, s'il vous plaît ?",
     "Excusez-moi, où en étions-nous ?"},
    {"it", "Mi scusi, ho perso il filo. Può ripetere, per favore?", "Mi scusi, dove eravamo rimasti?"},
    {"ja", "すみません、話が途切れてしまいました。もう一度お願いできますか。",
     "すみません、どこまでお話ししましたか。"},
    {"nl", "Sorry, ik ben de draad kwijt. Kunt u dat herhalen?", "Sorry, waar waren we gebleven?"},
    {"pl", "Przepraszam, zgubiłem wątek. Czy może Pan lub Pani powtórzyć?", "Przepraszam, na czym skończyliśmy?"},
    {"pt", "Desculpe, perdi o fio da conversa. Pode repetir, por favor?", "Desculpe, onde estávamos?"},
    {"zh", "不好意思，我刚才断了思路。您能再说一遍吗？", "不好意思，我们刚才说到哪里了？"},
};

bool ends_sentence(std::string_view text) {
  while (!text.empty() && std::string_view("\"')] \n\r\t").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  for (const std::string_view mark : {".", "!", "?", "…", "。", "！", "？"}) {
    if (text.ends_with(mark)) return true;
  }
  return false;
}

}  // namespace

std::string closing_text(std::string_view said, std::string_view language) {
  const Closing* closing = &kClosings[0];
  for (const auto& candidate : kClosings) {
    if (iequals(language.substr(0, 2), candidate.language)) closing = &candidate;
  }
  if (ends_sentence(said)) return " " + std::string(closing->between_sentences);
  return "... " + std::string(closing->in_mid_sentence);
}

}  // namespace offhook::llm
