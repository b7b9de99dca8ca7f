#include "eval/suites.hpp"

#include <algorithm>
#include <array>

#include "eval/all_suites.hpp"

namespace offhook::eval {
namespace {

constexpr auto kSuites = std::to_array<Suite>({
    {"evi", "callers identified by postcode, name and date of birth, from a recogniser's n-best lists", run_evi},
    {"recognizers", "dates, times, numbers, money, phones, e-mails and yes/no in sentences", run_recognizers},
});

}  // namespace

std::span<const Suite> suites() { return kSuites; }

const Suite* find_suite(std::string_view name) {
  const auto found = std::ranges::find(kSuites, name, &Suite::name);
  return found == kSuites.end() ? nullptr : &*found;
}

}  // namespace offhook::eval
