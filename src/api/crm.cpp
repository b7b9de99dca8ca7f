#include <charconv>

#include <fmt/format.h>

#include "api/crm_json.hpp"
#include "api/handlers.hpp"
#include "api/tenancy.hpp"
#include "base/phone.hpp"

namespace offhook::api {
namespace {

Result<store::Page> read_page(const Request& request) {
  store::Page page;
  if (const auto limit = request.query_value("limit")) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(limit->data(), limit->data() + limit->size(), value);
    if (error != std::errc{} || end != limit->data() + limit->size() || value < 1 || value > store::Page::kMaxLimit) {
      return fail(invalid_value("limit", fmt::format("a whole number from 1 to {}", store::Page::kMaxLimit)));
    }
    page.limit = value;
  }
  page.cursor = request.query_value("cursor");
  return page;
}

std::string query(const Request& request, std::string_view name) { return request.query_value(name).value_or(""); }

template <class T>
Response list_response(const store::Paged<T>& page) {
  json::array items;
  for (const auto& item : page.items) items.push_back(to_json(item));
  json::object body;
  body["data"] = std::move(items);
  body["next_cursor"] = page.next_cursor ? json::value(*page.next_cursor) : json::value(nullptr);
  return http::json_response(json::serialize(body));
}

/// Reads one page with `list` (Result<Paged<T>>(sql::Connection&, const Owner&, const Page&)) and shows it.
template <class List>
Task<Response> answer_list(const Services& services, const Request& request, List list) {
  auto page = read_page(request);
  if (!page) co_return fail(page);
  auto found = co_await services.turns.store.read(
      [list, owner = owner_of(request), page = *page](sql::Connection& db) { return list(db, owner, page); });
  if (!found) co_return fail(found);
  co_return list_response(*found);
}

/// Reads one object with `find` (Result<std::optional<T>>(sql::Connection&, const Owner&, const std::string& id)).
template <class Find>
Task<Response> answer_one(const Services& services, const Request& request, std::string_view what, Find find) {
  const std::string id(request.param("id"));
  auto found = co_await services.turns.store.read(
      [find, owner = owner_of(request), id](sql::Connection& db) { return find(db, owner, id); });
  if (!found) co_return fail(found);
  if (!*found) co_return fail(ErrorKind::not_found, fmt::format("There is no {} '{}'.", what, id));
  co_return http::json_response(json::serialize(to_json(**found)));
}

Result<std::optional<CallDetail>> find_call(sql::Connection& db, const store::Owner& owner, const std::string& id) {
  store::Calls calls(db, owner);
  auto call = calls.find_any(id);
  if (!call) return fail(call);
  if (!*call) return std::nullopt;
  CallDetail detail{.call = std::move(**call)};
  auto transcript = calls.transcript(detail.call.id);
  if (!transcript) return fail(transcript);
  auto tool_calls = calls.tool_calls(detail.call.id);
  if (!tool_calls) return fail(tool_calls);
  auto recording = store::CallRecordings(db, owner).find(detail.call.id);
  if (!recording) return fail(recording);
  detail.recording = std::move(*recording);
  detail.transcript = std::move(*transcript);
  detail.tool_calls = std::move(*tool_calls);
  if (!detail.call.platform_id.empty()) {
    auto events = store::WebhookEvents(db, owner).list_for_call(detail.call.platform_id);
    if (!events) return fail(events);
    detail.events = std::move(*events);
  }
  return detail;
}

}  // namespace

Task<Response> list_calls(const Services& services, Request& request) {
  store::CallFilter filter{.agent = query(request, "agent")};
  if (const auto status = request.query_value("status")) {
    filter.status = store::parse_call_status(*status);
    if (!filter.status)
      co_return fail(invalid_value("status", "scheduled, queued, ringing, in-progress, forwarding or ended"));
  }
  if (const auto phone = request.query_value("phone_number")) filter.phone_number = normalize_phone(*phone, "US");
  filter.assistant_id = query(request, "assistant_id");
  filter.lead_id = query(request, "lead_id");
  filter.property_id = query(request, "property_id");
  co_return co_await answer_list(services, request,
                                 [filter](sql::Connection& db, const store::Owner& owner, const store::Page& page) {
                                   return store::Calls(db, owner).list(filter, page);
                                 });
}

