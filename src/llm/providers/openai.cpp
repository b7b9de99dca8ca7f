#include "llm/providers/openai.hpp"

#include "async/cancel.hpp"
#include "llm/providers/openai_wire.hpp"
#include "net/sse_parser.hpp"

namespace offhook::llm {
namespace {

constexpr std::size_t kMaxEventBytes = 1024 * 1024;

class OpenAiStream final : public ChatStream {
 public:
  OpenAiStream(std::unique_ptr<net::ResponseStream> response, std::string asked, Duration between_events,
               Instant first_event_by)
      : response_(std::move(response)),
        asked_(std::move(asked)),
        between_events_(between_events),
        next_by_{first_event_by} {}

  std::string_view model() const override {
    return decoder_.model().empty() ? std::string_view(asked_) : decoder_.model();
  }

  Task<ChatEvent> next() override {
    Loop& loop = co_await this_loop();
    while (decoder_.events.empty()) {
      if (ended_) co_return fail(ErrorKind::internal, {}, "read after the end of the answer");
      auto bytes = co_await with_deadline(next_by_, response_->read());
      if (!bytes) co_return fail(bytes);
      Result<void> decoded;
      if (bytes->empty()) {
        ended_ = true;
        parser_.finish();
        decoded = status_ ? decoder_.finish() : status_;
      } else {
        parser_.feed(*bytes);
        if (parser_.buffered_bytes() > kMaxEventBytes)
          status_ = fail(ErrorKind::bad_gateway, {}, "an event without end");
        decoded = status_;
      }
      if (!decoded) co_return fail(decoded);
    }
    next_by_ = Deadline::after(loop.clock(), between_events_);
    ChatEvent event = std::move(decoder_.events.front());
    decoder_.events.pop_front();
    co_return event;
  }

 private:
  std::unique_ptr<net::ResponseStream> response_;
  std::string asked_;  // the model we asked for
  Duration between_events_;
  Deadline next_by_;
  OpenAiStreamDecoder decoder_;
  Result<void> status_;
  bool ended_ = false;
  net::SseParser parser_{[this](const net::ServerSentEvent& event) {
    if (status_) status_ = decoder_.feed(event.data);
  }};
};

class OpenAiModel final : public ChatModel {
 public:
  OpenAiModel(net::HttpClient& client, OpenAiOptions options) : client_(client), options_(std::move(options)) {}
  std::string_view name() const override { return "openai"; }

  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    Loop& loop = co_await this_loop();
    const Deadline first_event = Deadline::after(loop.clock(), options_.first_event);
    net::ClientRequest call{.method = "POST", .url = options_.base_url + "/chat/completions"};
    call.headers = {{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}};
    if (!options_.api_key.empty()) {
      call.headers.emplace_back("Authorization", "Bearer " + std::string(options_.api_key.reveal()));
    }
    call.body = json::serialize(to_openai_request(request, options_.model));
    auto response = co_await with_deadline(first_event, client_.open(std::move(call)));
    if (!response) co_return fail(response);
    const int status = (*response)->head().status;
    if (status != 200) {
      const std::string retry_after((*response)->head().header("retry-after"));
      auto body = co_await with_deadline(first_event, read_all(**response));
      co_return fail(from_openai_error(status, body.value_or(""), retry_after));
    }
    const auto type = (*response)->head().header("content-type");
    if (!type.starts_with("text/event-stream")) {
      co_return fail(ErrorKind::bad_gateway, {},
                     "the server streams '" + std::string(type) + "', not text/event-stream");
    }
    co_return std::unique_ptr<ChatStream>(
        std::make_unique<OpenAiStream>(std::move(*response), request.model.empty() ? options_.model : request.model,
                                       options_.between_events, first_event.at));
  }

 private:
  static Task<std::string> read_all(net::ResponseStream& response) {
    std::string all;
    while (all.size() < 64 * 1024) {
      auto piece = co_await response.read();
      if (!piece || piece->empty()) break;
      all.append(*piece);
    }
    co_return all;
  }

  net::HttpClient& client_;
  OpenAiOptions options_;
};

}  // namespace

std::unique_ptr<ChatModel> make_openai_model(net::HttpClient& client, OpenAiOptions options) {
  return std::make_unique<OpenAiModel>(client, std::move(options));
}

}  // namespace offhook::llm
