#include "knowledge/parse/archive.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <archive.h>
#include <archive_entry.h>

namespace offhook::knowledge::parse {
namespace {

constexpr std::uint64_t kHarmlessBytes = 16ULL * 1024 * 1024;

std::unexpected<Error> corrupt() {
  return refuse(ErrorKind::invalid_argument, "corrupt", "The file is damaged: it cannot be unpacked.");
}

}  // namespace

Result<std::map<std::string, std::string>> unpack(std::string_view bytes, const Limits& limits,
                                                  const std::function<bool(std::string_view)>& wants) {
  const std::unique_ptr<::archive, int (*)(::archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_format_zip(reader.get());
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) return corrupt();
  std::map<std::string, std::string> members;
  std::uint64_t total = 0;
  const std::uint64_t most =
      std::min(limits.unpacked_bytes, std::max<std::uint64_t>(kHarmlessBytes, limits.unpacked_ratio * bytes.size()));
  archive_entry* entry = nullptr;
  for (;;) {
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return corrupt();
    if (archive_entry_is_encrypted(entry) != 0) {
      return refuse(ErrorKind::invalid_argument, "encrypted", "The file is encrypted; upload it without a password.");
    }
    const char* path = archive_entry_pathname(entry);
    if (path == nullptr || !wants(path)) continue;
    std::string& content = members[path];
    std::array<char, 65536> buffer{};
    for (;;) {
      const la_ssize_t count = archive_read_data(reader.get(), buffer.data(), buffer.size());
      if (count < 0) return corrupt();
      if (count == 0) break;
      total += static_cast<std::uint64_t>(count);
      if (total > most) {
        return refuse(ErrorKind::too_large, "too_large", "The file unpacks to far more than it may.");
      }
      content.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  return members;
}

}  // namespace offhook::knowledge::parse
