#include "exchange/custom_voice.hpp"

#include <cstring>

#include <fmt/format.h>

#include "async/loop.hpp"
#include "vendors/vapi/messages.hpp"

namespace offhook::exchange {
namespace {

constexpr const char* kVoiceFailed = "pipeline-error-custom-voice-failed";

}  // namespace

Task<Spoken> ask_custom_voice(net::HttpClient& client, const std::string& url, const Secret& secret,
                              const vapi::CallFacts& facts, std::string text, int sample_rate_hz, std::string voice,
                              Deadline deadline) {
  Loop& loop = co_await this_loop();
  const Instant began = loop.clock().now();
  json::object message = vapi::voice_request(facts, loop.clock().utc_now(), text, sample_rate_hz);
  if (!voice.empty()) message.at("message").as_object()["voice"] = voice;
  net::ClientRequest request{.method = "POST", .url = url, .body = json::serialize(message)};
  request.headers = {{"Content-Type", "application/json"}};
  if (!secret.empty()) request.headers.emplace_back("X-Vapi-Secret", std::string(secret.reveal()));
  request.deadline = deadline;
  auto response = co_await client.open(std::move(request));
  if (!response) co_return fail(std::move(response.error()).with_code(kVoiceFailed));
  if ((*response)->head().status != 200) {
    co_return fail(Error{.kind = ErrorKind::bad_gateway,
                         .log = fmt::format("the voice answered {}", (*response)->head().status),
                         .code = kVoiceFailed});
  }
  Spoken spoken;
  std::string bytes;
  for (;;) {
    auto piece = co_await (*response)->read();
    if (!piece) co_return fail(std::move(piece.error()).with_code(kVoiceFailed));
    if (piece->empty()) break;
    if (bytes.empty()) spoken.first_audio = loop.clock().now() - began;
    bytes.append(*piece);
  }
  if (bytes.empty() || bytes.size() % 2 != 0) {
    co_return fail(Error{.kind = ErrorKind::bad_gateway,
                         .log = fmt::format("the voice sent {} bytes, which is no 16-bit PCM", bytes.size()),
                         .code = kVoiceFailed});
  }
  spoken.samples.resize(bytes.size() / 2);
  std::memcpy(spoken.samples.data(), bytes.data(), bytes.size());
  co_return spoken;
}

}  // namespace offhook::exchange
