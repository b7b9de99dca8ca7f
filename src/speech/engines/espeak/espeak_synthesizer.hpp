#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "speech/synthesizer.hpp"

namespace offhook::speech {

/// How the espeak-ng engine runs its helper programs.
struct EspeakOptions {
  /// The program offhook-espeak.
  std::filesystem::path helper_path;
  /// The directory that holds espeak-ng-data; empty: where the library was installed to look.
  std::filesystem::path data_path;
  /// Helper processes for each loop; each speaks one utterance at a time, about 1300 times faster than
  /// it is heard.
  std::size_t workers = 2;
  /// Utterances of one loop that may wait for a helper; one more is refused with `unavailable`.
  std::size_t max_waiting = 64;
  /// How long one may wait for a helper before it is refused with `unavailable`.
  Duration waiting_limit = std::chrono::seconds(5);
  /// How long the helper may take over one utterance, not counting the time in which the reader was
  /// behind; then it is killed, and the stream ends with `timeout`.
  Duration utterance_limit = std::chrono::seconds(10);
  /// How much sound is kept for a slow reader before the helper is held up; 4 MiB are 95 s.
  std::size_t read_ahead_bytes = 4U << 20;
  /// Speaking rate in words a minute, 80 to 450; 0: the voice's own (175).
  int words_per_minute = 0;
  /// Hears of helpers that died or cannot be started, on the loop concerned. May be empty.
  std::function<void(std::string_view)> on_trouble;
};

/// The engine over espeak-ng: 17 languages, several accents and variants, first samples within a few
/// milliseconds. Every loop gets helper processes of its own when it first speaks; they are restarted when
/// they die (with a growing pause if they keep dying), and an utterance that had no sound yet is then tried
/// once more. English text passes speech/speakable first.
///
/// Destroy it when none of its loops runs any more, before or after the loops themselves. Streams that are
/// left then end with `unavailable`. In virtual time the clock stands still while a helper works.
[[nodiscard]] std::unique_ptr<Synthesizer> make_espeak_synthesizer(EspeakOptions options);

}  // namespace offhook::speech
