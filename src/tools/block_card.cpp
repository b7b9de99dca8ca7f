#include <fmt/format.h>

#include <algorithm>

#include "tools/arguments.hpp"
#include "tools/banking_caller.hpp"
#include "tools/factories.hpp"
#include "tools/results.hpp"
#include "tools/say.hpp"

namespace offhook::tools {
namespace {

ToolResult blocked(const store::Card& card, bool already) {
  auto speakable = fmt::format("Your {} is {} blocked.", say_card(card), already ? "already" : "now");
  return success(
      std::move(speakable),
      {{"last_four", card.last_four}, {"kind", card.kind}, {"status", "blocked"}, {"already_blocked", already}});
}

ToolResult ask_which(const std::vector<store::Card>& cards) {
  std::vector<std::string> choices;
  for (const auto& card : cards) choices.push_back("the " + say_card(card));
  return refusal("last_four_required",
                 choices.size() == 1
                     ? fmt::format("Which card would you like to block? Only {} is active.", choices.front())
                     : fmt::format("Which card would you like to block: {}?", say_list(choices, "or")),
                 {{"needs", "last_four"}, {"cards", card_array(cards)}});
}

Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object& arguments) {
  auto customer = find_caller(db, context);
  if (!customer) return fail(customer);
  if (!*customer) return unknown_caller();
  // Before anything is said about cards.
  auto refused = check_second_factor(db, context, **customer, arguments);
  if (!refused) return fail(refused);
  if (*refused) return std::move(**refused);

  auto cards = store::Cards(db, context.owner).list_for_customer((*customer)->id);
  if (!cards) return fail(cards);
  if (cards->empty()) return refusal("unknown_card", "You don't have any cards with us.");
  const auto last_four = last_four_argument(arguments);
  auto candidates = last_four ? with_last_four(*cards, *last_four) : of_kind(*cards, arguments);
  if (candidates.empty()) return unknown_card(*last_four);
  std::vector<store::Card> active;
  std::ranges::copy_if(candidates, std::back_inserter(active),
                       [](const auto& card) { return card.status == "active"; });
  if (active.empty()) return blocked(candidates.front(), true);
  // The one that is left of several may not be the one that is meant: it may be blocked already.
  if (active.size() > 1 || (!last_four && candidates.size() > 1)) return ask_which(active);

  const auto reason = text_argument(arguments, "reason").value_or("reported by phone");
  auto is_new = store::Cards(db, context.owner).block(active.front().id, reason, context.now);
  if (!is_new) return fail(is_new);
  return blocked(active.front(), !*is_new);
}

}  // namespace

Tool block_card() {
  using enum Parameter::Type;
  return {.name = "block_card",
          .description =
              "Block (freeze, lock, suspend, disable, deactivate) a lost, missing or stolen card of the caller, after "
              "they have proved who they are.",
          .parameters = parameters_schema({
              {.name = "last_four", .description = "Last four digits; leave out when the caller has one card"},
              {.name = "kind", .description = "credit or debit, when the caller said so"},
              {.name = "reason", .description = "Lost, stolen, …"},
              {.name = "date_of_birth", .type = date, .description = "The caller's date of birth, as they said it"},
          }),
          .effect = Effect::writes,
          .handler = run};
}

}  // namespace offhook::tools
