#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "async/cancel.hpp"
#include "net/memory_stream.hpp"
#include "tools/remote/mcp_http.hpp"
#include "tools/remote/mcp_result.hpp"
#include "tools/remote/mcp_server.hpp"
#include "tools/remote/mcp_stdio.hpp"
#include "tools/results.hpp"
#include "tools/testing/tool_world.hpp"

namespace offhook::tools::remote {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using tools::testing::ToolWorld;

json::object object(std::string_view text) { return parse_json_object(text).value(); }

// The pure parts ----------------------------------------------------------------------------------------

TEST(JsonRpc, TellsMessagesApartAndRefusesOthers) {
  const auto request = parse_rpc(R"({"jsonrpc":"2.0","id":"a","method":"ping"})").value();
  EXPECT_TRUE(request.front().is_request());
  EXPECT_TRUE(parse_rpc(R"({"jsonrpc":"2.0","method":"x"})").value().front().is_notification());
  EXPECT_EQ(parse_rpc(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}})").value().front().error->code,
            -32601);
  EXPECT_EQ(parse_rpc(R"([{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","method":"x"}])").value().size(), 2u);
  for (const char* text : {"", "x", "1", "{}", R"({"jsonrpc":"1.0","id":1,"result":{}})", R"({"jsonrpc":"2.0","id":1})",
                           R"({"jsonrpc":"2.0","id":{},"method":"x"})", R"({"jsonrpc":"2.0","id":1,"result":7})",
                           R"({"jsonrpc":"2.0","result":{}})", R"([1])"}) {
    EXPECT_FALSE(parse_rpc(text)) << text;
  }
}

TEST(McpResult, IsSpokenAndKeptApartFromFacts) {
  struct Case {
    const char* name;
    const char* result;
    bool ok;
    const char* said;
    const char* response;
  };
  for (const auto& c : std::vector<Case>{
           {"text", R"({"content":[{"type":"text","text":"**Two** seats\nare free."}]})", true, "Two seats are free.",
            R"("**Two** seats\nare free.")"},
           {"several blocks",
            R"({"content":[{"type":"text","text":"a"},{"type":"image","data":"x"},{"type":"text","text":"b"}]})", true,
            "a b", "\"a\\nb\""},
           {"JSON as text is not spoken", R"({"content":[{"type":"text","text":"{\"seats\":2}"}]})", true,
            "That's done.", R"({"seats":2})"},
           {"structured and words", R"({"content":[{"type":"text","text":"Two."}],"structuredContent":{"seats":2}})",
            true, "Two.", R"({"seats":2})"},
           {"nothing", R"({"content":[]})", true, "That's done.", "\"\""},
           {"an error is for the model", R"({"isError":true,"content":[{"type":"text","text":"Traceback: KeyError"}]})",
            false, "I'm sorry, that didn't work.", R"("Traceback: KeyError")"},
       }) {
    const auto answer = read_mcp_result({}, Effect::writes, object(c.result));
    EXPECT_EQ(answer.result.ok, c.ok) << c.name;
    EXPECT_EQ(answer.result.speakable, c.said) << c.name;
    EXPECT_EQ(json::serialize(answer.result.data.at("response")), c.response) << c.name;
    EXPECT_EQ(answer.fate, Fate::answered) << c.name;
  }
  AnswerPlan plan{.say = TextTemplate::parse_answer("There are {{seats}} seats.").value()};
  EXPECT_EQ(read_mcp_result(plan, Effect::reads, object(R"({"content":[{"type":"text","text":"{\"seats\":2}"}]})"))
                .result.speakable,
            "There are 2 seats.");
}

