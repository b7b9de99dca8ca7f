#include "net/sse_parser.hpp"

#include <utility>

namespace offhook::net {

void SseParser::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (skip_lf_) {
      skip_lf_ = false;
      if (bytes.front() == '\n') {
        bytes.remove_prefix(1);
        continue;
      }
    }
    const auto end = bytes.find_first_of("\r\n");
    if (end == std::string_view::npos) {
      line_.append(bytes);
      return;
    }
    skip_lf_ = bytes[end] == '\r';
    if (line_.empty()) {
      end_line(bytes.substr(0, end));
    } else {
      line_.append(bytes.substr(0, end));
      const std::string line = std::exchange(line_, {});
      end_line(line);
    }
    bytes.remove_prefix(end + 1);
  }
}

void SseParser::finish() {
  if (!line_.empty()) end_line(std::exchange(line_, {}));
  dispatch();
}

void SseParser::end_line(std::string_view line) {
  if (at_start_) {
    at_start_ = false;
    if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  }
  if (line.empty()) return dispatch();
  if (line.front() == ':') return;
  const auto colon = line.find(':');
  const auto field = line.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (has_data_) data_.push_back('\n');
    has_data_ = true;
    data_.append(value);
  } else if (field == "event") {
    event_ = value;
  }
}

void SseParser::dispatch() {
  if (has_data_) on_event_({.event = event_, .data = data_});
  event_.clear();
  data_.clear();
  has_data_ = false;
}

}  // namespace offhook::net
