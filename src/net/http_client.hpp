#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/task.hpp"
#include "base/clock.hpp"
#include "net/address_guard.hpp"
#include "net/byte_stream.hpp"

namespace offhook::net {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// A request to somebody else's server.
struct ClientRequest {
  std::string method = "GET";
  std::string url;  ///< absolute, http or https
  HeaderList headers;
  std::string body;
  Deadline deadline;    ///< for the whole exchange: connecting, sending and reading
  Deadline connect_by;  ///< when nothing of the request has left by then: timeout, with code kNotSent
  /// On a connection of its own. A kept connection may turn out dead, and libcurl then sends the request
  /// again by itself: not for what must not happen twice.
  bool needs_fresh_connection = false;
};

/// Code of an open() error when nothing of the request has left: sending it again is certainly no repetition.
inline constexpr std::string_view kNotSent = "not_sent";

struct ResponseHead {
  int status = 0;
  HeaderList headers;
  /// The first value of a header, name in any case; empty when absent.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// A response whose body is still arriving. Destroying it ends the exchange. One loop, one reader.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;
  [[nodiscard]] virtual const ResponseHead& head() const = 0;
  /// The next bytes of the body as they arrive; an empty string is its end, after which it must not be
  /// called again. Errors: unavailable (the peer broke off), timeout, bad_gateway (not HTTP).
  virtual Task<std::string> read() = 0;
};

struct ClientResponse {
  ResponseHead head;
  std::string body;
};

/// Sends HTTP requests. Two transports: libcurl on the network (curl_client.hpp), and our own HTTP/1.1
/// over byte streams in memory, where virtual time needs every wait to go through the loop.
/// Thread-safe; an exchange stays on the loop that began it.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// Sends the request and waits for the head of the answer. Any status is a success here.
  /// Errors: unavailable (cannot connect), timeout, bad_gateway, invalid_argument (the URL).
  virtual Task<std::unique_ptr<ResponseStream>> open(ClientRequest request) = 0;

  /// open() and the whole body. Errors: too_large beyond `max_body_bytes`.
  Task<ClientResponse> send(ClientRequest request, std::size_t max_body_bytes = 16 * 1024 * 1024);
};

/// How a stream client reaches a server: gives a connected stream for host and port.
using Dialer =
    std::function<Task<std::unique_ptr<ByteStream>>(std::string host, std::uint16_t port, Deadline deadline)>;

/// A client that speaks HTTP/1.1 itself over streams from `dial`, one connection for each request.
/// http URLs only.
[[nodiscard]] std::unique_ptr<HttpClient> make_stream_client(Dialer dial);

/// A client on libcurl's multi interface, one for each loop, created on first use.
[[nodiscard]] std::unique_ptr<HttpClient> make_curl_client();

/// The same for URLs that somebody else had a say in: every URL, and every address that a socket is about
/// to be connected to, must pass the guard (else forbidden or invalid_argument, with code kNotSent). Its
/// connections are its own, it uses no proxy and follows no redirects.
[[nodiscard]] std::unique_ptr<HttpClient> make_guarded_client(AddressGuard guard);

}  // namespace offhook::net