TEST(McpResult, HintsDecideUnlessTheFileDoes) {
  McpPlan plan{.name = "crm", .agent = "shop"};
  const auto listed = object(
      R"({"name":"find.one","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true,"idempotentHint":true}})");
  auto tool = read_mcp_tool(plan, listed).value();
  EXPECT_EQ(tool.name, "find_one");
  EXPECT_EQ(tool.effect, Effect::reads);
  EXPECT_TRUE(tool.is_idempotent);
  plan.tools["find.one"] = {.effect = Effect::writes, .is_idempotent = false, .timeout = 5s};
  tool = read_mcp_tool(plan, listed).value();
  EXPECT_EQ(tool.effect, Effect::writes);
  EXPECT_FALSE(tool.is_idempotent);
  EXPECT_EQ(tool.time_limit, 5s);
  const auto plain = read_mcp_tool({}, object(R"({"name":"x","inputSchema":{"type":"object"}})")).value();
  EXPECT_EQ(plain.effect, Effect::writes);
  EXPECT_FALSE(plain.is_idempotent);
  for (const char* bad :
       {R"({"inputSchema":{"type":"object"}})", R"({"name":"x"})", R"({"name":"x","inputSchema":{"type":"string"}})",
        R"({"name":"x","inputSchema":{"type":"object","properties":{"a":{"$ref":"http://evil.test/s"}}}})",
        R"({"name":"x","inputSchema":{"type":"object","properties":{"a":{"$ref":"#"}}}})",
        R"({"name":"x","inputSchema":{"type":"object","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}})",
        R"({"name":"x","inputSchema":{"type":"object","properties":{"a":{"$ref":"#/$defs/none"}}}})"}) {
    EXPECT_FALSE(read_mcp_tool({}, object(bad))) << bad;
  }
  plan.wanted = {"other"};
  EXPECT_FALSE(read_mcp_tool(plan, listed));
}

TEST(McpResult, SchemasOfStrangersCanNeitherHangNorRecurse) {
  auto tool = read_mcp_tool({.name = "crm", .agent = "shop"}, object(R"({"name":"x","inputSchema":{"type":"object",
      "$defs":{"node":{"type":"object","properties":{"next":{"$ref":"#/$defs/node"}}}},
      "properties":{"tree":{"$ref":"#/$defs/node"},"pattern":{"type":"string","pattern":"^(a+)+$"}}}})"))
                  .value();
  const json::value properties = tool.parameters.at("properties");
  ASSERT_NE(find(properties, "pattern"), nullptr) << "a parameter of that name stays";
  EXPECT_EQ(find_at(properties, {"pattern", "pattern"}), nullptr);
  ToolRegistry registry({});
  tool.remote = [](RemoteRequest) -> Task<RemoteAnswer> { co_return RemoteAnswer{}; };
  EXPECT_THAT(registry.publish("mcp/shop/crm", {tool}), ElementsAre());
  const auto found = registry.find("x", "shop");
  EXPECT_TRUE(registry.check(
      *found, object(R"({"tree":{"next":{"next":{}}},"pattern":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"})")));
  EXPECT_FALSE(registry.check(*found, object(R"({"tree":{"next":{"next":7}}})")));
}

TEST(McpResult, ASchemaThatGrowsWhenItsReferencesAreFollowedIsRefused) {
  const auto listed = [](int levels, int names) {
    json::object defs;
    for (int level = 0; level < levels; ++level) {
      json::object properties;
      for (int name = 0; name < names; ++name) {
        properties["p" + std::to_string(name)] = json::object{{"$ref", "#/$defs/d" + std::to_string(level + 1)}};
      }
      defs["d" + std::to_string(level)] = json::object{{"type", "object"}, {"properties", std::move(properties)}};
    }
    defs["d" + std::to_string(levels)] = json::object{{"type", "string"}};
    return json::object{{"name", "x"},
                        {"inputSchema", json::object{{"type", "object"},
                                                     {"$defs", std::move(defs)},
                                                     {"properties", json::object{{"a", {{"$ref", "#/$defs/d0"}}}}}}}};
  };
  EXPECT_TRUE(read_mcp_tool({}, listed(2, 3)));
  EXPECT_FALSE(read_mcp_tool({}, listed(20, 2)));
  EXPECT_FALSE(read_mcp_tool({}, listed(5, 10)));
}

TEST(MaskedLogLine, ShowsNoNumbersTokensOrSecrets) {
  const std::vector<Secret> secrets{Secret("hunter2!")};
  EXPECT_EQ(masked_log_line("call +14155550101 for ann@example.test with hunter2! and sk-abcdefghijklmnopqrstuvwxyz012",
                            secrets),
            "call +*** for *** with *** and ***");
  EXPECT_EQ(masked_log_line("listening on port 8080\x1b[0m", {}), "listening on port 8080 [0m");
  EXPECT_LE(masked_log_line(std::string(5000, '.'), {}).size(), 500u);
}

// A scripted server behind a scripted transport, in virtual time ------------------------------------------

