#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "async/cancel.hpp"
#include "async/task_group.hpp"
#include "net/header_values.hpp"
#include "net/http_client.hpp"
#include "net/memory_stream.hpp"
#include "net/sse_parser.hpp"
#include "net/tcp.hpp"

namespace offhook::net {
namespace {

using namespace std::chrono_literals;

struct VirtualWorld {
  VirtualClock clock{UtcTime{}};
  Loop loop{clock, 1};
};

Task<std::string> read_all(ByteStream& stream) {
  std::string all;
  char chunk[1000];
  for (;;) {
    const auto count = co_await stream.read_some(chunk);
    if (!count) co_return fail(count.error());
    if (*count == 0) co_return all;
    all.append(chunk, *count);
  }
}

Task<void> write_and_finish(ByteStream& stream, std::string text) {
  const std::string_view pieces[] = {text};
  auto written = co_await stream.write(pieces);
  stream.finish_sending();
  co_return written;
}

TEST(MemoryStream, CarriesMoreThanItHolds) {
  VirtualWorld world;
  auto [near, far] = make_memory_stream(100);
  const std::string text(100'000, 'x');
  TaskGroup group(world.loop);
  group.spawn("write", write_and_finish(*near, text));
  EXPECT_EQ(world.loop.block_on(read_all(*far)).value(), text);
}

TEST(MemoryStream, AWriterWhoseReaderLeftGetsAnError) {
  VirtualWorld world;
  auto [near, far] = make_memory_stream(10);
  far.reset();
  const auto written = world.loop.block_on(write_and_finish(*near, std::string(100, 'x')));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::unavailable);
}

std::vector<std::string> events_of(std::string_view stream, std::size_t chunk) {
  std::vector<std::string> events;
  SseParser parser([&](const ServerSentEvent& event) {
    events.push_back(std::string(event.event) + "|" + std::string(event.data));
  });
  for (std::size_t at = 0; at < stream.size(); at += chunk) parser.feed(stream.substr(at, chunk));
  parser.finish();
  return events;
}

TEST(SseParser, UnderstandsEveryLineEndingHoweverTheBytesArrive) {
  const std::string_view stream =
      "\xef\xbb\xbf"
      "data: one\n\n: comment\r\ndata:two\r\ndata: lines\r\n\r\nevent: error\rdata: three\r\rid: 4\n\ndata\n\ndata: "
      "last";
  const std::vector<std::string> expected = {"|one", "|two\nlines", "error|three", "|", "|last"};
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, stream.size()}) {
    EXPECT_EQ(events_of(stream, chunk), expected) << "in pieces of " << chunk;
  }
}

/// Answers every connection with fixed bytes once a request head has arrived, then closes.
Task<void> answer_raw(std::unique_ptr<ByteStream> stream, std::vector<std::string> pieces, Duration pause) {
  std::string request;
  char chunk[1000];
  while (request.find("\r\n\r\n") == std::string::npos) {
    const auto count = co_await stream->read_some(chunk);
    if (!count || *count == 0) co_return Result<void>{};
    request.append(chunk, *count);
  }
  for (const auto& piece : pieces) {
    (void)co_await sleep_for(pause);
    const std::string_view view[] = {piece};
    if (auto written = co_await stream->write(view); !written) co_return Result<void>{};
  }
  stream->finish_sending();
  co_return Result<void>{};
}

/// A scripted server, reached by a client of either transport.
struct Scripted {
  explicit Scripted(Loop& home) : loop(home), group(home) {}
  ~Scripted() {
    // A server that is still writing would keep its pipe alive, and the pipe the server.
    group.cancel();
    EXPECT_TRUE(loop.block_on(group.join()));
  }
  Loop& loop;
  TaskGroup group;
  std::vector<std::string> pieces;
  Duration pause{0};

  Dialer dialer() {
    return [this](std::string, std::uint16_t, Deadline) { return dial(*this); };
  }
  static Task<std::unique_ptr<ByteStream>> dial(Scripted& self) {
    auto [client, server] = make_memory_stream();
    self.group.spawn("scripted", answer_raw(std::move(server), self.pieces, self.pause));
    co_return std::move(client);
  }
};

struct ScriptCase {
  const char* name;
  std::vector<std::string> pieces;
  int status;
  std::string body;
  ErrorKind error = ErrorKind::internal;  // when status is 0
};

