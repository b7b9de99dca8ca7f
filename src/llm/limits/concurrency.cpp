#include "llm/limits/concurrency.hpp"

#include "async/loop.hpp"

namespace offhook::llm {
namespace {

class PlacedStream final : public ChatStream {
 public:
  PlacedStream(std::unique_ptr<ChatStream> inner, FairQueue::Place place, Duration queued)
      : place_(std::move(place)), inner_(std::move(inner)), queued_(queued) {}
  std::string_view model() const override { return inner_->model(); }
  bool is_ready() const override { return inner_->is_ready(); }
  Task<ChatEvent> next(Deadline by) override {
    auto event = co_await inner_->next(by);
    auto* end = event ? std::get_if<Finished>(&*event) : nullptr;
    if (end != nullptr) end->queued = queued_;
    if (!event || end != nullptr) place_ = {};
    co_return event;
  }

 private:
  FairQueue::Place place_;
  std::unique_ptr<ChatStream> inner_;  // goes first: the work ends before the place is free
  Duration queued_;
};

class QueuedModel final : public ChatModel {
 public:
  QueuedModel(ChatModel& inner, FairQueue& queue, Duration patience)
      : inner_(inner), queue_(queue), patience_(patience) {}
  std::string_view name() const override { return inner_.name(); }

  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    Loop& loop = co_await this_loop();
    const Instant came = loop.clock().now();
    const Deadline deadline = Deadline::after(loop.clock(), patience_).sooner(request.deadline);
    auto place = co_await queue_.enter(request.asker, deadline);
    if (!place && place.error().kind == ErrorKind::timeout) {
      co_return fail(Error{.kind = ErrorKind::unavailable,
                           .client = "The server is busy. Please try again shortly.",
                           .log = "no place at a model became free in time",
                           .code = "queue_timeout",
                           .retry_after = std::chrono::seconds(1)});
    }
    if (!place) co_return fail(place);
    const Duration queued = loop.clock().now() - came;
    request.words_by = request.words_by.sooner(Deadline{came + patience_});
    auto stream = co_await inner_.open_stream(std::move(request));
    if (!stream) co_return fail(stream);
    co_return std::unique_ptr<ChatStream>(
        std::make_unique<PlacedStream>(std::move(*stream), std::move(*place), queued));
  }

 private:
  ChatModel& inner_;
  FairQueue& queue_;
  Duration patience_;
};

}  // namespace

std::unique_ptr<ChatModel> make_queued_model(ChatModel& inner, FairQueue& queue, Duration patience) {
  return std::make_unique<QueuedModel>(inner, queue, patience);
}

}  // namespace offhook::llm
