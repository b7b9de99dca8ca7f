#include "llm/bounded_model.hpp"

#include <algorithm>
#include <deque>

#include "base/text.hpp"

namespace offhook::llm {
namespace {

/// How many bytes at the end of `text` may be the beginning of one of `stops`.
std::size_t bytes_that_may_stop(std::string_view text, const std::vector<std::string>& stops) {
  std::size_t most = 0;
  for (const std::string& stop : stops) {
    for (std::size_t length = std::min(stop.size() - 1, text.size()); length > most; --length) {
      if (text.ends_with(std::string_view(stop).substr(0, length))) most = length;
    }
  }
  return most;
}

class BoundedStream final : public ChatStream {
 public:
  BoundedStream(std::unique_ptr<ChatStream> inner, std::vector<std::string> stops, int prompt_tokens, int max_tokens)
      : inner_(std::move(inner)), stops_(std::move(stops)), prompt_tokens_(prompt_tokens), max_tokens_(max_tokens) {
    std::erase(stops_, std::string());
  }
  std::string_view model() const override { return inner_->model(); }

  bool is_ready() const override { return !ready_.empty(); }
  Task<ChatEvent> next(Deadline by) override {
    while (ready_.empty()) {
      auto event = co_await inner_->next(by);
      if (!event) co_return event;
      if (auto* delta = std::get_if<TextDelta>(&*event)) {
        take(delta->text);
      } else if (release(held_.size())) {
        ready_.push_back(std::move(*event));
      }
    }
    ChatEvent event = std::move(ready_.front());
    ready_.pop_front();
    co_return event;
  }

 private:
  void take(std::string_view text) {
    held_.append(text);
    std::size_t stop_at = std::string::npos;
    for (const std::string& stop : stops_) stop_at = std::min(stop_at, held_.find(stop));
    if (stop_at != std::string::npos) {
      if (release(stop_at)) end(FinishReason::stop);
      return;
    }
    // Characters stay whole: a stop text begins where a character begins.
    static_cast<void>(release(held_.size() - bytes_that_may_stop(held_, stops_)));
  }

  /// Passes so many of the held bytes on. False when they were too many, which ends the answer.
  bool release(std::size_t bytes) {
    std::string text = held_.substr(0, bytes);
    held_.erase(0, bytes);
    const std::size_t most = static_cast<std::size_t>(max_tokens_) * kBytesPerToken;
    const bool is_too_long = said_.size() + text.size() > most;
    if (is_too_long) text = std::string(truncate_utf8(text, most - std::min(most, said_.size())));
    said_ += text;
    if (!text.empty()) ready_.push_back(TextDelta{std::move(text)});
    if (is_too_long) end(FinishReason::length);
    return !is_too_long;
  }

  void end(FinishReason reason) {
    held_.clear();
    ready_.push_back(Finished{
        .reason = reason,
        .usage = {.prompt_tokens = prompt_tokens_, .completion_tokens = estimate_tokens(said_), .estimated = true},
        .model = std::string(inner_->model()),
        .is_free = true});  // only an embedded model has to be bounded
  }

  static constexpr std::size_t kBytesPerToken = 4;  // as estimate_tokens() counts
  std::unique_ptr<ChatStream> inner_;
  std::vector<std::string> stops_;
  int prompt_tokens_;
  int max_tokens_;
  std::string held_;  // may be the beginning of a stop text
  std::string said_;
  std::deque<ChatEvent> ready_;
};

class BoundedModel final : public ChatModel {
 public:
  explicit BoundedModel(ChatModel& inner) : inner_(inner) {}
  std::string_view name() const override { return inner_.name(); }
  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    auto stops = request.stop;
    const int max_tokens = request.max_tokens;
    int prompt_tokens = 0;
    for (const Message& message : request.messages) prompt_tokens += estimate_tokens(message.content);
    auto stream = co_await inner_.open_stream(std::move(request));
    if (!stream) co_return stream;
    co_return std::make_unique<BoundedStream>(std::move(*stream), std::move(stops), prompt_tokens, max_tokens);
  }

 private:
  ChatModel& inner_;
};

}  // namespace

std::unique_ptr<ChatModel> make_bounded_model(ChatModel& inner) { return std::make_unique<BoundedModel>(inner); }

}  // namespace offhook::llm
