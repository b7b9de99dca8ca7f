// The leanest server that stores signed webhooks durably, and so the limit of what Offhook can reach: one loop
// reads, checks the signature and parses; one writer thread commits in groups and answers afterwards; passive
// checkpoints run on a connection of their own. No routes, no deadlines, no leniency, no second look at a message.
// Environment: VAPI_WEBHOOK_SECRET. Stores into data/peer.db of the folder it is started in.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <sqlite3.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using boost::system::error_code;

constexpr asio::use_awaitable_t<Executor> kUseTask{};
constexpr std::size_t kMaxBatch = 256;
constexpr int kCheckpointPages = 2000;

const std::string kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n{\"status\":\"received\"}";

void check(int code) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) throw std::runtime_error(sqlite3_errstr(code));
}

sqlite3* open_database() {
  sqlite3* db = nullptr;
  check(
      sqlite3_open_v2("data/peer.db", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr));
  check(sqlite3_exec(
      db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA busy_timeout=5000",
      nullptr, nullptr, nullptr));
  return db;
}

/// One message on its way to the disk; lives in the coroutine that waits for it.
struct Write {
  std::string call_id, type, status, phone, payload;
  std::int64_t timestamp = 0;
  std::function<void()> done;
};

class Writer {
 public:
  explicit Writer(asio::io_context& loop) : loop_(loop), db_(open_database()) {
    check(sqlite3_exec(db_,
                       "CREATE TABLE call_logs (id TEXT NOT NULL PRIMARY KEY, status TEXT NOT NULL, phone_number TEXT, "
                       "updated_at BIGINT NOT NULL) WITHOUT ROWID;"
                       "CREATE TABLE webhook_events (id INTEGER PRIMARY KEY, call_id TEXT, type TEXT NOT NULL, "
                       "payload TEXT NOT NULL); CREATE INDEX webhook_events_by_call ON webhook_events (call_id)",
                       nullptr, nullptr, nullptr));
    begin_ = prepare("BEGIN IMMEDIATE");
    commit_ = prepare("COMMIT");
    call_ = prepare(
        "INSERT INTO call_logs (id, status, phone_number, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
        "SET status = excluded.status, updated_at = excluded.updated_at");
    event_ = prepare("INSERT INTO webhook_events (call_id, type, payload) VALUES (?, ?, ?)");
    std::thread([this] { run(); }).detach();
    std::thread([this] { checkpoint(); }).detach();
  }

  void push(Write* write) {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back(write);
    changed_.notify_one();
  }

 private:
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    return statement;
  }
  static void step(sqlite3_stmt* statement) {
    check(sqlite3_step(statement));
    sqlite3_reset(statement);
  }
  static void text(sqlite3_stmt* statement, int position, const std::string& value) {
    sqlite3_bind_text(statement, position, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  }

  void run() {
    std::vector<Write*> batch;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !waiting_.empty(); });
        const std::size_t count = std::min(kMaxBatch, waiting_.size());
        batch.assign(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
      }
      step(begin_);
      for (Write* write : batch) {
        text(call_, 1, write->call_id);
        text(call_, 2, write->status);
        text(call_, 3, write->phone);
        sqlite3_bind_int64(call_, 4, write->timestamp);
        step(call_);
        text(event_, 1, write->call_id);
        text(event_, 2, write->type);
        text(event_, 3, write->payload);
        step(event_);
      }
      step(commit_);
      asio::post(loop_, [batch] {
        for (Write* write : batch) write->done();
      });
      batches_.fetch_add(1);
      batches_.notify_one();
    }
  }

  void checkpoint() {
    sqlite3* db = open_database();
    for (std::uint64_t seen = 0;;) {
      batches_.wait(seen);
      seen = batches_.load();
      // 32 messages of 3 KB are some 40 pages.
      if (seen % (kCheckpointPages / 40) == 0)
        sqlite3_wal_checkpoint_v2(db, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    }
  }

  asio::io_context& loop_;
  sqlite3* db_;
  sqlite3_stmt *begin_, *commit_, *call_, *event_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Write*> waiting_;
  std::atomic<std::uint64_t> batches_ = 0;
};

std::string text_of(const json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Throws when the body is not what the load sends.
void read_message(const std::string& body, Write& write) {
  std::array<unsigned char, 16 * 1024> memory;
  json::monotonic_resource resource(memory.data(), memory.size());
  const json::value parsed = json::parse(body, &resource);
  const auto& message = parsed.as_object().at("message").as_object();
  const auto& call = message.at("call").as_object();
  write.call_id = text_of(call, "id");
  write.type = text_of(message, "type");
  write.status = text_of(message, "status");
  if (write.status.empty()) write.status = text_of(call, "status");
  write.phone = text_of(message.at("customer").as_object(), "number");
  write.timestamp = message.at("timestamp").to_number<std::int64_t>();
  write.payload = body;
}

asio::awaitable<void, Executor> serve(Socket socket, Writer& writer, const offhook::crypto::HmacKey& key) {
  socket.set_option(asio::ip::tcp::no_delay(true));
  std::array<char, 16 * 1024> buffer;
  std::size_t held = 0;
  error_code error;
  for (;;) {
    http::request_parser<http::string_body> parser;
    while (!parser.is_done()) {
      error = {};
      const std::size_t used = held == 0 ? 0 : parser.put(asio::buffer(buffer.data(), held), error);
      if (error && error != http::error::need_more) co_return;
      std::memmove(buffer.data(), buffer.data() + used, held - used);
      held -= used;
      if (parser.is_done()) break;
      if (used > 0 && held > 0) continue;
      held += co_await socket.async_read_some(asio::buffer(buffer.data() + held, buffer.size() - held),
                                              asio::redirect_error(kUseTask, error));
      if (error) co_return;
    }
    const std::string& body = parser.get().body();
    if (offhook::crypto::to_hex(key.sign(body)) != parser.get()["x-vapi-signature"]) co_return;
    Write write;
    read_message(body, write);
    co_await asio::async_initiate<const asio::use_awaitable_t<Executor>&, void()>(
        [&](auto handler) {
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          write.done = [shared] { (*shared)(); };
          writer.push(&write);
        },
        kUseTask);
    co_await asio::async_write(socket, asio::buffer(kAnswer), asio::redirect_error(kUseTask, error));
    if (error) co_return;
  }
}

asio::awaitable<void, Executor> accept(Acceptor& acceptor, Executor executor, Writer& writer,
                                       const offhook::crypto::HmacKey& key) {
  for (;;) {
    Socket socket(executor);
    co_await acceptor.async_accept(socket, kUseTask);
    asio::co_spawn(executor, serve(std::move(socket), writer, key), asio::detached);
  }
}

}  // namespace

int main() try {
  const char* secret = std::getenv("VAPI_WEBHOOK_SECRET");
  if (secret == nullptr) throw std::runtime_error("VAPI_WEBHOOK_SECRET is not set");
  std::filesystem::create_directories("data");
  const offhook::crypto::HmacKey key(offhook::crypto::HashAlgorithm::sha256, secret);
  asio::io_context context;
  Writer writer(context);
  Acceptor acceptor(context.get_executor(), {asio::ip::address_v4::loopback(), 0});
  asio::co_spawn(context.get_executor(), accept(acceptor, context.get_executor(), writer, key), asio::detached);
  std::printf("listening on http://127.0.0.1:%u\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  context.run();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bare_webhook: %s\n", error.what());
  return 1;
}
