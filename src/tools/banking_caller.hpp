#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/customers.hpp"
#include "tools/tool.hpp"

namespace offhook::tools {

/// What the card tools share.

/// The customer who calls, known by the number they call from; nullopt when there is none.
Result<std::optional<store::Customer>> find_caller(sql::Connection& db, const ToolContext& context);
/// "I couldn't find an account …" (error "unknown_caller").
[[nodiscard]] ToolResult unknown_caller();

/// Asks for the second factor, or refuses a wrong one without saying what was wrong; nullopt when the
/// caller has proved who they are (or the agent asks for nothing more than the number). A wrong answer is
/// written down, whichever call it came in: after three in 15 minutes no answer is right (error
/// "verification_locked").
Result<std::optional<ToolResult>> check_second_factor(sql::Connection& db, const ToolContext& context,
                                                      const store::Customer& customer, const json::object& arguments);

/// "credit card ending in 4242": all that is ever said of a card.
[[nodiscard]] std::string say_card(const store::Card& card);
/// {"last_four","kind","status"} for each.
[[nodiscard]] json::array card_array(const std::vector<store::Card>& cards);

/// The argument last_four as four digits: of a longer number the last four, a shorter one is padded (a
/// model that writes 42 for 0042). nullopt when it was not given or holds no digit.
[[nodiscard]] std::optional<std::string> last_four_argument(const json::object& arguments);
[[nodiscard]] std::vector<store::Card> with_last_four(const std::vector<store::Card>& cards,
                                                      std::string_view last_four);
/// The cards of the kind the argument names ("credit", "debit card"); all when it names none, or when no
/// card is of that kind.
[[nodiscard]] std::vector<store::Card> of_kind(const std::vector<store::Card>& cards, const json::object& arguments);
/// "I don't see a card ending in 9999 …" (error "unknown_card").
[[nodiscard]] ToolResult unknown_card(std::string_view last_four);

}  // namespace offhook::tools
