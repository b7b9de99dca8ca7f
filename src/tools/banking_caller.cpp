#include "tools/banking_caller.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "crypto/secrets.hpp"
#include "tools/arguments.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

constexpr std::int64_t kFailuresAllowed = 3;
constexpr std::chrono::minutes kFailureWindow{15};

}  // namespace

Result<std::optional<store::Customer>> find_caller(sql::Connection& db, const ToolContext& context) {
  if (context.caller_phone.empty()) return std::nullopt;
  return store::Customers(db, context.owner).find_by_phone(context.caller_phone);
}

ToolResult unknown_caller() {
  return refusal("unknown_caller", "I couldn't find an account for the number you're calling from.");
}

Result<std::optional<ToolResult>> check_second_factor(sql::Connection& db, const ToolContext& context,
                                                      const store::Customer& customer, const json::object& arguments) {
  if (context.second_factor == "none") return std::nullopt;
  store::FailedVerifications failures(db);
  auto failed = failures.count_since(customer.id, context.now - kFailureWindow);
  if (!failed) return fail(failed);
  if (*failed >= kFailuresAllowed) {
    return refusal("verification_locked",
                   "For your safety I can't do this on the phone any more for now. A colleague of mine can help you.");
  }
  const auto given = text_argument(arguments, "date_of_birth");
  if (!given) {
    return refusal("second_factor_required", "To confirm it's you, what is your date of birth?",
                   {{"needs", "date_of_birth"}});
  }
  if (!parse_date(*given)) return invalid_argument("date_of_birth", "a date as YYYY-MM-DD");
  // A customer without a stored date cannot prove anything: an empty one never matches.
  if (!crypto::equal_in_constant_time(*given, customer.date_of_birth)) {
    Random random = context.random;
    if (auto noted = failures.add(make_id(random, "fail"), customer.id, context.now); !noted) return fail(noted);
    return refusal("verification_failed", "I'm sorry, I couldn't verify you with that, so I can't do this for you.");
  }
  return std::nullopt;
}

std::string say_card(const store::Card& card) { return fmt::format("{} card ending in {}", card.kind, card.last_four); }

json::array card_array(const std::vector<store::Card>& cards) {
  json::array array;
  for (const auto& card : cards) {
    array.push_back(json::object{{"last_four", card.last_four}, {"kind", card.kind}, {"status", card.status}});
  }
  return array;
}

std::optional<std::string> last_four_argument(const json::object& arguments) {
  std::string digits;
  for (const char c : text_argument(arguments, "last_four").value_or("")) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  if (digits.empty()) return std::nullopt;
  if (digits.size() > 4) return digits.substr(digits.size() - 4);
  return std::string(4 - digits.size(), '0') + digits;
}

std::vector<store::Card> with_last_four(const std::vector<store::Card>& cards, std::string_view last_four) {
  std::vector<store::Card> fitting;
  for (const auto& card : cards) {
    if (card.last_four == last_four) fitting.push_back(card);
  }
  return fitting;
}

std::vector<store::Card> of_kind(const std::vector<store::Card>& cards, const json::object& arguments) {
  const auto kind = text_argument(arguments, "kind");
  std::vector<store::Card> fitting;
  if (kind) {
    std::ranges::copy_if(cards, std::back_inserter(fitting),
                         [&](const auto& card) { return to_lower(*kind).contains(card.kind); });
  }
  return fitting.empty() ? cards : fitting;
}

ToolResult unknown_card(std::string_view last_four) {
  return refusal("unknown_card", fmt::format("I don't see a card ending in {} on your account.", last_four));
}

}  // namespace offhook::tools
