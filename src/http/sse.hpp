#pragma once

#include "http/message.hpp"

namespace offhook::http {

/// An answer that streams server-sent events. `produce` gets the writer; each SseWriter call is flushed.
class SseWriter {
 public:
  explicit SseWriter(BodyWriter& body) : body_(body) {}
  /// One event whose data is `json` (one line).
  Task<void> data(std::string json) {
    json.insert(0, "data: ").append("\n\n");
    co_return co_await body_.write(json);
  }
  /// A comment, which clients skip: it shows that the line is alive.
  Task<void> comment(std::string text) {
    text.insert(0, ": ").append("\n\n");
    co_return co_await body_.write(text);
  }

 private:
  BodyWriter& body_;
};

/// Headers of an event stream that no proxy should hold back.
[[nodiscard]] inline Response event_stream(std::function<Task<void>(BodyWriter&)> produce) {
  Response response;
  response.content_type = "text/event-stream; charset=utf-8";
  response.headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}};
  response.stream = std::move(produce);
  return response;
}

}  // namespace offhook::http
