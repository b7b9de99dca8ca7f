#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace offhook::bench {

/// What a load met: every latency, from a request's first byte to its answer's last.
struct LoadResult {
  double seconds = 0;
  std::vector<double> latencies_ms;  ///< sorted
  std::uint64_t refused = 0;         ///< answers with a status other than 200

  [[nodiscard]] double per_second() const { return static_cast<double>(latencies_ms.size()) / seconds; }
};

/// A closed loop over keep-alive connections: each sends its next request when its answer is there.
/// One thread (the caller's), which looks for answers without sleeping when the machine has a second core.
struct Load {
  std::uint16_t port = 0;
  int connections = 64;
  std::chrono::duration<double> lasts{1.0};
  /// Makes the next request, whole. Called once for each; the text is copied before the next call.
  std::function<const std::string&()> next_request;
};

/// Throws std::runtime_error when a connection breaks or an answer is not HTTP.
[[nodiscard]] LoadResult run_load(const Load& load);

/// A socket connected to 127.0.0.1 without delay of small packets. The caller closes it.
[[nodiscard]] int connect_local(std::uint16_t port);

}  // namespace offhook::bench
