#include "eval/suites.hpp"

#include <algorithm>
#include <array>

#include "eval/all_suites.hpp"

namespace offhook::eval {
namespace {

constexpr auto kSuites = std::to_array<Suite>({
    {"banking77", "intents of bank customers' questions: accuracy, speed, what is none of them", run_banking77},
    {"evi", "callers identified by postcode, name and date of birth, from a recogniser's n-best lists", run_evi},
    {"nlupp", "turns with several intents and slots: micro F1, each fold left out in turn", run_nlupp},
    {"recognizers", "dates, times, numbers, money, phones, e-mails and yes/no in sentences", run_recognizers},
    {"retrieval", "passages found for questions: hit@k, MRR, nDCG, time", run_retrieval},
    {"sgd", "tools known by their schemas only: the tool of each turn, the arguments of each call", run_sgd},
});

}  // namespace

std::span<const Suite> suites() { return kSuites; }

const Suite* find_suite(std::string_view name) {
  const auto found = std::ranges::find(kSuites, name, &Suite::name);
  return found == kSuites.end() ? nullptr : &*found;
}

}  // namespace offhook::eval
