#pragma once

#include "api/services.hpp"
#include "http/message.hpp"

/// One function for each thing the API does; routes.cpp says where each is reached. A handler translates:
/// wire to domain, domain to wire. Errors it returns become the route's error shape.
namespace offhook::api {

using http::Request;
using http::Response;

// operations.cpp
Task<Response> show_health(const Services& services, Request& request);
Task<Response> show_readiness(const Services& services, Request& request);
Task<Response> show_metrics(const Services& services, Request& request);
Task<Response> show_welcome(const Services& services, Request& request);

// chat.cpp: OpenAI's chat completions. The two differ in what an absent `stream` means.
Task<Response> complete_chat_for_vapi(const Services& services, Request& request);
Task<Response> complete_chat_for_openai(const Services& services, Request& request);
Task<Response> list_models(const Services& services, Request& request);
Task<Response> show_model(const Services& services, Request& request);

// webhooks.cpp
Task<Response> receive_server_message(const Services& services, Request& request);

// voice.cpp
Task<Response> speak(const Services& services, Request& request);
Task<Response> list_voices(const Services& services, Request& request);

// accounts.cpp
Task<Response> register_account(const Services& services, Request& request);
Task<Response> log_in(const Services& services, Request& request);
Task<Response> show_me(const Services& services, Request& request);

// assistants.cpp
Task<Response> create_assistant(const Services& services, Request& request);
Task<Response> list_assistants(const Services& services, Request& request);
Task<Response> show_assistant(const Services& services, Request& request);
Task<Response> update_assistant(const Services& services, Request& request);
Task<Response> delete_assistant(const Services& services, Request& request);

// calls.cpp
Task<Response> list_calls(const Services& services, Request& request);
Task<Response> show_call(const Services& services, Request& request);
Task<Response> place_call(const Services& services, Request& request);
Task<Response> end_call(const Services& services, Request& request);

// crm.cpp: what is read
Task<Response> list_leads(const Services& services, Request& request);
Task<Response> show_lead(const Services& services, Request& request);
Task<Response> list_lead_activities(const Services& services, Request& request);
Task<Response> list_tours(const Services& services, Request& request);
Task<Response> show_tour(const Services& services, Request& request);
Task<Response> list_properties(const Services& services, Request& request);
Task<Response> list_units(const Services& services, Request& request);
Task<Response> show_customer(const Services& services, Request& request);
Task<Response> list_appointments(const Services& services, Request& request);
Task<Response> list_callbacks(const Services& services, Request& request);
Task<Response> list_tools(const Services& services, Request& request);
Task<Response> show_property(const Services& services, Request& request);
Task<Response> show_unit(const Services& services, Request& request);
Task<Response> list_customers(const Services& services, Request& request);
Task<Response> show_appointment(const Services& services, Request& request);
Task<Response> show_callback(const Services& services, Request& request);

// crm_writes.cpp: leads, customers, properties, units, callbacks
Task<Response> create_lead(const Services& services, Request& request);
Task<Response> update_lead(const Services& services, Request& request);
Task<Response> create_lead_activity(const Services& services, Request& request);
Task<Response> create_customer(const Services& services, Request& request);
Task<Response> update_customer(const Services& services, Request& request);
Task<Response> create_property(const Services& services, Request& request);
Task<Response> update_property(const Services& services, Request& request);
Task<Response> create_unit(const Services& services, Request& request);
Task<Response> update_unit(const Services& services, Request& request);
Task<Response> create_callback(const Services& services, Request& request);
Task<Response> update_callback(const Services& services, Request& request);

// bookings.cpp: tours and appointments
Task<Response> create_tour(const Services& services, Request& request);
Task<Response> update_tour(const Services& services, Request& request);
Task<Response> create_appointment(const Services& services, Request& request);
Task<Response> update_appointment(const Services& services, Request& request);

// analytics.cpp
Task<Response> show_analytics(const Services& services, Request& request);

// documents.cpp
[[nodiscard]] Result<std::shared_ptr<http::BodySink>> open_upload(const Services& services, const Request& request,
                                                                  Random& random);
Task<Response> upload_documents(const Services& services, Request& request);
Task<Response> list_documents(const Services& services, Request& request);
Task<Response> show_document(const Services& services, Request& request);
Task<Response> delete_document(const Services& services, Request& request);
Task<Response> search_documents(const Services& services, Request& request);

// agent_query.cpp
Task<Response> query_agent(const Services& services, Request& request);

// openapi.cpp
Task<Response> show_openapi(const Services& services, Request& request);
Task<Response> show_docs(const Services& services, Request& request);

// exchange.cpp: Vapi's REST API, served here.
Task<Response> create_exchange_assistant(const Services& services, Request& request);
Task<Response> list_exchange_assistants(const Services& services, Request& request);
Task<Response> show_exchange_assistant(const Services& services, Request& request);
Task<Response> update_exchange_assistant(const Services& services, Request& request);
Task<Response> delete_exchange_assistant(const Services& services, Request& request);
Task<Response> create_exchange_call(const Services& services, Request& request);
Task<Response> list_exchange_calls(const Services& services, Request& request);
Task<Response> show_exchange_call(const Services& services, Request& request);

}  // namespace offhook::api
