#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace offhook::audio {

/// Linear 16-bit signed PCM. Mono unless a function says otherwise; several channels are interleaved.
using Samples = std::vector<std::int16_t>;
using SampleView = std::span<const std::int16_t>;

}  // namespace offhook::audio
