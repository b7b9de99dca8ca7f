#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace offhook::net {

/// One event of a text/event-stream.
struct ServerSentEvent {
  std::string_view event;  ///< empty when the stream gave no name
  std::string_view data;   ///< the data lines joined with '\n'; views live during the callback
};

/// Splits a text/event-stream into events, however its bytes arrive: lines end in LF, CR or CRLF, also
/// across reads; a leading byte order mark and comments are skipped; an unterminated last event is
/// delivered by finish(). Source: WHATWG HTML, "Server-sent events", 9.2.5-9.2.6.
class SseParser {
 public:
  using OnEvent = std::function<void(const ServerSentEvent&)>;
  explicit SseParser(OnEvent on_event) : on_event_(std::move(on_event)) {}

  void feed(std::string_view bytes);
  void finish();
  /// Bytes held back for an unfinished line or event; callers bound it.
  [[nodiscard]] std::size_t buffered_bytes() const { return line_.size() + data_.size(); }

 private:
  void end_line(std::string_view line);
  void dispatch();

  OnEvent on_event_;
  std::string line_;
  std::string event_;
  std::string data_;
  bool has_data_ = false;
  bool skip_lf_ = false;
  bool at_start_ = true;
};

}  // namespace offhook::net
