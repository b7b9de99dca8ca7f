#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "knowledge/document.hpp"

namespace offhook::knowledge {

/// How files are read.
struct ParserOptions {
  std::filesystem::path helper_path;               ///< the program offhook-parse
  Duration time_limit = std::chrono::seconds(90);  ///< by the clock; then it is killed
  std::size_t output_bytes = 96UL * 1024 * 1024;   ///< of what it writes
  /// Becomes true when nobody wants the result any more; the process is killed then. Null: never.
  std::shared_ptr<const std::atomic<bool>> is_stopping = nullptr;
};

/// Reads a file in a process of its own, which can crash, loop or take memory without harm; waits for it, so call it
/// among workers. `name`: what the sender calls the file. Errors: those of knowledge/parse/parsers.hpp;
/// invalid_argument "corrupt" when the process dies over the file, too_large when it takes too long, unavailable when
/// it cannot be started.
[[nodiscard]] Result<ParsedDocument> parse_in_process(const ParserOptions& options, const std::filesystem::path& file,
                                                      const std::string& name);

}  // namespace offhook::knowledge
