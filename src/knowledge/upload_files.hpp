#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace offhook::knowledge {

/// The folder of what has been uploaded and not yet read. A file is there under its final name only when all of it is
/// on the disk. What blocks here is short: pages go to the system's memory, and are waited for once.
class UploadFiles {
 public:
  explicit UploadFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// A file that is being written; destroyed before keep(), it is gone.
  class Writer {
   public:
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    Result<void> write(std::string_view bytes);
    /// Waits for the disk; from now on the file outlives a crash.
    Result<void> keep();
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }

   private:
    friend class UploadFiles;
    Writer(std::filesystem::path folder, std::string name, int fd);
    std::filesystem::path folder_;
    std::string name_;
    int fd_;
    std::uint64_t size_ = 0;
    bool is_kept_ = false;
  };
  /// `name`: a plain name, made by us. Errors: unavailable.
  [[nodiscard]] Result<std::unique_ptr<Writer>> create(std::string name) const;
  [[nodiscard]] std::filesystem::path path(std::string_view name) const { return folder_ / name; }
  void remove(std::string_view name) const;
  /// Removes what nobody waits for and is older than an hour: left by a program that was killed in mid-upload.
  void sweep(const std::set<std::string>& wanted) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace offhook::knowledge
