#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace offhook {

/// Text that must never be printed: it has no stream operator and no formatter. `reveal` is the one way
/// to its content and easy to search for.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] std::string_view reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace offhook
