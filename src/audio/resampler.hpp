#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "audio/samples.hpp"
#include "base/result.hpp"

struct SpeexResamplerState_;

namespace offhook::audio {

/// The rates that Offhook's audio may have: 8000, 16000, 22050, 24000 and 48000 Hz.
[[nodiscard]] bool is_known_rate(int rate_hz);

/// Changes the sample rate of a stream of mono samples, piece by piece. It holds back about 5 ms (the
/// filter), which flush() gives out; the whole output is input * to / from samples, rounded up. Equal
/// rates pass through untouched. One stream, one thread at a time; movable.
///
/// The work is speexdsp's at quality 5: no block delay, aliases below -100 dB.
class Resampler {
 public:
  /// Errors: invalid_argument (a rate that is not known).
  [[nodiscard]] static Result<Resampler> make(int from_hz, int to_hz);

  /// Takes the next input samples, gives what is ready; may be empty.
  [[nodiscard]] Samples process(SampleView input);
  /// The rest, at the end of the stream; afterwards the resampler is as new.
  [[nodiscard]] Samples flush();

 private:
  struct Destroy {
    void operator()(SpeexResamplerState_* state) const;
  };
  using State = std::unique_ptr<SpeexResamplerState_, Destroy>;
  Resampler(State state, int from_hz, int to_hz) : state_(std::move(state)), from_hz_(from_hz), to_hz_(to_hz) {}
  void feed(SampleView input, Samples& output);

  State state_;  // null when the rates are equal
  int from_hz_;
  int to_hz_;
  std::uint64_t taken_ = 0;
  std::uint64_t given_ = 0;
};

}  // namespace offhook::audio
