#include "eval/suites.hpp"

#include <algorithm>
#include <array>

#include "eval/suites_all.hpp"

namespace offhook::eval {
namespace {

constexpr auto kSuites = std::to_array<Suite>({
    {"banking77", "intents of bank customers' questions: accuracy, speed, what is none of them", run_banking77},
    {"nlupp", "turns with several intents and slots: micro F1, each fold left out in turn", run_nlupp},
    {"sgd", "tools known by their schemas only: the tool of each turn, the arguments of each call", run_sgd},
});

}  // namespace

std::span<const Suite> suites() { return kSuites; }

const Suite* find_suite(std::string_view name) {
  const auto found = std::ranges::find(kSuites, name, &Suite::name);
  return found == kSuites.end() ? nullptr : &*found;
}

}  // namespace offhook::eval
