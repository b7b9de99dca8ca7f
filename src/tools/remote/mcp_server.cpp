#include "tools/remote/mcp_server.hpp"

#include <fmt/format.h>

#include "async/cancel.hpp"
#include "net/http_client.hpp"
#include "tools/remote/mcp_result.hpp"

namespace offhook::tools::remote {
namespace {

constexpr std::chrono::seconds kConnectLimit{10};
constexpr std::chrono::milliseconds kFirstPause{500};
constexpr std::chrono::seconds kLongestPause{60};
constexpr std::chrono::seconds kStable{10};           // a connection that lasted so long was a good one
constexpr std::chrono::milliseconds kListPause{500};  // between two lists, however often they change
constexpr std::chrono::seconds kSettleLimit{10};      // for requests that are under way in a session that is given up

}  // namespace

McpServer::McpServer(Loop& home, McpPlan plan, TransportFactory factory, ToolRegistry& registry, obs::Log& log)
    : home_(home), plan_(std::move(plan)), factory_(std::move(factory)), registry_(registry), log_(log), group_(home) {}

namespace {

/// Keeps the server alive while its task runs.
Task<void> run_supervised(std::shared_ptr<McpServer> server, Task<void> work) {
  auto ran = co_await std::move(work);
  server.reset();
  co_return ran;
}

}  // namespace

std::string McpServer::source_of(const McpPlan& plan) { return fmt::format("mcp/{}/{}", plan.agent, plan.name); }

void McpServer::start() {
  registry_.expect(source_of(plan_), plan_.agent, plan_.wanted);
  group_.spawn("mcp server", run_supervised(shared_from_this(), supervise()));
}

Task<void> McpServer::wait_for_first_attempt() { return first_attempt_.wait(); }

Task<void> McpServer::stop() {
  group_.cancel();
  (void)co_await group_.join();
  const auto session = std::exchange(session_, nullptr);
  if (session) (void)co_await session->close();
  for (const auto& retired : std::exchange(retired_, {})) (void)co_await retired->close();
  co_return Result<void>{};
}

/// A server that has forgotten the session may still be at work on what it took before: closing would make a settled
/// outcome unknown.
Task<void> McpServer::retire(std::shared_ptr<McpServer> self, std::shared_ptr<McpSession> session) {
  auto settled = co_await session->settle_requests(Deadline::after(self->home_.clock(), kSettleLimit));
  // Then stop() closes it.
  if (!settled && settled.error().kind == ErrorKind::cancelled) co_return fail(settled);
  std::erase(self->retired_, session);
  co_return co_await session->close();
}

Duration McpServer::jittered(Duration pause) {
  const auto half = static_cast<std::uint64_t>((pause / 2).count());
  return pause / 2 + Duration(static_cast<Duration::rep>(home_.random().below(half + 1)));
}

Task<void> McpServer::supervise() {
  Duration pause = kFirstPause;
  for (;;) {
    const Instant begun = home_.clock().now();
    auto connected = co_await connect();
    first_attempt_.set();
    // A cancelled task must not take the session along: stop() ends it properly.
    if (!connected && connected.error().kind == ErrorKind::cancelled) co_return fail(connected);
    if (connected) {
      auto attended = co_await attend();
      if (!attended && attended.error().kind == ErrorKind::cancelled) co_return fail(attended);
    } else {
      log_.warning("mcp server unreachable",
                   {{"server", plan_.name}, {"agent", plan_.agent}, {"detail", connected.error().log_text()}});
    }
    const auto session = std::exchange(session_, nullptr);
    connected_.reset();
    if (session && session->has_requests()) {
      retired_.push_back(session);
      group_.spawn("mcp close", retire(shared_from_this(), session));
    } else if (session) {
      (void)co_await session->close();
    }
    if (connected && home_.clock().now() - begun >= kStable) pause = kFirstPause;
    // Who dies again and again is started less and less often.
    if (auto slept = co_await sleep_for(jittered(pause)); !slept) co_return fail(slept);
    pause = std::min<Duration>(pause * 2, kLongestPause);
  }
}

Task<void> McpServer::connect() {
  tools_changed_ = session_ended_ = false;
  news_.reset();
  const auto weak = weak_from_this();
  const int session_number = ++session_number_;  // a session that was given up has nothing to say any more
  McpSession::Hooks hooks;
  hooks.on_tools_changed = [weak, session_number] {
    if (const auto self = weak.lock(); self && self->session_number_ == session_number) {
      self->tools_changed_ = true;
      self->news_.set();
    }
  };
  hooks.on_closed = [weak, session_number](const Error& why) {
    if (const auto self = weak.lock(); self && self->session_number_ == session_number) {
      self->log_.warning("mcp server gone", {{"server", self->plan_.name}, {"detail", why.log_text()}});
      self->drop_session();
    }
  };
  hooks.on_oddity = [weak](std::string_view what) {
    if (const auto self = weak.lock())
      self->log_.debug("mcp server oddity", {{"server", self->plan_.name}, {"what", what}});
  };
  session_ = std::make_shared<McpSession>(home_, factory_(), std::move(hooks));
  const Deadline deadline = Deadline::after(home_.clock(), kConnectLimit);
  if (auto opened = co_await session_->open(deadline); !opened) co_return fail(opened);
  if (auto published = co_await publish_tools(session_); !published) co_return fail(published);
  if (session_ended_) co_return fail(ErrorKind::unavailable, {}, "it ended right after the handshake");
  connected_.set();
  co_return Result<void>{};
}

/// Follows the server's news until its session has ended.
Task<void> McpServer::attend() {
  while (!session_ended_) {
    if (auto heard = co_await news_.wait(); !heard) co_return fail(heard);
    news_.reset();
    if (session_ended_ || !std::exchange(tools_changed_, false)) continue;
    if (auto published = co_await publish_tools(session_); !published) {
      log_.warning("mcp tools not listed", {{"server", plan_.name}, {"detail", published.error().log_text()}});
    }
    if (auto slept = co_await sleep_for(kListPause); !slept) co_return fail(slept);
  }
  co_return Result<void>{};
}

void McpServer::drop_session() {
  session_ended_ = true;
  connected_.reset();
  news_.set();
}

Task<void> McpServer::publish_tools(std::shared_ptr<McpSession> session) {
  auto listed = co_await session->list_tools(Deadline::after(home_.clock(), kConnectLimit));
  if (!listed) co_return fail(listed);
  std::vector<Tool> tools;
  std::size_t unusable = 0;
  for (const auto& description : *listed) {
    auto tool = read_mcp_tool(plan_, description);
    if (tool) {
      tools.push_back(make_tool(std::move(*tool), to_std_string(description.at("name"))));
    } else {
      ++unusable;
    }
  }
  const std::size_t count = tools.size();
  const auto left_out = registry_.publish(source_of(plan_), std::move(tools));
  for (const auto& why : left_out) log_.warning("mcp tool left out", {{"server", plan_.name}, {"detail", why}});
  log_.info("mcp server connected", {{"server", plan_.name},
                                     {"agent", plan_.agent},
                                     {"protocol", session->protocol_version()},
                                     {"tools", count - left_out.size()},
                                     {"not_used", unusable}});
  co_return Result<void>{};
}

Tool McpServer::make_tool(Tool listed, std::string name) {
  listed.remote = [weak = weak_from_this(), effect = listed.effect, name = std::move(name)](RemoteRequest request) {
    return call(weak.lock(), name, effect, std::move(request));
  };
  return listed;
}

namespace {

/// Answers however the task that should answer ends.
class Answering {
 public:
  explicit Answering(Promise<RemoteAnswer> promise) : promise_(std::move(promise)) {}
  ~Answering() { promise_.set(fail(ErrorKind::cancelled)); }
  Answering(const Answering&) = delete;
  Answering& operator=(const Answering&) = delete;
  void operator()(Result<RemoteAnswer> answer) { promise_.set(std::move(answer)); }

