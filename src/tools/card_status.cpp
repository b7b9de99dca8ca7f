#include <fmt/format.h>

#include "tools/arguments.hpp"
#include "tools/banking_caller.hpp"
#include "tools/factories.hpp"
#include "tools/results.hpp"
#include "tools/say.hpp"

namespace offhook::tools {
namespace {

Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object& arguments) {
  auto customer = find_caller(db, context);
  if (!customer) return fail(customer);
  if (!*customer) return unknown_caller();
  auto cards = store::Cards(db, context.owner).list_for_customer((*customer)->id);
  if (!cards) return fail(cards);
  if (const auto last_four = last_four_argument(arguments)) {
    auto fitting = with_last_four(*cards, *last_four);
    if (fitting.empty()) return unknown_card(*last_four);
    *cards = std::move(fitting);
  } else {
    *cards = of_kind(*cards, arguments);
  }
  json::object data{{"cards", card_array(*cards)}};
  if (cards->empty()) return success("You don't have any cards with us.", std::move(data));
  std::vector<std::string> parts;
  for (const auto& card : *cards) parts.push_back(fmt::format("your {} is {}", say_card(card), card.status));
  auto speakable = say_list(parts, "and") + ".";
  speakable.front() = 'Y';
  return success(std::move(speakable), std::move(data));
}

}  // namespace

Tool card_status() {
  return {.name = "card_status",
          .description = "Tell whether the caller's card is active or blocked.",
          .parameters =
              parameters_schema({{.name = "last_four", .description = "Last four digits; leave out for every card"},
                                 {.name = "kind", .description = "credit or debit, when the caller said so"}}),
          .effect = Effect::reads,
          .handler = run};
}

}  // namespace offhook::tools
