#pragma once

#include <string_view>

#include "llm/chat_model.hpp"
#include "llm/providers/answer_decoder.hpp"

namespace offhook::llm {

/// The body of a streaming Messages request.
[[nodiscard]] json::object to_anthropic_request(const ChatRequest& request, std::string_view model);

/// Decodes Anthropic's named events (message_start … message_stop); the name is in the data too.
class AnthropicStreamDecoder final : public SseAnswerDecoder {
 public:
  Result<void> feed(std::string_view data) override;
  Result<void> take_whole(const json::value& body) override;

 private:
  void begin_block(const json::value& event);
  void grow_block(const json::value& event);
  void take_usage(const json::value& owner);
};

}  // namespace offhook::llm
