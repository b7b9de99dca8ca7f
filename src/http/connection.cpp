#include "http/connection.hpp"

#include <array>
#include <cstring>

#include <fmt/compile.h>
#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::http {
namespace {

constexpr std::size_t kBufferBytes = 8 * 1024;
constexpr Duration kHandlerGrace = std::chrono::seconds(5);
constexpr Duration kSilence = std::chrono::seconds(1);         // of a streamed body, until it shows a sign of life
constexpr Duration kLongestUpload = std::chrono::minutes(15);  // of a body that is taken as it comes
constexpr int kClientLeft = 499;                               // nginx's name for it in logs; never sent

Error error_from_current_exception() { return error_from(std::current_exception()); }

}  // namespace

/// Sends each write as one chunk, the first together with the head.
class Connection::ChunkWriter final : public BodyWriter {
 public:
  ChunkWriter(Connection& connection, Response& response)
      : connection_(connection),
        response_(response),
        silence_(connection.loop_.timers(), connection.loop_.clock(), [this] { show_life(); }) {}

  Task<void> write(std::string_view bytes) override {
    Connection& c = connection_;
    const bool plain = c.request_.is_http_1_0;  // 1.0 knows no chunks: the end of the connection ends the body
    std::string_view pieces[5];
    std::size_t count = 0;
    const std::string rest_of_sign = std::exchange(rest_of_sign_, {});
    if (!rest_of_sign.empty()) pieces[count++] = rest_of_sign;
    if (!head_sent) {
      c.write_head(response_, plain ? std::string_view{} : "Transfer-Encoding: chunked\r\n");
      pieces[count++] = c.out_;
      head_sent = true;
    }
    char size_line[24];
    if (!bytes.empty()) {
      if (plain) {
        pieces[count++] = bytes;
      } else {
        const auto end = fmt::format_to(size_line, FMT_COMPILE("{:x}\r\n"), bytes.size());
        pieces[count++] = {size_line, static_cast<std::size_t>(end - size_line)};
        pieces[count++] = bytes;
        pieces[count++] = "\r\n";
      }
    }
    sent_bytes += bytes.size();
    if (count == 0) co_return Result<void>{};
    silence_.rest();
    auto sent = co_await send(std::span(pieces, count));
    if (!response_.sign_of_life.empty()) silence_.expect_before(c.loop_.clock().now() + kSilence);
    co_return sent;
  }

  /// The last chunk, and what has to go before it: the rest of a sign of life, the head of a body without bytes.
  Task<void> end() {
    auto written = co_await write({});
    silence_.rest();
    if (!written || connection_.request_.is_http_1_0) co_return written;
    const std::string last = "0\r\n" + trailers + "\r\n";
    std::string_view piece = last;
    co_return co_await send(std::span(&piece, 1));
  }
  void add_trailer(std::string_view name, std::string_view value) override {
    if (wants_trailers(connection_.request_)) trailers.append(name).append(": ").append(value).append("\r\n");
  }

  bool head_sent = false;
  std::size_t sent_bytes = 0;
  std::string trailers;  ///< lines

 private:
  /// Most of the time the socket takes everything at once.
  Task<void> send(std::span<std::string_view> pieces) {
    Connection& c = connection_;
    std::size_t sent = c.stream_->write_now(pieces);
    while (!pieces.empty() && sent >= pieces.front().size()) {
      sent -= pieces.front().size();
      pieces = pieces.subspan(1);
    }
    if (pieces.empty()) co_return Result<void>{};
    pieces.front().remove_prefix(sent);
    c.expect_progress_within(c.service_.limits.send_stall);
    auto rest = co_await c.stream_->write(pieces);
    c.watchdog_.rest();
    co_return rest;
  }

  /// Nothing has been written for a while, and nothing is being written now.
  void show_life() {
    Connection& c = connection_;
    const std::string_view sign = response_.sign_of_life;
    silence_.expect_before(c.loop_.clock().now() + kSilence);
    if (!rest_of_sign_.empty()) return;  // the client reads nothing
    std::string chunk = c.request_.is_http_1_0 ? std::string(sign) : fmt::format("{:x}\r\n{}\r\n", sign.size(), sign);
    const std::string_view piece = chunk;
    const std::size_t sent = c.stream_->write_now(std::span(&piece, 1));
    if (sent > 0) rest_of_sign_ = chunk.substr(sent);
  }

  Connection& connection_;
  Response& response_;
  Watchdog silence_;
  std::string rest_of_sign_;  // of which only the beginning could be sent
};

