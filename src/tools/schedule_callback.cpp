#include "base/time_text.hpp"
#include "store/callbacks.hpp"
#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/leasing.hpp"
#include "tools/results.hpp"
#include "tools/say.hpp"

namespace offhook::tools {
namespace {

/// "2026-03-07T14:00:00-08:00", or a local reading "2026-03-07T14:00" (also with a space or seconds).
std::optional<UtcTime> read_moment(std::string_view text, const TimeZone& zone) {
  if (const auto instant = parse_rfc3339(text)) return instant;
  const bool has_time = text.size() >= 16 && (text[10] == 'T' || text[10] == ' ');
  if (!has_time || (text.size() != 16 && !(text.size() == 19 && text[16] == ':'))) return std::nullopt;
  const auto date = parse_date(text.substr(0, 10));
  const auto time = parse_time_of_day(text.substr(11, 5));
  if (!date || !time) return std::nullopt;
  return zone.to_utc({.date = *date, .time_of_day = *time});
}

ToolResult promise(const store::Callback& callback, const TimeZone& zone, bool already) {
  return success((already ? "It's already arranged: we'll call you back on " : "We'll call you back on ") +
                     say_moment(zone.to_civil(callback.at)) + ".",
                 {{"callback_id", callback.id}, {"phone", callback.phone}, {"at", to_rfc3339(callback.at)}});
}

Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object& arguments) {
  const auto at = read_moment(text_argument(arguments, "at").value_or(""), context.time_zone);
  if (!at) return invalid_argument("at", "a time as YYYY-MM-DDTHH:MM");
  if (*at <= context.now) return refusal("in_the_past", "That time has already passed. When should we call instead?");
  const auto phone = contact_phone(context, text_argument(arguments, "phone"));
  if (phone.empty()) return phone_refusal();
  const auto reason = text_argument(arguments, "reason").value_or("");
  store::Callbacks callbacks(db, context.owner);
  auto promised = callbacks.find_scheduled(phone, *at, reason);
  if (!promised) return fail(promised);
  if (*promised) return promise(**promised, context.time_zone, true);
  auto lead = store::Leads(db, context.owner).find_by_phone(phone);
  if (!lead) return fail(lead);

  Random random = context.random;
  const store::Callback callback{.id = make_id(random, "callback"),
                                 .phone = phone,
                                 .at = *at,
                                 .reason = reason,
                                 .lead_id = *lead ? (*lead)->id : std::string(),
                                 .created_at = context.now};
  if (auto added = callbacks.insert(callback); !added) {
    if (added.error().code != "duplicate") return fail(added);
    // Somebody else was faster.
    auto other = callbacks.find_scheduled(phone, *at, reason);
    if (!other) return fail(other);
    return *other ? promise(**other, context.time_zone, true) : Result<ToolResult>(fail(added));
  }
  return promise(callback, context.time_zone, false);
}

}  // namespace

Tool schedule_callback() {
  return {.name = "schedule_callback",
          .description = "Promise to call somebody back at a certain time.",
          .parameters = parameters_schema({
              {.name = "phone", .description = "Number to call; leave out for the caller's own"},
              {.name = "at", .description = "When, as local YYYY-MM-DDTHH:MM or RFC 3339", .required = true},
              {.name = "reason", .description = "What the call is about"},
          }),
          .effect = Effect::writes,
          .handler = run};
}

}  // namespace offhook::tools
