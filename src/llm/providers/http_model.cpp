#include "llm/providers/http_model.hpp"

#include <fmt/format.h>

#include "async/cancel.hpp"
#include "base/text.hpp"

namespace offhook::llm {
namespace {

constexpr std::size_t kMaxAnswerBytes = 16UL * 1024 * 1024;
constexpr std::size_t kMaxErrorBytes = 64UL * 1024;
/// After the provider has said why it ended, counts and the end of the body may take this long. Reading to the end
/// keeps the connection for the next request.
constexpr std::chrono::milliseconds kEndWithin{100};

Deadline limit(const Clock& clock, Duration patience) {
  return patience > Duration::zero() ? Deadline::after(clock, patience) : Deadline{};
}

bool has_media_type(std::string_view header, std::string_view type) {
  return iequals(trim(header.substr(0, header.find(';'))), type);
}

/// Reads a body of at most `max_bytes`; what is beyond stays unread.
Task<std::string> read_body(net::ResponseStream& response, std::size_t max_bytes) {
  std::string all;
  while (all.size() < max_bytes) {
    auto piece = co_await response.read();
    if (!piece) co_return fail(piece);
    if (piece->empty()) break;
    all.append(*piece);
  }
  co_return all;
}

/// An answer as it arrives.
class HttpAnswer final : public ChatStream {
 public:
  HttpAnswer(std::unique_ptr<net::ResponseStream> response, std::unique_ptr<AnswerDecoder> decoder, std::string asked,
             Duration between_tokens, Deadline first_token)
      : response_(std::move(response)),
        decoder_(std::move(decoder)),
        asked_(std::move(asked)),
        between_tokens_(between_tokens),
        next_by_(first_token) {}

  std::string_view model() const override {
    return decoder_->model().empty() ? std::string_view(asked_) : decoder_->model();
  }

  bool is_ready() const override { return has_event(); }

  Task<ChatEvent> next(Deadline by) override {
    while (!has_event()) {
      if (!status_) co_return fail(status_);
      if (ended_) co_return fail(ErrorKind::internal, {}, "read after the end of the answer");
      co_await read_more(by);
      if (decoder_->events.empty() && status_ && !ended_ && decoder_->take_progress()) co_return Working{};
    }
    (void)decoder_->take_progress();
    ChatEvent event = std::move(decoder_->events.front());
    decoder_->events.pop_front();
    if (auto* end = std::get_if<Finished>(&event); end != nullptr && end->model.empty()) end->model = asked_;
    co_return event;
  }

 private:
  /// Is there one to hand out? Finished waits for the end of the body.
  [[nodiscard]] bool has_event() const {
    return !decoder_->events.empty() &&
           (ended_ || !status_ || !std::holds_alternative<Finished>(decoder_->events.front()));
  }

  /// Reads once. Nothing that goes wrong after the provider has said why it ended does any harm.
  asio::awaitable<void, Executor> read_more(Deadline by) {
    Loop& loop = co_await this_loop();
    auto bytes = co_await response_->read(next_by_.sooner(by));
    if (bytes && !bytes->empty()) {
      total_bytes_ += bytes->size();
      status_ = decoder_->feed_bytes(*bytes);
      if (status_ && total_bytes_ > kMaxAnswerBytes) {
        status_ = offhook::fail(ErrorKind::bad_gateway, {}, "an answer without end");
      }
      if (!decoder_->has_reason()) {
        next_by_ = limit(loop.clock(), between_tokens_);
      } else if (!ending_) {
        ending_ = true;
        next_by_ = Deadline::after(loop.clock(), kEndWithin);
      }
      co_return;
    }
    const bool is_cancelled = !bytes && bytes.error().kind == ErrorKind::cancelled;
    if (!bytes && (is_cancelled || !decoder_->has_reason())) {
      status_ = offhook::fail(bytes);
      co_return;
    }
    ended_ = true;
    status_ = decoder_->finish();
  }

