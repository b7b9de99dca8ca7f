#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::bench {

/// Reads one streamed chat completion off a connection, whoever sent it: HTTP head, chunks, events, and the bytes of
/// their words. A proxy may cut and join chunks and deltas as it likes; the bytes of the words stay the same.
class StreamReader {
 public:
  /// The next bytes of the connection, cut anywhere. Throws std::runtime_error for what is not HTTP/1.1 in chunks.
  void feed(std::string_view bytes);

  /// The bytes of all `content` fields of the deltas so far; no escapes are expected in them.
  [[nodiscard]] std::size_t word_bytes() const { return word_bytes_; }
  /// The answer's last chunk is there, or it is refused (its body is not read then).
  [[nodiscard]] bool is_over() const { return state_ == State::over; }
  /// The answer's status was not 200.
  [[nodiscard]] bool is_refused() const { return is_refused_; }
  /// "data: [DONE]" was there.
  [[nodiscard]] bool is_done() const { return is_done_; }

 private:
  enum class State { head, chunk_size, chunk, chunk_end, trailer, over };

  void read_head();
  void read_line(State then);
  void read_event_line();

  State state_ = State::head;
  std::string line_;        // the unfinished line of the head or of a chunk's size
  std::string event_line_;  // the unfinished line of the events
  std::size_t chunk_left_ = 0;
  std::size_t word_bytes_ = 0;
  bool is_refused_ = false, is_done_ = false;
};

}  // namespace offhook::bench
