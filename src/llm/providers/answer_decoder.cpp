#include "llm/providers/answer_decoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace offhook::llm {
namespace {

/// A count as providers send it; nonsense is 0.
int to_count(double count) {
  if (!(count > 0)) return 0;
  return static_cast<int>(std::min<double>(count, std::numeric_limits<int>::max()));
}

}  // namespace

void AnswerDecoder::set_model(std::string_view model) {
  if (model_.empty()) model_ = model;
}

void AnswerDecoder::add_text(std::string_view text) {
  if (text.empty()) return;
  progress_ = true;
  text_bytes_ += text.size();
  events.emplace_back(TextDelta{std::string(text)});
}

ToolCall& AnswerDecoder::tool_call(std::int64_t place) {
  progress_ = true;
  return tool_calls_[place];
}

void AnswerDecoder::set_prompt_tokens(double count) { prompt_tokens_ = to_count(count); }
void AnswerDecoder::set_completion_tokens(double count) { completion_tokens_ = to_count(count); }

Result<void> AnswerDecoder::complete() {
  if (finished_) return {};
  if (!reason_) return fail(ErrorKind::unavailable, {}, "the answer was cut off");
  for (auto& [place, call] : tool_calls_) {
    if (call.arguments.empty()) call.arguments = "{}";
    if (call.id.empty()) call.id = fmt::format("call_{:016x}_{}", id_seed_, place);
    const auto arguments = parse_json(call.arguments);
    if (call.name.empty() || !arguments || !arguments->is_object()) {
      return fail(ErrorKind::bad_gateway, {},
                  "a broken tool call: '" + call.name + "' with arguments that are no JSON object");
    }
  }
  finished_ = true;
  for (auto& [place, call] : tool_calls_) events.emplace_back(ToolCallReady{std::move(call)});
  if (!tool_calls_.empty()) reason_ = FinishReason::tool_calls;  // some servers say "stop"
  Finished end{.reason = *reason_, .model = model_};
  end.usage = {.prompt_tokens = prompt_tokens_.value_or(0),
               .completion_tokens = completion_tokens_.value_or(static_cast<int>((text_bytes_ + 3) / 4)),
               .estimated = !completion_tokens_};
  events.emplace_back(std::move(end));
  return {};
}

Result<void> SseAnswerDecoder::feed_bytes(std::string_view bytes) {
  if (!status_) return status_;
  parser_.feed(bytes);
  if (status_ && parser_.buffered_bytes() > kMaxEventBytes) {
    status_ = offhook::fail(ErrorKind::bad_gateway, {}, "an event without end");
  }
  return status_;
}

Result<void> SseAnswerDecoder::finish() {
  parser_.finish();
  return status_ ? complete() : status_;
}

void SseAnswerDecoder::take(const net::ServerSentEvent& event) {
  if (!status_ || is_finished()) return;
  if (event.data.size() > kMaxEventBytes) {
    status_ = offhook::fail(ErrorKind::bad_gateway, {}, "an event without end");
  } else if (!event.data.empty()) {
    status_ = feed(event.data);
  }
}

}  // namespace offhook::llm
