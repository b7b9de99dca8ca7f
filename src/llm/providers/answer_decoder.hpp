#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "llm/chat_model.hpp"
#include "net/sse_parser.hpp"

namespace offhook::llm {

/// One event or line of a stream may be this long; beyond it the stream is nonsense.
inline constexpr std::size_t kMaxEventBytes = 1024 * 1024;

/// Turns the bytes of one answer into ChatEvents, the same ones however the bytes arrive. Pure. Text comes out at
/// once; tool calls are assembled, checked (arguments are a JSON object) and come out in their order just before
/// Finished, so that a stream which breaks never leaves half of them behind. One object for each answer.
class AnswerDecoder {
 public:
  virtual ~AnswerDecoder() = default;

  /// Takes bytes of the body. Errors: bad_gateway (nonsense on the wire), or what the provider said in mid-stream.
  virtual Result<void> feed_bytes(std::string_view bytes) = 0;
  /// The body has ended. Errors: unavailable when the answer was cut off.
  virtual Result<void> finish() = 0;
  /// Takes an answer that came as one JSON document, from a server that does not stream. Errors: bad_gateway.
  virtual Result<void> take_whole(const json::value& body) = 0;

  /// Events that are ready, in order; taken by the caller. Those before an error are good.
  std::deque<ChatEvent> events;
  /// What the ids of tool calls begin with that the provider gave none: unlike any others of the conversation.
  void set_id_seed(std::uint64_t seed) { id_seed_ = seed; }
  /// What answers, in the provider's words; empty while it has not said.
  [[nodiscard]] const std::string& model() const { return model_; }
  [[nodiscard]] bool is_finished() const { return finished_; }
  /// The provider has said why it ended: nothing but counts can follow.
  [[nodiscard]] bool has_reason() const { return reason_.has_value(); }
  /// Has anything of the answer arrived since the last time this was asked, be it no event yet?
  [[nodiscard]] bool take_progress() { return std::exchange(progress_, false); }

 protected:
  void set_model(std::string_view model);
  void add_text(std::string_view text);
  /// Something that is not said, such as reasoning.
  void note_progress() { progress_ = true; }
  /// The tool call at a place of the answer, new or begun.
  ToolCall& tool_call(std::int64_t place);
  [[nodiscard]] const std::map<std::int64_t, ToolCall>& tool_calls() const { return tool_calls_; }
  void set_prompt_tokens(double count);
  void set_completion_tokens(double count);
  void set_reason(FinishReason reason) { reason_ = reason; }
  /// Hands out tool calls and Finished. Errors: unavailable without a reason, bad_gateway for a broken tool call.
  Result<void> complete();

 private:
  std::string model_;
  std::map<std::int64_t, ToolCall> tool_calls_;
  std::optional<FinishReason> reason_;
  std::optional<int> prompt_tokens_;
  std::optional<int> completion_tokens_;
  std::uint64_t id_seed_ = 0;
  std::size_t text_bytes_ = 0;
  bool progress_ = false;
  bool finished_ = false;
};

/// A decoder of answers in a text/event-stream.
class SseAnswerDecoder : public AnswerDecoder {
 public:
  Result<void> feed_bytes(std::string_view bytes) final;
  Result<void> finish() final;
  /// Takes the data of one event.
  virtual Result<void> feed(std::string_view data) = 0;

 private:
  Result<void> status_;
  net::SseParser parser_{[this](const net::ServerSentEvent& event) { take(event); }};
  void take(const net::ServerSentEvent& event);
};

}  // namespace offhook::llm
