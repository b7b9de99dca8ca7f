#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace offhook::llm {

/// A header's value with its wire type: 0 true, 1 false, 2 to 5 integers of 1, 2, 4 and 8 bytes, 6 bytes, 7 text,
/// 8 milliseconds since 1970, 9 UUID (16 bytes).
struct FrameHeader {
  std::string name;
  std::uint8_t type = 0;
  std::int64_t number = 0;  ///< types 0 (1), 1 (0), 2 to 5 and 8
  std::string bytes;        ///< types 6, 7 and 9
};

/// One message of an application/vnd.amazon.eventstream.
struct EventFrame {
  std::vector<FrameHeader> headers;
  std::string payload;
  /// A header's text; empty when there is none.
  [[nodiscard]] std::string_view text(std::string_view name) const;
};

/// Splits an event stream into frames, however its bytes arrive, and checks both CRCs of each. Pure.
/// Source: Smithy, "Amazon Event Stream specification"; AWS SDKs' limits are 16 MiB a frame, 128 KiB of headers, ours
/// is 1 MiB a frame.
class EventStreamParser {
 public:
  /// Errors: bad_gateway (a CRC or length that is wrong); after one nothing more is taken.
  Result<void> feed(std::string_view bytes);
  /// Has the stream stopped inside a frame?
  [[nodiscard]] bool is_inside_frame() const { return !buffer_.empty(); }

  /// Whole frames, in order; taken by the caller.
  std::deque<EventFrame> frames;

 private:
  std::string buffer_;
  bool broken_ = false;
};

}  // namespace offhook::llm
