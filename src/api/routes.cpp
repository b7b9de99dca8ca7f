#include "api/routes.hpp"

#include "api/handlers.hpp"
#include "api/tenancy.hpp"

namespace offhook::api {
namespace {

using http::Access;
using http::Method;
using http::RateClass;
using http::Route;

constexpr std::size_t kNoBody = 0;
constexpr std::size_t kSmallBody = 64 * 1024;
constexpr std::size_t kCrmBody = 256 * 1024;  // a system prompt travels with its assistant
constexpr std::size_t kChatBody = 4 * 1024 * 1024;
constexpr std::size_t kWebhookBody = 8 * 1024 * 1024;  // a long call's whole conversation travels with its messages
constexpr std::size_t kUploadBody = 256UL * 1024 * 1024;
constexpr Duration kStreamTime = std::chrono::minutes(2);
constexpr Duration kPlainTime = std::chrono::seconds(30);

using HandlerFunction = Task<Response> (*)(const Services&, Request&);
using OpenBodyFunction = Result<std::shared_ptr<http::BodySink>> (*)(const Services&, const Request&, Random&);

/// The table's rows before they are bound to the services.
struct Row {
  Method method;
  const char* path;
  Access access;
  RateClass rate;
  std::size_t body_limit_bytes;
  Duration time_limit;
  HandlerFunction handler;
  const char* summary;
  bool is_cancellable = false;  ///< its work is worth cancelling: see http::Route
  OpenBodyFunction open_body = nullptr;
};
constexpr bool kCancellable = true;

// clang-format off
constexpr Row kRows[] = {
  // operations
  {Method::get, "/healthz",    Access::open,    RateClass::none, kNoBody, kPlainTime, show_health,    "Is the process alive?"},
  {Method::get, "/readyz",     Access::open,    RateClass::none, kNoBody, kPlainTime, show_readiness, "Can it serve calls: database and agents?"},
  {Method::get, "/metrics",    Access::api_key, RateClass::none, kNoBody, kPlainTime, show_metrics,   "Prometheus text format."},
  {Method::get, "/openapi.json", Access::open,  RateClass::none, kNoBody, kPlainTime, show_openapi,   "This table as OpenAPI 3.1."},
  {Method::get, "/docs",       Access::open,    RateClass::none, kNoBody, kPlainTime, show_docs,      "The same, to read."},
  {Method::get, "/",           Access::open,    RateClass::none, kNoBody, kPlainTime, show_welcome,   "What this server is and where to look."},

  // the custom LLM
  {Method::post, "/api/chat/completions",                  Access::api_key, RateClass::chat, kChatBody, kStreamTime, complete_chat_for_vapi,   "Custom LLM, Vapi style: streams unless told otherwise.", kCancellable},
  {Method::post, "/api/chat/completions/chat/completions", Access::api_key, RateClass::chat, kChatBody, kStreamTime, complete_chat_for_vapi,   "The same, for clients that append the path to a full URL.", kCancellable},
  {Method::post, "/api/agent/query/openai",                Access::api_key, RateClass::chat, kChatBody, kStreamTime, complete_chat_for_vapi,   "The same, by its older name.", kCancellable},
  {Method::post, "/v1/chat/completions",                   Access::api_key, RateClass::chat, kChatBody, kStreamTime, complete_chat_for_openai, "Custom LLM, OpenAI style: one JSON answer unless told to stream.", kCancellable},
  {Method::post, "/chat/completions",                      Access::api_key, RateClass::chat, kChatBody, kStreamTime, complete_chat_for_openai, "The same.", kCancellable},
  {Method::get,  "/v1/models",                             Access::api_key, RateClass::none, kNoBody,   kPlainTime,  list_models,              "The agents, as models."},
  {Method::get,  "/v1/models/{id}",                        Access::api_key, RateClass::none, kNoBody,   kPlainTime,  show_model,               "One of them, by its name."},

  // one question, and the documents it may be answered from
  {Method::post, "/api/agent/query",       Access::api_key, RateClass::chat, kChatBody,   kStreamTime, query_agent,      "One question, one JSON answer with its sources and the tools used.", kCancellable},
  {Method::post, "/api/documents/upload",  Access::api_key, RateClass::crm,  kUploadBody, kStreamTime, upload_documents, "Upload documents: files of a form, or one text as JSON.", false, open_upload},
  {Method::get,  "/api/documents",         Access::api_key, RateClass::crm,  kNoBody,     kPlainTime,  list_documents,   "Documents, newest first."},
  {Method::get,  "/api/documents/{id}",    Access::api_key, RateClass::crm,  kNoBody,     kPlainTime,  show_document,    "One document: how far it is, or why it could not be read."},
  {Method::del,  "/api/documents/{id}",    Access::api_key, RateClass::crm,  kSmallBody,  kPlainTime,  delete_document,  "Delete a document."},
  {Method::post, "/api/documents/search",  Access::api_key, RateClass::crm,  kSmallBody,  kPlainTime,  search_documents, "Passages of the documents for a question."},

  // server messages: one handler, which checks the signature over the body
  {Method::post, "/api/v1/voice/webhook",         Access::webhook, RateClass::webhook, kWebhookBody, kPlainTime, receive_server_message, "Vapi server messages."},
  {Method::post, "/api/v1/webhooks/vapi/webhook", Access::webhook, RateClass::webhook, kWebhookBody, kPlainTime, receive_server_message, "Vapi server messages."},
  {Method::post, "/vapi/webhook",                 Access::webhook, RateClass::webhook, kWebhookBody, kPlainTime, receive_server_message, "Vapi server messages."},
  {Method::post, "/webhooks/vapi/call",           Access::webhook, RateClass::webhook, kWebhookBody, kPlainTime, receive_server_message, "Vapi server messages."},

  // the voice
  {Method::post, "/vapi/tts",    Access::voice, RateClass::voice, kSmallBody, kStreamTime, speak,       "Text to raw PCM, as a custom voice for Vapi.", kCancellable},
  {Method::get,  "/vapi/voices", Access::voice, RateClass::none,  kNoBody,    kPlainTime,  list_voices, "The voices there are."},
  {Method::get,  "/vapi/health", Access::open,  RateClass::none,  kNoBody,    kPlainTime,  show_health, "Is the voice alive?"},

  // accounts
  {Method::post, "/api/v1/auth/register", Access::open, RateClass::crm, kSmallBody, kPlainTime, register_account, "A new account and its owner."},
  {Method::post, "/api/v1/auth/login",    Access::open, RateClass::crm, kSmallBody, kPlainTime, log_in,           "An access token for e-mail and password."},
  {Method::get,  "/api/v1/auth/me",       Access::crm,  RateClass::crm, kNoBody,    kPlainTime, show_me,          "Who the request acts as."},

  // calls and the CRM
  {Method::get, "/api/v1/voice/calls",           Access::crm, RateClass::crm, kNoBody, kPlainTime, list_calls,           "Calls, newest first."},
  {Method::get, "/api/v1/voice/calls/{id}",      Access::crm, RateClass::crm, kNoBody, kPlainTime, show_call,            "One call with transcript, tool calls and events."},
  {Method::get, "/api/v1/leads",                 Access::crm, RateClass::crm, kNoBody, kPlainTime, list_leads,           "Leads, newest first."},
  {Method::get, "/api/v1/leads/{id}",            Access::crm, RateClass::crm, kNoBody, kPlainTime, show_lead,            "One lead."},
  {Method::get, "/api/v1/leads/{id}/activities", Access::crm, RateClass::crm, kNoBody, kPlainTime, list_lead_activities, "What happened with a lead."},
  {Method::get, "/api/v1/tours",                 Access::crm, RateClass::crm, kNoBody, kPlainTime, list_tours,           "Tours, newest first."},
  {Method::get, "/api/v1/tours/{id}",            Access::crm, RateClass::crm, kNoBody, kPlainTime, show_tour,            "One tour."},
  {Method::get, "/api/v1/properties",            Access::crm, RateClass::crm, kNoBody, kPlainTime, list_properties,      "Properties."},
  {Method::get, "/api/v1/units",                 Access::crm, RateClass::crm, kNoBody, kPlainTime, list_units,           "Units of a property."},
  {Method::get, "/api/v1/customers/{id}",        Access::crm, RateClass::crm, kNoBody, kPlainTime, show_customer,        "One customer."},
  {Method::get, "/api/v1/appointments",          Access::crm, RateClass::crm, kNoBody, kPlainTime, list_appointments,    "Appointments, newest first."},
  {Method::get, "/api/v1/callbacks",             Access::crm, RateClass::crm, kNoBody, kPlainTime, list_callbacks,       "Callbacks that were asked for."},
  {Method::get, "/api/v1/tools",                 Access::crm, RateClass::crm, kNoBody, kPlainTime, list_tools,           "Every tool with its schema and effect."},

  // assistants and calls
  {Method::post, "/api/v1/voice/assistants",      Access::crm, RateClass::crm, kCrmBody,   kPlainTime, create_assistant, "Create an assistant, here and on the telephone platform."},
  {Method::get,  "/api/v1/voice/assistants",      Access::crm, RateClass::crm, kNoBody,    kPlainTime, list_assistants,  "Assistants, newest first."},
  {Method::get,  "/api/v1/voice/assistants/{id}", Access::crm, RateClass::crm, kNoBody,    kPlainTime, show_assistant,   "One assistant."},
  {Method::put,  "/api/v1/voice/assistants/{id}", Access::crm, RateClass::crm, kCrmBody,   kPlainTime, update_assistant, "Change the fields given of an assistant."},
  {Method::del,  "/api/v1/voice/assistants/{id}", Access::crm, RateClass::crm, kSmallBody, kPlainTime, delete_assistant, "Delete an assistant, here and on the telephone platform."},
  {Method::post, "/api/v1/voice/call",            Access::crm, RateClass::crm, kSmallBody, kPlainTime, place_call,       "Place a call through the telephone platform."},
  {Method::post, "/api/v1/voice/calls/{id}/end",  Access::crm, RateClass::crm, kSmallBody, kPlainTime, end_call,         "Hang up a call."},

  // what is written into the CRM
  {Method::post,  "/api/v1/leads",                 Access::crm, RateClass::crm, kSmallBody, kPlainTime, create_lead,          "Create a lead."},
  {Method::patch, "/api/v1/leads/{id}",            Access::crm, RateClass::crm, kSmallBody, kPlainTime, update_lead,          "Change the fields given of a lead."},
  {Method::post,  "/api/v1/leads/{id}/activities", Access::crm, RateClass::crm, kSmallBody, kPlainTime, create_lead_activity, "Add a note to a lead's history."},
  {Method::post,  "/api/v1/tours",                 Access::crm, RateClass::crm, kSmallBody, kPlainTime, create_tour,          "Book a tour; 409 with free times when it is taken."},
  {Method::patch, "/api/v1/tours/{id}",            Access::crm, RateClass::crm, kSmallBody, kPlainTime, update_tour,          "Move or cancel a tour."},
  {Method::post,  "/api/v1/appointments",          Access::crm, RateClass::crm, kSmallBody, kPlainTime, create_appointment,   "Book an appointment; 409 with free times when it is taken."},
  {Method::get,   "/api/v1/appointments/{id}",     Access::crm, RateClass::crm, kNoBody,    kPlainTime, show_appointment,     "One appointment."},
  {Method::patch, "/api/v1/appointments/{id}",     Access::crm, RateClass::crm, kSmallBody, kPlainTime, update_appointment,   "Move or cancel an appointment."},
  {Method::get,   "/api/v1/customers",             Access::crm, RateClass::crm, kNoBody,    kPlainTime, list_customers,       "Customers, newest first."},
  {Method::post,  "/api/v1/customers",             Access::crm, RateClass::crm, kSmallBody, kPlainTime, create_customer,      "Create a customer."},
  {Method::patch, "/api/v1/customers/{id}",        Access::crm, RateClass::crm, kSmallBody, kPlainTime, update_customer,      "Change the fields given of a customer."},
  {Method::post,  "/api/v1/properties",            Access::crm, RateClass::crm, kSmallBody, kPlainTime, create_property,      "Create a property."},
  {Method::get,   "/api/v1/properties/{id}",       Access::crm, RateClass::crm, kNoBody,    kPlainTime, show_property,        "One property."},
  {Method::patch, "/api/v1/properties/{id}",       Access::crm, RateClass::crm, kSmallBody, kPlainTime, update_property,      "Change the fields given of a property."},
  {Method::post,  "/api/v1/units",                 Access::crm, RateClass::crm, kSmallBody, kPlainTime, create_unit,          "Create a unit of a property."},
  {Method::get,   "/api/v1/units/{id}",            Access::crm, RateClass::crm, kNoBody,    kPlainTime, show_unit,            "One unit."},
  {Method::patch, "/api/v1/units/{id}",            Access::crm, RateClass::crm, kSmallBody, kPlainTime, update_unit,          "Change the fields given of a unit."},
  {Method::post,  "/api/v1/callbacks",             Access::crm, RateClass::crm, kSmallBody, kPlainTime, create_callback,      "Note that somebody is to be called back: a row and its job, which nothing in this version carries out."},
  {Method::get,   "/api/v1/callbacks/{id}",        Access::crm, RateClass::crm, kNoBody,    kPlainTime, show_callback,        "One callback."},
  {Method::patch, "/api/v1/callbacks/{id}",        Access::crm, RateClass::crm, kSmallBody, kPlainTime, update_callback,      "Move, finish or cancel a callback."},
  {Method::get,   "/api/v1/analytics",             Access::crm, RateClass::crm, kNoBody,    kPlainTime, show_analytics,       "Calls per day, outcomes, duration, cost, tool use and conversion."},

  // the exchange: Vapi's REST API on this machine
  {Method::post,  "/exchange/assistant",      Access::exchange, RateClass::crm, kChatBody,  kPlainTime, create_exchange_assistant, "Create an assistant."},
  {Method::get,   "/exchange/assistant",      Access::exchange, RateClass::crm, kNoBody,    kPlainTime, list_exchange_assistants,  "Assistants, newest first."},
  {Method::get,   "/exchange/assistant/{id}", Access::exchange, RateClass::crm, kNoBody,    kPlainTime, show_exchange_assistant,   "One assistant."},
  {Method::patch, "/exchange/assistant/{id}", Access::exchange, RateClass::crm, kChatBody,  kPlainTime, update_exchange_assistant, "Replace the fields given."},
  {Method::del,   "/exchange/assistant/{id}", Access::exchange, RateClass::crm, kSmallBody, kPlainTime, delete_exchange_assistant, "Delete an assistant."},
  {Method::post,  "/exchange/call",           Access::exchange, RateClass::crm, kChatBody,  kPlainTime, create_exchange_call,      "Place a call."},
  {Method::get,   "/exchange/call",           Access::exchange, RateClass::crm, kNoBody,    kPlainTime, list_exchange_calls,       "Calls, newest first."},
  {Method::get,   "/exchange/call/{id}",      Access::exchange, RateClass::crm, kNoBody,    kPlainTime, show_exchange_call,        "One call."},
};
// clang-format on

}  // namespace

std::vector<Route> make_routes(const Services& services) {
  std::vector<Route> routes;
  for (const Row& row : kRows) {
    Route route{.method = row.method, .path = row.path, .access = row.access, .rate = row.rate};
    route.body_limit_bytes = row.body_limit_bytes;
    route.need = need_of(row.method, row.path);
    route.errors = http::Router::style_for(row.path);
    route.summary = row.summary;
    route.time_limit = row.time_limit;
    route.is_cancellable = row.is_cancellable;
    route.handler = [&services, handler = row.handler](Request& request) { return handler(services, request); };
    if (row.open_body != nullptr) {
      route.open_body = [&services, open = row.open_body](const Request& request, Random& random) {
        return open(services, request, random);
      };
    }
    routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace offhook::api
