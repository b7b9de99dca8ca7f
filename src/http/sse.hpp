#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace offhook::http {

/// Writes server-sent events into a streamed body: collected here, sent together by flush().
class SseWriter {
 public:
  explicit SseWriter(BodyWriter& body) : body_(body) {}
  /// One event whose data are these pieces of one line.
  void data(std::initializer_list<std::string_view> pieces) {
    unsent_.append("data: ");
    for (const auto piece : pieces) unsent_.append(piece);
    unsent_.append("\n\n");
  }
  void data(std::string_view line) { data({line}); }
  /// Errors: unavailable when the client has left.
  Task<void> flush() {
    if (unsent_.empty()) co_return Result<void>{};
    sending_.swap(unsent_);
    auto sent = co_await body_.write(sending_);
    sending_.clear();
    co_return sent;
  }

 private:
  BodyWriter& body_;
  std::string unsent_;
  std::string sending_;  // keeps its memory from one flush to the next
};

/// Headers of an event stream that no proxy should hold back.
[[nodiscard]] inline Response event_stream(std::move_only_function<Task<void>(BodyWriter&)> produce) {
  Response response;
  response.content_type = "text/event-stream; charset=utf-8";
  response.headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}};
  response.stream = std::move(produce);
  response.sign_of_life = ": waiting\n\n";  // a comment, which clients skip
  return response;
}

}  // namespace offhook::http
