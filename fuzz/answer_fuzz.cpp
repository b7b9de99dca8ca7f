#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "llm/providers/anthropic_wire.hpp"
#include "llm/providers/bedrock_wire.hpp"
#include "llm/providers/gemini_wire.hpp"
#include "llm/providers/openai_wire.hpp"

using namespace offhook;
using namespace offhook::llm;

namespace {

std::unique_ptr<AnswerDecoder> make_decoder(unsigned kind) {
  switch (kind % 4) {
    case 0: return std::make_unique<OpenAiStreamDecoder>();
    case 1: return std::make_unique<AnthropicStreamDecoder>();
    case 2: return std::make_unique<GeminiStreamDecoder>();
    default: return std::make_unique<BedrockStreamDecoder>();
  }
}

/// What is read, text joined; aborts on events that no provider may give.
std::string answer_in(unsigned kind, std::string_view bytes, std::size_t piece) {
  const auto decoder = make_decoder(kind);
  Result<void> status;
  for (std::size_t at = 0; status && at < bytes.size(); at += piece)
    status = decoder->feed_bytes(bytes.substr(at, piece));
  if (status) status = decoder->finish();
  std::string seen;
  for (const auto& event : decoder->events) {
    if (const auto* delta = std::get_if<TextDelta>(&event)) {
      if (delta->text.empty() || !is_valid_utf8(delta->text)) std::abort();
      seen.append(delta->text);
    } else if (const auto* call = std::get_if<ToolCallReady>(&event)) {
      const auto arguments = parse_json(call->call.arguments);
      if (call->call.name.empty() || !arguments || !arguments->is_object()) std::abort();
      seen.append("|").append(call->call.name).append(call->call.arguments);
    } else {
      seen.append("|end");
    }
  }
  return seen.append(status ? "" : to_string(status.error().kind));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
  if (answer_in(data[0], bytes, bytes.size() + 1) != answer_in(data[0], bytes, 1 + data[1] % 32)) std::abort();
  return 0;
}
