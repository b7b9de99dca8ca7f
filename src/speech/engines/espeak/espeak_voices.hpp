#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "speech/synthesizer.hpp"

namespace offhook::speech::espeak {

/// The voice that speaks a language (one of the 17 codes) when none is asked for, by the exact name that
/// espeak_SetVoiceByName knows; empty for an unknown language. Several names that look right are refused by
/// espeak-ng 1.51 ("fr-fr", "en-gb") or speak badly ("cmn" reads pinyin as English), hence a table.
[[nodiscard]] std::string_view default_voice(std::string_view language);

/// Every voice that is offered: a default and the accents of each language, and variants ("en-us+f3") of the
/// defaults: f for female, m for male.
[[nodiscard]] const std::vector<Synthesizer::Voice>& all_voices();

/// The language of an offered voice; empty when there is no such voice. espeak-ng itself accepts an unknown
/// variant in silence, so this is the only check of a name.
[[nodiscard]] std::string_view language_of_voice(std::string_view voice);

}  // namespace offhook::speech::espeak
