#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/secret.hpp"
#include "net/http_client.hpp"
#include "vendors/vapi/call_facts.hpp"

namespace offhook::exchange {

/// Speech that came back from a custom voice.
struct Spoken {
  std::vector<std::int16_t> samples;  ///< mono
  Duration first_audio{};             ///< from the request to the first sample
};

/// Has a text spoken by a custom voice server, as Vapi does: a voice-request whose answer is raw PCM.
/// `voice` empty: the server's own choice. `secret` goes into X-Vapi-Secret. Errors carry the ended
/// reason in `code`.
Task<Spoken> ask_custom_voice(net::HttpClient& client, const std::string& url, const Secret& secret,
                              const vapi::CallFacts& facts, std::string text, int sample_rate_hz, std::string voice,
                              Deadline deadline);

}  // namespace offhook::exchange
