#include "tools/remote/http_tool.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include <fmt/format.h>

#include "async/cancel.hpp"
#include "async/retry_budget.hpp"
#include "net/header_values.hpp"
#include "tools/remote/http_answer.hpp"
#include "tools/remote/http_request.hpp"

namespace offhook::tools::remote {
namespace {

constexpr int kMaxRedirects = 3;
constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{2000};

/// A tool in use: shared by all its calls.
struct HttpTool {
  HttpTool(HttpPlan described, net::HttpClient& through) : plan(std::move(described)), client(through) {}
  const HttpPlan plan;
  net::HttpClient& client;
  RetryBudget budget{10};  // a retry for ten requests
};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Where a redirect leads, when it stays at the plan's origin; nullopt otherwise. `current` is absolute.
std::optional<std::string> same_origin_target(const HttpPlan& plan, const std::string& current,
                                              std::string_view location) {
  const auto base = boost::urls::parse_uri(current);
  const auto reference = boost::urls::parse_uri_reference({location.data(), location.size()});
  if (!base || !reference) return std::nullopt;
  boost::urls::url target;
  if (!boost::urls::resolve(*base, *reference, target)) return std::nullopt;
  target.remove_fragment();
  std::string url(target.data(), target.size());
  if (!url.starts_with(plan.origin)) return std::nullopt;
  // "https://api.example.com.evil.test" begins like the origin too.
  const std::string_view rest = std::string_view(url).substr(plan.origin.size());
  if (!rest.empty() && rest.front() != '/' && rest.front() != '?') return std::nullopt;
  return url;
}

/// One answer with its body, as far as the plan wants it.
struct Received {
  HttpOutcome outcome;
  std::string location;
  std::optional<std::chrono::seconds> retry_after;
};

std::string describe(const Error& error) { return fmt::format("{}: {}", to_string(error.kind), error.log_text()); }

Task<Received> exchange(std::shared_ptr<HttpTool> tool, net::ClientRequest request) {
  Received received;
  HttpOutcome& outcome = received.outcome;
  auto stream = co_await tool->client.open(std::move(request));
  if (!stream) {
    if (stream.error().kind == ErrorKind::cancelled) co_return fail(stream);
    outcome.was_sent = stream.error().code != net::kNotSent;
    outcome.detail = describe(stream.error());
    co_return received;
  }
  const net::ResponseHead& head = (*stream)->head();
  outcome.status = head.status;
  outcome.content_type = head.header("content-type");
  received.location = head.header("location");
  received.retry_after = net::retry_after(head.header("retry-after"));
  for (;;) {
    auto piece = co_await (*stream)->read();
    if (!piece && piece.error().kind == ErrorKind::cancelled) co_return fail(piece);
    if (!piece) {
      outcome.is_body_whole = false;
      outcome.detail = describe(piece.error());
      co_return received;
    }
    if (piece->empty()) co_return received;
    if (outcome.body.size() + piece->size() > tool->plan.max_response_bytes) {
      outcome.is_body_whole = false;
      outcome.detail = fmt::format("the answer is larger than {} bytes", tool->plan.max_response_bytes);
      co_return received;
    }
    outcome.body.append(*piece);
  }
}

/// One request with the redirects the plan allows.
Task<Received> exchange_following(std::shared_ptr<HttpTool> tool, net::ClientRequest request) {
  const HttpPlan& plan = tool->plan;
  for (int hop = 0;; ++hop) {
    net::ClientRequest sent = request;
    auto received = co_await exchange(tool, std::move(sent));
    if (!received || !is_redirect(received->outcome.status)) co_return received;
    const int status = received->outcome.status;
    // 307 and 308 keep the method; the others turn a POST into a GET, which is another request.
    const bool keeps_method = status == 307 || status == 308 || request.method == "GET" || request.method == "HEAD";
    const auto target = same_origin_target(plan, request.url, received->location);
    if (!plan.follows_same_host || !keeps_method || !target || hop >= kMaxRedirects) {
      received->outcome.detail = fmt::format("status {}: a redirect that is not followed", status);
      co_return received;
    }
    request.url = *target;
  }
}

bool may_repeat(const HttpPlan& plan, const HttpOutcome& outcome) {
  if (!outcome.was_sent) return true;
  const bool is_safe = plan.effect == Effect::reads || plan.is_idempotent;
  const bool is_cut = !outcome.is_body_whole && plan.effect == Effect::reads && outcome.body.empty();
  return is_safe && (is_worth_retrying(outcome) || is_cut);
}

Task<RemoteAnswer> call(std::shared_ptr<HttpTool> tool, RemoteRequest request) {
  Loop& loop = co_await this_loop();
  const HttpPlan& plan = tool->plan;
  auto built = make_http_request(plan, request);
  if (!built) co_return RemoteAnswer{.result = std::move(built.error()), .fate = Fate::not_sent};
  built->deadline = Deadline::after(loop.clock(), plan.timeout).sooner(request.deadline);
  tool->budget.pay_in();
  Duration pause = kFirstPause;
  bool was_ever_sent = false;
  for (int attempt = 0;; ++attempt) {
    net::ClientRequest again = *built;
    auto received = co_await exchange_following(tool, std::move(again));
    if (!received) co_return fail(received);
    HttpOutcome& outcome = received->outcome;
    was_ever_sent = was_ever_sent || outcome.was_sent;
    Duration wait =
        pause / 2 +
        Duration(static_cast<Duration::rep>(loop.random().below(static_cast<std::uint64_t>((pause / 2).count()))));
    if (received->retry_after) wait = std::max<Duration>(wait, *received->retry_after);
    const bool is_refused = outcome.detail.starts_with(to_string(ErrorKind::forbidden)) ||
                            outcome.detail.starts_with(to_string(ErrorKind::invalid_argument));
    if (attempt >= plan.retries || is_refused || !may_repeat(plan, outcome) ||
        loop.clock().now() + wait >= built->deadline.at || !tool->budget.take_out()) {
      // An earlier attempt may have left although the last did not.
      outcome.was_sent = was_ever_sent;
      co_return read_http_outcome(plan, outcome);
    }
    if (auto slept = co_await sleep_for(wait); !slept) co_return fail(slept);
    pause = std::min<Duration>(pause * 2, kLongestPause);
  }
}

}  // namespace

Tool make_http_tool(HttpPlan plan, net::HttpClient& client) {
  Tool tool{.name = plan.name, .description = plan.description, .parameters = plan.parameters, .effect = plan.effect};
  tool.is_idempotent = plan.is_idempotent;
  // The call ends at the plan's limit, with time left to journal it before the asker gives up.
  tool.time_limit = plan.timeout;
  tool.agent = plan.agent;
  auto shared = std::make_shared<HttpTool>(std::move(plan), client);
  tool.remote = [shared = std::move(shared)](RemoteRequest request) { return call(shared, std::move(request)); };
  return tool;
}

}  // namespace offhook::tools::remote
