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
    {"ar", "عذرًا، فقدت تسلسل أفكاري. هل يمكنك إعادة ما قلته؟", "عذرًا، أين كنا؟"},
    {"cs", "Promiňte, ztratil jsem nit. Můžete to prosím zopakovat?", "Promiňte, kde jsme skončili?"},
    {"hi", "क्षमा कीजिए, मेरी बात का सिरा छूट गया। क्या आप फिर से कहेंगे?", "क्षमा कीजिए, हम कहाँ थे?"},
    {"hu", "Elnézést, elvesztettem a fonalat. Megismételné, kérem?", "Elnézést, hol is tartottunk?"},
    {"it", "Mi scusi, ho perso il filo. Può ripetere, per favore?", "Mi scusi, dove eravamo rimasti?"},
    {"ja", "すみません、話が途切れてしまいました。もう一度お願いできますか。",
     "すみません、どこまでお話ししましたか。"},
    {"ko", "죄송합니다, 말의 흐름을 놓쳤습니다. 다시 한번 말씀해 주시겠어요?", "죄송합니다, 어디까지 말씀드렸죠?"},
    {"nl", "Sorry, ik ben de draad kwijt. Kunt u dat herhalen?", "Sorry, waar waren we gebleven?"},
    {"pl", "Przepraszam, zgubiłem wątek. Czy może Pan lub Pani powtórzyć?", "Przepraszam, na czym skończyliśmy?"},
    {"pt", "Desculpe, perdi o fio da conversa. Pode repetir, por favor?", "Desculpe, onde estávamos?"},
    {"ru", "Извините, мысль ускользнула. Не могли бы вы повторить?", "Извините, на чём мы остановились?"},
    {"tr", "Özür dilerim, sözün ucunu kaçırdım. Tekrar eder misiniz?", "Özür dilerim, nerede kalmıştık?"},
    {"zh", "不好意思，我刚才断了思路。您能再说一遍吗？", "不好意思，我们刚才说到哪里了？"},
};

const Closing& closing_of(std::string_view language) {
  for (const auto& closing : kClosings) {
    if (iequals(language.substr(0, 2), closing.language)) return closing;
  }
  return kClosings[0];
}

bool ends_sentence(std::string_view text) {
  while (!text.empty() && std::string_view("\"')] \n\r\t").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  for (const std::string_view mark : {".", "!", "?", "…", "。", "！", "？", "؟", "।"}) {
    if (text.ends_with(mark)) return true;
  }
  return false;
}

}  // namespace

std::string closing_text(std::string_view said, std::string_view language) {
  if (ends_sentence(said)) return " " + std::string(closing_of(language).between_sentences);
  return "... " + std::string(closing_of(language).in_mid_sentence);
}

std::string_view lost_thread_text(std::string_view language) { return closing_of(language).in_mid_sentence; }

}  // namespace offhook::llm
