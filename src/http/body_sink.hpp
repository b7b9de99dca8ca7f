#pragma once

#include <string_view>

#include "base/result.hpp"

namespace offhook::http {

/// Takes a request's body as it comes, for a route whose bodies are too large to be held.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// The next piece, never empty; a view that lives until this returns. Runs on the connection's loop, so it must not
  /// wait. An error ends the request, and is its answer.
  virtual Result<void> take(std::string_view piece) = 0;
};

}  // namespace offhook::http
