#include <fmt/format.h>

#include <algorithm>

#include "store/customers.hpp"
#include "tools/arguments.hpp"
#include "tools/bookings.hpp"
#include "tools/factories.hpp"
#include "tools/office.hpp"
#include "tools/results.hpp"
#include "tools/say.hpp"

namespace offhook::tools {
namespace {

ToolResult booked(const store::Appointment& appointment, const CivilTime& local, bool already) {
  return success(fmt::format("Your appointment is {}booked for {}. Your confirmation code is {}.",
                             already ? "already " : "", say_moment(local), appointment.confirmation),
                 appointment_object(appointment));
}

Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object& arguments) {
  const auto wanted = read_date_and_time(arguments);
  if (!wanted) return wanted.error();
  auto customer = store::Customers(db, context.owner).find(text_argument(arguments, "customer_id").value_or(""));
  if (!customer) return fail(customer);
  if (!*customer) return refusal("unknown_customer", "I couldn't find an account with that customer number.");

  auto calendar = read_office_calendar(db, context.owner, context.time_zone, *wanted, context.now);
  if (!calendar) return fail(calendar);
  const auto starts_at = calendar->zone.to_utc(*wanted);
  store::Appointments appointments(db, context.owner);
  const store::AppointmentFilter own{.customer_id = (*customer)->id, .status = "scheduled"};
  auto earlier = appointments.list(own, {.limit = store::Page::kMaxLimit});
  if (!earlier) return fail(earlier);
  const auto same = std::ranges::find(earlier->items, starts_at, &store::Appointment::starts_at);
  if (same != earlier->items.end()) return booked(*same, *wanted, true);
  if (const auto problem = find_slot_problem(*calendar, *wanted); !problem.empty()) {
    return slot_refusal(*calendar, *wanted, problem);
  }

  Random random = context.random;
  store::Appointment appointment{
      .id = make_id(random, "appt"), .customer_id = (*customer)->id, .starts_at = starts_at, .created_at = context.now};
  if (auto added = insert_confirmed(appointments, appointment, random, "AP"); !added) {
    if (added.error().code != "slot_taken") return fail(added);
    return slot_refusal(*calendar, *wanted, "slot_taken");
  }
  return booked(appointment, *wanted, false);
}

}  // namespace

Tool book_appointment() {
  using enum Parameter::Type;
  return {.name = "book_appointment",
          .description = "Book an appointment at the office for a customer, on the hour or half hour.",
          .parameters = parameters_schema({
              {.name = "customer_id", .description = "The customer's number", .required = true},
              {.name = "date", .type = date, .description = "Day of the appointment", .required = true},
              {.name = "time", .type = Parameter::Type::time, .description = "Local start", .required = true},
          }),
          .effect = Effect::writes,
          .handler = run};
}

}  // namespace offhook::tools
