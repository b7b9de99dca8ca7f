#include "audio/resampler.hpp"

#include <speex/speex_resampler.h>

#include <algorithm>
#include <array>
#include <new>

namespace offhook::audio {

namespace {

constexpr int kQuality = 5;

void restart(SpeexResamplerState_* state) {
  speex_resampler_reset_mem(state);
  // Without this the output would begin with half a filter length of silence.
  speex_resampler_skip_zeros(state);
}

}  // namespace

bool is_known_rate(int rate_hz) {
  constexpr std::array kRates{8000, 16000, 22050, 24000, 48000};
  return std::ranges::find(kRates, rate_hz) != kRates.end();
}

void Resampler::Destroy::operator()(SpeexResamplerState_* state) const { speex_resampler_destroy(state); }

Result<Resampler> Resampler::make(int from_hz, int to_hz) {
  if (!is_known_rate(from_hz) || !is_known_rate(to_hz)) {
    return fail(Error{.kind = ErrorKind::invalid_argument,
                      .client = "The sample rate must be 8000, 16000, 22050, 24000 or 48000 Hz.",
                      .param = "sample_rate",
                      .code = "invalid_value"});
  }
  if (from_hz == to_hz) return Resampler(nullptr, from_hz, to_hz);
  int error = RESAMPLER_ERR_SUCCESS;
  State state(
      speex_resampler_init(1, static_cast<spx_uint32_t>(from_hz), static_cast<spx_uint32_t>(to_hz), kQuality, &error));
  if (!state) throw std::bad_alloc();  // the only way it can fail with valid rates
  restart(state.get());
  return Resampler(std::move(state), from_hz, to_hz);
}

void Resampler::feed(SampleView input, Samples& output) {
  while (!input.empty()) {
    const std::size_t begin = output.size();
    const auto room = input.size() * static_cast<std::size_t>(to_hz_) / static_cast<std::size_t>(from_hz_) + 16;
    output.resize(begin + room);
    auto consumed = static_cast<spx_uint32_t>(input.size());
    auto produced = static_cast<spx_uint32_t>(room);
    speex_resampler_process_int(state_.get(), 0, input.data(), &consumed, output.data() + begin, &produced);
    output.resize(begin + produced);
    input = input.subspan(consumed);
  }
}

Samples Resampler::process(SampleView input) {
  if (!state_) return {input.begin(), input.end()};
  Samples output;
  feed(input, output);
  taken_ += input.size();
  given_ += output.size();
  return output;
}

Samples Resampler::flush() {
  if (!state_) return {};
  const auto from = static_cast<std::uint64_t>(from_hz_);
  const std::uint64_t owed = (taken_ * static_cast<std::uint64_t>(to_hz_) + from - 1) / from;
  Samples output;
  const Samples silence(static_cast<std::size_t>(speex_resampler_get_input_latency(state_.get())) + 1);
  while (given_ + output.size() < owed) feed(silence, output);
  output.resize(owed > given_ ? owed - given_ : 0);
  taken_ = given_ = 0;
  restart(state_.get());
  return output;
}

}  // namespace offhook::audio
