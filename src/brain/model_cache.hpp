#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::brain {

/// Where trained models are kept from one start to the next. What comes back is checked by whoever asked: a cache may
/// lose, forget or spoil what it was given. Used while the brain is made, by one thread.
class ModelCache {
 public:
  virtual ~ModelCache() = default;
  /// nullopt: not there.
  [[nodiscard]] virtual std::optional<std::string> read(std::string_view key) = 0;
  /// Failing is silent: the model is then trained again at the next start.
  virtual void write(std::string_view key, std::string_view bytes) = 0;
};

/// Files in `folder`, which is made when the first model is written. A file is written beside its place and renamed, so
/// a reader finds a whole one or none. Keeps the 32 files written last.
[[nodiscard]] std::unique_ptr<ModelCache> make_file_model_cache(std::filesystem::path folder);

}  // namespace offhook::brain