  std::unique_ptr<net::ResponseStream> response_;
  std::unique_ptr<AnswerDecoder> decoder_;
  std::string asked_;  // the model we asked for
  Duration between_tokens_;
  Deadline next_by_;
  Result<void> status_;
  std::size_t total_bytes_ = 0;
  bool ending_ = false;
  bool ended_ = false;
};

/// An answer that came whole.
class WholeAnswer final : public ChatStream {
 public:
  WholeAnswer(std::unique_ptr<AnswerDecoder> decoder, std::string asked)
      : decoder_(std::move(decoder)), asked_(std::move(asked)) {}
  std::string_view model() const override {
    return decoder_->model().empty() ? std::string_view(asked_) : decoder_->model();
  }
  bool is_ready() const override { return true; }
  Task<ChatEvent> next(Deadline) override {
    if (decoder_->events.empty()) co_return fail(ErrorKind::internal, {}, "read after the end of the answer");
    ChatEvent event = std::move(decoder_->events.front());
    decoder_->events.pop_front();
    if (auto* end = std::get_if<Finished>(&event); end != nullptr && end->model.empty()) end->model = asked_;
    co_return event;
  }

 private:
  std::unique_ptr<AnswerDecoder> decoder_;
  std::string asked_;
};

class HttpModel final : public ChatModel {
 public:
  HttpModel(net::HttpClient& client, std::unique_ptr<ProviderWire> wire, Patience patience)
      : client_(client), wire_(std::move(wire)), patience_(patience) {}
  std::string_view name() const override { return wire_->name(); }

  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    Loop& loop = co_await this_loop();
    const Deadline first_token = limit(loop.clock(), patience_.first_token);
    net::ClientRequest call = wire_->to_request(request, loop.clock().utc_now());
    call.connect_by = limit(loop.clock(), patience_.connect);
    auto response = co_await with_deadline(first_token, client_.open(std::move(call)));
    if (!response) co_return fail(response);
    const net::ResponseHead& head = (*response)->head();
    if (head.status != 200) {
      // The status says enough when the rest does not come.
      auto body = co_await with_deadline(first_token, read_body(**response, kMaxErrorBytes));
      co_return fail(wire_->to_error(head, body.value_or(""), loop.clock().utc_now()));
    }
    const auto type = head.header("content-type");
    if (has_media_type(type, "application/json")) {
      co_return co_await with_deadline(first_token, take_whole(*this, std::move(*response), std::move(request)));
    }
    if (!has_media_type(type, wire_->stream_type())) {
      co_return fail(ErrorKind::bad_gateway, {},
                     fmt::format("the server answers with '{}', not {}", truncate_utf8(one_line(type), 100),
                                 wire_->stream_type()));
    }
    auto decoder = wire_->make_decoder(request);
    decoder->set_id_seed(request.seed);
    co_return std::unique_ptr<ChatStream>(std::make_unique<HttpAnswer>(
        std::move(*response), std::move(decoder), wire_->model_for(request), patience_.between_tokens, first_token));
  }

 private:
  static Task<std::unique_ptr<ChatStream>> take_whole(const HttpModel& self,
                                                      std::unique_ptr<net::ResponseStream> response,
                                                      ChatRequest request) {
    auto body = co_await read_body(*response, kMaxAnswerBytes);
    if (!body) co_return fail(body);
    const auto document = parse_json(*body);
    if (!document) co_return fail(ErrorKind::bad_gateway, {}, "the answer is not JSON");
    auto decoder = self.wire_->make_decoder(request);
    decoder->set_id_seed(request.seed);
    if (auto taken = decoder->take_whole(*document); !taken) co_return fail(taken);
    co_return std::unique_ptr<ChatStream>(
        std::make_unique<WholeAnswer>(std::move(decoder), self.wire_->model_for(request)));
  }

  net::HttpClient& client_;
  std::unique_ptr<ProviderWire> wire_;
  Patience patience_;
};

}  // namespace

std::unique_ptr<ChatModel> make_http_model(net::HttpClient& client, std::unique_ptr<ProviderWire> wire,
                                           Patience patience) {
  return std::make_unique<HttpModel>(client, std::move(wire), patience);
}

}  // namespace offhook::llm
