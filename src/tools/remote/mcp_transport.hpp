#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "base/clock.hpp"

namespace offhook::tools::remote {

/// Code of a send() error when the server no longer knows our session: nothing was done, begin a new one.
inline constexpr std::string_view kSessionLost = "session_lost";

/// More than this in one message is no answer but an attack.
inline constexpr std::size_t kMaxMcpMessageBytes = 1024 * 1024;

/// Carries JSON-RPC texts to an MCP server and back. One loop.
class McpTransport {
 public:
  /// Who hears of what comes in. Called on the loop; over HTTP from inside
  /// send(), which reads the answer.
  struct Listener {
    virtual ~Listener() = default;
    virtual void on_message(std::string_view text) = 0;
    /// Nothing will come any more. At most once.
    virtual void on_closed(const Error& why) = 0;
  };

  virtual ~McpTransport() = default;
  /// Begins to listen. `listener` must live until close() has ended. Errors: unavailable.
  virtual Result<void> start(Listener& listener) = 0;
  /// Sends one message. Over HTTP it ends when the answer has come to the listener, or `is_done` says that
  /// nobody waits for more; over stdio when the text is on its way. Errors: unavailable, timeout,
  /// bad_gateway; with code net::kNotSent when the server certainly has not acted on it, or kSessionLost.
  virtual Task<void> send(std::string text, Deadline deadline, std::function<bool()> is_done) = 0;
  /// The revision that both sides agreed on, for transports that have to name it; begins to listen for
  /// what the server says unasked.
  virtual void agreed(std::string_view protocol_version) = 0;
  /// Is the answer to a message there when send() has ended?
  [[nodiscard]] virtual bool answers_inline() const = 0;
  /// Ends gently, then firmly, and waits for it.
  virtual Task<void> close() = 0;
};

}  // namespace offhook::tools::remote
