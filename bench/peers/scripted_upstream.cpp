// An OpenAI-compatible chat server that always says the same: the role at once, then eight words with two
// milliseconds between them, finish reason, usage and [DONE]. The pauses make a proxy that holds words back
// show it. Plain blocking sockets, one thread a connection, so that it adds as little as possible itself.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

constexpr std::chrono::milliseconds kPause{2};
constexpr std::array kWords = {"Yes", ", ", "we ", "have ", "two ", "apartments ", "for ", "you."};

std::string chunk(const std::string& data) {
  const std::string event = "data: " + data + "\n\n";
  std::array<char, 32> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", event.size());
  return size.data() + event + "\r\n";
}

std::string delta(const std::string& fields, const std::string& reason = "null") {
  return chunk(R"({"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1790000000,)"
               R"("model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{)" +
               fields + R"(},"logprobs":null,"finish_reason":)" + reason + "}]}");
}

bool send_all(int socket, const std::string& bytes) {
  return ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

/// Reads one whole request and forgets it; false when the client has left.
bool read_request(int socket) {
  std::string request;
  for (std::array<char, 16 * 1024> bytes;;) {
    const ssize_t count = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (count <= 0) return false;
    request.append(bytes.data(), static_cast<std::size_t>(count));
    const auto head_end = request.find("\r\n\r\n");
    if (head_end == std::string::npos) continue;
    const char* field = ::strcasestr(request.c_str(), "\r\nContent-Length:");
    const std::size_t length = field == nullptr ? 0 : std::strtoul(field + 17, nullptr, 10);
    if (request.size() >= head_end + 4 + length) return true;
  }
}

bool answer(int socket) {
  static const std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  bool is_first = true;
  if (!send_all(socket, head + delta(R"("role":"assistant","content":"")"))) return false;
  for (const char* word : kWords) {
    if (!is_first) std::this_thread::sleep_for(kPause);
    is_first = false;
    if (!send_all(socket, delta(std::string(R"("content":")") + word + '"'))) return false;
  }
  return send_all(socket, delta("", R"("stop")") +
                              chunk(R"({"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1790000000,)"
                                    R"("model":"gpt-4o-mini-2024-07-18","choices":[],"usage":{"prompt_tokens":100,)"
                                    R"("completion_tokens":8,"total_tokens":108}})") +
                              chunk("[DONE]") + "0\r\n\r\n");
}

void serve(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  while (read_request(socket) && answer(socket)) {
  }
  ::close(socket);
}

}  // namespace

int main() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (listener < 0 || ::bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listener, 64) != 0 || ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::fprintf(stderr, "scripted_upstream: cannot listen: %s\n", std::strerror(errno));
    return 1;
  }
  std::printf("listening on http://127.0.0.1:%u\n", ntohs(address.sin_port));
  std::fflush(stdout);
  for (int socket = 0; (socket = ::accept(listener, nullptr, nullptr)) >= 0;) std::thread(serve, socket).detach();
  return 1;
}
