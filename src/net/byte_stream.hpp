#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "async/task.hpp"

namespace offhook::net {

/// A two-way stream of bytes: a TCP socket, or a pipe in memory. One loop; at most one read and one
/// write at a time. Errors of both: unavailable (the peer is gone), cancelled.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Waits for bytes and stores some of them. 0 means that the peer has finished sending.
  virtual Task<std::size_t> read_some(std::span<char> into) = 0;
  /// Sends all pieces, in order, with one system call where possible. The pieces and what they view
  /// must live until the task ends.
  virtual Task<void> write(std::span<const std::string_view> pieces) = 0;
  /// Sends what can be sent without waiting, and says how many bytes that were: 0 too when the peer is gone, as the
  /// next write() will tell. Not while a write() waits.
  virtual std::size_t write_now(std::span<const std::string_view> pieces) = 0;
  /// Tells the peer that nothing more will be sent.
  virtual void finish_sending() = 0;
  /// Ends the stream at once; a waiting read or write ends with an error.
  virtual void close() = 0;
  /// The peer's address without port, e.g. "127.0.0.1"; memory pipes say "127.0.0.1" too.
  [[nodiscard]] virtual const std::string& peer_address() const = 0;
};

}  // namespace offhook::net
