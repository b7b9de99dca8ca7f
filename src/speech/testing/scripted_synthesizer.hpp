#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <mutex>
#include <numbers>
#include <optional>

#include "async/cancel.hpp"
#include "base/text.hpp"
#include "speech/request_check.hpp"
#include "speech/synthesizer.hpp"

namespace offhook::speech::testing {

/// How a ScriptedSynthesizer sounds.
struct ScriptedVoice {
  std::chrono::milliseconds per_byte{60};  ///< length of the sound for each byte of text
  std::chrono::milliseconds piece{40};     ///< length of a piece; the last one may be shorter
  double tone_hz = 440;                    ///< 0 is silence
  Duration before_first{};                 ///< waited for before the first piece, on the loop's clock
  Duration between_pieces{};               ///< waited for before every other piece
};

/// A voice engine for tests: a tone whose length depends on nothing but the text, the same samples every
/// time, in virtual time as in real time. Accepts the same requests as the real engines, with the voices
/// "tone" and any empty one. It notes what it was asked to say, and fails on request. Thread-safe.
class ScriptedSynthesizer final : public Synthesizer {
 public:
  explicit ScriptedSynthesizer(ScriptedVoice voice = {}) : voice_(voice) {}

  /// The next open fails with this error. Several calls queue up.
  void fail_next_open(Error error) {
    const std::scoped_lock lock(mutex_);
    open_failures_.push_back(std::move(error));
  }
  /// The next stream fails with this error after `pieces` pieces. Several calls queue up.
  void fail_next_stream(std::size_t pieces, Error error) {
    const std::scoped_lock lock(mutex_);
    stream_failures_.push_back({pieces, std::move(error)});
  }
  /// Every request so far that was opened, in order.
  [[nodiscard]] std::vector<SynthesisRequest> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }
  /// How many samples the whole sound of a text has.
  [[nodiscard]] std::size_t length_of(const SynthesisRequest& request) const {
    return request.text.size() * samples_in(voice_.per_byte, request.sample_rate_hz);
  }

  [[nodiscard]] std::string_view name() const override { return "scripted"; }
  [[nodiscard]] std::vector<Voice> voices() const override { return {{"tone", "en"}}; }

  Task<std::unique_ptr<SpeechStream>> open(SynthesisRequest request) override {
    if (auto checked = check_request(request); !checked) co_return fail(checked.error());
    if (!request.voice.empty() && request.voice != "tone") {
      co_return fail(invalid_value("voice", "The voice is not known to this engine."));
    }
    const std::scoped_lock lock(mutex_);  // nothing below awaits
    if (!open_failures_.empty()) {
      auto error = std::move(open_failures_.front());
      open_failures_.pop_front();
      co_return fail(std::move(error));
    }
    std::optional<Failure> failure;
    if (!stream_failures_.empty()) {
      failure = std::move(stream_failures_.front());
      stream_failures_.pop_front();
    }
    requests_.push_back(request);
    co_return std::make_unique<Stream>(voice_, request.sample_rate_hz, length_of(request), std::move(failure));
  }

 private:
  struct Failure {
    std::size_t after_pieces = 0;
    Error error;
  };

  static std::size_t samples_in(std::chrono::milliseconds duration, int rate_hz) {
    return static_cast<std::size_t>(duration.count() * rate_hz / 1000);
  }

  class Stream final : public SpeechStream {
   public:
    Stream(ScriptedVoice voice, int rate_hz, std::size_t length, std::optional<Failure> failure)
        : voice_(voice), rate_hz_(rate_hz), length_(length), failure_(std::move(failure)) {}

    Task<std::vector<std::int16_t>> next() override {
      const Duration wait = given_ == 0 ? voice_.before_first : voice_.between_pieces;
      if (wait > Duration::zero() && given_ < length_) {
        if (auto slept = co_await sleep_for(wait); !slept) co_return fail(slept.error());
      }
      if (failure_ && pieces_ == failure_->after_pieces) co_return fail(failure_->error);
      std::vector<std::int16_t> piece(std::min(samples_in(voice_.piece, rate_hz_), length_ - given_));
      for (auto& sample : piece) {
        const double phase = 2 * std::numbers::pi * voice_.tone_hz * static_cast<double>(given_++) / rate_hz_;
        sample = static_cast<std::int16_t>(std::lround(8000 * std::sin(phase)));
      }
      ++pieces_;
      co_return piece;
    }

   private:
    ScriptedVoice voice_;
    int rate_hz_;
    std::size_t length_;
    std::optional<Failure> failure_;
    std::size_t given_ = 0;
    std::size_t pieces_ = 0;
  };

  ScriptedVoice voice_;
  mutable std::mutex mutex_;
  std::vector<SynthesisRequest> requests_;
  std::deque<Error> open_failures_;
  std::deque<Failure> stream_failures_;
};

}  // namespace offhook::speech::testing
