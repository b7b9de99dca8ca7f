#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook {

/// What went wrong, in the few kinds that callers act upon. Vendor codes and SQL states become one of
/// these at the boundary that saw them; the original text goes into Error::log.
enum class ErrorKind : std::uint8_t {
  invalid_argument,  ///< the input is wrong and will stay wrong
  unauthorized,      ///< nobody we know, or a wrong secret or signature
  forbidden,         ///< known, but not allowed
  not_found,
  method_not_allowed,
  conflict,  ///< clashes with what is stored (a taken slot, a duplicate)
  too_large,
  unsupported_media,
  rate_limited,
  cancelled,    ///< the one who asked has left
  timeout,      ///< a deadline passed
  unavailable,  ///< an outside party or a resource is down for now
  bad_gateway,  ///< an outside party answered nonsense
  internal,     ///< our fault
};

/// The kind's name as it stands in logs and metrics, e.g. "not_found".
[[nodiscard]] std::string_view to_string(ErrorKind kind);

/// May the same request succeed when it is sent again unchanged?
[[nodiscard]] bool is_retryable(ErrorKind kind);

/// A failure that is expected in normal life. Two texts, kept apart: `log` may hold anything that helps
/// the engineer at night, `client` only what an outsider may read.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string client;  ///< safe for outsiders; empty means the kind's standard sentence
  std::string log;     ///< for the log only; empty means the same as `client`
  std::string param;   ///< the field at fault, when one is
  std::string code;    ///< machine-readable detail such as "missing_required_parameter"; may be empty
  std::optional<std::chrono::seconds> retry_after;

  /// What an outsider reads: `client`, or the kind's standard sentence.
  [[nodiscard]] std::string_view message() const;
  /// What the log reads: `log`, else the client's text.
  [[nodiscard]] std::string_view log_text() const { return log.empty() ? message() : std::string_view{log}; }

  Error with_param(std::string name) && {
    param = std::move(name);
    return std::move(*this);
  }
  Error with_code(std::string value) && {
    code = std::move(value);
    return std::move(*this);
  }
  Error with_log(std::string text) && {
    log = std::move(text);
    return std::move(*this);
  }
};

}  // namespace offhook