/// An MCP server in memory. `script` decides what comes back for a request; nullopt: nothing does.
struct Peer {
  explicit Peer(Loop& home) : loop(home) {}
  Loop& loop;
  std::function<std::optional<std::string>(const RpcMessage&)> script;
  std::vector<std::string> heard;  // methods
  std::vector<json::object> calls;
  McpTransport::Listener* listener = nullptr;
  int connections = 0;
  bool is_up = true;
  std::string revision = "2025-06-18";
  std::vector<std::string> tools = {"find"};

  std::string reply(const RpcMessage& message) const {
    if (message.method == "initialize") {
      return rpc_result(message.id, {{"protocolVersion", revision}, {"capabilities", json::object()}});
    }
    if (message.method == "tools/list") {
      // One tool a page.
      const json::value params(message.params);
      const auto cursor = find_string(params, "cursor");
      const std::size_t at = cursor ? std::stoul(std::string(*cursor)) : 0;
      json::object result{
          {"tools", json::array{json::object{
                        {"name", tools.at(at)},
                        {"inputSchema", object(R"({"type":"object","properties":{"q":{"type":"string"}}})")}}}}};
      if (at + 1 < tools.size()) result["nextCursor"] = std::to_string(at + 1);
      return rpc_result(message.id, std::move(result));
    }
    return rpc_result(message.id, object(R"({"content":[{"type":"text","text":"Found it."}]})"));
  }
  void say(std::string text) {
    asio::post(loop.executor(), [this, text = std::move(text)] {
      if (listener != nullptr) listener->on_message(text);
    });
  }
  void die() {
    if (auto* told = std::exchange(listener, nullptr)) told->on_closed({.kind = ErrorKind::unavailable, .log = "died"});
  }
};

class PeerTransport final : public McpTransport {
 public:
  explicit PeerTransport(Peer& peer) : peer_(peer) {}
  Result<void> start(Listener& listener) override {
    if (!peer_.is_up) return fail(ErrorKind::unavailable, {}, "down");
    ++peer_.connections;
    peer_.listener = &listener;
    return {};
  }
  Task<void> send(std::string text, Deadline, std::function<bool()>) override {
    for (const auto& message : parse_rpc(text).value()) {
      peer_.heard.push_back(message.method.empty() ? "response" : message.method);
      if (message.method == "tools/call") peer_.calls.push_back(message.params);
      if (!message.is_request()) continue;
      auto answer = peer_.script ? peer_.script(message) : std::optional(peer_.reply(message));
      if (answer) peer_.say(std::move(*answer));
    }
    co_return Result<void>{};
  }
  void agreed(std::string_view) override {}
  [[nodiscard]] bool answers_inline() const override { return false; }
  Task<void> close() override {
    peer_.listener = nullptr;
    co_return Result<void>{};
  }

 private:
  Peer& peer_;
};

struct McpWorld {
  McpWorld() : world(ToolRegistry({})), peer(world.loop) {
    server = std::make_shared<McpServer>(
        world.loop, McpPlan{.name = "crm", .agent = "shop"}, [this] { return std::make_unique<PeerTransport>(peer); },
        world.registry, log);
    world.context.agent = "shop";
    world.context.call_id = "call-1";
    world.context.tool_call_id = "t1";
  }
  ~McpWorld() {
    EXPECT_TRUE(world.loop.block_on(world.registry.remote_calls().stop({world.clock.now()})));
    EXPECT_TRUE(world.loop.block_on(server->stop()));
  }
  void connect() {
    server->start();
    ASSERT_TRUE(world.loop.block_on(server->wait_for_first_attempt()));
  }
  void pass(Duration time) { ASSERT_TRUE(world.loop.block_on(sleep_for(time))); }
  ToolResult call(std::string_view tool = "find") { return world.call(tool, R"({"q":"x"})"); }
  std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const auto& tool : world.registry.tools()) all.push_back(tool->name);
    return all;
  }
  ToolWorld world;
  Peer peer;
  obs::Log log{world.clock, obs::Level::off, obs::Log::Format::key_value};
  std::shared_ptr<McpServer> server;
};

