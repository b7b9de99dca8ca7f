#include "tools/leasing.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/phone.hpp"
#include "base/text.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

constexpr std::ptrdiff_t kMinimalDigits = 7;

Result<std::optional<store::Property>> only_or_named(sql::Connection& db, const ToolContext& context,
                                                     std::string_view name) {
  auto page = store::Properties(db, context.owner).list({.limit = store::Page::kMaxLimit});
  if (!page) return fail(page);
  if (name.empty()) return page->items.size() == 1 ? std::optional(page->items.front()) : std::nullopt;
  const auto found =
      std::ranges::find_if(page->items, [&](const auto& property) { return iequals(property.name, name); });
  return found == page->items.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

Result<std::optional<store::Property>> find_property(sql::Connection& db, const ToolContext& context,
                                                     const std::optional<std::string>& wanted) {
  const std::string& id = wanted ? *wanted : context.property_id;
  if (id.empty()) return only_or_named(db, context, {});
  auto found = store::Properties(db, context.owner).find(id);
  if (!found || *found) return found;
  // What the context names may be another owner's: an agent's own property is the sample one.
  return only_or_named(db, context, wanted ? std::string_view(id) : std::string_view());
}

ToolResult property_refusal(const std::optional<std::string>& wanted) {
  return wanted ? refusal("unknown_property", "Sorry, I don't know that property. Which one do you mean?")
                : refusal("property_required", "Which property are you interested in?");
}

std::string contact_phone(const ToolContext& context, const std::optional<std::string>& argument) {
  if (argument) {
    const auto digits = std::ranges::count_if(*argument, [](char c) { return c >= '0' && c <= '9'; });
    if (digits >= kMinimalDigits) return normalize_phone(*argument, context.region);
  }
  return context.caller_phone;
}

ToolResult phone_refusal() { return refusal("phone_required", "What's the best phone number to reach you at?"); }

Result<store::Lead> find_or_create_lead(sql::Connection& db, const ToolContext& context, Random& random,
                                        const LeadDetails& details) {
  store::Leads leads(db, context.owner);
  auto found = leads.find_by_phone(details.phone);
  if (!found) return fail(found);
  if (!*found) {
    store::Lead lead{.id = make_id(random, "lead"),
                     .name = details.name,
                     .phone = details.phone,
                     .email = details.email,
                     .source = "phone",
                     .status = "contacted",
                     .created_at = context.now,
                     .updated_at = context.now};
    if (auto added = leads.insert(lead); !added) return fail(added);
    return lead;
  }
  store::Lead lead = std::move(**found);
  if (lead.name.empty()) lead.name = details.name;
  if (lead.email.empty()) lead.email = details.email;
  return lead;
}

Result<void> add_activity(sql::Connection& db, const ToolContext& context, Random& random, std::string_view lead_id,
                          std::string_view kind, std::string text) {
  const store::Activity activity{.id = make_id(random, "act"),
                                 .lead_id = std::string(lead_id),
                                 .call_id = context.call_id,
                                 .kind = std::string(kind),
                                 .text = std::move(text),
                                 .at = context.now};
  return store::Activities(db, context.owner).insert(activity);
}

Result<void> advance_lead(sql::Connection& db, const ToolContext& context, Random& random, store::Lead& lead,
                          LeadEvent event) {
  auto step = next_status(lead.status, event);
  if (step.is_exception) {
    const auto note = fmt::format("From {} to {}", lead.status, step.status);
    if (auto noted = add_activity(db, context, random, lead.id, "status_changed", note); !noted) return noted;
  }
  lead.status = std::move(step.status);
  lead.updated_at = context.now;
  return store::Leads(db, context.owner).update(lead);
}

}  // namespace offhook::tools
