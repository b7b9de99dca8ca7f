#include <algorithm>
#include <array>
#include <cmath>

#include "api/body_reader.hpp"
#include "api/lists.hpp"
#include "async/loop.hpp"
#include "base/civil_time.hpp"

namespace offhook::api {
namespace {

constexpr std::initializer_list<std::string_view> kLeadStatuses = {
    "new", "contacted", "qualified", "unqualified", "tour_scheduled", "leased", "lost"};

Result<void> read_lead(const json::object& body, store::Lead& lead) {
  std::int64_t score = lead.score.value_or(-1);
  auto read = BodyReader(body)
                  .text("name", lead.name)
                  .phone("phone", lead.phone)
                  .email("email", lead.email)
                  .text("source", lead.source, 100)
                  .one_of("status", lead.status, kLeadStatuses)
                  .integer("score", score, 0, 100)
                  .object("metadata", lead.metadata)
                  .result();
  if (score >= 0) lead.score = score;
  return read;
}

Result<void> read_customer(const json::object& body, store::Customer& customer) {
  return BodyReader(body)
      .text("name", customer.name)
      .phone("phone", customer.phone)
      .email("email", customer.email)
      .date("date_of_birth", customer.date_of_birth)
      .text("postcode", customer.postcode, 20)
      .text("status", customer.status, 40)
      .result();
}

/// {"mon":["09:00","18:00"],…,"sun":null}: known days, times that follow each other.
Result<void> check_hours(const json::object& body) {
  constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  const auto* hours = body.if_contains("office_hours");
  if (hours == nullptr || !hours->is_object()) return {};
  for (const auto& [day, span] : hours->get_object()) {
    const std::string field = "office_hours." + std::string(day);
    if (std::ranges::find(kDays, std::string_view(day.data(), day.size())) == kDays.end())
      return fail(invalid_value(field, "one of mon, tue, wed, thu, fri, sat, sun"));
    if (span.is_null()) continue;
    const bool is_pair = span.is_array() && span.get_array().size() == 2;
    const auto opens = is_pair ? parse_time_of_day(to_std_string(span.get_array()[0])) : std::nullopt;
    const auto closes = is_pair ? parse_time_of_day(to_std_string(span.get_array()[1])) : std::nullopt;
    if (!opens || !closes || *opens >= *closes)
      return fail(invalid_value(field, R"(null or two times such as ["09:00","18:00"])"));
  }
  return {};
}

Result<void> read_property(const json::object& body, store::Property& property) {
  auto read = BodyReader(body)
                  .text("name", property.name, 200)
                  .text("address", property.address)
                  .text("time_zone", property.time_zone, 60)
                  .phone("phone", property.phone)
                  .object("office_hours", property.office_hours, 2000)
                  .result();
  if (!read) return read;
  if (!TimeZone::find(property.time_zone))
    return fail(invalid_value("time_zone", "an IANA time zone such as America/Los_Angeles"));
  return check_hours(body);
}

/// The number of an agent's file is this server's line: calls to it are not another account's.
Result<void> check_line(const Services& services, const store::Owner& owner, const store::Property& property) {
  if (owner.is_local() || services.agents.find_by_number(property.phone) == nullptr) return {};
  return fail(invalid_value("phone", "a number that is not this server's own"));
}

Result<void> read_unit(const json::object& body, store::Unit& unit) {
  double rent = static_cast<double>(unit.rent_cents) / 100;
  auto read = BodyReader(body)
                  .text("label", unit.label, 60)
                  .integer("bedrooms", unit.bedrooms, 0, 50)
                  .number("bathrooms", unit.bathrooms, 0, 50)
                  .number("rent", rent, 0, 10'000'000)
                  .date("available_from", unit.available_from)
                  .boolean("pets_allowed", unit.pets_allowed)
                  .one_of("status", unit.status, {"available", "held", "let"})
                  .result();
  unit.rent_cents = std::llround(rent * 100);
  return read;
}

/// A name that is there may not become empty.
Result<void> keep_name(const json::object& body, std::string_view field) {
  return body.contains(field) ? BodyReader(body).require(field).result() : Result<void>{};
}

/// What a new row needs from the loop, before its transaction.
struct Fresh {
  std::string id;
  UtcTime now;
};
Fresh fresh(Loop& loop, std::string_view prefix) {
  return {.id = make_id(loop.random(), prefix), .now = loop.clock().utc_now()};
}

/// Inserts a row of a repository and shows it.
template <class Repository, class Row>
Task<Response> answer_insert(const Services& services, const Request& request, Row row) {
  auto work = [row = std::move(row)](sql::Connection& db, const store::Owner& owner) -> Result<Row> {
    if (auto added = Repository(db, owner).insert(row); !added) return fail(added);
    return row;
  };
  co_return co_await answer_write(services, request, 201, std::move(work));
}

}  // namespace

Task<Response> create_lead(const Services& services, Request& request) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  const Fresh made = fresh(co_await this_loop(), "lead");
  store::Lead lead{.id = made.id, .source = "api", .created_at = made.now, .updated_at = made.now};
  if (auto read = read_lead(*body, lead); !read) co_return fail(read);
  if (lead.name.empty() && lead.phone.empty() && lead.email.empty()) co_return fail(missing_field("name"));
  co_return co_await answer_insert<store::Leads>(services, request, std::move(lead));
}

