#include "agent/caller_marker.hpp"

#include "base/text.hpp"

namespace offhook::agent {

MarkedText take_phone_marker(std::string_view text) {
  MarkedText result{.text = std::string(text)};
  static constexpr std::string_view kOpening = "[phone:";
  std::size_t from = 0;
  for (;;) {
    const std::string lower = to_lower(result.text);
    const auto begin = lower.find(kOpening, from);
    if (begin == std::string::npos) break;
    const auto end = lower.find(']', begin);
    if (end == std::string::npos) break;
    const auto inside = std::string_view(result.text).substr(begin + kOpening.size(), end - begin - kOpening.size());
    result.phone = std::string(trim(inside));
    // One space where the marker stood between two words.
    std::string before(trim(std::string_view(result.text).substr(0, begin)));
    const std::string after(trim(std::string_view(result.text).substr(end + 1)));
    if (!before.empty() && !after.empty()) before.push_back(' ');
    from = before.size();
    result.text = before + after;
  }
  return result;
}

}  // namespace offhook::agent