TEST(McpServer, ShakesHandsListsEveryPageAndCalls) {
  McpWorld mcp;
  mcp.peer.tools = {"find", "book", "cancel"};
  mcp.connect();
  EXPECT_THAT(mcp.peer.heard,
              ElementsAre("initialize", "notifications/initialized", "tools/list", "tools/list", "tools/list"));
  EXPECT_THAT(mcp.names(), ElementsAre("find", "book", "cancel"));
  EXPECT_EQ(mcp.call().speakable, "Found it.");
  EXPECT_EQ(mcp.call().speakable, "Found it.");
  ASSERT_EQ(mcp.peer.calls.size(), 1u) << "the second delivery is answered from the journal";
  EXPECT_EQ(mcp.peer.calls[0].at("arguments"), json::value(object(R"({"q":"x"})")));
  EXPECT_EQ(mcp.peer.calls[0].at("_meta").at("Idempotency-Key").as_string().size(), 36u);
}

TEST(McpServer, SpeaksOlderRevisionsAndNoUnknownOne) {
  for (const auto& [revision, fits] : std::vector<std::pair<std::string, bool>>{
           {"2025-03-26", true}, {"2024-11-05", true}, {"1999-01-01", false}, {"", false}}) {
    McpWorld mcp;
    mcp.peer.revision = revision;
    mcp.connect();
    EXPECT_EQ(mcp.names().size(), fits ? 1u : 0u) << revision;
  }
}

TEST(McpServer, ANameThatIsTakenGetsTheServersInFront) {
  McpWorld mcp;
  Tool own{.name = "find", .description = "d", .parameters = object(R"({"type":"object"})")};
  own.agent = "shop";
  (void)mcp.world.registry.publish("http/shop", {own});
  mcp.connect();
  EXPECT_THAT(mcp.names(), ElementsAre("find", "crm_find"));
  EXPECT_EQ(mcp.call("crm_find").speakable, "Found it.");
}

TEST(McpServer, WhoIsNamedFirstInTheFileKeepsTheNameWhoeverConnectsFirst) {
  for (const bool is_crm_first : {true, false}) {
    ToolWorld world(ToolRegistry({}));
    world.context.agent = "shop";
    const auto source = [](const char* name) { return McpServer::source_of({.name = name, .agent = "shop"}); };
    for (const char* name : {"crm", "erp"}) world.registry.announce(source(name));
    const auto publish = [&](const char* name) {
      Tool tool{.name = "find", .description = name, .parameters = object(R"({"type":"object"})")};
      tool.agent = "shop";
      EXPECT_THAT(world.registry.publish(source(name), {tool}), ElementsAre());
    };
    publish(is_crm_first ? "crm" : "erp");
    EXPECT_NE(world.registry.find("find", "shop"), nullptr);
    publish(is_crm_first ? "erp" : "crm");
    EXPECT_EQ(world.registry.find("find", "shop")->description, "crm");
    EXPECT_EQ(world.registry.find("erp_find", "shop")->description, "erp");
  }
}

TEST(McpServer, ListsAgainWhenTheToolsChange) {
  McpWorld mcp;
  mcp.connect();
  mcp.peer.tools = {"book"};
  mcp.peer.say(rpc_notification("notifications/tools/list_changed", {}));
  mcp.pass(10ms);
  EXPECT_THAT(mcp.names(), ElementsAre("book"));
  // A storm of changes is followed at its own pace.
  const auto before = mcp.peer.heard.size();
  for (int i = 0; i < 100; ++i) mcp.peer.say(rpc_notification("notifications/tools/list_changed", {}));
  mcp.pass(1s);
  EXPECT_LE(mcp.peer.heard.size() - before, 3u);
}

TEST(McpServer, AnswersPingsAndRefusesWhatItDoesNotOffer) {
  McpWorld mcp;
  mcp.connect();
  mcp.peer.heard.clear();
  mcp.peer.say(R"({"jsonrpc":"2.0","id":"p","method":"ping"})");
  mcp.peer.say(R"({"jsonrpc":"2.0","id":9,"method":"sampling/createMessage","params":{}})");
  mcp.peer.say("not JSON at all");
  mcp.peer.say(R"({"jsonrpc":"2.0","id":4711,"result":{}})");
  mcp.peer.say(R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}})");
  mcp.pass(10ms);
  EXPECT_THAT(mcp.peer.heard, ElementsAre("response", "response"));
  EXPECT_EQ(mcp.call().speakable, "Found it.") << "and goes on";
}

