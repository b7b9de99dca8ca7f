#include "tools/remote/mcp_http.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "async/cancel.hpp"
#include "async/task_group.hpp"
#include "base/text.hpp"
#include "net/header_values.hpp"
#include "net/sse_parser.hpp"
#include "tools/remote/http_answer.hpp"

namespace offhook::tools::remote {
namespace {

constexpr std::chrono::minutes kListenFor{10};  // one GET stream; then it is opened anew
constexpr std::chrono::seconds kListenPause{1};
constexpr std::chrono::seconds kLongestListenPause{30};
constexpr std::chrono::seconds kGoodbyeLimit{2};
constexpr std::size_t kMaxSessionIdBytes = 512;

enum class Media { json, events, none, other };

Media media_of(std::string_view content_type) {
  const std::string type = net::media_type(content_type);
  if (type == "application/json") return Media::json;
  if (type == "text/event-stream") return Media::events;
  return type.empty() ? Media::none : Media::other;
}

/// Revision 2025-06-18, "Session Management": visible ASCII only.
bool is_session_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxSessionIdBytes &&
         std::ranges::all_of(id, [](char c) { return c >= 0x21 && c <= 0x7e; });
}

/// What is shared with the listening task, which may outlast a moved transport.
struct Link {
  Link(Loop& home, McpPlan described, net::HttpClient& through)
      : loop(home), plan(std::move(described)), client(through), group(home) {}
  Loop& loop;
  McpPlan plan;
  net::HttpClient& client;
  TaskGroup group;
  McpTransport::Listener* listener = nullptr;
  std::string session_id;
  std::string protocol_version;
  bool is_listening = false;

