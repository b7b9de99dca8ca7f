#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "speech/synthesizer.hpp"

namespace offhook::speech::testing {

/// What a stream gave: all samples, and the size of each piece.
struct SpokenPieces {
  std::vector<std::int16_t> samples;
  std::vector<std::size_t> sizes;
};

/// Reads a stream to its end.
inline Task<SpokenPieces> read_all(SpeechStream& stream) {
  SpokenPieces spoken;
  while (true) {
    auto piece = co_await stream.next();
    if (!piece) co_return fail(piece);
    if (piece->empty()) co_return spoken;
    spoken.samples.insert(spoken.samples.end(), piece->begin(), piece->end());
    spoken.sizes.push_back(piece->size());
  }
}

/// Speaks a request from beginning to end.
inline Task<SpokenPieces> speak(Synthesizer& synthesizer, SynthesisRequest request) {
  auto stream = co_await synthesizer.open(std::move(request));
  if (!stream) co_return fail(stream);
  co_return co_await read_all(**stream);
}

/// Root mean square of the samples: 0 is silence, speech is some thousand.
inline double loudness(const std::vector<std::int16_t>& samples) {
  double sum = 0;
  for (const std::int16_t sample : samples) sum += static_cast<double>(sample) * sample;
  return samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

/// About two minutes of speech.
inline std::string long_text() {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "This sentence is spoken again and again, until somebody stops it. ";
  return text;
}

}  // namespace offhook::speech::testing