 private:
  Promise<RemoteAnswer> promise_;
};

Task<void> relay(std::shared_ptr<CancelSource> source, Task<RemoteAnswer> work, std::shared_ptr<Answering> answering) {
  auto answer = co_await cancellable(*source, std::move(work));
  (*answering)(std::move(answer));
  co_return Result<void>{};
}

}  // namespace

Task<RemoteAnswer> McpServer::call(std::shared_ptr<McpServer> self, std::string name, Effect effect,
                                   RemoteRequest request) {
  if (!self) {
    const Error gone =
        Error{.kind = ErrorKind::unavailable, .log = "the MCP server is gone"}.with_code(std::string(net::kNotSent));
    co_return read_mcp_failure({}, effect, gone);
  }
  Loop& here = co_await this_loop();
  if (&here == &self->home_) {
    co_return co_await call_at_home(self, std::move(name), effect, std::move(request));
  }
  auto source = std::make_shared<CancelSource>();
  auto begin = [self, source, name = std::move(name), effect,
                request = std::move(request)](Promise<RemoteAnswer> promise) {
    auto answering = std::make_shared<Answering>(std::move(promise));
    asio::post(self->home_.executor(), [self, source, name, effect, request, answering] {
      self->group_.spawn("mcp call", relay(source, call_at_home(self, name, effect, request), answering));
    });
  };
  co_return co_await suspend<RemoteAnswer>(
      std::move(begin), [self, source] { asio::post(self->home_.executor(), [source] { source->cancel(); }); });
}

Task<RemoteAnswer> McpServer::call_at_home(std::shared_ptr<McpServer> self, std::string name, Effect effect,
                                           RemoteRequest request) {
  const auto settings = self->plan_.tools.find(name);
  const AnswerPlan plan = settings == self->plan_.tools.end() ? AnswerPlan{} : settings->second.answer;
  const Deadline deadline = request.deadline;
  RemoteRequest again = request;
  const auto asked = self->session_;
  auto result = co_await self->ask(name, std::move(request));
  if (!result && result.error().code == kSessionLost) {
    // It has forgotten us, so it has done nothing: once more in a new session.
    // Of several calls that hear so, the first has ended the session, and the new one is not to blame.
    if (self->session_ == asked) self->drop_session();
    if (co_await with_deadline(deadline, self->connected_.wait())) {
      result = co_await self->ask(name, std::move(again));
    }
  }
  if (result) co_return read_mcp_result(plan, effect, *result);
  if (result.error().kind == ErrorKind::cancelled) co_return fail(result);
  co_return read_mcp_failure(plan, effect, result.error());
}

Task<json::object> McpServer::ask(std::string name, RemoteRequest request) {
  if (!connected_.is_set() || !session_) {
    co_return fail(Error{.kind = ErrorKind::unavailable, .log = "the MCP server is not connected"}.with_code(
        std::string(net::kNotSent)));
  }
  const auto session = session_;
  co_return co_await session->call_tool(std::move(name), std::move(request.arguments),
                                        std::move(request.idempotency_key), request.deadline);
}

}  // namespace offhook::tools::remote