TEST(McpServer, ACallThatTakesTooLongIsCancelledThereAndUnknownHere) {
  McpWorld mcp;
  mcp.connect();
  mcp.peer.script = [](const RpcMessage&) { return std::nullopt; };
  const Instant start = mcp.world.clock.now();
  EXPECT_EQ(mcp.call().data.at("error"), "unknown_outcome");
  EXPECT_LE(mcp.world.clock.now() - start, kToolTimeLimit);
  mcp.pass(10ms);
  EXPECT_EQ(mcp.peer.heard.back(), "notifications/cancelled");
}

TEST(McpServer, ARefusalOfTheirsIsASentenceHere) {
  McpWorld mcp;
  mcp.connect();
  mcp.peer.script = [](const RpcMessage& message) { return rpc_error(message.id, -32602, "internal: bad column"); };
  const auto result = mcp.call();
  EXPECT_EQ(result.data.at("error"), "tool_error");
  EXPECT_THAT(to_model_text(result), Not(HasSubstr("column")));
  EXPECT_THAT(result.log, HasSubstr("bad column"));
}

TEST(McpServer, OneThatIsDownStopsNobodyAndIsListedWhenItIsBack) {
  McpWorld mcp;
  mcp.peer.is_up = false;
  mcp.connect();
  EXPECT_TRUE(mcp.names().empty());
  mcp.pass(10s);
  mcp.peer.is_up = true;
  mcp.pass(61s);
  EXPECT_THAT(mcp.names(), ElementsAre("find"));
  EXPECT_TRUE(mcp.call().ok);
}

TEST(McpServer, OneThatDiesIsStartedAgainLessAndLessOften) {
  McpWorld mcp;
  mcp.connect();
  mcp.peer.die();
  mcp.pass(1ms);
  const auto result = mcp.call();
  EXPECT_EQ(result.data.at("error"), "unavailable");
  EXPECT_THAT(result.speakable, HasSubstr("that didn't work"));
  mcp.pass(1s);
  EXPECT_EQ(mcp.peer.connections, 2);
  EXPECT_TRUE(mcp.call().ok) << "it was never sent, so the same call may be made now";
  // A crash loop for ten minutes.
  for (int i = 0; i < 600; ++i) {
    mcp.peer.die();
    mcp.pass(1s);
  }
  EXPECT_LE(mcp.peer.connections, 30);
  EXPECT_GE(mcp.peer.connections, 8);
}

TEST(McpServer, ACallWhoseServerDiesIsUnknown) {
  McpWorld mcp;
  mcp.connect();
  mcp.peer.script = [&](const RpcMessage&) -> std::optional<std::string> {
    asio::post(mcp.world.loop.executor(), [&] { mcp.peer.die(); });
    return std::nullopt;
  };
  EXPECT_EQ(mcp.call().data.at("error"), "unknown_outcome");
}

TEST(McpServer, AListWithoutEndEnds) {
  McpWorld mcp;
  mcp.peer.script = [&](const RpcMessage& message) -> std::optional<std::string> {
    if (message.method != "tools/list") return mcp.peer.reply(message);
    return rpc_result(message.id, {{"tools", json::array()}, {"nextCursor", "again"}});
  };
  mcp.connect();
  EXPECT_EQ(std::ranges::count(mcp.peer.heard, "tools/list"), 20);
}

// Streamable HTTP on the wire -----------------------------------------------------------------------------

/// A scripted HTTP server in memory: `answer` gives the bytes for each request.
struct WebPeer {
  explicit WebPeer(Loop& home) : loop(home), group(home) {}
  ~WebPeer() {
    group.cancel();
    EXPECT_TRUE(loop.block_on(group.join()));
  }
  Loop& loop;
  std::function<std::string(const std::string& request)> answer;
  std::function<Duration(const std::string& request)> delay;  // unset: at once
  std::vector<std::string> requests;
  TaskGroup group;
  net::Dialer dialer() {
    return [this](std::string, std::uint16_t, Deadline) { return dial(*this); };
  }
  static Task<std::unique_ptr<net::ByteStream>> dial(WebPeer& self) {
    auto [near, far] = net::make_memory_stream(4 * 1024 * 1024);
    self.group.spawn("peer", serve(self, std::move(far)));
    co_return std::move(near);
  }
  static Task<void> serve(WebPeer& self, std::unique_ptr<net::ByteStream> stream) {
    std::string request;
    char chunk[8192];
    for (;;) {
      const auto head = request.find("\r\n\r\n");
      const auto length = request.find("Content-Length: ");
      if (head != std::string::npos &&
          (length == std::string::npos || request.size() >= head + 4 + std::stoul(request.substr(length + 16)))) {
        break;
      }
      const auto count = co_await stream->read_some(chunk);
      if (!count || *count == 0) co_return Result<void>{};
      request.append(chunk, *count);
    }
    self.requests.push_back(request);
    const std::string bytes = self.answer(request);
    if (self.delay) {
      if (auto slept = co_await sleep_for(self.delay(request)); !slept) co_return fail(slept);
    }
    const std::string_view view[] = {bytes};
    (void)co_await stream->write(view);
    stream->finish_sending();
    co_return Result<void>{};
  }
};

