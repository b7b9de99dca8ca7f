#include "api/handlers.hpp"
#include "auth/api_key.hpp"
#include "base/time_text.hpp"
#include "json/json.hpp"

namespace offhook::api {
namespace {

Result<auth::Attempt> read_attempt(const Request& request) {
  auto fields = parse_json_object(request.body);
  if (!fields) return fail(fields);
  auto email = require_string(*fields, "email");
  if (!email) return fail(email);
  auto password = require_string(*fields, "password");
  if (!password) return fail(password);
  return auth::Attempt{.email = std::move(*email),
                       .password = Secret(std::move(*password)),
                       .client_address = request.client_address,
                       .trace = request.trace,
                       .deadline = request.deadline};
}

json::object to_json(const store::User& user) {
  return {{"id", user.id},
          {"email", user.email},
          {"role", user.role},
          {"account_id", user.account_id},
          {"created_at", to_rfc3339(user.created_at)}};
}

}  // namespace

Task<Response> register_account(const Services& services, Request& request) {
  auto attempt = read_attempt(request);
  if (!attempt) co_return fail(attempt);
  auto user = co_await services.accounts.sign_up(std::move(*attempt));
  if (!user) co_return fail(user);
  co_return http::json_response(json::serialize(to_json(*user)), 201);
}

Task<Response> log_in(const Services& services, Request& request) {
  auto attempt = read_attempt(request);
  if (!attempt) co_return fail(attempt);
  auto session = co_await services.accounts.log_in(std::move(*attempt));
  if (!session) co_return fail(session);
  const json::object body{
      {"access_token", session->access_token}, {"token_type", "bearer"}, {"expires_in", session->expires_in.count()}};
  Response response = http::json_response(json::serialize(body));
  response.headers.emplace_back("Cache-Control", "no-store");  // RFC 6749, section 5.1
  co_return response;
}

Task<Response> show_me(const Services& services, Request& request) {
  const http::Principal& who = request.principal;
  if (who.kind == http::Principal::Kind::user) {
    auto user = co_await services.accounts.find(who.user_id);
    if (!user) co_return fail(user);
    co_return http::json_response(json::serialize(to_json(*user)));
  }
  // This machine in open mode, or a key: nobody with an e-mail, but somebody with an account.
  json::object body{{"id", who.name}, {"email", nullptr}, {"role", nullptr}, {"account_id", who.account_id}};
  if (!who.is_bound) body["role"] = auth::to_string(who.role);
  body["created_at"] = nullptr;
  if (who.is_bound) body["scopes"] = auth::to_text(who.scopes);
  co_return http::json_response(json::serialize(body));
}

}  // namespace offhook::api
