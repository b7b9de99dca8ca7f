#include <fmt/format.h>

#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/office.hpp"
#include "tools/results.hpp"
#include "tools/say.hpp"

namespace offhook::tools {
namespace {

Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object& arguments) {
  auto found = find_appointment(db, context, text_argument(arguments, "appointment_id").value_or(""));
  if (!found) return fail(found);
  if (!*found) return unknown_appointment();
  auto appointment = std::move(**found);
  const auto moment = say_moment(context.time_zone.to_civil(appointment.starts_at));
  if (appointment.status == "completed") {
    return refusal("not_scheduled", fmt::format("The appointment on {} has already taken place.", moment));
  }
  const bool already = appointment.status == "cancelled";
  if (auto cancelled = store::Appointments(db, context.owner).cancel(appointment.id); !cancelled)
    return fail(cancelled);
  appointment.status = "cancelled";
  return success(fmt::format("Your appointment on {} {} cancelled.", moment, already ? "was already" : "is"),
                 appointment_object(appointment));
}

}  // namespace

Tool cancel_appointment() {
  return {.name = "cancel_appointment",
          .description = "Cancel an appointment.",
          .parameters = parameters_schema(
              {{.name = "appointment_id", .description = "Its id or confirmation code", .required = true}}),
          .effect = Effect::writes,
          .handler = run};
}

}  // namespace offhook::tools
