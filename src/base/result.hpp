#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace offhook {

/// What can fail in normal life returns a Result. Exceptions are for broken invariants only.
template <class T>
using Result = std::expected<T, Error>;

/// A failed Result of any type, from a kind and a text fit for the client.
[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind, std::string client = {}, std::string log = {}) {
  return std::unexpected<Error>(Error{.kind = kind, .client = std::move(client), .log = std::move(log)});
}

/// Passes a failure on to a Result of another type.
template <class T>
[[nodiscard]] std::unexpected<Error> fail(Result<T>& failed) {
  return std::unexpected<Error>(std::move(failed.error()));
}
[[nodiscard]] inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

}  // namespace offhook
