#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace offhook::bench {

/// Streamed completions, a number of them at a time: each connection asks again when its answer has ended. The
/// first requests are spread over `ramp`; what is measured lasts `window` after it; then the streams end in peace.
/// One thread (the caller's), which sleeps while nothing arrives: it shares its core with the scripted upstream.
struct StreamLoad {
  std::uint16_t port = 0;
  std::string request;              ///< one whole HTTP request
  std::size_t number_at = 0;        ///< where eight digits stand in it that number the requests; 0: nowhere
  std::size_t answer_bytes = 0;     ///< bytes of the words of each answer; another number is a broken stream
  int streams = 1;                  ///< at a time
  std::size_t requests = SIZE_MAX;  ///< in all; no more are begun then, and the window ends with the last answer
  std::chrono::duration<double> ramp{1.0};
  std::chrono::duration<double> window{3.0};
  std::function<void()> window_begins;  ///< may be empty
  std::function<void()> window_ends;    ///< called while the streams run; may be empty
};

/// What became of them. A stream counts by its begin within the window, words by their arrival in it.
struct StreamResult {
  double seconds = 0;            ///< of the window
  std::vector<double> first_ms;  ///< from the request to its answer's first words; sorted
  std::size_t answers = 0;       ///< that ended in the window
  std::size_t word_bytes = 0;    ///< that came in the window
  std::size_t refused = 0;       ///< another status than 200, ever
  std::size_t broken = 0;        ///< cut off, or other words than expected, ever
};

/// Throws std::runtime_error when nothing arrives for 30 seconds or what arrives is not HTTP.
[[nodiscard]] StreamResult run_streams(const StreamLoad& load);

}  // namespace offhook::bench