Task<Response> update_lead(const Services& services, Request& request) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  const Fresh made = fresh(co_await this_loop(), "act");
  auto work = [made, id = std::string(request.param("id")), body = std::move(*body)](
                  sql::Connection& db, const store::Owner& owner) -> Result<store::Lead> {
    store::Leads leads(db, owner);
    auto lead = leads.find(id);
    if (!lead) return fail(lead);
    if (!*lead) return no_such("lead", id);
    const std::string before = (*lead)->status;
    if (auto read = read_lead(body, **lead); !read) return fail(read);
    (*lead)->updated_at = made.now;
    if (auto stored = leads.update(**lead); !stored) return fail(stored);
    if ((*lead)->status != before) {
      auto noted = store::Activities(db, owner).insert({.id = made.id,
                                                        .lead_id = id,
                                                        .kind = "status_changed",
                                                        .text = before + " to " + (*lead)->status,
                                                        .at = made.now});
      if (!noted) return fail(noted);
    }
    return std::move(**lead);
  };
  co_return co_await answer_write(services, request, 200, std::move(work));
}

Task<Response> create_lead_activity(const Services& services, Request& request) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  const Fresh made = fresh(co_await this_loop(), "act");
  store::Activity activity{.id = made.id, .lead_id = std::string(request.param("id")), .kind = "note", .at = made.now};
  auto read = BodyReader(*body)
                  .require("text")
                  .text("text", activity.text, 4000)
                  .one_of("kind", activity.kind, {"note", "call"})
                  .result();
  auto work = [activity, read](sql::Connection& db, const store::Owner& owner) -> Result<store::Activity> {
    auto lead = store::Leads(db, owner).find(activity.lead_id);
    if (!lead) return fail(lead);
    if (!*lead) return no_such("lead", activity.lead_id);
    if (!read) return fail(read.error());
    if (auto added = store::Activities(db, owner).insert(activity); !added) return fail(added);
    return activity;
  };
  co_return co_await answer_write(services, request, 201, std::move(work));
}

Task<Response> create_customer(const Services& services, Request& request) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  const Fresh made = fresh(co_await this_loop(), "cust");
  store::Customer customer{.id = made.id, .status = "active", .created_at = made.now};
  if (auto named = BodyReader(*body).require("name").result(); !named) co_return fail(named);
  if (auto read = read_customer(*body, customer); !read) co_return fail(read);
  co_return co_await answer_insert<store::Customers>(services, request, std::move(customer));
}

Task<Response> update_customer(const Services& services, Request& request) {
  return answer_change<store::Customers>(services, request, "customer",
                                         [](const json::object& body, store::Customer& customer) -> Result<void> {
                                           if (auto named = keep_name(body, "name"); !named) return named;
                                           return read_customer(body, customer);
                                         });
}

Task<Response> create_property(const Services& services, Request& request) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  const Fresh made = fresh(co_await this_loop(), "prop");
  store::Property property{.id = made.id, .created_at = made.now};
  if (auto named = BodyReader(*body).require("name").result(); !named) co_return fail(named);
  if (auto read = read_property(*body, property); !read) co_return fail(read);
  if (auto line = check_line(services, owner_of(request), property); !line) co_return fail(line);
  co_return co_await answer_insert<store::Properties>(services, request, std::move(property));
}

