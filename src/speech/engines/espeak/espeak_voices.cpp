#include "speech/engines/espeak/espeak_voices.hpp"

#include <algorithm>

namespace offhook::speech::espeak {

namespace {

struct BaseVoice {
  std::string_view language;
  std::string_view name;
};

// The first of each language is its default.
constexpr BaseVoice kBaseVoices[] = {
    {"en", "en-us"},
    {"en", "en-us-nyc"},
    {"en", "en-gb-x-rp"},
    {"en", "en-gb-scotland"},
    {"en", "en-029"},
    {"es", "es"},
    {"es", "es-419"},
    {"fr", "fr"},
    {"fr", "fr-be"},
    {"fr", "fr-ch"},
    {"de", "de"},
    {"it", "it"},
    {"pt", "pt-br"},
    {"pt", "pt"},
    {"pl", "pl"},
    {"tr", "tr"},
    {"ru", "ru"},
    {"nl", "nl"},
    {"cs", "cs"},
    {"ar", "ar"},
    {"zh-cn", "cmn-latn-pinyin"},
    {"hu", "hu"},
    {"ko", "ko"},
    {"ja", "ja"},
    {"hi", "hi"},
};

constexpr std::string_view kVariants[] = {"f2", "f3", "f4", "f5", "m1", "m3", "m7"};

std::vector<Synthesizer::Voice> list_voices() {
  std::vector<Synthesizer::Voice> voices;
  for (const auto& base : kBaseVoices) {
    voices.push_back({std::string(base.name), std::string(base.language)});
    if (base.name != default_voice(base.language)) continue;
    for (const auto variant : kVariants) {
      voices.push_back({std::string(base.name) + "+" + std::string(variant), std::string(base.language)});
    }
  }
  return voices;
}

}  // namespace

std::string_view default_voice(std::string_view language) {
  const auto* found = std::ranges::find(kBaseVoices, language, &BaseVoice::language);
  return found == std::end(kBaseVoices) ? std::string_view{} : found->name;
}

const std::vector<Synthesizer::Voice>& all_voices() {
  static const auto voices = list_voices();
  return voices;
}

std::string_view language_of_voice(std::string_view voice) {
  const auto found = std::ranges::find(all_voices(), voice, &Synthesizer::Voice::name);
  return found == all_voices().end() ? std::string_view{} : std::string_view(found->language);
}

}  // namespace offhook::speech::espeak
