#include "vendors/vapi/rest_client.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "async/cancel.hpp"
#include "async/loop.hpp"
#include "base/text.hpp"
#include "net/header_values.hpp"

namespace offhook::vapi {
namespace {

constexpr std::size_t kMaxAnswerBytes = 4 * 1024 * 1024;
constexpr std::size_t kMaxMessageBytes = 300;
constexpr std::size_t kMaxIdBytes = 100;
/// A longer wait is told to the caller instead of being waited for.
constexpr std::chrono::seconds kLongestWait{2};
constexpr Duration kFirstPause = std::chrono::milliseconds(250);

/// Ids become parts of URLs and keys of ours: letters, digits, '-' and '_' only.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdBytes && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

Result<std::string> path_of(std::string_view folder, const std::string& id) {
  if (!is_id(id)) return fail(ErrorKind::not_found, "There is no such id.", "not an id of Vapi's: " + id);
  return fmt::format("/{}/{}", folder, id);
}

std::string message_in(std::string_view body) {
  auto parsed = parse_json(body);
  if (!parsed) return {};
  const auto* message = find(*parsed, "message");
  if (message == nullptr) message = find(*parsed, "error");
  if (message == nullptr) return {};
  if (message->is_string()) return to_std_string(*message);
  std::vector<std::string> parts;
  if (message->is_array()) {
    for (const auto& part : message->get_array()) parts.push_back(to_std_string(part));
  }
  return join(parts, "; ");
}

ErrorKind kind_of(int status) {
  switch (status) {
    case 401:
    case 403: return ErrorKind::unauthorized;
    case 404: return ErrorKind::not_found;
    case 409: return ErrorKind::conflict;
    case 429: return ErrorKind::rate_limited;
    default: return status >= 500 ? ErrorKind::unavailable : ErrorKind::invalid_argument;
  }
}

/// May this be sent again, after this failure?
bool may_repeat(const Error& error, bool is_repeatable) {
  if (error.code == net::kNotSent || error.kind == ErrorKind::rate_limited) return true;
  if (!is_repeatable) return false;
  return error.kind == ErrorKind::timeout || error.kind == ErrorKind::unavailable;
}

}  // namespace

std::string RestClient::without_secrets(std::string text) const {
  auto hide = [&text](const Secret& secret) {
    if (!secret.empty()) text = replace_all(std::move(text), secret.reveal(), "***");
  };
  hide(options_.api_key);
  for (const Secret& secret : options_.hidden) hide(secret);
  return text;
}

Error RestClient::error_from(int status, std::string_view body, std::string_view retry_after) const {
  const std::string message = one_line(without_secrets(message_in(body)));
  Error error{.kind = kind_of(status), .client = std::string(truncate_utf8(message, kMaxMessageBytes))};
  error.code = fmt::format("http_{}", status);
  error.log = fmt::format("Vapi answered {}: {}", status, error.client);
  error.retry_after = net::retry_after(retry_after);
  return error;
}

Task<std::string> RestClient::send_once(const Asked& asked, Deadline deadline) {
  Loop& loop = co_await this_loop();
  net::ClientRequest request{.method = asked.method, .url = asked.url, .body = asked.body};
  request.headers = {{"Accept", "application/json"}};
  if (!asked.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  if (asked.bears_key)
    request.headers.emplace_back("Authorization", "Bearer " + std::string(options_.api_key.reveal()));
  request.needs_fresh_connection = !asked.is_repeatable;
  const Deadline limit = Deadline::after(loop.clock(), options_.attempt).sooner(deadline);
  request.deadline = limit;
  auto answer = co_await with_deadline(limit, client_.send(std::move(request), kMaxAnswerBytes));
  if (!answer) {
    // What the transport says may hold the URL: for the log alone.
    Error error{.kind = answer.error().kind, .log = without_secrets(std::string(answer.error().log_text()))};
    error.code = answer.error().code;
    co_return fail(std::move(error));
  }
  const int status = answer->head.status;
  if (status < 200 || status > 299)
    co_return fail(error_from(status, answer->body, answer->head.header("retry-after")));
  co_return std::move(answer->body);
}

Task<std::string> RestClient::send(Asked asked, Deadline deadline) {
  Loop& loop = co_await this_loop();
  Duration pause = kFirstPause;
  for (int attempt = 1;; ++attempt) {
    auto body = co_await send_once(asked, deadline);
    if (body || attempt >= options_.attempts || !may_repeat(body.error(), asked.is_repeatable)) co_return body;
    const auto wait = std::max<Duration>(pause, body.error().retry_after.value_or(std::chrono::seconds(0)));
    if (wait > kLongestWait || Deadline::after(loop.clock(), wait).at >= deadline.at) co_return body;
    if (auto slept = co_await sleep_for(wait); !slept) co_return fail(slept);
    pause *= 4;
  }
}

Task<json::object> RestClient::create(std::string path, json::object fields, Deadline deadline) {
  Asked asked{.method = "POST", .url = options_.base_url + path, .body = json::serialize(fields)};
  asked.is_repeatable = false;
  auto body = co_await send(std::move(asked), deadline);
  if (!body) co_return fail(body);
  auto made = parse_json_object(*body);
  if (!made) co_return fail(ErrorKind::bad_gateway, {}, "Vapi's answer is no object");
  const auto* id = made->if_contains("id");
  if (id == nullptr || !is_id(to_std_string(*id)))
    co_return fail(ErrorKind::bad_gateway, {}, "Vapi's answer has no id");
  co_return made;
}

Task<json::object> RestClient::create_assistant(json::object fields, Deadline deadline) {
  return create("/assistant", std::move(fields), deadline);
}

Task<json::object> RestClient::create_call(json::object fields, Deadline deadline) {
  return create("/call", std::move(fields), deadline);
}

Task<json::object> RestClient::update_assistant(std::string id, json::object fields, Deadline deadline) {
  auto path = path_of("assistant", id);
  if (!path) co_return fail(path);
  Asked asked{.method = "PATCH", .url = options_.base_url + *path, .body = json::serialize(fields)};
  auto body = co_await send(std::move(asked), deadline);
  if (!body) co_return fail(body);
  auto updated = parse_json_object(*body);
  if (!updated) co_return fail(ErrorKind::bad_gateway, {}, "Vapi's answer is no object");
  co_return updated;
}

Task<void> RestClient::remove_assistant(std::string id, Deadline deadline) {
  auto path = path_of("assistant", id);
  if (!path) co_return fail(path);
  Asked asked{.method = "DELETE", .url = options_.base_url + *path};
  auto body = co_await send(std::move(asked), deadline);
  if (!body) co_return fail(body);
  co_return Result<void>{};
}

Task<json::object> RestClient::find_call(std::string id, Deadline deadline) {
  auto path = path_of("call", id);
  if (!path) co_return fail(path);
  Asked asked{.method = "GET", .url = options_.base_url + *path};
  auto body = co_await send(std::move(asked), deadline);
  if (!body) co_return fail(body);
  auto call = parse_json_object(*body);
  if (!call) co_return fail(ErrorKind::bad_gateway, {}, "Vapi's answer is no object");
  co_return call;
}

Task<void> RestClient::end_call(std::string control_url, Deadline deadline) {
  if (!control_url.starts_with("https://") && !control_url.starts_with("http://"))
    co_return fail(ErrorKind::bad_gateway, {}, "the control URL is none");
  Asked asked{.method = "POST", .url = std::move(control_url), .body = R"({"type":"end-call"})"};
  asked.bears_key = false;  // not all control servers are Vapi's API
  auto body = co_await send(std::move(asked), deadline);
  if (!body) co_return fail(body);
  co_return Result<void>{};
}

}  // namespace offhook::vapi
