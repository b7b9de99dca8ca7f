#include "eval/suites.hpp"

#include <algorithm>
#include <array>

namespace offhook::eval {
namespace {

constexpr std::array<Suite, 0> kSuites{};

}  // namespace

std::span<const Suite> suites() { return kSuites; }

const Suite* find_suite(std::string_view name) {
  const auto found = std::ranges::find(kSuites, name, &Suite::name);
  return found == kSuites.end() ? nullptr : &*found;
}

}  // namespace offhook::eval
