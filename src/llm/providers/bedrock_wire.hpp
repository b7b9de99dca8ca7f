#pragma once

#include <string_view>

#include "llm/chat_model.hpp"
#include "llm/providers/answer_decoder.hpp"
#include "llm/providers/event_stream.hpp"
#include "net/http_client.hpp"

namespace offhook::llm {

/// The body of a Converse or ConverseStream request; the model stands in the URL.
[[nodiscard]] json::object to_bedrock_request(const ChatRequest& request);

/// An error answer: its type stands in x-amzn-ErrorType or in the body's __type.
[[nodiscard]] Error to_bedrock_error(const net::ResponseHead& head, std::string_view body, UtcTime now);

/// Decodes the frames of ConverseStream.
class BedrockStreamDecoder final : public AnswerDecoder {
 public:
  Result<void> feed_bytes(std::string_view bytes) override;
  Result<void> finish() override;
  Result<void> take_whole(const json::value& body) override;

 private:
  Result<void> take_frame(const EventFrame& frame);
  void begin_block(const json::value& event);
  void grow_block(const json::value& event);
  void take_usage(const json::value& owner);

  EventStreamParser parser_;
  Result<void> status_;
};

}  // namespace offhook::llm
