#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "async/task.hpp"

namespace offhook::speech {

/// What is to be said. Text is UTF-8, at most 16 KiB.
struct SynthesisRequest {
  std::string text;
  std::string language = "en";  ///< one of the 17 codes of speech/README.md, e.g. "en", "pt", "zh-cn"
  std::string voice;            ///< engine voice name; empty: the language's default
  int sample_rate_hz = 22050;   ///< 8000, 16000, 22050 or 24000
};

/// Speech on its way: 16-bit signed mono PCM at the requested rate, in pieces of 20-60 ms. Destroying
/// it stops the synthesis. One loop, one reader.
class SpeechStream {
 public:
  virtual ~SpeechStream() = default;
  /// The next samples; an empty vector is the end, after which it must not be called again.
  virtual Task<std::vector<std::int16_t>> next() = 0;
};

/// A voice engine. One object serves every loop; open is thread-safe.
/// Errors of open: invalid_argument (empty or too long text, unknown language, voice or rate),
/// unavailable (no engine answers). Errors of next: unavailable, timeout.
class Synthesizer {
 public:
  virtual ~Synthesizer() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  virtual Task<std::unique_ptr<SpeechStream>> open(SynthesisRequest request) = 0;
  /// Names that SynthesisRequest::voice accepts, each with its language.
  struct Voice {
    std::string name;
    std::string language;
  };
  [[nodiscard]] virtual std::vector<Voice> voices() const = 0;
};

}  // namespace offhook::speech