Connection::Connection(Server& server, std::unique_ptr<net::ByteStream> stream)
    : server_(server),
      live_(server.live_),
      service_(server.service_),
      loop_(server.loop_),
      stream_(std::move(stream)),
      watchdog_(loop_.timers(), loop_.clock(), [this] { stream_->close(); }),
      parser_(request_, {.header_bytes = service_.limits.header_bytes}) {
  request_.peer_address = stream_->peer_address();
  live_->insert(this);
}

Connection::~Connection() { live_->erase(this); }

bool Connection::close_if_idle() {
  if (idle_) stream_->close();
  return idle_;
}

Task<void> Connection::run(std::shared_ptr<Connection> self) {
  auto served = co_await self->serve_requests();
  self->watchdog_.rest();
  self->stream_->close();
  // A peer that goes away is no error of ours.
  if (!served && served.error().kind == ErrorKind::unavailable) co_return Result<void>{};
  co_return served;
}

Task<void> Connection::serve_requests() {
  while (keep_) {
    parser_.reset();
    request_.body_sink.reset();
    RequestScope scope{.loop = loop_, .request = request_};
    const auto arrived = co_await read_head();
    if (!arrived) {
      if (arrived.error().kind == ErrorKind::unavailable || arrived.error().kind == ErrorKind::cancelled) {
        co_return fail(arrived.error());
      }
      // Not HTTP, or too much of it: say so and close.
      scope.began = loop_.clock().now();
      keep_ = false;
      const int status = arrived.error().code == "headers_too_large" ? 431 : 0;
      for (const auto& step : service_.chain) {
        if (step.before) (void)step.before(scope);  // what they refuse matters less than what is wrong
      }
      if (auto refused = co_await refuse(scope, arrived.error(), status); !refused) co_return refused;
      co_return co_await linger();
    }
    if (!*arrived) co_return Result<void>{};
    if (auto handled = co_await handle(scope); !handled) co_return handled;
    idle_ = true;
    if (server_.draining_) keep_ = false;
  }
  co_return Result<void>{};
}

Task<bool> Connection::read_head() {
  expect_progress_within(service_.limits.idle);
  bool begun = false;
  for (;;) {
    if (end_ > begin_) {
      if (!begun) {
        begun = true;
        idle_ = false;
        expect_progress_within(service_.limits.head);
      }
      const auto used = parser_.feed_head(unread());
      if (!used) co_return fail(used.error());
      consume(*used);
      if (parser_.is_head_done()) co_return true;
    }
    const auto count = co_await fill();
    if (!count) co_return fail(count.error());
    if (*count == 0) {
      if (!begun) co_return false;
      co_return fail(ErrorKind::unavailable, {}, "the client closed in mid-request");
    }
  }
}

Task<std::size_t> Connection::fill() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (buffer_.size() < kBufferBytes) buffer_.resize(kBufferBytes);
  if (end_ == buffer_.size()) {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    } else {
      buffer_.resize(buffer_.size() * 2);  // bounded by the parser's limit on heads
    }
  }
  auto count = co_await stream_->read_some(std::span(buffer_.data() + end_, buffer_.size() - end_));
  if (count) end_ += *count;
  co_return count;
}

void Connection::append_unread(std::string_view bytes) {
  buffer_.resize(end_);
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  end_ = buffer_.size();
}

void Connection::consume(std::size_t count) { begin_ += count; }

Task<void> Connection::read_body(std::size_t limit_bytes) {
  if (parser_.is_done()) co_return Result<void>{};
  const Instant began = loop_.clock().now();
  expect_progress_within(service_.limits.body);
  if (begin_ == end_ && iequals(request_.headers.get("Expect"), "100-continue")) {
    const std::string_view go_on[] = {"HTTP/1.1 100 Continue\r\n\r\n"};
    if (auto sent = co_await stream_->write(go_on); !sent) co_return sent;
  }
  for (;;) {
    if (end_ > begin_) {
      const auto used = parser_.feed_body(unread(), limit_bytes);
      if (!used) co_return fail(used.error());
      consume(*used);
      if (request_.body_sink != nullptr && !request_.body.empty()) {
        if (auto taken = request_.body_sink->take(request_.body); !taken) co_return taken;
        request_.body.clear();
        // As long as it goes on, and not for ever.
        if (loop_.clock().now() - began < kLongestUpload) expect_progress_within(service_.limits.body);
      }
      if (parser_.is_done()) co_return Result<void>{};
    }
    const auto count = co_await fill();
    if (!count) co_return fail(count.error());
    if (*count == 0) co_return fail(ErrorKind::unavailable, {}, "the client closed in mid-body");
  }
}

