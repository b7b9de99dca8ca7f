#include "bench/common/stream_load.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "bench/common/http_load.hpp"
#include "bench/common/stream_reader.hpp"

namespace offhook::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{30};

struct Stream {
  int socket = -1;
  Clock::time_point began;
  bool is_open = false;  // a request is under way
  StreamReader reader;
};

class StreamGenerator {
 public:
  explicit StreamGenerator(const StreamLoad& load)
      : load_(load), streams_(static_cast<std::size_t>(load.streams)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    for (Stream& stream : streams_) connect(stream);
  }
  ~StreamGenerator() {
    for (const Stream& stream : streams_) ::close(stream.socket);
    ::close(epoll_);
  }
  StreamGenerator(const StreamGenerator&) = delete;
  StreamGenerator& operator=(const StreamGenerator&) = delete;

  StreamResult run() {
    start_ = Clock::now();
    window_begins_ = start_ + std::chrono::duration_cast<Clock::duration>(load_.ramp);
    window_ends_ = window_begins_ + std::chrono::duration_cast<Clock::duration>(load_.window);
    auto heard_at = start_;
    while (!has_ended_ || open_ > 0) {
      const auto now = Clock::now();
      keep_window(now);
      begin_due(now);
      std::array<epoll_event, 256> events{};
      const int count =
          epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), begun_ < streams_.size() ? 1 : 20);
      if (count > 0) heard_at = Clock::now();
      if (Clock::now() - heard_at > kPatience) throw std::runtime_error("no answer within 30 seconds");
      for (int i = 0; i < count; ++i) receive(*static_cast<Stream*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
    std::ranges::sort(result_.first_ms);
    return std::move(result_);
  }

 private:
  void connect(Stream& stream) {
    stream.socket = connect_local(load_.port);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &stream}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, stream.socket, &event);
  }

  void keep_window(Clock::time_point now) {
    if (!is_counting_ && !has_ended_ && now >= window_begins_) {
      is_counting_ = true;
      window_begins_ = now;
      if (load_.window_begins) load_.window_begins();
    }
    const bool is_used_up = requests_ >= load_.requests && open_ == 0;
    if (is_counting_ && (now >= window_ends_ || is_used_up)) {
      is_counting_ = false;
      has_ended_ = true;
      result_.seconds = std::chrono::duration<double>(now - window_begins_).count();
      if (load_.window_ends) load_.window_ends();
    }
  }

  /// The first requests, spread over the ramp.
  void begin_due(Clock::time_point now) {
    const double share = load_.ramp.count() <= 0 ? 1.0 : std::chrono::duration<double>(now - start_) / load_.ramp;
    const auto due = static_cast<std::size_t>(share * static_cast<double>(streams_.size())) + 1;
    while (begun_ < std::min(due, streams_.size()) && !has_ended_) begin(streams_[begun_++]);
  }

  void begin(Stream& stream) {
    if (has_ended_ || requests_ >= load_.requests) return;
    stream.reader = {};
    stream.is_open = true;
    stream.began = Clock::now();
    ++open_;
    ++requests_;
    number_request();
    const auto count = ::send(stream.socket, request_.data(), request_.size(), MSG_NOSIGNAL);
    if (std::cmp_not_equal(count, request_.size())) throw std::runtime_error("the server closed a connection");
  }

  /// No two are the same: equal ones would share an answer.
  void number_request() {
    if (load_.number_at == 0) return;
    std::size_t rest = requests_;
    for (std::size_t i = 8; i-- > 0; rest /= 10) request_[load_.number_at + i] = static_cast<char>('0' + rest % 10);
  }

  void receive(Stream& stream) {
    std::array<char, 64 * 1024> bytes;
    const ssize_t count = ::recv(stream.socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      if (stream.is_open) ++result_.broken;
      finish(stream, true);
      return;
    }
    if (!stream.is_open) throw std::runtime_error("bytes that nobody asked for");
    const std::size_t before = stream.reader.word_bytes();
    stream.reader.feed({bytes.data(), static_cast<std::size_t>(count)});
    const std::size_t words = stream.reader.word_bytes() - before;
    if (is_counting_) result_.word_bytes += words;
    if (before == 0 && words > 0 && is_counting_ && stream.began >= window_begins_) {
      result_.first_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - stream.began).count());
    }
    if (!stream.reader.is_over()) return;
    if (stream.reader.is_refused()) {
      ++result_.refused;
      finish(stream, true);
      return;
    }
    if (stream.reader.word_bytes() != load_.answer_bytes || !stream.reader.is_done()) ++result_.broken;
    if (is_counting_) ++result_.answers;
    finish(stream, false);
  }

  void finish(Stream& stream, bool is_lost) {
    if (stream.is_open) --open_;
    stream.is_open = false;
    if (is_lost) {
      ::close(stream.socket);
      connect(stream);
    }
    begin(stream);
  }

  const StreamLoad& load_;
  std::string request_ = load_.request;  // as it is sent next
  std::vector<Stream> streams_;
  int epoll_;
  Clock::time_point start_, window_begins_, window_ends_;
  bool is_counting_ = false, has_ended_ = false;
  std::size_t begun_ = 0, requests_ = 0, open_ = 0;
  StreamResult result_;
};

}  // namespace

StreamResult run_streams(const StreamLoad& load) { return StreamGenerator(load).run(); }

}  // namespace offhook::bench
