#pragma once

#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

namespace offhook::http {

/// Parses HTTP/1.x requests from bytes as they arrive, into a Request. Pure: no socket, no clock.
/// The grammar, smuggling rules included, is Beast's.
class RequestParser {
 public:
  struct Limits {
    std::size_t header_bytes = 16 * 1024;
  };
  RequestParser(Request& request, Limits limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Begins the next request of the connection.
  void reset();

  /// Takes bytes until the head is complete. Returns how many it used; then is_head_done() tells.
  /// Errors: invalid_argument (not HTTP), too_large with code "headers_too_large".
  [[nodiscard]] Result<std::size_t> feed_head(std::string_view bytes);
  [[nodiscard]] bool is_head_done() const;

  /// Takes bytes of the body into request.body, from where the caller may take them away. Errors: invalid_argument,
  /// too_large (all of them together are more than `limit_bytes`).
  [[nodiscard]] Result<std::size_t> feed_body(std::string_view bytes, std::size_t limit_bytes);
  [[nodiscard]] bool is_done() const;

  /// The announced length of the body, when the head gives one.
  [[nodiscard]] std::optional<std::uint64_t> content_length() const;
  /// Has anything of a request arrived?
  [[nodiscard]] bool has_begun() const;

 private:
  class Impl;
  Request& request_;
  Limits limits_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::http
