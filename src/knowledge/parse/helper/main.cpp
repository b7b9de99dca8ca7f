// offhook-parse: reads a file from standard input and writes its text, headings and tables as JSON.
//
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whatever the file makes the libraries do, it happens to this process only: it has limits on memory and processor
// time, cannot write to the disk, and is killed by the server when it takes too long.

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <string>

#include "knowledge/parse/document_json.hpp"
#include "knowledge/parse/helper/pdf.hpp"
#include "knowledge/parse/parsers.hpp"

namespace {

namespace parse = offhook::knowledge::parse;

[[maybe_unused]] constexpr rlim_t kMemoryBytes = 1024UL * 1024 * 1024;
constexpr rlim_t kProcessorSeconds = 60;
constexpr std::size_t kMaxFileBytes = 128UL * 1024 * 1024;

/// `grace`: what there is between the signal and the kill.
void limit(int resource, rlim_t most, rlim_t grace = 0) {
  const rlimit both{.rlim_cur = most, .rlim_max = most + grace};
  (void)::setrlimit(resource, &both);
}

void take_limits() {
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
  limit(RLIMIT_AS, kMemoryBytes);
#endif
  limit(RLIMIT_CPU, kProcessorSeconds, 5);  // SIGXCPU first, which says why
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);
}

bool read_all(std::string& bytes) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) return true;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
    if (bytes.size() > kMaxFileBytes) return false;
  }
}

bool write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

offhook::Result<offhook::knowledge::ParsedDocument> parse_input(const char* name) {
  std::string bytes;
  if (!read_all(bytes)) {
    return parse::refuse(offhook::ErrorKind::too_large, "too_large", "The file is too large to be read.");
  }
  try {
    return parse::parse_file(bytes, name, parse::parse_pdf);
  } catch (const std::bad_alloc&) {
    return parse::refuse(offhook::ErrorKind::too_large, "too_large", "Reading the file takes more memory than it may.");
  } catch (const std::exception&) {
    return parse::refuse(offhook::ErrorKind::invalid_argument, "corrupt", "The file is damaged: it cannot be read.");
  }
}

}  // namespace

int main(int argc, char** argv) {
  take_limits();
  try {
    return write_all(parse::to_json_text(parse_input(argc > 1 ? argv[1] : ""))) ? 0 : 1;
  } catch (const std::exception&) {
    return 1;
  }
}