Task<Response> update_property(const Services& services, Request& request) {
  auto change = [&services, owner = owner_of(request)](const json::object& body,
                                                       store::Property& property) -> Result<void> {
    if (auto named = keep_name(body, "name"); !named) return named;
    if (auto read = read_property(body, property); !read) return read;
    return check_line(services, owner, property);
  };
  return answer_change<store::Properties>(services, request, "property", std::move(change));
}

Task<Response> create_unit(const Services& services, Request& request) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  const Fresh made = fresh(co_await this_loop(), "unit");
  store::Unit unit{.id = made.id, .created_at = made.now};
  unit.available_from = to_text(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(made.now)));
  auto named = BodyReader(*body).require("property_id").require("label").require("rent").result();
  if (!named) co_return fail(named);
  if (auto read = BodyReader(*body).text("property_id", unit.property_id).result(); !read) co_return fail(read);
  if (auto read = read_unit(*body, unit); !read) co_return fail(read);
  auto work = [unit](sql::Connection& db, const store::Owner& owner) -> Result<store::Unit> {
    auto property = store::Properties(db, owner).find(unit.property_id);
    if (!property) return fail(property);
    if (!*property) return no_such("property", unit.property_id);
    if (auto added = store::Units(db, owner).insert(unit); !added) return fail(added);
    return unit;
  };
  co_return co_await answer_write(services, request, 201, std::move(work));
}

Task<Response> update_unit(const Services& services, Request& request) {
  return answer_change<store::Units>(services, request, "unit",
                                     [](const json::object& body, store::Unit& unit) -> Result<void> {
                                       if (auto named = keep_name(body, "label"); !named) return named;
                                       return read_unit(body, unit);
                                     });
}

Task<Response> create_callback(const Services& services, Request& request) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  const Fresh made = fresh(co_await this_loop(), "callback");
  store::Callback callback{.id = made.id, .created_at = made.now};
  std::optional<UtcTime> at;
  auto read = BodyReader(*body)
                  .require("phone")
                  .require("at")
                  .phone("phone", callback.phone)
                  .time("at", at)
                  .text("reason", callback.reason)
                  .text("lead_id", callback.lead_id)
                  .result();
  if (!read) co_return fail(read);
  callback.at = at.value_or(UtcTime{});
  if (callback.at <= made.now) co_return fail(invalid_value("at", "a time in the future"));
  auto work = [callback](sql::Connection& db, const store::Owner& owner) -> Result<store::Callback> {
    if (!callback.lead_id.empty()) {
      auto lead = store::Leads(db, owner).find(callback.lead_id);
      if (!lead) return fail(lead);
      if (!*lead) return no_such("lead", callback.lead_id);
    }
    if (auto added = store::Callbacks(db, owner).insert(callback); !added) return fail(added);
    return callback;
  };
  co_return co_await answer_write(services, request, 201, std::move(work));
}

Task<Response> update_callback(const Services& services, Request& request) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  auto work = [id = std::string(request.param("id")), body = std::move(*body), now = services.clock.utc_now()](
                  sql::Connection& db, const store::Owner& owner) -> Result<store::Callback> {
    store::Callbacks callbacks(db, owner);
    auto callback = callbacks.find(id);
    if (!callback) return fail(callback);
    if (!*callback) return no_such("callback", id);
    std::optional<UtcTime> at;
    const std::string before = (*callback)->status;
    auto read = BodyReader(body)
                    .one_of("status", (*callback)->status, {"scheduled", "done", "cancelled"})
                    .text("reason", (*callback)->reason)
                    .time("at", at)
                    .result();
    if (!read) return fail(read);
    if (at) (*callback)->at = *at;
    // What is promised anew must still lie ahead.
    const bool is_promised = (*callback)->status == "scheduled" && before != "scheduled";
    if ((at || is_promised) && (*callback)->at <= now) return fail(invalid_value("at", "a time in the future"));
    if (auto stored = callbacks.update(**callback); !stored) return fail(stored);
    return std::move(**callback);
  };
  co_return co_await answer_write(services, request, 200, std::move(work));
}

}  // namespace offhook::api
