#include <tuple>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "store/tours.hpp"
#include "tools/arguments.hpp"
#include "tools/bookings.hpp"
#include "tools/factories.hpp"
#include "tools/leasing.hpp"
#include "tools/results.hpp"
#include "tools/say.hpp"
#include "tools/slots.hpp"
#include "tools/spelling.hpp"

namespace offhook::tools {
namespace {

/// The tour of the same thing that this lead has before it, if any: asking again is not a second tour. One at that very
/// time comes first, then one of the same unit, then the earliest. Different units of a property are different things;
/// a tour of no particular unit is of the same thing as any.
Result<std::optional<store::Tour>> find_own_tour(sql::Connection& db, const ToolContext& context,
                                                 std::string_view phone, const store::Property& property,
                                                 std::string_view unit_id, UtcTime starts_at) {
  auto lead = store::Leads(db, context.owner).find_by_phone(phone);
  if (!lead) return fail(lead);
  if (!*lead) return std::nullopt;
  const store::TourFilter filter{.lead_id = (*lead)->id, .property_id = property.id, .status = "scheduled"};
  auto tours = store::Tours(db, context.owner).list(filter, {.limit = store::Page::kMaxLimit});
  if (!tours) return fail(tours);
  std::optional<store::Tour> own;
  const auto rank = [&](const store::Tour& tour) {
    return std::tuple(tour.starts_at != starts_at, tour.unit_id != unit_id, tour.starts_at);
  };
  for (auto& tour : tours->items) {
    const bool is_same_thing = tour.unit_id == unit_id || tour.unit_id.empty() || unit_id.empty();
    const bool is_open = tour.starts_at == starts_at || (is_same_thing && tour.starts_at > context.now);
    if (is_open && (!own || rank(tour) < rank(*own))) own = std::move(tour);
  }
  return own;
}

/// The unit by id or by the label on its door; nullopt when there is none such in the property.
Result<std::optional<std::string>> find_unit(sql::Connection& db, const ToolContext& context,
                                             const store::Property& property, const std::string& wanted) {
  auto units = store::Units(db, context.owner).list(property.id, {.limit = store::Page::kMaxLimit});
  if (!units) return fail(units);
  for (const auto& unit : units->items) {
    if (unit.id == wanted || iequals(unit.label, wanted)) return unit.id;
  }
  return std::nullopt;
}

json::object facts_of(const store::Tour& tour) {
  return {{"tour_id", tour.id},
          {"lead_id", tour.lead_id},
          {"confirmation", tour.confirmation},
          {"starts_at", to_rfc3339(tour.starts_at)},
          {"property_id", tour.property_id}};
}

ToolResult booked(const store::Tour& tour, const store::Property& property, const CivilTime& local, bool already) {
  return success(fmt::format("You're {}booked for a tour of {} on {}. Your confirmation code is {}.",
                             already ? "already " : "", property.name, say_moment(local), tour.confirmation),
                 facts_of(tour));
}

/// Moves the lead's tour to the wished time, which find_slot_problem() has seen to be free.
Result<ToolResult> move_own_tour(sql::Connection& db, const ToolContext& context, store::Tour tour,
                                 const store::Property& property, const Calendar& calendar, const CivilTime& wanted,
                                 const std::string& unit_id) {
  const auto starts_at = calendar.zone.to_utc(wanted);
  const UtcTime moved_from = tour.starts_at;
  const CivilTime before = calendar.zone.to_civil(moved_from);
  store::Tours tours(db, context.owner);
  if (auto moved = tours.move(tour.id, starts_at); !moved) {
    if (moved.error().code != "slot_taken") return fail(moved);
    return slot_refusal(calendar, wanted, "slot_taken");
  }
  if (!unit_id.empty() && unit_id != tour.unit_id) {
    if (auto set = tours.set_unit(tour.id, unit_id); !set) return fail(set);
  }
  tour.starts_at = starts_at;
  Random random = context.random;
  const auto note = fmt::format("Tour {} of {} moved to {} at {}", tour.confirmation, property.name,
                                to_text(wanted.date), to_text(wanted.time_of_day));
  if (auto noted = add_activity(db, context, random, tour.lead_id, "tour_scheduled", note); !noted) return fail(noted);
  json::object facts = facts_of(tour);
  facts["moved_from"] = to_rfc3339(moved_from);
  return success(fmt::format("I've moved your tour of {} from {} to {}. Your confirmation code is still {}.",
                             property.name, say_moment(before), say_moment(wanted), tour.confirmation),
                 std::move(facts));
}

Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object& arguments) {
  const auto wanted = read_date_and_time(arguments);
  if (!wanted) return wanted.error();
  const auto wanted_property = text_argument(arguments, "property_id");
  auto property = find_property(db, context, wanted_property);
  if (!property) return fail(property);
  if (!*property) return property_refusal(wanted_property);
  const auto phone = contact_phone(context, text_argument(arguments, "phone"));
  if (phone.empty()) return phone_refusal();
  std::string email;
  if (const auto said = text_argument(arguments, "email")) {
    auto address = read_email(*said);
    if (!address) return invalid_argument("email", "an address such as ann.lee@example.com");
    email = std::move(*address);
  }
  std::string unit_id;
  if (const auto wanted_unit = text_argument(arguments, "unit_id")) {
    auto unit = find_unit(db, context, **property, *wanted_unit);
    if (!unit) return fail(unit);
    if (!*unit) return refusal("unknown_unit", "Sorry, I don't know that apartment. Which one would you like to see?");
    unit_id = std::move(**unit);
  }

  auto calendar = read_tour_calendar(db, context.owner, **property, context.time_zone, *wanted, context.now);
  if (!calendar) return fail(calendar);
  const auto starts_at = calendar->zone.to_utc(*wanted);
  auto own = find_own_tour(db, context, phone, **property, unit_id, starts_at);
  if (!own) return fail(own);
  if (*own && (*own)->starts_at == starts_at) return booked(**own, **property, *wanted, true);
  if (const auto problem = find_slot_problem(*calendar, *wanted); !problem.empty()) {
    return slot_refusal(*calendar, *wanted, problem);
  }
  if (*own) return move_own_tour(db, context, std::move(**own), **property, *calendar, *wanted, unit_id);

  Random random = context.random;
  const LeadDetails details{.phone = phone, .name = text_argument(arguments, "name").value_or(""), .email = email};
  auto lead = find_or_create_lead(db, context, random, details);
  if (!lead) return fail(lead);
  store::Tour tour{.id = make_id(random, "tour"),
                   .lead_id = lead->id,
                   .property_id = (*property)->id,
                   .unit_id = unit_id,
                   .starts_at = starts_at,
                   .created_at = context.now};
  if (auto added = insert_confirmed(store::Tours(db, context.owner), tour, random, "ST"); !added) {
    if (added.error().code != "slot_taken") return fail(added);
    return slot_refusal(*calendar, *wanted, "slot_taken");
  }
  auto noted = note_tour(db, context, random, std::move(*lead), tour, **property, *wanted);
  if (!noted) return fail(noted);
  return booked(tour, **property, *wanted, false);
}

}  // namespace

Tool schedule_tour() {
  using enum Parameter::Type;
  return {
      .name = "schedule_tour",
      .description =
          "Book a visit of the property for a caller, or move the one they have. Tours start on the hour or half hour.",
      .parameters = parameters_schema({
          {.name = "date", .type = date, .description = "Day of the tour", .required = true},
          {.name = "time", .type = Parameter::Type::time, .description = "Local start", .required = true},
          {.name = "name", .description = "The visitor's name", .required = true},
          {.name = "phone", .description = "The visitor's number; leave out for the caller's own"},
          {.name = "email", .description = "The visitor's email address"},
          {.name = "property_id", .description = "Property; leave out for the one that was called"},
          {.name = "unit_id", .description = "A particular apartment, by id or label"},
      }),
      .effect = Effect::writes,
      .handler = run};
}

}  // namespace offhook::tools
