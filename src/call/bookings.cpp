#include "call/bookings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "store/customers.hpp"
#include "store/leads.hpp"
#include "store/properties.hpp"
#include "tools/lead_progress.hpp"
#include "tools/leasing.hpp"
#include "tools/slots.hpp"

namespace offhook::call {
namespace {

constexpr int kConfirmationAttempts = 20;  // of 90,000 codes; a few are taken
constexpr auto kLookAround = tools::kSearchSpan + std::chrono::days(2);

std::unexpected<Error> no_such(std::string_view what, std::string_view id, std::string param = {}) {
  return fail(Error{.kind = ErrorKind::not_found,
                    .client = fmt::format("There is no {} '{}'.", what, id),
                    .param = std::move(param)});
}

std::unexpected<Error> not_scheduled(std::string_view what, std::string_view status) {
  return fail(
      Error{.kind = ErrorKind::conflict, .client = fmt::format("The {} is {}, not scheduled.", what, status)}.with_code(
          "not_scheduled"));
}

Result<tools::Calendar> calendar_of(sql::Connection& db, const store::Owner& owner, const store::Property& property,
                                    UtcTime wanted, UtcTime now) {
  tools::Calendar calendar{.hours = tools::OfficeHours::parse(property.office_hours),
                           .zone = TimeZone::find(property.time_zone).value_or(TimeZone::utc()),
                           .now = now};
  const UtcTime middle = std::max(wanted, now);
  auto taken = store::Tours(db, owner).taken(property.id, middle - kLookAround, middle + kLookAround);
  if (!taken) return fail(taken);
  calendar.taken = std::move(*taken);
  return calendar;
}

Result<tools::Calendar> office_calendar(sql::Connection& db, const store::Owner& owner, const TimeZone& zone,
                                        UtcTime wanted, UtcTime now) {
  tools::Calendar calendar{.hours = tools::OfficeHours::standard(), .zone = zone, .now = now};
  const UtcTime middle = std::max(wanted, now);
  auto taken = store::Appointments(db, owner).taken(middle - kLookAround, middle + kLookAround);
  if (!taken) return fail(taken);
  calendar.taken = std::move(*taken);
  return calendar;
}

/// Sub-minute times have no slot, but their minute would.
std::string problem_with(const tools::Calendar& calendar, UtcTime wanted) {
  if (std::chrono::floor<std::chrono::minutes>(wanted) != wanted) return "no_such_slot";
  return std::string(tools::find_slot_problem(calendar, calendar.zone.to_civil(wanted)));
}

template <class Row>
Booked<Row> refused(const tools::Calendar& calendar, UtcTime wanted, std::string problem) {
  return {.row = {}, .problem = std::move(problem), .alternatives = tools::nearest_free(calendar, wanted)};
}

/// Inserts with a fresh confirmation code until one is free. Errors: conflict "slot_taken".
template <class Repository, class Row>
Result<void> insert_confirmed(Repository repository, Row& row, Random& random, std::string_view prefix) {
  for (int attempt = 0;; ++attempt) {
    row.confirmation = tools::make_confirmation(random, prefix);
    auto added = repository.insert(row);
    if (added || added.error().code != "duplicate" || attempt == kConfirmationAttempts) return added;
  }
}

Result<void> note_tour(sql::Connection& db, const store::Owner& owner, store::Lead lead, const store::Tour& tour,
                       const store::Property& property, UtcTime now, Random& random) {
  lead.status = tools::next_status(lead.status, tools::LeadEvent::tour_scheduled).status;
  lead.updated_at = now;
  if (auto updated = store::Leads(db, owner).update(lead); !updated) return updated;
  const CivilTime local = TimeZone::find(property.time_zone).value_or(TimeZone::utc()).to_civil(tour.starts_at);
  const std::string text = fmt::format("Tour of {} on {} at {}, confirmation {}", property.name, to_text(local.date),
                                       to_text(local.time_of_day), tour.confirmation);
  return store::Activities(db, owner).insert(
      {.id = make_id(random, "act"), .lead_id = lead.id, .kind = "tour_scheduled", .text = text, .at = now});
}

}  // namespace

Result<Booked<store::Tour>> book_tour(sql::Connection& db, const store::Owner& owner, store::Tour wish, UtcTime now,
                                      Random random) {
  auto lead = store::Leads(db, owner).find(wish.lead_id);
  if (!lead) return fail(lead);
  if (!*lead) return no_such("lead", wish.lead_id, "lead_id");
  auto property = store::Properties(db, owner).find(wish.property_id);
  if (!property) return fail(property);
  if (!*property) return no_such("property", wish.property_id, "property_id");
  if (!wish.unit_id.empty()) {
    auto unit = store::Units(db, owner).find(wish.unit_id);
    if (!unit) return fail(unit);
    if (!*unit || (*unit)->property_id != wish.property_id) return no_such("unit", wish.unit_id, "unit_id");
  }
  auto calendar = calendar_of(db, owner, **property, wish.starts_at, now);
  if (!calendar) return fail(calendar);
  if (auto problem = problem_with(*calendar, wish.starts_at); !problem.empty())
    return refused<store::Tour>(*calendar, wish.starts_at, std::move(problem));
  wish.id = make_id(random, "tour");
  wish.status = "scheduled";
  wish.created_at = now;
  if (auto added = insert_confirmed(store::Tours(db, owner), wish, random, "ST"); !added) {
    if (added.error().code != "slot_taken") return fail(added);
    return refused<store::Tour>(*calendar, wish.starts_at, "slot_taken");
  }
  if (auto noted = note_tour(db, owner, std::move(**lead), wish, **property, now, random); !noted) return fail(noted);
  return Booked<store::Tour>{.row = std::move(wish)};
}

Result<Booked<store::Tour>> move_tour(sql::Connection& db, const store::Owner& owner, const std::string& id,
                                      UtcTime starts_at, UtcTime now) {
  store::Tours tours(db, owner);
  auto tour = tours.find(id);
  if (!tour) return fail(tour);
  if (!*tour) return no_such("tour", id);
  if ((*tour)->status != "scheduled") return not_scheduled("tour", (*tour)->status);
  if ((*tour)->starts_at == starts_at) return Booked<store::Tour>{.row = std::move(**tour)};
  auto property = store::Properties(db, owner).find((*tour)->property_id);
  if (!property) return fail(property);
  auto calendar = calendar_of(db, owner, property->value_or(store::Property{}), starts_at, now);
  if (!calendar) return fail(calendar);
  if (auto problem = problem_with(*calendar, starts_at); !problem.empty())
    return refused<store::Tour>(*calendar, starts_at, std::move(problem));
  if (auto moved = tours.move(id, starts_at); !moved) {
    if (moved.error().code != "slot_taken") return fail(moved);
    return refused<store::Tour>(*calendar, starts_at, "slot_taken");
  }
  (*tour)->starts_at = starts_at;
  return Booked<store::Tour>{.row = std::move(**tour)};
}

Result<Booked<store::Appointment>> book_appointment(sql::Connection& db, const store::Owner& owner,
                                                    store::Appointment wish, const TimeZone& zone, UtcTime now,
                                                    Random random) {
  auto customer = store::Customers(db, owner).find(wish.customer_id);
  if (!customer) return fail(customer);
  if (!*customer) return no_such("customer", wish.customer_id, "customer_id");
  auto calendar = office_calendar(db, owner, zone, wish.starts_at, now);
  if (!calendar) return fail(calendar);
  if (auto problem = problem_with(*calendar, wish.starts_at); !problem.empty())
    return refused<store::Appointment>(*calendar, wish.starts_at, std::move(problem));
  wish.id = make_id(random, "appt");
  wish.status = "scheduled";
  wish.created_at = now;
  if (auto added = insert_confirmed(store::Appointments(db, owner), wish, random, "AP"); !added) {
    if (added.error().code != "slot_taken") return fail(added);
    return refused<store::Appointment>(*calendar, wish.starts_at, "slot_taken");
  }
  return Booked<store::Appointment>{.row = std::move(wish)};
}

Result<Booked<store::Appointment>> move_appointment(sql::Connection& db, const store::Owner& owner,
                                                    const std::string& id, UtcTime starts_at, const TimeZone& zone,
                                                    UtcTime now) {
  store::Appointments appointments(db, owner);
  auto appointment = appointments.find(id);
  if (!appointment) return fail(appointment);
  if (!*appointment) return no_such("appointment", id);
  if ((*appointment)->status != "scheduled") return not_scheduled("appointment", (*appointment)->status);
  if ((*appointment)->starts_at == starts_at) return Booked<store::Appointment>{.row = std::move(**appointment)};
  auto calendar = office_calendar(db, owner, zone, starts_at, now);
  if (!calendar) return fail(calendar);
  if (auto problem = problem_with(*calendar, starts_at); !problem.empty())
    return refused<store::Appointment>(*calendar, starts_at, std::move(problem));
  if (auto moved = appointments.move(id, starts_at); !moved) {
    if (moved.error().code != "slot_taken") return fail(moved);
    return refused<store::Appointment>(*calendar, starts_at, "slot_taken");
  }
  (*appointment)->starts_at = starts_at;
  return Booked<store::Appointment>{.row = std::move(**appointment)};
}

}  // namespace offhook::call
