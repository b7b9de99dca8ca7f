#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "async/loop.hpp"
#include "base/clock.hpp"
#include "net/byte_stream.hpp"

namespace offhook::net {

/// Connects to `host` (name or address) and `port`. Errors: unavailable, timeout.
Task<std::unique_ptr<ByteStream>> connect_tcp(std::string host, std::uint16_t port, Deadline deadline);

/// Accepts TCP connections on one address and hands each to the next loop, in turn, where it stays.
/// The port is never shared with another server: no SO_REUSEPORT.
class TcpListener {
 public:
  using OnConnection = std::function<void(Loop& loop, std::unique_ptr<ByteStream> stream)>;

  /// Binds and listens. `port` 0 picks a free one. Errors: invalid_argument (not an address),
  /// conflict (the port is taken), forbidden, unavailable; the client text says what to do.
  [[nodiscard]] static Result<std::unique_ptr<TcpListener>> bind(Loop& acceptor_loop, const std::string& host,
                                                                 std::uint16_t port);
  virtual ~TcpListener() = default;

  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Accepts until close(). `on_connection` is called on the loop that the connection belongs to.
  virtual Task<void> accept_into(std::vector<Loop*> loops, OnConnection on_connection) = 0;
  virtual void close() = 0;
};

}  // namespace offhook::net