std::string http(int status, std::string_view type, std::string_view body, std::string_view more = {}) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string(more);
  if (!type.empty()) head += "Content-Type: " + std::string(type) + "\r\n";
  return head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// What a well-behaved server answers; `call` decides about tools/call.
std::string web_reply(const std::string& request, const std::string& session,
                      const std::function<std::string(const RpcMessage&)>& call) {
  if (request.starts_with("GET ")) return http(405, "", "");
  if (request.starts_with("DELETE ")) return http(200, "", "");
  const auto message = parse_rpc(request.substr(request.find("\r\n\r\n") + 4)).value().front();
  if (message.is_notification()) return http(202, "", "");
  if (message.method == "initialize") {
    return http(200, "application/json", rpc_result(message.id, {{"protocolVersion", "2025-06-18"}}),
                "Mcp-Session-Id: " + session + "\r\n");
  }
  if (request.find("Mcp-Session-Id: " + session) == std::string::npos) return http(404, "", "");
  if (message.method == "tools/list") {
    const auto tools = object(R"({"tools":[{"name":"find","inputSchema":{"type":"object"}}]})");
    return http(200, "text/event-stream", ": hello\n\nevent: message\ndata: " + rpc_result(message.id, tools) + "\n\n");
  }
  return call(message);
}

struct WebWorld {
  WebWorld() : world(ToolRegistry({})), peer(world.loop), client(net::make_stream_client(peer.dialer())) {
    McpPlan plan{.name = "web", .agent = "shop", .url = "http://mcp.test/mcp"};
    plan.headers = {{"Authorization", Secret("Bearer s3cret")}};
    server = std::make_shared<McpServer>(
        world.loop, plan, [this, plan] { return make_http_transport(world.loop, plan, *client); }, world.registry, log);
    world.context.agent = "shop";
    world.context.call_id = "call-1";
    world.context.tool_call_id = "t1";
    peer.answer = [this](const std::string& request) {
      return web_reply(request, session, [this](const RpcMessage& message) {
        ++calls;
        return call(message);
      });
    };
  }
  ~WebWorld() {
    EXPECT_TRUE(world.loop.block_on(world.registry.remote_calls().stop({world.clock.now()})));
    EXPECT_TRUE(world.loop.block_on(server->stop()));
  }
  void connect() {
    server->start();
    ASSERT_TRUE(world.loop.block_on(server->wait_for_first_attempt()));
  }
  ToolResult run() { return world.call("find", "{}"); }
  ToolWorld world;
  WebPeer peer;
  std::unique_ptr<net::HttpClient> client;
  obs::Log log{world.clock, obs::Level::off, obs::Log::Format::key_value};
  std::shared_ptr<McpServer> server;
  std::string session = "sess-1";
  int calls = 0;
  std::function<std::string(const RpcMessage&)> call = [](const RpcMessage& message) {
    return http(200, "application/json",
                rpc_result(message.id, object(R"({"content":[{"type":"text","text":"Yes."}]})")));
  };
};

