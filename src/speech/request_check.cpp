#include "speech/request_check.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace offhook::speech {

Error invalid_value(std::string field, std::string message) {
  return {.kind = ErrorKind::invalid_argument,
          .client = std::move(message),
          .param = std::move(field),
          .code = "invalid_value"};
}

Result<void> check_request(const SynthesisRequest& request) {
  if (trim(request.text).empty()) return fail(invalid_value("text", "There is no text to speak."));
  if (request.text.size() > kMaxTextBytes) {
    return fail(invalid_value("text", "The text to speak is longer than 16 KiB."));
  }
  if (!is_valid_utf8(request.text)) return fail(invalid_value("text", "The text to speak is not UTF-8."));
  if (std::ranges::find(kLanguages, to_lower(request.language)) == kLanguages.end()) {
    return fail(invalid_value("language",
                              "The language must be one of en, es, fr, de, it, pt, pl, tr, ru, nl, cs, ar, zh-cn, hu, "
                              "ko, ja and hi."));
  }
  if (std::ranges::find(kSampleRates, request.sample_rate_hz) == kSampleRates.end()) {
    return fail(invalid_value("sample_rate", "The sample rate must be 8000, 16000, 22050 or 24000 Hz."));
  }
  return {};
}

}  // namespace offhook::speech
