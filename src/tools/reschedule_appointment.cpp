#include <fmt/format.h>

#include "tools/arguments.hpp"
#include "tools/bookings.hpp"
#include "tools/factories.hpp"
#include "tools/office.hpp"
#include "tools/results.hpp"
#include "tools/say.hpp"

namespace offhook::tools {
namespace {

Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object& arguments) {
  const auto wanted = read_date_and_time(arguments);
  if (!wanted) return wanted.error();
  auto found = find_appointment(db, context, text_argument(arguments, "appointment_id").value_or(""));
  if (!found) return fail(found);
  if (!*found) return unknown_appointment();
  auto appointment = std::move(**found);
  if (appointment.status != "scheduled") {
    return refusal("not_scheduled", fmt::format("That appointment is {}, so I can't move it. Shall I book a new one?",
                                                appointment.status));
  }
  auto calendar = read_office_calendar(db, context.owner, context.time_zone, *wanted, context.now);
  if (!calendar) return fail(calendar);
  const auto starts_at = calendar->zone.to_utc(*wanted);
  const bool already = starts_at == appointment.starts_at;
  if (!already) {
    if (const auto problem = find_slot_problem(*calendar, *wanted); !problem.empty()) {
      return slot_refusal(*calendar, *wanted, problem);
    }
    if (auto moved = store::Appointments(db, context.owner).move(appointment.id, starts_at); !moved) {
      if (moved.error().code != "slot_taken") return fail(moved);
      return slot_refusal(*calendar, *wanted, "slot_taken");
    }
    appointment.starts_at = starts_at;
  }
  return success(fmt::format("Your appointment is {} on {}. Your confirmation code is still {}.",
                             already ? "already" : "now", say_moment(*wanted), appointment.confirmation),
                 appointment_object(appointment));
}

}  // namespace

Tool reschedule_appointment() {
  using enum Parameter::Type;
  return {.name = "reschedule_appointment",
          .description = "Move an appointment to another time.",
          .parameters = parameters_schema({
              {.name = "appointment_id", .description = "Its id or confirmation code", .required = true},
              {.name = "date", .type = date, .description = "The new day", .required = true},
              {.name = "time", .type = Parameter::Type::time, .description = "The new local start", .required = true},
          }),
          .effect = Effect::writes,
          .handler = run};
}

}  // namespace offhook::tools
