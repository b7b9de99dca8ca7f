#pragma once

#include <string_view>

#include "llm/chat_model.hpp"
#include "llm/providers/answer_decoder.hpp"
#include "net/http_client.hpp"

namespace offhook::llm {

/// The body of a streaming chat-completions request. length_field: what the server calls the longest answer,
/// max_tokens or max_completion_tokens.
[[nodiscard]] json::object to_openai_request(const ChatRequest& request, std::string_view model,
                                             std::string_view length_field = "max_tokens");

/// An error answer. Bodies are OpenAI's error object, an array of it, a text as "error", other JSON, or no JSON at all:
/// the status decides the kind, but for a key that OpenAI finds wrong with a 400.
[[nodiscard]] Error to_openai_error(const net::ResponseHead& head, std::string_view body, UtcTime now);

/// Decodes the chunks of one streamed answer. Tool calls are assembled by their index, however their fragments are
/// interleaved; servers that leave the index out, or repeat it with another id, are understood too.
class OpenAiStreamDecoder final : public SseAnswerDecoder {
 public:
  /// Takes the data of one event; "[DONE]" ends the stream. Errors: bad_gateway (broken JSON or an error
  /// object in mid-stream).
  Result<void> feed(std::string_view data) override;
  Result<void> take_whole(const json::value& body) override;

 private:
  void take_choice(const json::value& choice);
  void take_fragment(const json::value& fragment);
  void take_usage(const json::value& owner);

  std::map<std::int64_t, std::int64_t> moved_;  // index on the wire → place, where a server repeats an index
};

}  // namespace offhook::llm
