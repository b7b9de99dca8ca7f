#include "tools/bookings.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/time_text.hpp"
#include "store/appointments.hpp"
#include "tools/leasing.hpp"

namespace offhook::tools {
namespace {

/// Alternatives are looked for within this span, and a day more in each direction for the zones.
constexpr auto kLookAround = kSearchSpan + std::chrono::days(2);

/// `taken`: Result<vector<UtcTime>>(from, to).
template <class Taken>
Result<Calendar> with_taken(Calendar calendar, const CivilTime& wanted, Taken taken) {
  const UtcTime middle = std::max(calendar.zone.to_utc(wanted), calendar.now);
  auto times = taken(middle - kLookAround, middle + kLookAround);
  if (!times) return fail(times);
  calendar.taken = std::move(*times);
  return calendar;
}

}  // namespace

Result<Calendar> read_tour_calendar(sql::Connection& db, const store::Owner& owner, const store::Property& property,
                                    const TimeZone& fallback, const CivilTime& wanted, UtcTime now) {
  Calendar calendar{.hours = OfficeHours::parse(property.office_hours),
                    .zone = TimeZone::find(property.time_zone).value_or(fallback),
                    .now = now};
  return with_taken(std::move(calendar), wanted,
                    [&](UtcTime from, UtcTime to) { return store::Tours(db, owner).taken(property.id, from, to); });
}

Result<Calendar> read_office_calendar(sql::Connection& db, const store::Owner& owner, const TimeZone& zone,
                                      const CivilTime& wanted, UtcTime now) {
  Calendar calendar{.hours = OfficeHours::standard(), .zone = zone, .now = now};
  return with_taken(std::move(calendar), wanted,
                    [&](UtcTime from, UtcTime to) { return store::Appointments(db, owner).taken(from, to); });
}

Result<void> note_tour(sql::Connection& db, const ToolContext& context, Random& random, store::Lead lead,
                       const store::Tour& tour, const store::Property& property, const CivilTime& local) {
  const auto note = fmt::format("Tour of {} on {} at {}, confirmation {}", property.name, to_text(local.date),
                                to_text(local.time_of_day), tour.confirmation);
  if (auto noted = add_activity(db, context, random, lead.id, "tour_scheduled", note); !noted) return noted;
  return advance_lead(db, context, random, lead, LeadEvent::tour_scheduled);
}

}  // namespace offhook::tools
