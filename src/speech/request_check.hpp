#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "speech/synthesizer.hpp"

namespace offhook::speech {

/// The languages of SynthesisRequest::language: the codes that XTTS servers use.
inline constexpr std::array<std::string_view, 17> kLanguages = {"en", "es", "fr", "de",    "it", "pt", "pl", "tr", "ru",
                                                                "nl", "cs", "ar", "zh-cn", "hu", "ko", "ja", "hi"};

/// The rates of SynthesisRequest::sample_rate_hz.
inline constexpr std::array kSampleRates = {8000, 16000, 22050, 24000};

/// The longest text of one request.
inline constexpr std::size_t kMaxTextBytes = 16 * 1024;

/// What every engine checks alike: text (there is one, not too long, UTF-8), language (upper case will do)
/// and rate. The voice is the engine's to check.
/// Errors: invalid_argument with the field's name and the code "invalid_value".
[[nodiscard]] Result<void> check_request(const SynthesisRequest& request);

/// The error for a field that an engine refuses.
[[nodiscard]] Error invalid_value(std::string field, std::string message);

}  // namespace offhook::speech