Task<void> Connection::handle(RequestScope& scope) {
  const auto& chain = service_.chain;
  scope.began = loop_.clock().now();
  keep_ = request_.keep_alive && !server_.draining_;
  const Router::Match match = service_.router.find(request_);
  scope.route = match.route;

  Result<void> admitted;
  if (!request_.is_http_1_0 && !request_.headers.find("Host")) {
    admitted = fail(ErrorKind::invalid_argument, "Invalid request: HTTP/1.1 needs a Host header");
  }
  for (const auto& step : chain) {
    if (step.wait && admitted) {
      if (auto waiting = step.wait(scope)) admitted = co_await std::move(*waiting);
      if (!admitted) break;
    }
    if (!step.before) continue;
    auto passed = step.before(scope);
    if (!admitted) continue;  // what is wrong already stays what is wrong
    admitted = std::move(passed);
    if (!admitted) break;
  }
  if (admitted && match.route == nullptr) {
    admitted = match.allow.empty()
                   ? fail(ErrorKind::not_found, "There is no route " + request_.path)
                   : fail(ErrorKind::method_not_allowed,
                          fmt::format("{} is not allowed here; use {}", to_string(request_.method), match.allow));
  }
  const std::size_t limit = match.route == nullptr ? 0 : match.route->body_limit_bytes;
  if (admitted) {
    const auto announced = parser_.content_length();
    if (announced && *announced > std::max(limit, std::size_t{limit == 0 ? service_.limits.drain_bytes : 0})) {
      admitted = fail(Error{.kind = ErrorKind::too_large,
                            .client = fmt::format("The request's body is larger than {} bytes.", limit),
                            .code = "body_too_large"});
    }
  }
  if (admitted && match.route->open_body) {
    auto sink = match.route->open_body(request_, loop_.random());
    if (sink) {
      request_.body_sink = std::move(*sink);
    } else {
      admitted = fail(sink);
    }
  }
  if (!admitted) {
    // Keep the connection when the rest of the refused request is small enough to read away.
    const auto announced = parser_.content_length();
    if (!parser_.is_done()) {
      if (announced && *announced <= service_.limits.drain_bytes) {
        if (auto drained = co_await read_body(service_.limits.drain_bytes); !drained) co_return drained;
      } else {
        keep_ = false;
      }
    }
    if (auto refused = co_await refuse(scope, admitted.error(), 0, match.allow); !refused) co_return refused;
    if (!keep_ && !parser_.is_done()) co_return co_await linger();
    co_return Result<void>{};
  }

  auto body = co_await read_body(limit == 0 ? service_.limits.drain_bytes : limit);
  if (!body) {
    if (body.error().kind == ErrorKind::unavailable || body.error().kind == ErrorKind::cancelled) {
      scope.status = kClientLeft;
      scope.error = &body.error();
      finish(scope);
      co_return body;
    }
    keep_ = false;
    if (auto refused = co_await refuse(scope, body.error()); !refused) co_return refused;
    co_return co_await linger();
  }

  request_.deadline = Deadline::after(loop_.clock(), match.route->time_limit);
  expect_progress_within(match.route->time_limit + kHandlerGrace);
  Result<Response> response;
  try {
    if (match.route->is_cancellable) {
      response = co_await while_client_waits<Response>(match.route->handler(request_));
    } else {
      response = co_await match.route->handler(request_);
    }
  } catch (...) {
    response = fail(error_from_current_exception());
  }
  watchdog_.rest();
  if (!response) {
    if (response.error().kind == ErrorKind::cancelled) {
      // Nobody is there to answer; it is still logged and counted.
      keep_ = false;
      scope.status = kClientLeft;
      scope.error = &response.error();
      finish(scope);
      co_return Result<void>{};
    }
    co_return co_await refuse(scope, response.error());
  }
  if (response->stream) co_return co_await send_stream(scope, std::move(*response));
  co_return co_await send_whole(scope, *response);
}

Task<void> Connection::refuse(RequestScope& scope, Error error, int status, std::string_view allow) {
  for (const auto& step : service_.chain) {
    if (step.refine) error = step.refine(scope, std::move(error));
  }
  const ErrorStyle style = scope.route != nullptr ? scope.route->errors : Router::style_for(request_.path);
  Response response = error_response(error, style, status);
  if (response.status == 405) response.headers.emplace_back("Allow", allow);
  scope.error = &error;
  co_return co_await send_whole(scope, response);
}

