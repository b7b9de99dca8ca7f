#include "app/model_files.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <system_error>

#include <unistd.h>

namespace offhook::app {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("offhook_models_" + std::to_string(getpid()))) {
    fs::remove_all(path_);
  }
  ~Folder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

TEST(ModelFiles, WhatWasWrittenComesBack) {
  const Folder folder;
  const auto cache = make_model_files(folder.path() / "models");
  EXPECT_FALSE(cache->read("a").has_value());
  cache->write("a", "some bytes");
  EXPECT_EQ(cache->read("a"), "some bytes");
  cache->write("a", "others");
  EXPECT_EQ(cache->read("a"), "others");
}

TEST(ModelFiles, NoPartOfAFileIsLeftBehindAndOldOnesGo) {
  const Folder folder;
  const auto cache = make_model_files(folder.path());
  for (int i = 0; i < 40; ++i) cache->write("model" + std::to_string(i), "bytes");
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    EXPECT_EQ(entry.path().extension(), ".model");
    files += 1;
  }
  EXPECT_EQ(files, 32u);
}

TEST(ModelFiles, WhatIsReadIsNotTheOldest) {
  const Folder folder;
  const auto cache = make_model_files(folder.path());
  cache->write("used", "bytes");
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(24);
  fs::last_write_time(folder.path() / "used.model", long_ago);
  EXPECT_TRUE(cache->read("used").has_value());
  EXPECT_GT(fs::last_write_time(folder.path() / "used.model"), long_ago);
}

TEST(ModelFiles, AFolderThatCannotBeMadeIsNoError) {
  const Folder folder;
  std::ofstream(folder.path()) << "a file, not a folder";
  const auto cache = make_model_files(folder.path() / "models");
  cache->write("a", "bytes");
  EXPECT_FALSE(cache->read("a").has_value());
}

}  // namespace
}  // namespace offhook::app
