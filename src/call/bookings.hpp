#pragma once

#include <string>
#include <vector>

#include "base/civil_time.hpp"
#include "base/random.hpp"
#include "store/appointments.hpp"
#include "store/tours.hpp"

namespace offhook::call {

/// Tours and appointments as an office books them: by the rules that callers' bookings go by (office hours, half hours,
/// the future, one at a time). Each runs inside one transaction, perhaps twice: `random` is copied, `now` is given.

/// What a booking came to: `row`, or why not. Other failures are errors.
template <class Row>
struct Booked {
  Row row;
  std::string problem;                ///< "in_the_past", "outside_office_hours", "no_such_slot", "slot_taken"; or empty
  std::vector<UtcTime> alternatives;  ///< the nearest free times, when there is a problem
};

/// `wish`: lead, property, unit, time. Gives it with id and confirmation; the lead's status rises to tour_scheduled and
/// its history says so. Errors: not_found with param (lead_id, property_id, unit_id).
Result<Booked<store::Tour>> book_tour(sql::Connection& db, const store::Owner& owner, store::Tour wish, UtcTime now,
                                      Random random);
/// Errors: not_found, conflict with code "not_scheduled".
Result<Booked<store::Tour>> move_tour(sql::Connection& db, const store::Owner& owner, const std::string& id,
                                      UtcTime starts_at, UtcTime now);

/// `wish`: customer and time; `zone`: the office's. Errors: not_found with param customer_id.
Result<Booked<store::Appointment>> book_appointment(sql::Connection& db, const store::Owner& owner,
                                                    store::Appointment wish, const TimeZone& zone, UtcTime now,
                                                    Random random);
/// Errors: not_found, conflict with code "not_scheduled".
Result<Booked<store::Appointment>> move_appointment(sql::Connection& db, const store::Owner& owner,
                                                    const std::string& id, UtcTime starts_at, const TimeZone& zone,
                                                    UtcTime now);

}  // namespace offhook::call