void Connection::write_head(const Response& response, std::string_view framing) {
  out_.clear();
  auto out = std::back_inserter(out_);
  fmt::format_to(out, FMT_COMPILE("HTTP/1.1 {} {}\r\n"), response.status, reason_phrase(response.status));
  out_.append(server_.date_header());
  if (response.status != 204) {
    out_.append("Content-Type: ").append(response.content_type).append("\r\n");
  }
  out_.append(framing);
  out_.append("X-Request-Id: ").append(request_.trace.request_id).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    out_.append(name).append(": ").append(value).append("\r\n");
  }
  if (!keep_) {
    out_.append("Connection: close\r\n");
  } else if (request_.is_http_1_0) {
    out_.append("Connection: keep-alive\r\n");
  }
  out_.append("\r\n");
}

Task<void> Connection::send_whole(RequestScope& scope, Response& response) {
  char length[48];
  std::string_view framing;
  response.headers.insert(response.headers.end(), request_.answer_headers.begin(), request_.answer_headers.end());
  if (response.status != 204) {
    const auto end = fmt::format_to(length, FMT_COMPILE("Content-Length: {}\r\n"), response.body.size());
    framing = {length, static_cast<std::size_t>(end - length)};
  }
  write_head(response, framing);
  const bool with_body = request_.method != Method::head && response.status != 204;
  const std::string_view pieces[] = {out_, with_body ? std::string_view(response.body) : std::string_view{}};
  expect_progress_within(service_.limits.send_stall);
  auto sent = co_await stream_->write(std::span(pieces, with_body && !response.body.empty() ? 2 : 1));
  watchdog_.rest();
  scope.status = response.status;
  scope.sent_body_bytes = response.body.size();
  finish(scope);
  co_return sent;
}

/// Runs `work` and cancels it when the client hangs up (ErrorKind::cancelled) or the request's deadline
/// passes (ErrorKind::timeout).
template <class T>
Task<T> Connection::while_client_waits(Task<T> work) {
  const auto hung_up = std::make_shared<CancelSource>();
  TaskGroup watcher(loop_);
  watcher.spawn("watch for hang-up", watch_for_hangup(shared_from_this(), hung_up));
  auto result = co_await with_deadline(request_.deadline, cancellable(*hung_up, std::move(work)));
  watcher.cancel();
  if (auto joined = co_await watcher.join(); !joined) co_return fail(joined);
  co_return result;
}

Task<void> Connection::send_stream(RequestScope& scope, Response response) {
  if (request_.is_http_1_0) keep_ = false;
  response.headers.insert(response.headers.end(), request_.answer_headers.begin(), request_.answer_headers.end());
  if (begin_ == end_)
    std::vector<char>().swap(buffer_);  // a stream may go on for a while, and its client has nothing to say
  ChunkWriter writer(*this, response);
  auto streamed = co_await while_client_waits<void>(response.stream(writer));
  if (!streamed && !writer.head_sent) co_return co_await refuse(scope, streamed.error());
  if (streamed) streamed = co_await writer.end();
  scope.status = response.status;
  scope.sent_body_bytes = writer.sent_bytes;
  if (!streamed) {
    // The head is gone: an end without the last chunk is all that can still tell the client.
    keep_ = false;
    scope.error = &streamed.error();
  }
  finish(scope);
  co_return Result<void>{};
}

Task<void> Connection::watch_for_hangup(std::shared_ptr<Connection> self, std::shared_ptr<CancelSource> hung_up) {
  // What a pipelining client sends meanwhile goes into the buffer; a full one ends the watch.
  std::array<char, 64> early{};
  while (self->end_ - self->begin_ < kBufferBytes) {
    const auto count = co_await self->stream_->read_some(early);
    if (!count && count.error().kind == ErrorKind::cancelled) break;
    if (!count || *count == 0) {
      hung_up->cancel();
      break;
    }
    self->append_unread({early.data(), *count});
  }
  co_return Result<void>{};
}

void Connection::finish(RequestScope& scope) {
  for (const auto& step : service_.chain) {
    if (step.after) step.after(scope);
  }
}

/// Lets a client that is still sending read our answer before the socket goes away.
Task<void> Connection::linger() {
  stream_->finish_sending();
  expect_progress_within(std::chrono::seconds(2));
  for (;;) {
    begin_ = end_ = 0;
    const auto count = co_await fill();
    if (!count || *count == 0) break;
  }
  co_return Result<void>{};
}

void Connection::expect_progress_within(Duration limit) { watchdog_.expect_before(loop_.clock().now() + limit); }

}  // namespace offhook::http
