#include <fmt/format.h>

#include "tools/arguments.hpp"
#include "tools/banking_caller.hpp"
#include "tools/factories.hpp"
#include "tools/results.hpp"
#include "tools/say.hpp"

namespace offhook::tools {
namespace {

Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object&) {
  auto customer = find_caller(db, context);
  if (!customer) return fail(customer);
  if (!*customer) return unknown_caller();
  auto cards = store::Cards(db, context.owner).list_for_customer((*customer)->id);
  if (!cards) return fail(cards);
  json::object data{{"cards", card_array(*cards)}};
  if (cards->empty()) return success("You don't have any cards with us.", std::move(data));
  std::vector<std::string> parts;
  for (const auto& card : *cards) {
    parts.push_back(with_article(say_card(card)) + (card.status == "active" ? "" : ", which is " + card.status));
  }
  const auto count = static_cast<std::int64_t>(cards->size());
  return success(
      fmt::format("You have {} card{}: {}.", say_count(count), count == 1 ? "" : "s", say_list(parts, "and")),
      std::move(data));
}

}  // namespace

Tool list_cards() {
  return {.name = "list_cards",
          .description = "List the caller's payment cards by their last four digits, with their status.",
          .parameters = parameters_schema({}),
          .effect = Effect::reads,
          .handler = run};
}

}  // namespace offhook::tools
