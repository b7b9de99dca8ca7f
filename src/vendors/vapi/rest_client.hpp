#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "json/json.hpp"
#include "net/http_client.hpp"

namespace offhook::vapi {

struct RestOptions {
  std::string base_url = "https://api.vapi.ai";  ///< without trailing slash
  Secret api_key;
  std::vector<Secret> hidden;  ///< further secrets that no error text may repeat
  Duration attempt = std::chrono::seconds(8);
  int attempts = 3;
};

/// A client of Vapi's REST API (https://docs.vapi.ai/api-reference, server SDK 2.0.1). Thread-safe.
///
/// What may be repeated without doing harm (PATCH, GET, DELETE) is sent again after a timeout, a lost connection and
/// 5xx; a creation only when it certainly was not carried out: nothing of it had left, or the answer was 429.
///
/// Errors: `code` is "http_NNN" when Vapi answered with that status, `client` then holds its message on one line, at
/// most 300 bytes, without our secrets; kinds follow the status: unauthorized (401, 403), invalid_argument (400, 402,
/// 422, …), not_found, conflict, rate_limited, unavailable (5xx). Without an answer: timeout, unavailable; bad_gateway
/// for one that is not what it should be.
class RestClient {
 public:
  /// `client` must outlive it.
  RestClient(net::HttpClient& client, RestOptions options) : client_(client), options_(std::move(options)) {}

  /// `fields`: CreateAssistantDTO. Gives the assistant, whose id is checked to be one.
  Task<json::object> create_assistant(json::object fields, Deadline deadline);
  /// Replaces the top-level fields given.
  Task<json::object> update_assistant(std::string id, json::object fields, Deadline deadline);
  Task<void> remove_assistant(std::string id, Deadline deadline);
  /// `fields`: CreateCallDTO, one customer. Gives the call.
  Task<json::object> create_call(json::object fields, Deadline deadline);
  Task<json::object> find_call(std::string id, Deadline deadline);
  /// Asks a running call's control URL (Call.monitor.controlUrl) to hang up. It bears its own credential.
  Task<void> end_call(std::string control_url, Deadline deadline);

 private:
  struct Asked {
    std::string method;
    std::string url;
    std::string body;
    bool is_repeatable = true;
    bool bears_key = true;
  };
  Task<json::object> create(std::string path, json::object fields, Deadline deadline);
  Task<std::string> send(Asked asked, Deadline deadline);
  Task<std::string> send_once(const Asked& asked, Deadline deadline);
  [[nodiscard]] Error error_from(int status, std::string_view body, std::string_view retry_after) const;
  [[nodiscard]] std::string without_secrets(std::string text) const;

  net::HttpClient& client_;
  RestOptions options_;
};

}  // namespace offhook::vapi
