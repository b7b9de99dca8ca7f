#include "llm/fallback.hpp"

namespace offhook::llm {
namespace {

/// A stream whose first event was read already.
class StartedStream final : public ChatStream {
 public:
  StartedStream(ChatEvent first, std::unique_ptr<ChatStream> rest) : first_(std::move(first)), rest_(std::move(rest)) {}
  std::string_view model() const override { return rest_->model(); }
  Task<ChatEvent> next() override {
    if (first_) {
      ChatEvent event = std::move(*first_);
      first_.reset();
      co_return event;
    }
    co_return co_await rest_->next();
  }

 private:
  std::optional<ChatEvent> first_;
  std::unique_ptr<ChatStream> rest_;
};

class FallbackModel final : public ChatModel {
 public:
  FallbackModel(std::vector<ChatModel*> chain, OnFallback on_fallback)
      : chain_(std::move(chain)), on_fallback_(std::move(on_fallback)) {}
  std::string_view name() const override { return chain_.front()->name(); }

  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    Error last{.kind = ErrorKind::unavailable};
    for (ChatModel* model : chain_) {
      ChatRequest copy = request;
      auto stream = co_await model->open_stream(std::move(copy));
      if (stream) {
        auto first = co_await (*stream)->next();
        if (first) {
          co_return std::unique_ptr<ChatStream>(std::make_unique<StartedStream>(std::move(*first), std::move(*stream)));
        }
        last = std::move(first.error());
      } else {
        last = std::move(stream.error());
      }
      if (last.kind == ErrorKind::cancelled) break;
      if (on_fallback_) on_fallback_(*model, request.trace, last);
    }
    co_return fail(std::move(last));
  }

 private:
  std::vector<ChatModel*> chain_;
  OnFallback on_fallback_;
};

}  // namespace

std::unique_ptr<ChatModel> make_fallback_model(std::vector<ChatModel*> chain, OnFallback on_fallback) {
  return std::make_unique<FallbackModel>(std::move(chain), std::move(on_fallback));
}

}  // namespace offhook::llm
