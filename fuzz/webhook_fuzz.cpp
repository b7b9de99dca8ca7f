#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "json/json.hpp"
#include "vendors/vapi/server_message.hpp"

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto message = vapi::decode_server_message(body);
  if (!message) {
    if (message.error().client.empty()) std::abort();  // a refusal says why
    return 0;
  }
  const auto again = vapi::decode_server_message(body);
  if (!again || vapi::dedupe_key(*again) != vapi::dedupe_key(*message)) std::abort();
  // What is kept for replay is read back as the same message.
  const auto replayed = vapi::decode_server_message(json::serialize(message->raw));
  if (!replayed || replayed->kind != message->kind || replayed->platform_call_id != message->platform_call_id ||
      replayed->text != message->text || replayed->messages.size() != message->messages.size() ||
      replayed->tool_calls.size() != message->tool_calls.size()) {
    std::abort();
  }
  return 0;
}
