#include "call/bookings.hpp"

#include <fmt/format.h>

#include "store/customers.hpp"
#include "store/leads.hpp"
#include "store/properties.hpp"
#include "tools/bookings.hpp"

namespace offhook::call {
namespace {

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
  const auto zone = TimeZone::find(property.time_zone).value_or(TimeZone::utc());
  return tools::read_tour_calendar(db, owner, property, zone, zone.to_civil(wanted), now);
}

Result<tools::Calendar> office_calendar(sql::Connection& db, const store::Owner& owner, const TimeZone& zone,
                                        UtcTime wanted, UtcTime now) {
  return tools::read_office_calendar(db, owner, zone, zone.to_civil(wanted), now);
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
  if (auto added = tools::insert_confirmed(store::Tours(db, owner), wish, random, "ST"); !added) {
    if (added.error().code != "slot_taken") return fail(added);
    return refused<store::Tour>(*calendar, wish.starts_at, "slot_taken");
  }
  const tools::ToolContext context{.owner = owner, .now = now};
  const CivilTime local = calendar->zone.to_civil(wish.starts_at);
  auto noted = tools::note_tour(db, context, random, std::move(**lead), wish, **property, local);
  if (!noted) return fail(noted);
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
  if (auto added = tools::insert_confirmed(store::Appointments(db, owner), wish, random, "AP"); !added) {
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