const std::vector<ScriptCase>& script_cases() {
  static const std::vector<ScriptCase> cases = {
      {"content length", {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"}, 200, "hello"},
      {"chunked in odd pieces",
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", "\r\n3\r\nhel\r", "\n2\r\nlo\r\n0\r\n", "\r\n"},
       200,
       "hello"},
      {"body until close", {"HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n", "gone"}, 404, "gone"},
      {"no body", {"HTTP/1.1 204 No Content\r\n\r\n"}, 204, ""},
      {"interim answer first", {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nok"}, 200, "ok"},
      {"closed before an answer", {}, 0, "", ErrorKind::unavailable},
      {"cut in the body", {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"}, 0, "", ErrorKind::unavailable},
  };
  return cases;
}

TEST(StreamClient, ReadsAnswersOfEveryFraming) {
  for (const auto& c : script_cases()) {
    VirtualWorld world;
    Scripted server(world.loop);
    server.pieces = c.pieces;
    const auto client = make_stream_client(server.dialer());
    ClientRequest request{.method = "POST", .url = "http://scripted/path?x=1", .body = "{}"};
    const auto response = world.loop.block_on(client->send(std::move(request)));
    if (c.status == 0) {
      ASSERT_FALSE(response) << c.name;
      EXPECT_EQ(response.error().kind, c.error) << c.name;
    } else {
      ASSERT_TRUE(response) << c.name << ": " << response.error().log_text();
      EXPECT_EQ(response->head.status, c.status) << c.name;
      EXPECT_EQ(response->body, c.body) << c.name;
    }
  }
}

TEST(StreamClient, KeepsItsDeadlineWhenTheServerStalls) {
  VirtualWorld world;
  Scripted server(world.loop);
  server.pieces = {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", "never in time"};
  server.pause = 3s;
  const auto client = make_stream_client(server.dialer());
  ClientRequest request{.url = "http://scripted/", .deadline = Deadline::after(world.clock, 4s)};
  const auto response = world.loop.block_on(client->send(std::move(request)));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::timeout);
}

TEST(CurlClient, ReadsAnswersOfEveryFramingOverTcp) {
  for (const auto& c : script_cases()) {
    const RealClock clock;
    Loop loop(clock, 1);
    auto listener = TcpListener::bind(loop, "127.0.0.1", 0).value();
    TaskGroup group(loop);
    group.spawn("accept", listener->accept_into({&loop}, [&](Loop&, std::unique_ptr<ByteStream> stream) {
      group.spawn("answer", answer_raw(std::move(stream), c.pieces, 0ms));
    }));
    const auto client = make_curl_client();
    ClientRequest request{.method = "POST",
                          .url = "http://127.0.0.1:" + std::to_string(listener->port()) + "/path",
                          .body = "{}",
                          .deadline = Deadline::after(clock, 10s)};
    const auto response = loop.block_on(client->send(std::move(request)));
    if (c.status == 0) {
      ASSERT_FALSE(response) << c.name;
      EXPECT_EQ(response.error().kind, c.error) << c.name;
    } else {
      ASSERT_TRUE(response) << c.name << ": " << response.error().log_text();
      EXPECT_EQ(response->head.status, c.status) << c.name;
      EXPECT_EQ(response->body, c.body) << c.name;
    }
    listener->close();
    group.cancel();
    ASSERT_TRUE(loop.block_on(group.join()));
  }
}

TEST(CurlClient, ARefusedConnectionIsUnavailable) {
  const RealClock clock;
  Loop loop(clock, 1);
  std::uint16_t free_port = 0;
  {
    free_port = TcpListener::bind(loop, "127.0.0.1", 0).value()->port();
  }
  const auto client = make_curl_client();
  ClientRequest request{.url = "http://127.0.0.1:" + std::to_string(free_port) + "/"};
  const auto response = loop.block_on(client->send(std::move(request)));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
}

TEST(TcpListener, RefusesAPortThatIsTakenAndSaysWhatToDo) {
  const RealClock clock;
  Loop loop(clock, 1);
  const auto first = TcpListener::bind(loop, "127.0.0.1", 0).value();
  const auto second = TcpListener::bind(loop, "127.0.0.1", first->port());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::conflict);
  EXPECT_NE(second.error().client.find("already in use"), std::string::npos);
  EXPECT_FALSE(TcpListener::bind(loop, "not-an-address", 0));
}

TEST(HeaderValues, AreReadOneWay) {
  EXPECT_EQ(retry_after("3"), std::chrono::seconds(3));
  EXPECT_EQ(retry_after(" 0 "), std::chrono::seconds(0));
  for (const char* none : {"", "-1", "3s", "99999999999", "Wed, 21 Oct 2026 07:28:00 GMT"}) {
    EXPECT_FALSE(retry_after(none)) << none;
  }
  EXPECT_EQ(media_type("Application/JSON; charset=utf-8"), "application/json");
  EXPECT_EQ(media_type(" text/plain "), "text/plain");
  EXPECT_EQ(media_type(""), "");
}

}  // namespace
}  // namespace offhook::net
