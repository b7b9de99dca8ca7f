#include "eval/suites.hpp"

#include <algorithm>
#include <array>

#include "eval/suite_retrieval.hpp"

namespace offhook::eval {
namespace {

constexpr std::array kSuites{
    Suite{
        .name = "retrieval", .measures = "passages found for questions: hit@k, MRR, nDCG, time", .run = run_retrieval},
};

}  // namespace

std::span<const Suite> suites() { return kSuites; }

const Suite* find_suite(std::string_view name) {
  const auto found = std::ranges::find(kSuites, name, &Suite::name);
  return found == kSuites.end() ? nullptr : &*found;
}

}  // namespace offhook::eval