TEST(McpOverHttp, CarriesSessionVersionAndCredentials) {
  WebWorld web;
  web.connect();
  EXPECT_EQ(web.run().speakable, "Yes.");
  EXPECT_TRUE(web.world.loop.block_on(web.server->stop()));
  const std::string& first = web.peer.requests.front();
  EXPECT_THAT(first, HasSubstr("Accept: application/json, text/event-stream\r\n"));
  EXPECT_THAT(first, Not(HasSubstr("Mcp-Session-Id")));
  for (std::size_t i = 1; i < web.peer.requests.size(); ++i) {
    EXPECT_THAT(web.peer.requests[i], HasSubstr("Mcp-Session-Id: sess-1\r\n"));
    EXPECT_THAT(web.peer.requests[i], HasSubstr("MCP-Protocol-Version: 2025-06-18\r\n"));
    EXPECT_THAT(web.peer.requests[i], HasSubstr("Authorization: Bearer s3cret\r\n"));
  }
  EXPECT_TRUE(web.peer.requests.back().starts_with("DELETE /mcp"));
}

TEST(McpOverHttp, ALostSessionIsBegunAnewAndTheCallMadeOnce) {
  WebWorld web;
  web.connect();
  web.session = "sess-2";
  EXPECT_EQ(web.run().speakable, "Yes.");
  EXPECT_EQ(web.calls, 1);
}

Task<void> run_into(WebWorld& web, ToolContext context, std::string arguments, std::vector<ToolResult>& results) {
  auto result =
      co_await invoke(*web.world.store, web.world.registry, std::move(context), {"find", std::move(arguments)});
  if (!result) co_return fail(result);
  results.push_back(std::move(*result));
  co_return Result<void>{};
}

Task<void> lose_session_after(WebWorld& web, Duration time) {
  if (auto slept = co_await sleep_for(time); !slept) co_return fail(slept);
  web.session = "sess-2";
  co_return Result<void>{};
}

TEST(McpOverHttp, WhatIsUnderWayInALostSessionIsSettled) {
  WebWorld web;
  web.connect();
  // Taken while the session was good, answered when it is gone.
  web.peer.delay = [](const std::string& request) {
    return request.contains("slow") ? Duration(1500ms) : Duration(1ms);
  };
  std::vector<ToolResult> slow;
  std::vector<ToolResult> lost;
  TaskGroup group(web.world.loop);
  ToolContext context = web.world.context;
  group.spawn("slow", run_into(web, context, R"({"q":"slow"})", slow));
  ASSERT_TRUE(web.world.loop.block_on(lose_session_after(web, 100ms)));
  for (const char* id : {"t2", "t3"}) {
    context.tool_call_id = id;
    group.spawn("lost", run_into(web, context, "{}", lost));
  }
  ASSERT_TRUE(web.world.loop.block_on(group.join()));
  ASSERT_EQ(slow.size(), 1u);
  EXPECT_EQ(slow.front().speakable, "Yes.") << to_model_text(slow.front());
  ASSERT_EQ(lost.size(), 2u);
  for (const auto& result : lost) EXPECT_EQ(result.speakable, "Yes.") << to_model_text(result);
  EXPECT_EQ(web.calls, 3);
  const auto is_initialize = [](const std::string& request) { return request.contains("\"initialize\""); };
  EXPECT_EQ(std::ranges::count_if(web.peer.requests, is_initialize), 2) << "the new session is left alone";
}

TEST(McpOverHttp, WhatComesBackWrongIsASentenceAndAFate) {
  struct Case {
    const char* name;
    std::function<std::string(const RpcMessage&)> call;
    const char* error;
  };
  for (const auto& c : std::vector<Case>{
           {"wrong content type", [](const RpcMessage&) { return http(200, "text/html", "<h1>"); }, "unknown_outcome"},
           {"not JSON", [](const RpcMessage&) { return http(200, "application/json", "{"); }, "unknown_outcome"},
           {"another id", [](const RpcMessage&) { return http(200, "application/json", rpc_result(99999, {})); },
            "unknown_outcome"},
           {"a stream without the answer",
            [](const RpcMessage&) { return http(200, "text/event-stream", "data: 1\n\n"); }, "unknown_outcome"},
           {"cut off",
            [](const RpcMessage&) {
              return std::string("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{");
            },
            "unknown_outcome"},
           {"500", [](const RpcMessage&) { return http(500, "", ""); }, "unknown_outcome"},
           {"408", [](const RpcMessage&) { return http(408, "", ""); }, "unknown_outcome"},
           {"401", [](const RpcMessage&) { return http(401, "", ""); }, "unavailable"},
           {"503", [](const RpcMessage&) { return http(503, "", ""); }, "unavailable"},
           {"a redirect", [](const RpcMessage&) { return http(307, "", "", "Location: http://169.254.169.254/\r\n"); },
            "unavailable"},
           {"huge",
            [](const RpcMessage&) { return http(200, "application/json", std::string(2 * kMaxMcpMessageBytes, ' ')); },
            "unknown_outcome"},
           {"a huge event",
            [](const RpcMessage&) {
              return http(200, "text/event-stream", "data: " + std::string(2 * kMaxMcpMessageBytes, 'x'));
            },
            "unknown_outcome"},
       }) {
    WebWorld web;
    web.connect();
    web.call = c.call;
    const auto result = web.run();
    ASSERT_TRUE(result.data.contains("error")) << c.name << " " << result.speakable;
    EXPECT_EQ(result.data.at("error"), c.error) << c.name;
    EXPECT_EQ(web.calls, 1) << c.name;
  }
}

