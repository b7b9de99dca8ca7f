#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "audio/samples.hpp"
#include "audio/wav.hpp"
#include "base/result.hpp"

namespace offhook::audio {

/// Who speaks on which side of a call recording.
enum class Channel : std::uint8_t { caller = 0, assistant = 1 };  // left, right

/// The sound of a call as it is heard: two channels on one axis of samples that begins with the call.
/// What nobody filled is silence; what is placed over something else is added to it, with saturation.
/// Memory grows with what was said (64 KiB a piece), never beyond the limit. One thread at a time.
class StereoTimeline {
 public:
  /// Two hours at 16 kHz.
  static constexpr std::uint64_t kDefaultLimit = 2ULL * 3600 * 16000;

  /// limit: samples per channel; what lies behind it is dropped.
  explicit StereoTimeline(int rate_hz, std::uint64_t limit = kDefaultLimit) : rate_hz_(rate_hz), limit_(limit) {}

  /// Adds `samples` from position `start` on. Returns how many found room.
  std::size_t place(Channel channel, std::uint64_t start, SampleView samples);
  /// Adds `samples` behind everything of that channel, but not before `earliest`. Returns where they begin.
  std::uint64_t append(Channel channel, SampleView samples, std::uint64_t earliest = 0);
  /// Silences a channel from `position` on: speech that was synthesised but, after an interruption, not heard.
  void cut(Channel channel, std::uint64_t position);

  [[nodiscard]] int rate_hz() const { return rate_hz_; }
  /// Behind the last sample of one channel, and of both.
  [[nodiscard]] std::uint64_t end(Channel channel) const { return ends_[static_cast<std::size_t>(channel)]; }
  [[nodiscard]] std::uint64_t length() const;
  /// Was something dropped because it lay behind the limit?
  [[nodiscard]] bool is_cut_short() const { return is_cut_short_; }

  /// Interleaved samples (left, right) of [start, start + count), as far as the timeline goes.
  [[nodiscard]] Samples read(std::uint64_t start, std::size_t count) const;
  /// Writes all of it as a stereo WAV file. Errors: those of WavWriter.
  [[nodiscard]] Result<void> write_wav(const std::filesystem::path& path) const;

 private:
  static constexpr std::size_t kChunkFrames = 16384;
  using Chunk = std::array<std::int16_t, kChunkFrames * 2>;
  Chunk& chunk_at(std::uint64_t frame);

  int rate_hz_;
  std::uint64_t limit_;
  std::array<std::uint64_t, 2> ends_{};
  std::vector<std::unique_ptr<Chunk>> chunks_;  // null: silence
  bool is_cut_short_ = false;
};

}  // namespace offhook::audio