Task<Response> show_call(const Services& services, Request& request) {
  return answer_one(services, request, "call", find_call);
}

Task<Response> list_leads(const Services& services, Request& request) {
  store::LeadFilter filter{.status = query(request, "status"), .source = query(request, "source")};
  if (const auto phone = request.query_value("phone")) filter.phone = normalize_phone(*phone, "US");
  return answer_list(services, request,
                     [filter](sql::Connection& db, const store::Owner& owner, const store::Page& page) {
                       return store::Leads(db, owner).list(filter, page);
                     });
}

Task<Response> show_lead(const Services& services, Request& request) {
  return answer_one(services, request, "lead",
                    [](sql::Connection& db, const store::Owner& owner, const std::string& id) {
                      return store::Leads(db, owner).find(id);
                    });
}

Task<Response> list_lead_activities(const Services& services, Request& request) {
  const std::string id(request.param("id"));
  auto lead = co_await services.turns.store.read(
      [owner = owner_of(request), id](sql::Connection& db) { return store::Leads(db, owner).find(id); });
  if (!lead) co_return fail(lead);
  if (!*lead) co_return fail(ErrorKind::not_found, fmt::format("There is no lead '{}'.", id));
  co_return co_await answer_list(services, request,
                                 [id](sql::Connection& db, const store::Owner& owner, const store::Page& page) {
                                   return store::Activities(db, owner).list(id, page);
                                 });
}

Task<Response> list_tours(const Services& services, Request& request) {
  store::TourFilter filter{.lead_id = query(request, "lead_id"),
                           .property_id = query(request, "property_id"),
                           .status = query(request, "status")};
  return answer_list(services, request,
                     [filter](sql::Connection& db, const store::Owner& owner, const store::Page& page) {
                       return store::Tours(db, owner).list(filter, page);
                     });
}

Task<Response> show_tour(const Services& services, Request& request) {
  return answer_one(services, request, "tour",
                    [](sql::Connection& db, const store::Owner& owner, const std::string& id) {
                      return store::Tours(db, owner).find(id);
                    });
}

Task<Response> list_properties(const Services& services, Request& request) {
  return answer_list(services, request, [](sql::Connection& db, const store::Owner& owner, const store::Page& page) {
    return store::Properties(db, owner).list(page);
  });
}

Task<Response> list_units(const Services& services, Request& request) {
  const std::string property_id = query(request, "property_id");
  return answer_list(services, request,
                     [property_id](sql::Connection& db, const store::Owner& owner, const store::Page& page) {
                       return store::Units(db, owner).list(property_id, page);
                     });
}

Task<Response> show_customer(const Services& services, Request& request) {
  return answer_one(services, request, "customer",
                    [](sql::Connection& db, const store::Owner& owner, const std::string& id) {
                      return store::Customers(db, owner).find(id);
                    });
}

Task<Response> list_appointments(const Services& services, Request& request) {
  store::AppointmentFilter filter{.customer_id = query(request, "customer_id"), .status = query(request, "status")};
  return answer_list(services, request,
                     [filter](sql::Connection& db, const store::Owner& owner, const store::Page& page) {
                       return store::Appointments(db, owner).list(filter, page);
                     });
}

Task<Response> list_callbacks(const Services& services, Request& request) {
  return answer_list(services, request, [](sql::Connection& db, const store::Owner& owner, const store::Page& page) {
    return store::Callbacks(db, owner).list(page);
  });
}

Task<Response> list_tools(const Services& services, Request&) {
  json::array tools;
  for (const auto& tool : services.turns.tools.tools()) {
    json::object shown{{"name", tool->name},
                       {"description", tool->description},
                       {"parameters", tool->parameters},
                       {"effect", tool->effect == tools::Effect::reads ? "reads" : "writes"}};
    if (!tool->agent.empty()) shown["agent"] = tool->agent;
    tools.push_back(std::move(shown));
  }
  json::object body;
  body["data"] = std::move(tools);
  body["next_cursor"] = nullptr;
  co_return http::json_response(json::serialize(body));
}

}  // namespace offhook::api
