#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "llm/chat_model.hpp"

namespace offhook::llm {

/// The body of a streaming chat-completions request.
[[nodiscard]] json::object to_openai_request(const ChatRequest& request, std::string_view model);

/// An HTTP error of an OpenAI-compatible server as one of our kinds; its text goes to the log only.
[[nodiscard]] Error from_openai_error(int status, std::string_view body, std::string_view retry_after);

/// Turns the chunks of one streamed answer into ChatEvents. Pure. Tool calls are assembled by their
/// index, however their fragments are interleaved, and come out in index order before Finished.
class OpenAiStreamDecoder {
 public:
  /// Takes the data of one event; "[DONE]" ends the stream. Errors: bad_gateway (broken JSON or an error
  /// object in mid-stream).
  Result<void> feed(std::string_view data);
  /// The body has ended. Errors: unavailable when the answer was cut off.
  Result<void> finish();

  /// Events that are ready, in order; taken by the caller.
  std::deque<ChatEvent> events;
  [[nodiscard]] const std::string& model() const { return model_; }
  [[nodiscard]] bool is_finished() const { return finished_; }

 private:
  void take_choice(const json::value& choice);
  void emit_finished();

  std::map<std::int64_t, ToolCall> tool_calls_;
  std::optional<FinishReason> reason_;
  Usage usage_;
  bool has_usage_ = false;
  int text_bytes_ = 0;
  std::string model_;
  bool finished_ = false;
};

}  // namespace offhook::llm
