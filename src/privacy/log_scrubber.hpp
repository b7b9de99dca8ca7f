#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace offhook::privacy {

/// The last line of defence of a log: whatever reaches it, phone numbers, card numbers, mail addresses and
/// credentials do not get through. Numbers, times, addresses of machines and ids do.
class LogScrubber {
 public:
  LogScrubber() = default;
  /// `secrets`: texts that never appear, such as the keys of the settings. Those under 6 characters are passed over.
  explicit LogScrubber(std::vector<Secret> secrets);

  /// The text as it may be logged. A text without digits, "@" and credentials costs one look at each byte.
  [[nodiscard]] std::string scrub(std::string_view text) const;

 private:
  std::vector<Secret> secrets_;
};

}  // namespace offhook::privacy
