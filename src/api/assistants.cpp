#include "api/body_reader.hpp"
#include "api/lists.hpp"
#include "api/voice_error.hpp"

namespace offhook::api {
namespace {

constexpr std::size_t kMaxNameBytes = 40;  // Vapi's limit
constexpr std::size_t kMaxMessageBytes = 2000;
constexpr std::size_t kMaxPromptBytes = 64 * 1024;

/// An assistant with its warnings.
Response shown_with_warnings(const Services& services, const store::Assistant& assistant, int status = 200) {
  json::object body = to_json(assistant);
  json::array warnings;
  for (const auto& warning : call::warnings_for(assistant, services.assistants.parts())) warnings.emplace_back(warning);
  body["warnings"] = std::move(warnings);
  return http::json_response(json::serialize(body), status);
}

/// Every function has to be a tool of this server.
Result<void> check_functions(const Services& services, const store::Assistant& assistant) {
  std::size_t index = 0;
  for (const auto& name : call::texts_in(assistant.functions)) {
    if (services.turns.tools.find(name, assistant.agent) == nullptr) {
      return fail(
          invalid_value(fmt::format("functions[{}]", index), "the name of a tool that GET /api/v1/tools lists"));
    }
    ++index;
  }
  return {};
}

/// The fields given, into the assistant.
Result<void> read_assistant(const Services& services, const json::object& body, store::Assistant& assistant) {
  auto read = BodyReader(body)
                  .text("name", assistant.name, kMaxNameBytes)
                  .text("first_message", assistant.first_message, kMaxMessageBytes)
                  .text("system_prompt", assistant.system_prompt, kMaxPromptBytes)
                  .text("voice_id", assistant.voice_id, 200)
                  .text("model", assistant.model, 200)
                  .names("knowledge", assistant.knowledge)
                  .names("functions", assistant.functions)
                  .result();
  if (!read) return read;
  // A model that is one of our agents says who speaks.
  if (services.agents.find(assistant.model) != nullptr) assistant.agent = assistant.model;
  return body.contains("functions") ? check_functions(services, assistant) : Result<void>{};
}

/// Who speaks for a property: `preferred` when that agent lets apartments, else the first one that does.
std::string letting_agent(const Services& services, const std::string& preferred) {
  const auto* wanted = services.agents.find(preferred);
  if (wanted != nullptr && call::lets_apartments(*wanted)) return preferred;
  const auto found = std::ranges::find_if(services.agents.all(), call::lets_apartments);
  return found != services.agents.all().end() ? found->name : preferred;
}

}  // namespace

Task<Response> create_assistant(const Services& services, Request& request) {
  auto body = parse_optional_body(request.body);
  if (!body) co_return fail(body);
  store::Assistant wish{
      .property_id = query(request, "property_id"), .agent = default_agent(services), .functions = ""};  // unset
  if (!wish.property_id.empty()) wish.agent = letting_agent(services, wish.agent);
  if (auto read = read_assistant(services, *body, wish); !read) co_return fail(read);
  if (wish.property_id.empty() && wish.name.empty()) co_return fail(missing_field("name"));
  auto made = co_await services.assistants.create(owner_of(request), std::move(wish), request.deadline);
  if (!made) co_return answer_failure(services, request, std::move(made.error()));
  co_return shown_with_warnings(services, *made, 201);
}

Task<Response> list_assistants(const Services& services, Request& request) {
  return answer_list(services, request,
                     [property_id = query(request, "property_id")](sql::Connection& db, const store::Owner& owner,
                                                                   const store::Page& page) {
                       return store::Assistants(db, owner).list(property_id, page);
                     });
}

Task<Response> show_assistant(const Services& services, Request& request) {
  const std::string id(request.param("id"));
  auto found = co_await services.turns.store.read(
      [owner = owner_of(request), id](sql::Connection& db) { return store::Assistants(db, owner).find_any(id); });
  if (!found) co_return fail(found);
  if (!*found) co_return no_such("assistant", id);
  co_return shown_with_warnings(services, **found);
}

Task<Response> update_assistant(const Services& services, Request& request) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  auto change = [&services, body = std::move(*body)](store::Assistant& assistant) -> Result<void> {
    if (body.contains("name")) {
      if (auto named = BodyReader(body).require("name").result(); !named) return named;
    }
    return read_assistant(services, body, assistant);
  };
  auto changed = co_await services.assistants.update(owner_of(request), std::string(request.param("id")),
                                                     std::move(change), request.deadline);
  if (!changed) co_return answer_failure(services, request, std::move(changed.error()));
  co_return shown_with_warnings(services, *changed);
}

Task<Response> delete_assistant(const Services& services, Request& request) {
  const std::string id(request.param("id"));
  auto removed = co_await services.assistants.remove(owner_of(request), id, request.deadline);
  if (!removed) co_return answer_failure(services, request, std::move(removed.error()));
  co_return http::json_response(json::serialize(json::object{{"id", id}, {"deleted", true}}));
}

}  // namespace offhook::api
