#include "api/lists.hpp"
#include "base/phone.hpp"

namespace offhook::api {
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
  if (!*lead) co_return no_such("lead", id);
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

Task<Response> show_unit(const Services& services, Request& request) {
  return answer_one(services, request, "unit",
                    [](sql::Connection& db, const store::Owner& owner, const std::string& id) {
                      return store::Units(db, owner).find(id);
                    });
}

Task<Response> show_property(const Services& services, Request& request) {
  return answer_one(services, request, "property",
                    [](sql::Connection& db, const store::Owner& owner, const std::string& id) {
                      return store::Properties(db, owner).find(id);
                    });
}

Task<Response> list_customers(const Services& services, Request& request) {
  return answer_list(services, request, [](sql::Connection& db, const store::Owner& owner, const store::Page& page) {
    return store::Customers(db, owner).list(page);
  });
}

Task<Response> show_appointment(const Services& services, Request& request) {
  return answer_one(services, request, "appointment",
                    [](sql::Connection& db, const store::Owner& owner, const std::string& id) {
                      return store::Appointments(db, owner).find(id);
                    });
}

Task<Response> show_callback(const Services& services, Request& request) {
  return answer_one(services, request, "callback",
                    [](sql::Connection& db, const store::Owner& owner, const std::string& id) {
                      return store::Callbacks(db, owner).find(id);
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
