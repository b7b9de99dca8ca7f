#include <fmt/format.h>

#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/lead_score.hpp"
#include "tools/leasing.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

constexpr const char* kFactNames[] = {"budget",   "move_in_date",  "bedrooms", "pets",     "employed",
                                      "location", "property_type", "timeline", "financing"};

/// Adds what was said now to what earlier calls said, in the lead's metadata under "qualification".
json::object merge_facts(json::object& metadata, const json::object& arguments) {
  json::object facts;
  if (const auto* earlier = metadata.if_contains("qualification"); earlier != nullptr && earlier->is_object()) {
    facts = earlier->get_object();
  }
  for (const char* name : kFactNames) {
    if (const auto* value = arguments.if_contains(name)) facts[name] = *value;
  }
  if (const auto place = text_argument(arguments, "location")) facts["location"] = tidy_place(*place);
  metadata["qualification"] = facts;
  return facts;
}

/// Whoever speaks of a purchase where no house is the subject wants to buy; the others want to rent.
Result<LeadScore> score(sql::Connection& db, const ToolContext& context, const LeadFacts& facts,
                        const store::Lead& lead) {
  const auto today = context.time_zone.to_civil(context.now).date;
  if (context.property_id.empty() && facts.are_of_a_buyer()) return score_buyer(facts, lead, today);
  auto property = find_property(db, context, std::nullopt);
  if (!property) return fail(property);
  auto units =
      store::Units(db, context.owner)
          .search({.property_id = *property ? (*property)->id : context.property_id, .bedrooms = facts.bedrooms});
  if (!units) return fail(units);
  return score_tenant(facts, *units, lead, today);
}

std::string_view judgement(LeadEvent event) {
  if (event == LeadEvent::qualified) return "qualified";
  return event == LeadEvent::unqualified ? "not qualified" : "not qualified yet";
}

Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object& arguments) {
  const auto move_in = text_argument(arguments, "move_in_date");
  if (move_in && !parse_date(*move_in)) return invalid_argument("move_in_date", "a date as YYYY-MM-DD");
  const auto phone = contact_phone(context, text_argument(arguments, "phone"));
  if (phone.empty()) return phone_refusal();

  Random random = context.random;
  const LeadDetails details{.phone = phone, .name = text_argument(arguments, "name").value_or("")};
  auto lead = find_or_create_lead(db, context, random, details);
  if (!lead) return fail(lead);
  auto stored = parse_json(lead->metadata);
  json::object metadata = stored && stored->is_object() ? stored->get_object() : json::object();
  const auto facts = LeadFacts::read(merge_facts(metadata, arguments));
  auto scored = score(db, context, facts, *lead);
  if (!scored) return fail(scored);

  lead->score = scored->points;
  lead->metadata = json::serialize(metadata);
  lead->updated_at = context.now;
  const auto note = fmt::format("Score {} of 100, {}", scored->points, judgement(scored->event));
  if (auto noted = add_activity(db, context, random, lead->id, "qualified", note); !noted) return fail(noted);
  if (auto moved = advance_lead(db, context, random, *lead, scored->event); !moved) return fail(moved);
  const bool is_qualified = scored->event == LeadEvent::qualified;
  return success(is_qualified ? "Thank you. That's a great fit for what we have."
                              : "Thank you, I've noted that. A colleague will get back to you about what would fit.",
                 {{"lead_id", lead->id},
                  {"score", scored->points},
                  {"points", std::move(scored->parts)},
                  {"status", lead->status}});
}

}  // namespace

Tool qualify_lead() {
  using enum Parameter::Type;
  return {.name = "qualify_lead",
          .description = "Record what a caller is looking for and score them as a prospective tenant or buyer.",
          .parameters = parameters_schema({
              {.name = "name", .description = "The caller's name"},
              {.name = "phone", .description = "The caller's number; leave out for the one they call from"},
              {.name = "budget", .type = number, .description = "Dollars a month they can spend, or a buyer's price"},
              {.name = "move_in_date", .type = date, .description = "When they want to move in"},
              {.name = "bedrooms", .type = integer, .description = "Number of bedrooms; 0 is a studio"},
              {.name = "pets", .type = flag, .description = "Whether they have pets"},
              {.name = "employed", .type = flag, .description = "Whether they have a regular income"},
              {.name = "location", .description = "Area or city where they want to buy"},
              {.name = "property_type", .description = "What they want to buy: flat, house, villa, plot, …"},
              {.name = "timeline", .description = "When they want to buy: YYYY-MM-DD, or \"within three months\""},
              {.name = "financing", .description = "How they pay: own funds, loan, approved loan, …"},
          }),
          .effect = Effect::writes,
          .handler = run};
}

}  // namespace offhook::tools
