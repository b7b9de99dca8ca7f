#include "bench/common/http_load.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace offhook::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{10};
constexpr std::string_view kLengthField = "\r\nContent-Length: ";
constexpr std::string_view kLowerLengthField = "\r\ncontent-length: ";  // as some servers write it

struct Connection {
  int socket = -1;
  std::string request;
  std::size_t sent = 0;
  std::string answer;
  Clock::time_point began;
};

/// How long a whole answer is, from its head; 0 while the head is not complete.
std::size_t answer_bytes(std::string_view answer) {
  const auto head_end = answer.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return 0;
  auto field = answer.find(kLengthField);
  if (field >= head_end) field = answer.find(kLowerLengthField);
  if (field >= head_end) throw std::runtime_error("an answer without Content-Length");
  std::size_t length = 0;
  std::from_chars(answer.data() + field + kLengthField.size(), answer.data() + head_end, length);
  return head_end + 4 + length;
}

class Generator {
 public:
  explicit Generator(const Load& load)
      : load_(load), connections_(static_cast<std::size_t>(load.connections)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    for (Connection& connection : connections_) {
      connection.socket = connect_local(load.port);
      fcntl(connection.socket, F_SETFL, O_NONBLOCK);
      epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event);
    }
  }
  ~Generator() {
    for (const Connection& connection : connections_) ::close(connection.socket);
    ::close(epoll_);
  }
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  LoadResult run() {
    const auto start = Clock::now();
    stop_at_ = start + std::chrono::duration_cast<Clock::duration>(load_.lasts);
    for (Connection& connection : connections_) begin_request(connection);
    std::array<epoll_event, 256> events{};
    auto heard_at = start;
    while (open_ > 0) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), patience_ms_);
      const auto now = Clock::now();
      if (count > 0) {
        heard_at = now;
      } else if (now - heard_at > kPatience) {
        throw std::runtime_error("no answer within ten seconds");
      }
      for (int i = 0; i < count; ++i) {
        auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (connection.sent < connection.request.size()) send_rest(connection);
        receive(connection);
      }
    }
    result_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    std::ranges::sort(result_.latencies_ms);
    return std::move(result_);
  }

 private:
  void begin_request(Connection& connection) {
    connection.request = load_.next_request();
    connection.sent = 0;
    connection.began = Clock::now();
    ++open_;
    send_rest(connection);
  }

  void send_rest(Connection& connection) {
    const std::size_t left = connection.request.size() - connection.sent;
    const ssize_t count =
        ::send(connection.socket, connection.request.data() + connection.sent, left, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) throw std::runtime_error("the server closed a connection");
    if (count > 0) connection.sent += static_cast<std::size_t>(count);
    const bool is_whole = connection.sent == connection.request.size();
    if (is_whole && static_cast<std::size_t>(count) == left && left == connection.request.size()) return;
    epoll_event event{.events = EPOLLIN | (is_whole ? 0U : EPOLLOUT), .data = {.ptr = &connection}};
    epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.socket, &event);
  }

  void receive(Connection& connection) {
    std::array<char, 16 * 1024> bytes;
    const ssize_t count = ::recv(connection.socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) throw std::runtime_error("the server closed a connection");
    connection.answer.append(bytes.data(), static_cast<std::size_t>(count));
    const std::size_t whole = answer_bytes(connection.answer);
    if (whole == 0 || connection.answer.size() < whole) return;
    const auto now = Clock::now();
    result_.latencies_ms.push_back(std::chrono::duration<double, std::milli>(now - connection.began).count());
    if (!connection.answer.starts_with("HTTP/1.1 200")) ++result_.refused;
    connection.answer.clear();
    --open_;
    if (now < stop_at_) begin_request(connection);
  }

  const Load& load_;
  std::vector<Connection> connections_;
  int epoll_;
  // Waking a sleeping client costs the server that answers it, and the slower server the more often. A client
  // that has a core of its own therefore never sleeps.
  int patience_ms_ = std::thread::hardware_concurrency() > 1 ? 0 : 100;
  int open_ = 0;  // requests under way
  Clock::time_point stop_at_;
  LoadResult result_;
};

}  // namespace

LoadResult run_load(const Load& load) { return Generator(load).run(); }

int connect_local(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) throw std::runtime_error(std::string("no socket: ") + std::strerror(errno));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket);
    throw std::runtime_error("cannot connect to port " + std::to_string(port) + ": " + std::strerror(errno));
  }
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

}  // namespace offhook::bench
