#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/results.hpp"
#include "tools/say.hpp"

namespace offhook::tools {
namespace {

/// The bank's offer. Rates are annual percentage rates; amounts are dollars.
struct Loan {
  std::string_view kind, spoken;
  std::string_view rate_percent;  ///< as it is said
  double rate;
  std::int64_t max_amount;
  int max_years;
};
constexpr Loan kLoans[] = {{"personal", "personal loans", "8.9", 8.9, 50'000, 5},
                           {"auto", "car loans", "5.9", 5.9, 80'000, 7},
                           {"home", "home loans", "6.4", 6.4, 1'000'000, 30},
                           {"student", "student loans", "4.9", 4.9, 60'000, 15}};

struct Synonym {
  std::string_view word, kind;
};
constexpr Synonym kSynonyms[] = {{"car", "auto"},       {"vehicle", "auto"},      {"mortgage", "home"},
                                 {"house", "home"},     {"education", "student"}, {"study", "student"},
                                 {"college", "student"}};

/// The kind that the words name, in whatever they are wrapped ("a car loan").
const Loan* find_loan(std::string_view words) {
  const auto text = to_lower(words);
  for (const auto& loan : kLoans) {
    if (text.contains(loan.kind)) return &loan;
  }
  for (const auto& [word, kind] : kSynonyms) {
    if (text.contains(word)) return std::ranges::find(kLoans, kind, &Loan::kind);
  }
  return nullptr;
}

json::object loan_object(const Loan& loan) {
  return {
      {"kind", loan.kind}, {"rate_percent", loan.rate}, {"max_amount", loan.max_amount}, {"max_years", loan.max_years}};
}

Result<ToolResult> run(sql::Connection&, const ToolContext&, const json::object& arguments) {
  const auto kind = text_argument(arguments, "kind");
  if (kind) {
    if (const auto* loan = find_loan(*kind)) {
      return success(fmt::format("Our {} start at {} percent a year, up to {} over up to {} years.", loan->spoken,
                                 loan->rate_percent, say_dollars(loan->max_amount * 100), say_count(loan->max_years)),
                     {{"loans", json::array{loan_object(*loan)}}});
    }
  }
  json::array loans;
  std::vector<std::string> parts;
  for (const auto& loan : kLoans) {
    loans.push_back(loan_object(loan));
    parts.push_back(fmt::format("{} from {} percent", loan.spoken, loan.rate_percent));
  }
  if (kind) {
    return refusal("unknown_loan",
                   fmt::format("We don't offer that kind of loan, but we have {}.", say_list(parts, "and")),
                   {{"loans", std::move(loans)}});
  }
  return success(fmt::format("We offer {}.", say_list(parts, "and")), {{"loans", std::move(loans)}});
}

}  // namespace

Tool loan_options() {
  return {.name = "loan_options",
          .description = "Tell the loans the bank offers, with rates, amounts and terms.",
          .parameters = parameters_schema(
              {{.name = "kind", .description = "personal, auto, home or student; leave out for all"}}),
          .effect = Effect::reads,
          .handler = run};
}

}  // namespace offhook::tools
