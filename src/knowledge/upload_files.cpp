#include "knowledge/upload_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

namespace offhook::knowledge {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnfinished = ".part";

std::unexpected<Error> no_room(const fs::path& path) {
  return fail(ErrorKind::unavailable, "The upload could not be stored.", path.string() + ": " + std::strerror(errno));
}

}  // namespace

UploadFiles::Writer::Writer(fs::path folder, std::string name, int fd)
    : folder_(std::move(folder)), name_(std::move(name)), fd_(fd) {}

UploadFiles::Writer::~Writer() {
  ::close(fd_);
  std::error_code error;
  if (!is_kept_) fs::remove(folder_ / (name_ + kUnfinished), error);
}

Result<void> UploadFiles::Writer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return no_room(folder_ / name_);
    size_ += static_cast<std::uint64_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> UploadFiles::Writer::keep() {
  if (::fsync(fd_) != 0) return no_room(folder_ / name_);
  if (::rename((folder_ / (name_ + kUnfinished)).c_str(), (folder_ / name_).c_str()) != 0)
    return no_room(folder_ / name_);
  is_kept_ = true;
  const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return no_room(folder_);
  const int synced = ::fsync(folder);
  ::close(folder);
  if (synced != 0) return no_room(folder_);
  return {};
}

Result<std::unique_ptr<UploadFiles::Writer>> UploadFiles::create(std::string name) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  const fs::path path = folder_ / (name + kUnfinished);
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return no_room(path);
  return std::unique_ptr<Writer>(new Writer(folder_, std::move(name), fd));
}

void UploadFiles::remove(std::string_view name) const {
  std::error_code error;
  if (!name.empty()) fs::remove(folder_ / name, error);
}

void UploadFiles::sweep(const std::set<std::string>& wanted) const {
  std::error_code error;
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (fs::directory_iterator file(folder_, error), end; !error && file != end; file.increment(error)) {
    const bool is_old = fs::last_write_time(file->path(), error) < long_ago;
    if (!error && is_old && !wanted.contains(file->path().filename().string())) fs::remove(file->path(), error);
  }
}

}  // namespace offhook::knowledge
