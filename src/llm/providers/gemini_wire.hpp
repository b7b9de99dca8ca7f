#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "llm/chat_model.hpp"
#include "llm/providers/answer_decoder.hpp"
#include "net/http_client.hpp"

namespace offhook::llm {

/// The body of a generateContent or streamGenerateContent request; the model stands in the URL.
[[nodiscard]] json::object to_gemini_request(const ChatRequest& request, std::string_view model);

/// An error answer: its body may hold the delay (google.rpc.RetryInfo) and may be wrapped in an array.
[[nodiscard]] Error to_gemini_error(const net::ResponseHead& head, std::string_view body, UtcTime now);

/// Decodes chunks of streamGenerateContent?alt=sse, each a small answer. There is no last event: the stream ends.
class GeminiStreamDecoder final : public SseAnswerDecoder {
 public:
  Result<void> feed(std::string_view data) override;
  Result<void> take_whole(const json::value& body) override;

 private:
  Result<void> take_chunk(const json::value& chunk);
  void take_part(const json::value& part);

  std::size_t next_call_ = 0;
};

}  // namespace offhook::llm
