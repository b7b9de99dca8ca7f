#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/cancel.hpp"
#include "http/server.hpp"
#include "http/sse.hpp"
#include "net/http_client.hpp"
#include "net/memory_stream.hpp"

namespace offhook::http {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Task<Response> echo(Request& request) {
  co_return json_response(std::string(to_string(request.method)) + " " + request.path + " " + request.body);
}
Task<Response> show_param(Request& request) { co_return text_response(std::string(request.param("id"))); }
Task<Response> breaks(Request&) {
  (void)co_await sleep_for(1ms);
  throw std::runtime_error("secret detail");
}
Task<Response> refuses(Request&) { co_return fail(ErrorKind::conflict, "That slot is taken."); }

struct StreamLog {
  Duration pause = 900ms;  ///< before each event
  int written = 0;
  bool was_cancelled = false;
};

struct MarkCancelled {
  StreamLog& log;
  bool finished = false;
  ~MarkCancelled() { log.was_cancelled = !finished; }
};

Task<void> produce_numbers(StreamLog& log, BodyWriter& body) {
  MarkCancelled mark{log};
  SseWriter events(body);
  for (int i = 0; i < 5; ++i) {
    (void)co_await sleep_for(log.pause);
    events.data(std::to_string(i));
    if (auto sent = co_await events.flush(); !sent) co_return sent;
    ++log.written;
  }
  body.add_trailer("Server-Timing", "total;dur=5000");
  mark.finished = true;
  co_return Result<void>{};
}
Task<void> produce_pair(BodyWriter& body) {
  SseWriter events(body);
  events.data("1");
  events.data({"", "2"});
  co_return co_await events.flush();
}
Task<void> fails_first(BodyWriter&) {
  (void)co_await sleep_for(1s);
  co_return fail(ErrorKind::unavailable, "Nobody answers.");
}
/// Counts what it takes.
struct CountingSink final : BodySink {
  Result<void> take(std::string_view piece) override {
    bytes += piece.size();
    return {};
  }
  std::size_t bytes = 0;
};
Result<std::shared_ptr<BodySink>> open_counting(const Request&, Random&) { return std::make_shared<CountingSink>(); }
Task<Response> show_count(Request& request) {
  const auto& sink = dynamic_cast<const CountingSink&>(*request.body_sink);
  co_return text_response("took " + std::to_string(sink.bytes) + ", room " +
                          std::to_string(request.body.capacity() / 100'000));
}
Task<Response> pair_handler(Request&) { co_return event_stream(produce_pair); }
Task<Response> fails_first_handler(Request&) { co_return event_stream(fails_first); }

struct World {
  World() {
    std::vector<Route> routes;
    routes.push_back({.method = Method::get, .path = "/echo", .handler = echo});
    routes.push_back({.method = Method::post, .path = "/echo", .body_limit_bytes = 1000, .handler = echo});
    routes.push_back({.method = Method::get, .path = "/things/{id}", .handler = show_param});
    routes.push_back({.method = Method::get, .path = "/breaks", .handler = breaks});
    routes.push_back({.method = Method::get, .path = "/api/v1/refuses", .errors = ErrorStyle::crm, .handler = refuses});
    routes.push_back(
        {.method = Method::get, .path = "/numbers", .handler = [this](Request&) { return numbers(*this); }});
    routes.push_back({.method = Method::get, .path = "/pair", .handler = pair_handler});
    routes.push_back({.method = Method::get, .path = "/fails", .handler = fails_first_handler});
    routes.push_back({.method = Method::post,
                      .path = "/upload",
                      .body_limit_bytes = 300'000,
                      .handler = show_count,
                      .open_body = open_counting});
    std::vector<Middleware> chain;
    chain.push_back({.name = "request_id", .before = [](RequestScope& scope) -> Result<void> {
                       scope.request.trace.request_id = "req-1";
                       return {};
                     }});
    chain.push_back({.name = "who", .wait = [this](RequestScope& scope) -> std::optional<Task<void>> {
                       if (!scope.request.headers.find("X-Who")) return std::nullopt;
                       return look_up(*this, std::string(scope.request.headers.get("X-Who")));
                     }});
    chain.push_back({.name = "log", .after = [this](const RequestScope& scope) { statuses.push_back(scope.status); }});
    service = std::make_unique<Service>(Service{.router = Router(std::move(routes)), .chain = std::move(chain)});
    server = std::make_unique<Server>(loop, *service);
  }
  ~World() { EXPECT_TRUE(loop.block_on(server->drain(Deadline::after(clock, 1ms)))); }

  static Task<Response> numbers(World& world) {
    co_return event_stream([&world](BodyWriter& body) { return produce_numbers(world.log, body); });
  }

  static Task<void> look_up(World& world, std::string who) {
    (void)co_await sleep_for(2s);
    ++world.looked_up;
    if (who != "ann") co_return fail(ErrorKind::unauthorized, "Who is that?");
    co_return Result<void>{};
  }

  std::unique_ptr<net::ByteStream> connect() {
    auto [client, far] = net::make_memory_stream();
    server->accept(std::move(far));
    return std::move(client);
  }

  /// Sends bytes and reads until the server closes or is silent for `patience`.
  std::string talk(std::string bytes, Duration patience = 3s) {
    auto stream = connect();
    auto result = loop.block_on(exchange(*stream, std::move(bytes), Deadline::after(clock, patience)));
    return result.value_or("(error)");
  }
  static Task<std::string> exchange(net::ByteStream& stream, std::string bytes, Deadline deadline) {
    const std::string_view pieces[] = {bytes};
    (void)co_await stream.write(pieces);
    std::string all;
    char chunk[4096];
    for (;;) {
      const auto count = co_await with_deadline(deadline, stream.read_some(chunk));
      if (!count || *count == 0) co_return all;
      all.append(chunk, *count);
    }
  }

  VirtualClock clock{UtcTime{}};
  Loop loop{clock, 1};
  StreamLog log;
  std::vector<int> statuses;
  int looked_up = 0;
  std::unique_ptr<Service> service;
  std::unique_ptr<Server> server;
};

TEST(Http, AnswersAndKeepsTheConnectionForPipelinedRequests) {
  World world;
  const auto answer = world.talk(
      "GET /echo HTTP/1.1\r\nHost: x\r\n\r\nPOST /echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
      "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("GET /echo "));
  EXPECT_THAT(answer, HasSubstr("POST /echo hi"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_THAT(answer, HasSubstr("X-Request-Id: req-1"));
  EXPECT_EQ(world.statuses, (std::vector<int>{200, 200, 200}));
}

TEST(Http, AStepThatHasToWaitDoesSoBeforeTheBodyIsReadAndMayRefuse) {
  World world;
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n";
  EXPECT_THAT(world.talk(head + "\r\nhi", 1s), HasSubstr("POST /echo hi")) << "nothing to wait for";
  EXPECT_EQ(world.looked_up, 0);
  EXPECT_THAT(world.talk(head + "X-Who: ann\r\n\r\nhi", 1s), Not(HasSubstr("HTTP/1.1"))) << "not yet";
  EXPECT_THAT(world.talk(head + "X-Who: ann\r\n\r\nhi" + head + "X-Who: bob\r\n\r\nhi", 5s),
              AllOf(HasSubstr("POST /echo hi"), HasSubstr("HTTP/1.1 401"), HasSubstr("Who is that?")));
  EXPECT_THAT(world.statuses, testing::Contains(401)) << "a refusal is logged like any other";
}

struct WireCase {
  const char* name;
  std::string request;
  std::vector<const char*> has;
};

TEST(Http, AnswersWhatIsWrongOnTheWire) {
  const std::vector<WireCase> cases = {
      {"not http", "hello there\r\n\r\n", {"HTTP/1.1 400", "invalid_request_error", "Connection: close"}},
      {"tls on a plain port", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", 13), {"HTTP/1.1 400"}},
      {"unknown path", "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", {"HTTP/1.1 404", "not_found_error"}},
      {"unknown path in the crm",
       "GET /api/v1/nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
       {"HTTP/1.1 404", "\"details\":{}"}},
      {"unknown path at the exchange",
       "GET /exchange/nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
       {"HTTP/1.1 404", "\"statusCode\":404"}},
      {"wrong method", "DELETE /echo HTTP/1.1\r\nHost: x\r\n\r\n", {"HTTP/1.1 405", "Allow: GET, HEAD, POST"}},
      {"unheard-of method", "BREW /echo HTTP/1.1\r\nHost: x\r\n\r\n", {"HTTP/1.1 405", "Allow: GET, HEAD, POST"}},
      {"head has no body",
       "HEAD /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
       {"HTTP/1.1 200", "Content-Length: 11"}},
      {"body too large",
       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'x'),
       {"HTTP/1.1 413", "1000 bytes"}},
      {"chunked body too large",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'x') +
           "\r\n0\r\n\r\n",
       {"HTTP/1.1 413"}},
      {"chunked body",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1\r\n!\r\n0\r\n\r\n",
       {"POST /echo hi!"}},
      {"two lengths",
       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
       {"HTTP/1.1 400"}},
      {"length and chunked",
       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nhi",
       {"HTTP/1.1 400"}},
      {"headers too large",
       "GET /echo HTTP/1.1\r\nHost: x\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n",
       {"HTTP/1.1 431", "16384 bytes"}},
      {"endless header line", "GET /echo HTTP/1.1\r\nHost: x\r\nX: " + std::string(40'000, 'x'), {"HTTP/1.1 431"}},
      {"no host", "GET /echo HTTP/1.1\r\n\r\n", {"HTTP/1.1 400", "needs a Host header"}},
      {"broken escape", "GET /things/%zz HTTP/1.1\r\nHost: x\r\n\r\n", {"HTTP/1.1 400"}},
      {"zero byte in the path", "GET /things/%00 HTTP/1.1\r\nHost: x\r\n\r\n", {"HTTP/1.1 400"}},
      {"path parameter", "GET /things/a%20b/ HTTP/1.1\r\nHost: x\r\n\r\n", {"HTTP/1.1 200", "a b"}},
      {"absolute form", "GET http://host/echo HTTP/1.1\r\nHost: x\r\n\r\n", {"GET /echo"}},
      {"http 1.0 closes", "GET /echo HTTP/1.0\r\n\r\n", {"HTTP/1.1 200", "Connection: close"}},
      {"expect continue",
       "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
       {"HTTP/1.1 100 Continue"}},
      {"handler throws", "GET /breaks HTTP/1.1\r\nHost: x\r\n\r\n", {"HTTP/1.1 500", "server_error"}},
      {"handler refuses", "GET /api/v1/refuses HTTP/1.1\r\nHost: x\r\n\r\n", {"HTTP/1.1 409", "That slot is taken."}},
      {"stream fails first", "GET /fails HTTP/1.1\r\nHost: x\r\n\r\n", {"HTTP/1.1 503", "Nobody answers."}},
  };
  for (const auto& c : cases) {
    World world;
    const auto answer = world.talk(c.request);
    for (const char* text : c.has) EXPECT_THAT(answer, HasSubstr(text)) << c.name;
    EXPECT_THAT(answer, Not(HasSubstr("secret detail"))) << c.name;
  }
}

TEST(Http, ABodyThatIsTakenAsItComesHasTheSameLimitInChunksAndIsNotHeld) {
  const std::string head = "POST /upload HTTP/1.1\r\nHost: x\r\n";
  const auto chunked = [&head](int chunks) {
    std::string request = head + "Transfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < chunks; ++i) request += "3e8\r\n" + std::string(1000, 'x') + "\r\n";
    return request + "0\r\n\r\n";
  };
  World world;
  EXPECT_THAT(world.talk(chunked(300) + chunked(300)), AllOf(HasSubstr("took 300000"), Not(HasSubstr("413"))))
      << "each request has the limit for itself";
  EXPECT_THAT(world.talk(chunked(301)), HasSubstr("HTTP/1.1 413"));
  EXPECT_THAT(world.talk(head + "Content-Length: 300000\r\n\r\n" + std::string(300'000, 'x')),
              HasSubstr("took 300000, room 0"));
}

TEST(Http, ASmallRefusedBodyLeavesTheConnectionUsable) {
  World world;
  const auto answer = world.talk(
      "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET /echo HTTP/1.1\r\nHost: x\r\nConnection: "
      "close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 404"));
  EXPECT_THAT(answer, HasSubstr("GET /echo"));
}

TEST(Http, StreamsEachEventAsItsOwnChunk) {
  World world;
  const auto answer = world.talk("GET /numbers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 20s);
  EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_THAT(answer, HasSubstr("9\r\ndata: 0\n\n\r\n9\r\ndata: 1\n\n\r\n"));
  EXPECT_THAT(answer, testing::EndsWith("0\r\n\r\n"));
  EXPECT_EQ(world.log.written, 5);
  EXPECT_FALSE(world.log.was_cancelled);
}

TEST(Http, AStreamThatSaysNothingForASecondShowsThatItLives) {
  World world;
  world.log.pause = 2500ms;
  const auto answer = world.talk("GET /numbers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 20s);
  // Not before the head, which the first event brings; from then on twice before each of the others.
  EXPECT_THAT(answer,
              HasSubstr("\r\n\r\n9\r\ndata: 0\n\n\r\nb\r\n: waiting\n\n\r\nb\r\n: waiting\n\n\r\n9\r\ndata: 1"));
  EXPECT_THAT(answer, testing::EndsWith("9\r\ndata: 4\n\n\r\n0\r\n\r\n"));
  EXPECT_EQ(world.log.written, 5);
}

TEST(Http, SeveralEventsOfOneMomentLeaveTogether) {
  World world;
  const auto answer = world.talk("GET /pair HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 20s);
  EXPECT_THAT(answer, HasSubstr("\r\n\r\n12\r\ndata: 1\n\ndata: 2\n\n\r\n0\r\n\r\n"));
}

TEST(Http, TrailersAreForThoseWhoSayTheyReadThem) {
  struct Case {
    const char* fields;
    bool has_trailer;
  };
  for (const auto& c : std::vector<Case>{{"TE: trailers\r\n", true},
                                         {"TE: deflate;q=0.5, Trailers\r\n", true},
                                         {"TE: gzip\r\n", false},
                                         {"", false}}) {
    World world;
    const auto answer =
        world.talk("GET /numbers HTTP/1.1\r\nHost: x\r\n" + std::string(c.fields) + "Connection: close\r\n\r\n", 20s);
    const bool has_it = answer.ends_with("0\r\nServer-Timing: total;dur=5000\r\n\r\n");
    EXPECT_EQ(has_it, c.has_trailer) << c.fields;
    EXPECT_TRUE(has_it || answer.ends_with("\r\n0\r\n\r\n")) << answer;
  }
}

/// Sends `late` in pieces while a stream is under way, and reads on.
Task<std::string> speak_into_a_stream(World& world, net::ByteStream& stream, std::string late) {
  const std::string_view first[] = {"GET /numbers HTTP/1.1\r\nHost: x\r\n\r\n"};
  (void)co_await stream.write(first);
  for (std::string_view rest = late; !rest.empty(); rest.remove_prefix(std::min<std::size_t>(rest.size(), 500))) {
    (void)co_await sleep_for(300ms);
    const std::string_view piece[] = {rest.substr(0, 500)};
    (void)co_await stream.write(piece);
  }
  co_return co_await World::exchange(stream, "", Deadline::after(world.clock, 10s));
}

TEST(Http, WhatComesWhileAStreamIsUnderWayIsReadAfterIt) {
  for (const std::size_t size : {5UL, 900UL}) {
    World world;
    auto stream = world.connect();
    const std::string late =
        "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
        std::string(size, 'y');
    const auto all = world.loop.block_on(speak_into_a_stream(world, *stream, late)).value_or("");
    EXPECT_THAT(all, AllOf(HasSubstr("data: 4"), HasSubstr("POST /echo " + std::string(size, 'y')))) << size;
    EXPECT_EQ(world.statuses, (std::vector<int>{200, 200}));
  }
}

Task<void> leave_after(net::ByteStream& stream, Duration wait) {
  const std::string_view request[] = {"GET /numbers HTTP/1.1\r\nHost: x\r\n\r\n"};
  (void)co_await stream.write(request);
  (void)co_await sleep_for(wait);
  stream.close();
  (void)co_await sleep_for(100ms);
  co_return Result<void>{};
}

TEST(Http, AClientThatHangsUpCancelsItsStream) {
  World world;
  auto stream = world.connect();
  const auto begin = world.clock.now();
  ASSERT_TRUE(world.loop.block_on(leave_after(*stream, 2500ms)));
  EXPECT_TRUE(world.log.was_cancelled);
  EXPECT_EQ(world.log.written, 2);
  EXPECT_LT(world.clock.now() - begin, 3s);
  EXPECT_EQ(world.server->connections(), 0u);
}

TEST(Http, DrainClosesIdleConnectionsAndLetsARunningStreamEnd) {
  World world;
  auto idle = world.connect();
  auto busy = world.connect();
  struct Play {
    static Task<std::string> run(World& w, net::ByteStream& stream) {
      const std::string_view request[] = {"GET /numbers HTTP/1.1\r\nHost: x\r\n\r\n"};
      (void)co_await stream.write(request);
      (void)co_await sleep_for(500ms);
      TaskGroup group(w.loop);
      group.spawn("drain", w.server->drain(Deadline::after(w.clock, 30s)));
      auto all = co_await World::exchange(stream, "", Deadline::after(w.clock, 30s));
      (void)co_await group.join();
      co_return all;
    }
  };
  const auto answer = world.loop.block_on(Play::run(world, *busy));
  EXPECT_THAT(answer.value(), testing::EndsWith("0\r\n\r\n"));
  EXPECT_EQ(world.server->connections(), 0u);
}

TEST(Http, AStalledHeadIsClosedAfterItsTime) {
  World world;
  const auto begin = world.clock.now();
  EXPECT_EQ(world.talk("GET /echo HT", 60s), "");
  EXPECT_EQ(world.clock.now() - begin, 10s);
}

TEST(Router, RefusesTwoRowsForTheSameRoute) {
  std::vector<Route> routes;
  routes.push_back({.path = "/a", .handler = echo});
  routes.push_back({.path = "/a", .handler = echo});
  EXPECT_THROW(Router(std::move(routes)), std::invalid_argument);
}

TEST(Message, ReadsQueryValues) {
  Request request;
  request.query = "limit=10&name=a+b%21&empty=&flag";
  EXPECT_EQ(request.query_value("limit"), "10");
  EXPECT_EQ(request.query_value("name"), "a b!");
  EXPECT_EQ(request.query_value("empty"), "");
  EXPECT_EQ(request.query_value("flag"), "");
  EXPECT_FALSE(request.query_value("absent"));
}

}  // namespace
}  // namespace offhook::http
