#include "call/bookings.hpp"

#include "api/body_reader.hpp"
#include "api/lists.hpp"
#include "async/loop.hpp"
#include "base/time_text.hpp"

namespace offhook::api {
namespace {

std::string_view sentence_for(std::string_view problem) {
  if (problem == "slot_taken") return "That time is already taken.";
  if (problem == "in_the_past") return "That time has already passed.";
  if (problem == "outside_office_hours") return "The office is closed at that time.";
  return "Bookings start on the hour or the half hour.";
}

/// Why a time cannot be had, with the nearest free ones: 409 when it is taken, 400 when nobody could have it.
Response refusal(std::string_view problem, const std::vector<UtcTime>& alternatives) {
  json::array free;
  for (const UtcTime time : alternatives) free.push_back(json::value(to_rfc3339(time)));
  json::object details{{"param", "starts_at"}, {"code", problem}};
  details["alternatives"] = std::move(free);
  json::object body;
  body["error"] = json::object{
      {"type", "invalid_request_error"}, {"message", sentence_for(problem)}, {"details", std::move(details)}};
  return http::json_response(json::serialize(body), problem == "slot_taken" ? 409 : 400);
}

template <class Row>
Response booked_or_refused(const call::Booked<Row>& booked, int status) {
  return booked.problem.empty() ? shown(booked.row, status) : refusal(booked.problem, booked.alternatives);
}

/// What a PATCH wants: a cancellation or another time.
struct Change {
  bool cancels = false;
  std::optional<UtcTime> starts_at;
};

Result<Change> read_change(std::string_view text) {
  auto body = parse_json_object(text);
  if (!body) return fail(body);
  Change change;
  std::string status;
  auto read = BodyReader(*body).one_of("status", status, {"cancelled"}).time("starts_at", change.starts_at).result();
  if (!read) return fail(read);
  change.cancels = status == "cancelled";
  if (change.cancels && change.starts_at)
    return fail(invalid_value("starts_at", "nothing, when the status becomes cancelled"));
  if (!change.cancels && !change.starts_at) return fail(missing_field("starts_at"));
  return change;
}

template <class Row, class Repository>
Result<call::Booked<Row>> cancel(Repository rows, std::string_view what, const std::string& id) {
  if (auto cancelled = rows.cancel(id); !cancelled) {
    if (cancelled.error().kind == ErrorKind::not_found) return no_such(what, id);
    return fail(cancelled);
  }
  auto found = rows.find(id);
  if (!found) return fail(found);
  return call::Booked<Row>{.row = found->value_or(Row{})};
}

/// The office's time zone: that of the agent who books appointments; of several, the one the settings name.
TimeZone office_zone(const Services& services) {
  const auto books = [](const agent::AgentDefinition& agent) {
    const auto is_among = [](const std::vector<std::string>& names) {
      return std::ranges::find(names, "book_appointment") != names.end();
    };
    return is_among(agent.tools) || is_among(agent.platform_tools);
  };
  const auto* named = services.agents.find(services.settings.agent);
  if (named != nullptr && books(*named)) return named->time_zone;
  const auto& all = services.agents.all();
  const auto found = std::ranges::find_if(all, books);
  return found != all.end() ? found->time_zone : TimeZone::utc();
}

}  // namespace

Task<Response> create_tour(const Services& services, Request& request) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  store::Tour wish;
  std::optional<UtcTime> starts_at;
  auto read = BodyReader(*body)
                  .require("lead_id")
                  .require("property_id")
                  .require("starts_at")
                  .text("lead_id", wish.lead_id)
                  .text("property_id", wish.property_id)
                  .text("unit_id", wish.unit_id)
                  .time("starts_at", starts_at)
                  .result();
  if (!read) co_return fail(read);
  wish.starts_at = starts_at.value_or(UtcTime{});
  Loop& loop = co_await this_loop();
  const Random random(loop.random().next());
  auto booked = co_await services.turns.store.write(
      [owner = owner_of(request), wish, now = loop.clock().utc_now(), random](sql::Connection& db) {
        return call::book_tour(db, owner, wish, now, random);
      });
  if (!booked) co_return fail(booked);
  co_return booked_or_refused(*booked, 201);
}

Task<Response> update_tour(const Services& services, Request& request) {
  auto change = read_change(request.body);
  if (!change) co_return fail(change);
  auto changed =
      co_await services.turns.store.write([owner = owner_of(request), id = std::string(request.param("id")),
                                           change = *change, now = services.clock.utc_now()](sql::Connection& db) {
        if (change.cancels) return cancel<store::Tour>(store::Tours(db, owner), "tour", id);
        return call::move_tour(db, owner, id, *change.starts_at, now);
      });
  if (!changed) co_return fail(changed);
  co_return booked_or_refused(*changed, 200);
}

Task<Response> create_appointment(const Services& services, Request& request) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  store::Appointment wish;
  std::optional<UtcTime> starts_at;
  auto read = BodyReader(*body)
                  .require("customer_id")
                  .require("starts_at")
                  .text("customer_id", wish.customer_id)
                  .time("starts_at", starts_at)
                  .result();
  if (!read) co_return fail(read);
  wish.starts_at = starts_at.value_or(UtcTime{});
  Loop& loop = co_await this_loop();
  const Random random(loop.random().next());
  auto booked = co_await services.turns.store.write(
      [owner = owner_of(request), wish, zone = office_zone(services), now = loop.clock().utc_now(),
       random](sql::Connection& db) { return call::book_appointment(db, owner, wish, zone, now, random); });
  if (!booked) co_return fail(booked);
  co_return booked_or_refused(*booked, 201);
}

Task<Response> update_appointment(const Services& services, Request& request) {
  auto change = read_change(request.body);
  if (!change) co_return fail(change);
  auto changed = co_await services.turns.store.write([owner = owner_of(request), id = std::string(request.param("id")),
                                                      change = *change, zone = office_zone(services),
                                                      now = services.clock.utc_now()](sql::Connection& db) {
    if (change.cancels) return cancel<store::Appointment>(store::Appointments(db, owner), "appointment", id);
    return call::move_appointment(db, owner, id, *change.starts_at, zone, now);
  });
  if (!changed) co_return fail(changed);
  co_return booked_or_refused(*changed, 200);
}

}  // namespace offhook::api
