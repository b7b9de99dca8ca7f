#include "tools/remote/mcp_session.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "async/cancel.hpp"
#include "base/text.hpp"
#include "net/http_client.hpp"

namespace offhook::tools::remote {
namespace {

constexpr std::string_view kNewestRevision = "2025-06-18";
constexpr std::string_view kKnownRevisions[] = {kNewestRevision, "2025-03-26", "2024-11-05"};
constexpr int kMaxPages = 20;
constexpr std::size_t kMaxTools = 500;
constexpr std::size_t kMaxPending = 256;
constexpr std::size_t kMaxAside = 64;  // replies and notifications on their way
constexpr std::chrono::seconds kAsideLimit{5};

}  // namespace

/// A request under way. Giving it up tells the server.
class McpSession::Ticket {
 public:
  Ticket(McpSession& session, std::int64_t id, bool may_cancel) : session_(session), id_(id), may_cancel_(may_cancel) {}
  ~Ticket() {
    const bool was_pending = session_.pending_.erase(id_) > 0;
    session_.settled_.set();
    if (!was_pending || !may_cancel_ || session_.is_closed_) return;
    session_.tell(rpc_notification("notifications/cancelled", {{"requestId", id_}, {"reason", "nobody waits for it"}}));
  }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

 private:
  McpSession& session_;
  std::int64_t id_;
  bool may_cancel_;
};

McpSession::McpSession(Loop& loop, std::unique_ptr<McpTransport> transport, Hooks hooks)
    : loop_(loop), transport_(std::move(transport)), hooks_(std::move(hooks)), group_(loop) {}

McpSession::~McpSession() = default;

Task<void> McpSession::open(Deadline deadline) {
  if (auto started = transport_->start(*this); !started) co_return fail(started);
  json::object params{{"protocolVersion", kNewestRevision},
                      {"capabilities", json::object()},
                      {"clientInfo", json::object{{"name", "offhook"}, {"version", "1"}}}};
  auto answer = co_await request("initialize", std::move(params), deadline);
  if (!answer) co_return fail(answer);
  protocol_version_ = find_string(json::value(*answer), "protocolVersion").value_or("");
  if (std::ranges::find(kKnownRevisions, protocol_version_) == std::ranges::end(kKnownRevisions)) {
    co_return fail(ErrorKind::bad_gateway, {},
                   fmt::format("it speaks another revision of the protocol: '{}'",
                               one_line(truncate_utf8(protocol_version_, 40))));
  }
  transport_->agreed(protocol_version_);
  co_return co_await transport_->send(rpc_notification("notifications/initialized", {}), deadline, {});
}

Task<std::vector<json::object>> McpSession::list_tools(Deadline deadline) {
  std::vector<json::object> tools;
  std::string cursor;
  for (int page = 0; page < kMaxPages; ++page) {
    json::object params;
    if (!cursor.empty()) params["cursor"] = cursor;
    auto answer = co_await request("tools/list", std::move(params), deadline);
    if (!answer) co_return fail(answer);
    const json::value held(std::move(*answer));
    const auto* list = find_array(held, "tools");
    if (list == nullptr) co_return fail(ErrorKind::bad_gateway, {}, "tools/list gave no list of tools");
    for (const auto& tool : *list) {
      if (tool.is_object() && tools.size() < kMaxTools) tools.push_back(tool.get_object());
    }
    cursor = find_string(held, "nextCursor").value_or("");
    if (cursor.empty()) co_return tools;
  }
  hooks_.on_oddity("tools/list does not end; the first pages are used");
  co_return tools;
}

Task<json::object> McpSession::call_tool(std::string name, json::object arguments, std::string idempotency_key,
                                         Deadline deadline) {
  json::object params{{"name", name}, {"arguments", std::move(arguments)}};
  params["_meta"] = json::object{{"Idempotency-Key", idempotency_key}};
  return request("tools/call", std::move(params), deadline);
}

Task<json::object> McpSession::request(std::string method, json::object params, Deadline deadline) {
  if (is_closed_ || pending_.size() >= kMaxPending) {
    co_return fail(Error{.kind = ErrorKind::unavailable, .log = "the MCP server is not connected"}.with_code(
        std::string(net::kNotSent)));
  }
  const auto self = shared_from_this();  // a closing owner must not take it from under us
  const std::int64_t id = next_id_++;
  std::string text = rpc_request(id, method, std::move(params));
  // Revision 2025-06-18, "Cancellation": the initialize request must not be cancelled.
  const Ticket ticket(*self, id, method != "initialize");
  auto answer = suspend<json::object>([self, id, deadline, body = std::move(text)](Promise<json::object> promise) {
    self->pending_.emplace(id, std::move(promise));
    self->group_.spawn("mcp request", send_request(self, id, body, deadline));
  });
  co_return co_await with_deadline(deadline, std::move(answer));
}

Task<void> McpSession::send_request(std::shared_ptr<McpSession> self, std::int64_t id, std::string text,
                                    Deadline deadline) {
  auto sent = co_await self->transport_->send(std::move(text), deadline, [weak = std::weak_ptr(self), id] {
    const auto alive = weak.lock();
    return !alive || !alive->pending_.contains(id);
  });
  if (!sent) {
    self->settle(id, fail(sent));
  } else if (self->transport_->answers_inline()) {
    self->settle(id, fail(ErrorKind::bad_gateway, {}, "the MCP server ended its answer without a response"));
  }
  co_return Result<void>{};
}

Task<void> McpSession::send_aside(std::shared_ptr<McpSession> self, std::string text) {
  const Deadline deadline = Deadline::after(self->loop_.clock(), kAsideLimit);
  (void)co_await self->transport_->send(std::move(text), deadline, {});
  co_return Result<void>{};
}

void McpSession::tell(std::string text) {
  // A server that asks faster than it reads gets no more answers.
  if (is_closed_ || group_.size() >= kMaxAside + kMaxPending) return;
  if (const auto self = weak_from_this().lock()) group_.spawn("mcp aside", send_aside(self, std::move(text)));
}

void McpSession::settle(std::int64_t id, Result<json::object> result) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;  // answered, or given up
  const auto promise = std::move(found->second);
  pending_.erase(found);
  promise.set(std::move(result));
}

