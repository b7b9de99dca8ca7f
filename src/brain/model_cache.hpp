#pragma once

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

}  // namespace offhook::brain
