#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/leads.hpp"
#include "store/properties.hpp"
#include "tools/lead_progress.hpp"
#include "tools/tool.hpp"

namespace offhook::tools {

/// What the leasing tools share.

/// The property that is meant: by the argument (id or name), else the context's, else the only one there
/// is. nullopt: there is no such property, or it is not clear which.
Result<std::optional<store::Property>> find_property(sql::Connection& db, const ToolContext& context,
                                                     const std::optional<std::string>& wanted);
/// The refusal for that: asks which.
[[nodiscard]] ToolResult property_refusal(const std::optional<std::string>& wanted);

/// The number to file a caller under: the argument normalised when it holds at least seven digits, else
/// the caller's. Empty when neither is known.
[[nodiscard]] std::string contact_phone(const ToolContext& context, const std::optional<std::string>& argument);
/// Asks for a number (error "phone_required").
[[nodiscard]] ToolResult phone_refusal();

/// Who a lead is, as far as it was said.
struct LeadDetails {
  std::string phone;  ///< normalised, not empty
  std::string name;
  std::string email;
};
/// The lead with that phone, its empty name and email filled in; a new one (source "phone", status
/// "contacted") when there is none.
Result<store::Lead> find_or_create_lead(sql::Connection& db, const ToolContext& context, Random& random,
                                        const LeadDetails& details);

/// Writes an activity of the call into the lead's history.
Result<void> add_activity(sql::Connection& db, const ToolContext& context, Random& random, std::string_view lead_id,
                          std::string_view kind, std::string text);

/// Stores the lead with the status that follows from the event (next_status). An exception of the way is
/// written into the history as "status_changed".
Result<void> advance_lead(sql::Connection& db, const ToolContext& context, Random& random, store::Lead& lead,
                          LeadEvent event);

}  // namespace offhook::tools
