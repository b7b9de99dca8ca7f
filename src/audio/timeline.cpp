#include "audio/timeline.hpp"

#include <algorithm>
#include <limits>

namespace offhook::audio {

namespace {

std::int16_t add(std::int16_t a, std::int16_t b) {
  using Limits = std::numeric_limits<std::int16_t>;
  return static_cast<std::int16_t>(std::clamp(int{a} + int{b}, int{Limits::min()}, int{Limits::max()}));
}

}  // namespace

StereoTimeline::Chunk& StereoTimeline::chunk_at(std::uint64_t frame) {
  const auto index = static_cast<std::size_t>(frame / kChunkFrames);
  if (chunks_.size() <= index) chunks_.resize(index + 1);
  if (!chunks_[index]) chunks_[index] = std::make_unique<Chunk>();
  return *chunks_[index];
}

std::size_t StereoTimeline::place(Channel channel, std::uint64_t start, SampleView samples) {
  const std::uint64_t room = start < limit_ ? limit_ - start : 0;
  if (samples.size() > room) {
    samples = samples.first(static_cast<std::size_t>(room));
    is_cut_short_ = true;
  }
  const auto side = static_cast<std::size_t>(channel);
  std::uint64_t frame = start;
  for (SampleView rest = samples; !rest.empty();) {
    Chunk& chunk = chunk_at(frame);
    const auto offset = static_cast<std::size_t>(frame % kChunkFrames);
    const std::size_t count = std::min(rest.size(), kChunkFrames - offset);
    for (std::size_t i = 0; i < count; ++i) {
      auto& sample = chunk[(offset + i) * 2 + side];
      sample = add(sample, rest[i]);
    }
    rest = rest.subspan(count);
    frame += count;
  }
  if (!samples.empty()) ends_[side] = std::max(ends_[side], frame);
  return samples.size();
}

std::uint64_t StereoTimeline::append(Channel channel, SampleView samples, std::uint64_t earliest) {
  const std::uint64_t start = std::max(end(channel), earliest);
  place(channel, start, samples);
  return start;
}

void StereoTimeline::cut(Channel channel, std::uint64_t position) {
  const auto side = static_cast<std::size_t>(channel);
  for (std::uint64_t frame = position; frame < ends_[side]; ++frame) {
    const auto& chunk = chunks_[static_cast<std::size_t>(frame / kChunkFrames)];
    if (chunk) (*chunk)[frame % kChunkFrames * 2 + side] = 0;
  }
  ends_[side] = std::min(ends_[side], position);
}

std::uint64_t StereoTimeline::length() const { return std::max(ends_[0], ends_[1]); }

Samples StereoTimeline::read(std::uint64_t start, std::size_t count) const {
  const std::uint64_t stop = std::min<std::uint64_t>(length(), start + count);
  Samples out;
  for (std::uint64_t frame = start; frame < stop;) {
    const auto offset = static_cast<std::size_t>(frame % kChunkFrames);
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(kChunkFrames - offset, stop - frame));
    const auto& chunk = chunks_[static_cast<std::size_t>(frame / kChunkFrames)];
    if (chunk) {
      const auto* first = chunk->data() + offset * 2;
      out.insert(out.end(), first, first + piece * 2);
    } else {
      out.resize(out.size() + piece * 2);
    }
    frame += piece;
  }
  return out;
}

Result<void> StereoTimeline::write_wav(const std::filesystem::path& path) const {
  auto writer = WavWriter::create(path, {.rate_hz = rate_hz_, .channels = 2});
  if (!writer) return fail(writer);
  for (std::uint64_t frame = 0; frame < length(); frame += kChunkFrames) {
    if (auto written = writer->write(read(frame, kChunkFrames)); !written) return written;
  }
  return writer->close();
}

}  // namespace offhook::audio
