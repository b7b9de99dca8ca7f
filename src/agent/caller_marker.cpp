#include "agent/caller_marker.hpp"

#include "base/text.hpp"

namespace offhook::agent {

MarkedText take_phone_marker(std::string_view text) {
  static constexpr std::string_view kOpening = "[phone:";
  const std::string lower = to_lower(text);
  MarkedText result;
  // One space where a marker stood between two words.
  const auto keep = [&result](std::string_view words) {
    words = trim(words);
    if (!result.text.empty() && !words.empty()) result.text.push_back(' ');
    result.text.append(words);
  };
  std::size_t from = 0;
  for (;;) {
    const auto begin = lower.find(kOpening, from);
    const auto end = begin == std::string::npos ? begin : lower.find(']', begin);
    if (end == std::string::npos) break;
    keep(text.substr(from, begin - from));
    result.phone = trim(text.substr(begin + kOpening.size(), end - begin - kOpening.size()));
    from = end + 1;
  }
  if (from == 0) return {.text = std::string(text), .phone = {}};
  keep(text.substr(from));
  return result;
}

}  // namespace offhook::agent