void McpSession::on_message(std::string_view text) {
  auto messages = parse_rpc(text);
  if (!messages) {
    hooks_.on_oddity(fmt::format("a message that is no JSON-RPC ({} bytes)", text.size()));
    return;
  }
  for (auto& message : *messages) take(std::move(message));
}

void McpSession::take(RpcMessage message) {
  if (message.is_request()) {
    if (message.method == "ping") return tell(rpc_result(message.id, {}));
    return tell(rpc_error(message.id, kMethodNotFound, "Method not found"));
  }
  if (message.is_notification()) {
    // Progress moves no deadline here, and what a server logs is its own business.
    if (message.method == "notifications/tools/list_changed") hooks_.on_tools_changed();
    return;
  }
  if (!message.id.is_int64()) return hooks_.on_oddity("a response to no request of ours");
  const std::int64_t id = message.id.get_int64();
  if (message.error) {
    // Their text may hold anything: for the log, bounded.
    Error error{.kind = ErrorKind::bad_gateway,
                .log = fmt::format("JSON-RPC error {}: {}", message.error->code,
                                   one_line(truncate_utf8(message.error->message, 300)))};
    return settle(id, fail(std::move(error).with_code("rpc_error")));
  }
  settle(id, std::move(message.result));
}

void McpSession::on_closed(const Error& why) {
  if (std::exchange(is_closed_, true)) return;
  for (auto& [id, promise] : std::exchange(pending_, {})) promise.set(fail(why));
  hooks_.on_closed(why);
}

Task<void> McpSession::settle_requests(Deadline deadline) {
  const auto self = shared_from_this();
  while (!self->pending_.empty()) {
    self->settled_.reset();
    if (auto waited = co_await with_deadline(deadline, self->settled_.wait()); !waited) co_return waited;
  }
  co_return Result<void>{};
}

Task<void> McpSession::close() {
  const auto self = shared_from_this();
  is_closed_ = true;
  for (auto& [id, promise] : std::exchange(pending_, {})) {
    promise.set(fail(ErrorKind::unavailable, {}, "the connection to the MCP server was closed"));
  }
  group_.cancel();
  (void)co_await group_.join();
  co_return co_await transport_->close();
}

}  // namespace offhook::tools::remote
