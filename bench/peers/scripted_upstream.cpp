// An OpenAI-compatible chat server that answers as the question asks it to: "words=8 pause_us=2000" anywhere in the
// request gives the role and the first word at once, then a word every two milliseconds, finish reason, usage and
// [DONE]. The pauses make a proxy that holds words back show it; without a pause the whole answer goes out at once.
// One thread and epoll, so that a thousand streams at a time cost the core it shares with the load as little as may be.

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

// Six bytes each, so that whoever counts bytes knows how many words there were.
constexpr std::array<std::string_view, 8> kWords = {"There ", "is a  ", "quiet ", "house ",
                                                    "near  ", "green ", "trees ", "here. "};

std::string chunk(std::string_view data) {
  const std::string event = "data: " + std::string(data) + "\n\n";
  std::array<char, 32> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", event.size());
  return size.data() + event + "\r\n";
}

std::string delta(const std::string& fields, const std::string& reason = "null") {
  return chunk(R"({"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1790000000,)"
               R"("model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{)" +
               fields + R"(},"logprobs":null,"finish_reason":)" + reason + "}]}");
}

const std::string& word(std::size_t number) {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> made;
    for (const auto text : kWords) made.push_back(delta(R"("content":")" + std::string(text) + '"'));
    return made;
  }();
  return words[number % words.size()];
}

const std::string kBegin = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
                           delta(R"("role":"assistant","content":"")");
const std::string kEnd = delta("", R"("stop")") +
                         chunk(R"({"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1790000000,)"
                               R"("model":"gpt-4o-mini-2024-07-18","choices":[],"usage":{"prompt_tokens":100,)"
                               R"("completion_tokens":8,"total_tokens":108}})") +
                         chunk("[DONE]") + "0\r\n\r\n";

/// The number behind `name` in the request's text.
std::size_t asked(const std::string& request, const char* name, std::size_t by_default) {
  const auto at = request.rfind(name);
  return at == std::string::npos ? by_default : std::strtoul(request.c_str() + at + std::strlen(name), nullptr, 10);
}

struct Connection {
  int socket = -1;
  std::uint64_t serial = 0;  // of the connection: a socket's number is used again
  std::string request;
  std::size_t words = 0, said = 0;
  std::chrono::microseconds pause{};
  std::string unsent;
};

class Upstream {
 public:
  explicit Upstream(int listener) : listener_(listener), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = listener}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, listener, &event);
  }

  [[noreturn]] void run() {
    for (;;) {
      std::array<epoll_event, 256> events{};
      const int count = wait(events);
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.fd == listener_) {
          accept_all();
        } else if (const auto found = connections_.find(event.data.fd); found != connections_.end()) {
          if ((event.events & EPOLLOUT) == 0 ? !receive(found->second) : !flush(found->second)) drop(found->second);
        }
      }
      say_due();
    }
  }

 private:
  struct Due {
    Clock::time_point at;
    int socket;
    std::uint64_t serial;
    bool operator>(const Due& other) const { return at > other.at; }
  };

  int wait(std::array<epoll_event, 256>& events) const {
    if (due_.empty()) return epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    const auto left = std::max(Clock::duration::zero(), due_.top().at - Clock::now());
    const auto ns = std::chrono::nanoseconds(left).count();
    const timespec limit{.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
    return epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &limit, nullptr);
  }

  void accept_all() {
    for (int socket = 0; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      const int on = 1;
      setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
      Connection connection;
      connection.socket = socket;
      connection.serial = ++serial_;
      connections_[socket] = std::move(connection);
    }
  }

  void drop(Connection& connection) {
    const int socket = connection.socket;
    ::close(socket);
    connections_.erase(socket);
  }

  /// Takes the request and begins its answer when it is whole; false when the client has left.
  bool receive(Connection& connection) {
    std::array<char, 16 * 1024> bytes;
    const ssize_t count = ::recv(connection.socket, bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EAGAIN) return true;
    if (count <= 0) return false;
    connection.request.append(bytes.data(), static_cast<std::size_t>(count));
    const auto head_end = connection.request.find("\r\n\r\n");
    if (head_end == std::string::npos) return true;
    const char* field = ::strcasestr(connection.request.c_str(), "\r\nContent-Length:");
    const std::size_t length = field == nullptr ? 0 : std::strtoul(field + 17, nullptr, 10);
    if (connection.request.size() < head_end + 4 + length) return true;
    connection.words = asked(connection.request, "words=", 8);
    connection.pause = std::chrono::microseconds(asked(connection.request, "pause_us=", 2000));
    connection.said = 0;
    connection.request.clear();
    connection.request.shrink_to_fit();
    return send(connection, kBegin) && say_next(connection, Clock::now());
  }

  /// The next word, or without pauses all of them; false when the client has left.
  bool say_next(Connection& connection, Clock::time_point now) {
    if (connection.pause.count() == 0) {
      std::string all;
      for (std::size_t i = 0; i < connection.words; ++i) all += word(i);
      return send(connection, all + kEnd);
    }
    if (!send(connection, word(connection.said++))) return false;
    if (connection.said >= connection.words) return send(connection, kEnd);
    due_.push({.at = now + connection.pause, .socket = connection.socket, .serial = connection.serial});
    return true;
  }

  void say_due() {
    const auto now = Clock::now();
    while (!due_.empty() && due_.top().at <= now) {
      const Due due = due_.top();
      due_.pop();
      const auto found = connections_.find(due.socket);
      if (found == connections_.end() || found->second.serial != due.serial) continue;
      if (!say_next(found->second, due.at)) drop(found->second);
    }
  }

  bool send(Connection& connection, const std::string& bytes) {
    if (!connection.unsent.empty()) {
      connection.unsent += bytes;
      return true;
    }
    const ssize_t count = ::send(connection.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) return false;
    const auto sent = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    if (sent == bytes.size()) return true;
    connection.unsent = bytes.substr(sent);
    return watch(connection, EPOLLIN | EPOLLOUT);
  }

  bool flush(Connection& connection) {
    const std::string bytes = std::exchange(connection.unsent, {});
    if (!watch(connection, EPOLLIN)) return false;
    return send(connection, bytes);
  }

  [[nodiscard]] bool watch(const Connection& connection, std::uint32_t what) const {
    epoll_event event{.events = what, .data = {.fd = connection.socket}};
    return epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.socket, &event) == 0;
  }

  int listener_, epoll_;
  std::uint64_t serial_ = 0;
  std::map<int, Connection> connections_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

}  // namespace

int main() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (listener < 0 || ::bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listener, 1024) != 0 || ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::fprintf(stderr, "scripted_upstream: cannot listen: %s\n", std::strerror(errno));
    return 1;
  }
  std::printf("listening on http://127.0.0.1:%u\n", ntohs(address.sin_port));
  std::fflush(stdout);
  Upstream(listener).run();
}
