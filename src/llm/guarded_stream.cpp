#include "llm/guarded_stream.hpp"

#include "async/cancel.hpp"
#include "base/text.hpp"
#include "llm/closing_text.hpp"

namespace offhook::llm {

void report_failure(CircuitBreaker::Permit& permit, const Error& error) {
  switch (error.kind) {
    case ErrorKind::cancelled:
    case ErrorKind::invalid_argument:
    case ErrorKind::too_large: permit = {}; break;
    case ErrorKind::unauthorized:
    case ErrorKind::forbidden:
    case ErrorKind::not_found: permit.fail(true); break;
    case ErrorKind::rate_limited:
      permit.fail(error.retry_after.has_value(), error.retry_after.value_or(std::chrono::seconds(0)));
      break;
    default: permit.fail(false, error.retry_after.value_or(std::chrono::seconds(0)));
  }
}

GuardedStream::GuardedStream(Parts parts) : parts_(std::move(parts)), first_(std::move(parts_.first)) {}

GuardedStream::~GuardedStream() {
  // Whoever listened has left in mid-answer; the model was well up to here.
  if (parts_.permit.is_open()) parts_.permit.succeed();
}

void GuardedStream::note(const ChatEvent& event) {
  if (const auto* delta = std::get_if<TextDelta>(&event)) {
    said_bytes_ += delta->text.size();
    if (!trim(delta->text).empty()) last_said_ = delta->text;
  } else if (std::holds_alternative<ToolCallReady>(event)) {
    has_tool_calls_ = true;
  } else if (std::holds_alternative<Finished>(event)) {
    parts_.permit.succeed();
  }
}

Task<ChatEvent> GuardedStream::next(Deadline by) {
  if (end_) {
    ChatEvent end = std::move(*end_);
    end_.reset();
    co_return end;
  }
  if (first_) {
    ChatEvent event = std::move(*first_);
    first_.reset();
    note(event);
    co_return event;
  }
  Loop& loop = co_await this_loop();
  for (;;) {
    const Deadline limit = Deadline::after(loop.clock(), parts_.between_tokens).sooner(by);
    auto event = co_await parts_.rest->next(limit);
    if (event && std::holds_alternative<Working>(*event)) continue;
    if (event) {
      note(*event);
      co_return event;
    }
    // The turn's end is no fault of the model.
    const bool is_out_of_time = by.passed(loop.clock()) && event.error().kind == ErrorKind::timeout;
    if (!is_out_of_time) report_failure(parts_.permit, event.error());
    // Half of several tool calls must not run, and a caller who has heard nothing needs no closing.
    if (event.error().kind == ErrorKind::cancelled || has_tool_calls_ || said_bytes_ == 0) co_return event;
    co_return close(event.error(), is_out_of_time ? FinishReason::length : FinishReason::stop);
  }
}

ChatEvent GuardedStream::close(const Error& error, FinishReason reason) {
  if (parts_.on_step) parts_.on_step(ChainStep::closed, *parts_.model, parts_.trace, error);
  const std::string text = closing_text(last_said_, parts_.language);
  const int tokens = static_cast<int>((said_bytes_ + text.size() + 3) / 4);
  end_ = Finished{.reason = reason,
                  .usage = {.prompt_tokens = 0, .completion_tokens = tokens, .estimated = true},
                  .model = std::string(parts_.rest->model()),
                  .is_cut_off = true};
  return TextDelta{text};
}

}  // namespace offhook::llm
