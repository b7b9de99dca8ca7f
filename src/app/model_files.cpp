#include "app/model_files.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <unistd.h>

namespace offhook::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".model";
constexpr std::size_t kMostFiles = 32;

class ModelFiles final : public brain::ModelCache {
 public:
  explicit ModelFiles(fs::path folder) : folder_(std::move(folder)) {}

  std::optional<std::string> read(std::string_view key) override {
    std::ifstream file(path_of(key), std::ios::binary);
    if (!file) return std::nullopt;
    std::ostringstream bytes;
    bytes << file.rdbuf();
    if (!file) return std::nullopt;
    // The least recently used are forgotten first. Where it cannot be noted, the model still serves.
    std::error_code error;
    fs::last_write_time(path_of(key), fs::file_time_type::clock::now(), error);
    return std::move(bytes).str();
  }

  void write(std::string_view key, std::string_view bytes) override {
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) return;
    const fs::path path = path_of(key);
    // Two servers may start on one folder: each writes under a name of its own.
    fs::path part = path;
    part += "." + std::to_string(getpid()) + ".part";
    {
      std::ofstream file(part, std::ios::binary | std::ios::trunc);
      file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      file.close();
      if (!file) {
        fs::remove(part, error);
        return;
      }
    }
    fs::rename(part, path, error);
    if (error) fs::remove(part, error);
    forget_oldest();
  }

 private:
  [[nodiscard]] fs::path path_of(std::string_view key) const {
    return folder_ / (std::string(key) + std::string(kEnding));
  }

  void forget_oldest() const {
    std::vector<std::pair<fs::file_time_type, fs::path>> files;
    std::error_code error;
    for (fs::directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
      if (entry->path().extension() != kEnding) continue;
      std::error_code is_gone;
      const auto used = entry->last_write_time(is_gone);
      if (!is_gone) files.emplace_back(used, entry->path());
    }
    if (files.size() <= kMostFiles) return;
    std::ranges::sort(files);
    files.resize(files.size() - kMostFiles);
    for (const auto& [used, path] : files) fs::remove(path, error);
  }

  fs::path folder_;
};

}  // namespace

std::unique_ptr<brain::ModelCache> make_model_files(fs::path folder) {
  return std::make_unique<ModelFiles>(std::move(folder));
}

}  // namespace offhook::app
