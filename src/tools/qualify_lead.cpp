#include <fmt/format.h>

#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/leasing.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

constexpr int kQualifiedFrom = 60;

/// What the rules look at, gathered over all conversations with the lead.
struct Facts {
  std::optional<double> budget;  ///< dollars a month
  std::optional<std::chrono::year_month_day> move_in;
  std::optional<std::int64_t> bedrooms;
  std::optional<bool> pets;
  std::optional<bool> employed;
};

Facts read_facts(const json::object& facts) {
  const auto move_in = text_argument(facts, "move_in_date");
  return {.budget = number_argument(facts, "budget"),
          .move_in = move_in ? parse_date(*move_in) : std::nullopt,
          .bedrooms = integer_argument(facts, "bedrooms"),
          .pets = flag_argument(facts, "pets"),
          .employed = flag_argument(facts, "employed")};
}

/// The rules as they are published in README.md; the parts add up to 100.
int score_of(const Facts& facts, const std::vector<store::Unit>& units, const store::Lead& lead,
             std::chrono::year_month_day today) {
  const store::Unit* cheapest = units.empty() ? nullptr : &units.front();  // of the size they want
  int score = 0;
  if (facts.budget && cheapest != nullptr) {
    const double rent = static_cast<double>(cheapest->rent_cents) / 100;
    if (*facts.budget >= rent) {
      score += 30;
    } else if (*facts.budget >= rent * 0.9) {
      score += 15;
    }
  }
  if (facts.move_in) {
    const auto days = (std::chrono::sys_days(*facts.move_in) - std::chrono::sys_days(today)).count();
    score += days <= 30 ? 25 : days <= 60 ? 20 : days <= 90 ? 10 : 5;
  }
  if (facts.employed.value_or(false)) score += 20;
  if (facts.bedrooms && cheapest != nullptr) score += 10;
  if (facts.pets) {
    bool fits = !*facts.pets;
    for (const auto& unit : units) fits = fits || unit.pets_allowed;
    if (fits) score += 5;
  }
  if (!lead.name.empty()) score += 5;
  if (!lead.phone.empty()) score += 5;
  return score;
}

/// Adds what was said now to what earlier calls said, in the lead's metadata under "qualification".
json::object merge_facts(json::object& metadata, const json::object& arguments) {
  json::object facts;
  if (const auto* earlier = metadata.if_contains("qualification"); earlier != nullptr && earlier->is_object()) {
    facts = earlier->get_object();
  }
  for (const char* name : {"budget", "move_in_date", "bedrooms", "pets", "employed"}) {
    if (const auto* value = arguments.if_contains(name)) facts[name] = *value;
  }
  metadata["qualification"] = facts;
  return facts;
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
  const auto facts = read_facts(merge_facts(metadata, arguments));
  auto property = find_property(db, context, std::nullopt);
  if (!property) return fail(property);
  auto units =
      store::Units(db, context.owner)
          .search({.property_id = *property ? (*property)->id : context.property_id, .bedrooms = facts.bedrooms});
  if (!units) return fail(units);

  const auto today = context.time_zone.to_civil(context.now).date;
  const int score = score_of(facts, *units, *lead, today);
  const bool is_qualified = score >= kQualifiedFrom;
  lead->score = score;
  lead->status = raised_status(lead->status, is_qualified ? "qualified" : "contacted");
  lead->metadata = json::serialize(metadata);
  lead->updated_at = context.now;
  if (auto updated = store::Leads(db, context.owner).update(*lead); !updated) return fail(updated);
  const auto note = fmt::format("Score {} of 100, {}", score, is_qualified ? "qualified" : "not qualified yet");
  if (auto noted = add_activity(db, context, random, lead->id, "qualified", note); !noted) return fail(noted);
  return success(is_qualified ? "Thank you. That's a great fit for what we have."
                              : "Thank you, I've noted that. A colleague will get back to you about what would fit.",
                 {{"lead_id", lead->id}, {"score", score}, {"status", lead->status}});
}

}  // namespace

Tool qualify_lead() {
  using enum Parameter::Type;
  return {.name = "qualify_lead",
          .description = "Record what a caller is looking for and score them as a prospective tenant or buyer.",
          .parameters = parameters_schema({
              {.name = "name", .description = "The caller's name"},
              {.name = "phone", .description = "The caller's number; leave out for the one they call from"},
              {.name = "budget", .type = number, .description = "Dollars a month they can spend"},
              {.name = "move_in_date", .type = date, .description = "When they want to move in"},
              {.name = "bedrooms", .type = integer, .description = "Number of bedrooms; 0 is a studio"},
              {.name = "pets", .type = flag, .description = "Whether they have pets"},
              {.name = "employed", .type = flag, .description = "Whether they have a regular income"},
          }),
          .effect = Effect::writes,
          .handler = run};
}

}  // namespace offhook::tools