// A child process ------------------------------------------------------------------------------------------

/// A real child, in real time.
struct ChildWorld {
  const RealClock clock;
  Loop loop{clock, 1};
  std::vector<std::string> lines;
  std::vector<std::string> oddities;
  Event closed;
  std::shared_ptr<McpSession> session;

  explicit ChildWorld(std::vector<std::string> command, std::vector<std::pair<std::string, Secret>> environment = {}) {
    McpPlan plan{.name = "child", .command = std::move(command), .environment = std::move(environment)};
    StdioOptions options{.path = "/usr/bin:/bin", .patience = 200ms};
    options.on_stderr = [this](std::string_view line) { lines.emplace_back(line); };
    McpSession::Hooks hooks{.on_tools_changed = [] {},
                            .on_closed = [this](const Error&) { closed.set(); },
                            .on_oddity = [this](std::string_view what) { oddities.emplace_back(what); }};
    session = std::make_shared<McpSession>(loop, make_stdio_transport(loop, std::move(plan), std::move(options)),
                                           std::move(hooks));
  }
  Result<void> open() { return loop.block_on(session->open(Deadline::after(clock, 20s))); }
  ~ChildWorld() { EXPECT_TRUE(loop.block_on(session->close())); }
};

const std::string kHello = R"(echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18"}}'; )";

TEST(McpOverStdio, ShakesHandsWithAChildThatHasNothingOfOurEnvironment) {
  ChildWorld child({"sh", "-c", "read x; env >&2; " + kHello + "read y; read z"}, {{"GIVEN", Secret("yes")}});
  ASSERT_TRUE(child.open());
  // Reading goes on until the child's own end; closing its input ends it.
  EXPECT_TRUE(child.loop.block_on(child.session->close()));
  for (const auto& line : child.lines) {
    EXPECT_TRUE(line.starts_with("PATH=") || line.starts_with("GIVEN=") || line.starts_with("PWD=") ||
                line.starts_with("_=") || line.starts_with("OLDPWD=") || line.starts_with("SHLVL="))
        << line;
  }
}

TEST(McpOverStdio, AChildThatCannotBeStartedOrDiesIsUnavailable) {
  {
    ChildWorld child({"/nonexistent/server"});
    const auto opened = child.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::unavailable);
  }
  ChildWorld child({"sh", "-c", "exit 3"});
  const auto opened = child.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::unavailable);
}

TEST(McpOverStdio, ALineWithoutEndEndsTheChildAndChatterOnItsOutputDoesNot) {
  ChildWorld chatty({"sh", "-c", "echo starting up; read x; " + kHello + "head -c 3000000 /dev/zero; sleep 100"});
  ASSERT_TRUE(chatty.open());
  EXPECT_THAT(chatty.oddities, ElementsAre(HasSubstr("no JSON-RPC")));
  EXPECT_TRUE(chatty.loop.block_on(with_deadline(Deadline::after(chatty.clock, 20s), chatty.closed.wait())));
}

TEST(McpOverStdio, AChildThatWillNotGoIsKilledWithAllItStarted) {
  ChildWorld stubborn({"sh", "-c", "trap '' TERM; read x; " + kHello + "while :; do sleep 1; done"});
  ASSERT_TRUE(stubborn.open());
  const auto start = stubborn.clock.now();
  EXPECT_TRUE(stubborn.loop.block_on(stubborn.session->close()));
  EXPECT_LT(stubborn.clock.now() - start, 15s);
}

}  // namespace
}  // namespace offhook::tools::remote
