#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random.hpp"
#include "http/error_response.hpp"
#include "http/message.hpp"

namespace offhook::http {

/// Which secret opens a route. Checked before the body is read, but for `webhook`, whose signature
/// covers the body: its handler checks.
enum class Access {
  open,      ///< anybody
  api_key,   ///< an API key
  crm,       ///< /api/v1: a user's token or an API key
  voice,     ///< the webhook secret or an API key
  exchange,  ///< an API key or the key for the platform's API
  webhook,   ///< a signed server message
};

/// Requests of one class share a limit.
enum class RateClass { none, chat, crm, webhook, voice };
/// Its name in settings and documents.
[[nodiscard]] std::string_view to_string(RateClass rate);

using Handler = std::function<Task<Response>(Request&)>;
/// Makes what takes a request's body as it comes, when its head is there; an error is the request's answer.
using OpenBody = std::function<Result<std::shared_ptr<BodySink>>(const Request&, Random&)>;

/// One row of the route table.
struct Route {
  Method method = Method::get;
  std::string path;  ///< "/api/v1/leads/{id}"; a trailing slash makes no difference
  Access access = Access::api_key;
  RateClass rate = RateClass::none;
  std::size_t body_limit_bytes = 0;  ///< 0: a body is not expected, but a small one is skipped
  ErrorStyle errors = ErrorStyle::openai;
  Need need = Need::read;  ///< what it does to an account's objects
  std::string summary;
  Handler handler;
  OpenBody open_body;  ///< for bodies that are too large to be held: Request::body_sink is set, and `body` is empty
  /// What handlers measure their own waits by (Request::deadline); the connection ends a little later.
  Duration time_limit = std::chrono::seconds(30);
  /// Work that is worth cancelling: it is, when its time is up or its client has left. Streams always are.
  bool is_cancellable = false;
};

/// Finds the row for a request. Immutable once built; thread-safe.
class Router {
 public:
  /// Throws std::invalid_argument when two rows claim the same method and path.
  explicit Router(std::vector<Route> routes);

  struct Match {
    const Route* route = nullptr;  ///< null: no such path, or `allow` says which methods there are
    std::string allow;             ///< for 405: "GET, HEAD"
  };
  /// Looks up and fills request.params. HEAD finds the row of GET.
  [[nodiscard]] Match find(Request& request) const;
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

  /// The error style for paths that no row knows, by prefix.
  [[nodiscard]] static ErrorStyle style_for(std::string_view path);

 private:
  struct Pattern {
    std::vector<std::string> segments;  ///< "{id}" stands for any one segment
    std::vector<const Route*> rows;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  static Match choose(const std::vector<const Route*>& rows, Method method);

  std::vector<Route> routes_;
  std::unordered_map<std::string, std::vector<const Route*>, Hash, std::equal_to<>> fixed_;
  std::vector<Pattern> patterns_;
};

}  // namespace offhook::http
