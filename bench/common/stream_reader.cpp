#include "bench/common/stream_reader.hpp"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace offhook::bench {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kContent = R"("content":")";

}  // namespace

void StreamReader::read_head() {
  if (!line_.starts_with("HTTP/1.1 ")) throw std::runtime_error("not an HTTP/1.1 answer: " + line_.substr(0, 80));
  is_refused_ = !line_.starts_with("HTTP/1.1 200");
  if (!is_refused_ && ::strcasestr(line_.c_str(), "\r\ntransfer-encoding: chunked\r\n") == nullptr) {
    throw std::runtime_error("an answer that is not in chunks: " + line_);
  }
  line_.clear();
  state_ = is_refused_ ? State::over : State::chunk_size;
}

void StreamReader::read_line(State then) {
  if (then == State::chunk) {
    const auto read = std::from_chars(line_.data(), line_.data() + line_.size(), chunk_left_, 16);
    if (read.ec != std::errc()) throw std::runtime_error("not the size of a chunk: " + line_);
    state_ = chunk_left_ == 0 ? State::trailer : State::chunk;
  } else if (then == State::over) {
    state_ = line_ == "\r" ? State::over : State::trailer;
  } else {
    state_ = then;
  }
  line_.clear();
}

void StreamReader::read_event_line() {
  if (event_line_.starts_with("data: [DONE]")) is_done_ = true;
  if (const auto field = event_line_.find(kContent); field != std::string::npos) {
    const std::size_t first = field + kContent.size();
    word_bytes_ += std::min(event_line_.find('"', first), event_line_.size()) - first;
  }
  event_line_.clear();
}

void StreamReader::feed(std::string_view bytes) {
  while (!bytes.empty() && state_ != State::over) {
    if (state_ == State::head) {
      const std::size_t before = line_.size();
      line_.append(bytes);
      const auto end = line_.find(kHeadEnd, before < 3 ? 0 : before - 3);
      if (end == std::string::npos) return;
      bytes.remove_prefix(end + kHeadEnd.size() - before);
      line_.resize(end + kHeadEnd.size());
      read_head();
    } else if (state_ == State::chunk) {
      std::string_view part = bytes.substr(0, chunk_left_);
      bytes.remove_prefix(part.size());
      chunk_left_ -= part.size();
      if (chunk_left_ == 0) state_ = State::chunk_end;
      for (auto end = part.find('\n'); end != std::string_view::npos; end = part.find('\n')) {
        event_line_.append(part.substr(0, end));
        part.remove_prefix(end + 1);
        read_event_line();
      }
      event_line_.append(part);
    } else {
      const auto end = bytes.find('\n');
      line_.append(bytes.substr(0, end));
      if (end == std::string_view::npos) return;
      bytes.remove_prefix(end + 1);
      read_line(state_ == State::chunk_size  ? State::chunk
                : state_ == State::chunk_end ? State::chunk_size
                                             : State::over);
    }
  }
}

}  // namespace offhook::bench