  [[nodiscard]] net::ClientRequest request(std::string method, std::string_view accept, Deadline deadline) const {
    net::ClientRequest request{.method = std::move(method), .url = plan.url, .deadline = deadline};
    for (const auto& [name, value] : plan.headers) request.headers.emplace_back(name, std::string(value.reveal()));
    request.headers.emplace_back("Accept", accept);
    if (!session_id.empty()) request.headers.emplace_back("Mcp-Session-Id", session_id);
    if (!protocol_version.empty()) request.headers.emplace_back("MCP-Protocol-Version", protocol_version);
    return request;
  }
  void hear(std::string_view text) const {
    if (listener != nullptr) listener->on_message(text);
  }
};

Error refused(std::string log, std::string_view code = {}) {
  return Error{.kind = ErrorKind::unavailable, .log = std::move(log), .code = std::string(code)};
}

/// Hands every event of a stream to the listener, until it ends or nobody waits for more.
Task<void> read_events(std::shared_ptr<Link> link, std::unique_ptr<net::ResponseStream> stream,
                       std::function<bool()> is_done) {
  net::SseParser parser([link](const net::ServerSentEvent& event) {
    if (event.event.empty() || event.event == "message") link->hear(event.data);
  });
  for (;;) {
    auto piece = co_await stream->read();
    if (!piece) co_return fail(piece);
    if (piece->empty()) break;
    parser.feed(*piece);
    if (is_done && is_done()) co_return Result<void>{};
    if (parser.buffered_bytes() > kMaxMcpMessageBytes) {
      co_return fail(ErrorKind::bad_gateway, {}, "an event that is too long");
    }
  }
  parser.finish();
  co_return Result<void>{};
}

Task<void> read_json(std::shared_ptr<Link> link, std::unique_ptr<net::ResponseStream> stream) {
  std::string body;
  for (;;) {
    auto piece = co_await stream->read();
    if (!piece) co_return fail(piece);
    if (piece->empty()) break;
    body.append(*piece);
    if (body.size() > kMaxMcpMessageBytes) co_return fail(ErrorKind::bad_gateway, {}, "an answer that is too long");
  }
  if (!trim(body).empty()) link->hear(body);
  co_return Result<void>{};
}

Task<void> post(std::shared_ptr<Link> link, std::string text, Deadline deadline, std::function<bool()> is_done) {
  auto request = link->request("POST", "application/json, text/event-stream", deadline);
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(text);
  // A tool call must not be repeated behind our back.
  request.needs_fresh_connection = true;
  const bool had_session = !link->session_id.empty();
  auto stream = co_await link->client.open(std::move(request));
  if (!stream) co_return fail(stream);
  const net::ResponseHead& head = (*stream)->head();
  if (head.status == 404 && had_session) co_return fail(refused("the session is unknown to it", kSessionLost));
  if (head.status >= 300 && !is_ambiguous_status(head.status)) {
    co_return fail(refused(fmt::format("it refused the request with status {}", head.status), net::kNotSent));
  }
  if (head.status < 200 || head.status >= 300) co_return fail(refused(fmt::format("status {}", head.status)));
  if (const auto id = head.header("mcp-session-id"); link->session_id.empty() && is_session_id(id)) {
    link->session_id = id;
  }
  switch (media_of(head.header("content-type"))) {
    case Media::json: co_return co_await read_json(link, std::move(*stream));
    case Media::events: co_return co_await read_events(link, std::move(*stream), std::move(is_done));
    case Media::none: co_return Result<void>{};
    case Media::other: break;
  }
  if (head.status == 202) co_return Result<void>{};
  co_return fail(ErrorKind::bad_gateway, {}, "an answer that is neither JSON nor an event stream");
}

/// Listens for what the server says unasked, for as long as it offers a stream.
Task<void> listen(std::shared_ptr<Link> link) {
  Duration pause = kListenPause;
  for (;;) {
    const Instant begun = link->loop.clock().now();
    auto request = link->request("GET", "text/event-stream", Deadline::after(link->loop.clock(), kListenFor));
    auto stream = co_await link->client.open(std::move(request));
    if (stream) {
      const net::ResponseHead& head = (*stream)->head();
      // 405 is how a server says that it has none; other refusals will not change either.
      const bool is_refused = head.status >= 300 && head.status < 500;
      if (is_refused || (head.status == 200 && media_of(head.header("content-type")) != Media::events)) {
        co_return Result<void>{};
      }
      if (head.status == 200) (void)co_await read_events(link, std::move(*stream), {});
    }
    const bool lasted = link->loop.clock().now() - begun > kLongestListenPause;
    pause = lasted ? Duration(kListenPause) : std::min<Duration>(pause * 2, kLongestListenPause);
    if (auto slept = co_await sleep_for(pause); !slept) co_return fail(slept);
  }
}

class HttpTransport final : public McpTransport {
 public:
  HttpTransport(Loop& loop, McpPlan plan, net::HttpClient& client)
      : link_(std::make_shared<Link>(loop, std::move(plan), client)) {}
  ~HttpTransport() override {
    link_->listener = nullptr;
    link_->group.cancel();
  }

  Result<void> start(Listener& listener) override {
    link_->listener = &listener;
    return {};
  }
  Task<void> send(std::string text, Deadline deadline, std::function<bool()> is_done) override {
    return post(link_, std::move(text), deadline, std::move(is_done));
  }
  void agreed(std::string_view protocol_version) override {
    link_->protocol_version = protocol_version;
    if (!std::exchange(link_->is_listening, true)) link_->group.spawn("mcp listen", listen(link_));
  }
  [[nodiscard]] bool answers_inline() const override { return true; }

  Task<void> close() override {
    const auto link = link_;
    link->listener = nullptr;
    link->group.cancel();
    (void)co_await link->group.join();
    if (link->session_id.empty()) co_return Result<void>{};
    auto request = link->request("DELETE", "application/json", Deadline::after(link->loop.clock(), kGoodbyeLimit));
    // Polite only: a server may refuse it (405), or be gone.
    (void)co_await link->client.send(std::move(request), 64 * 1024);
    co_return Result<void>{};
  }

 private:
  std::shared_ptr<Link> link_;
};

}  // namespace

std::unique_ptr<McpTransport> make_http_transport(Loop& loop, McpPlan plan, net::HttpClient& client) {
  return std::make_unique<HttpTransport>(loop, std::move(plan), client);
}

}  // namespace offhook::tools::remote
