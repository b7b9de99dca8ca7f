#include "net/tcp.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>

#include <array>

#include <fmt/format.h>

#include "async/cancel.hpp"

namespace offhook::net {
namespace {

using boost::system::error_code;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

Error peer_gone(const error_code& error) {
  if (error == asio::error::operation_aborted) return {.kind = ErrorKind::cancelled};
  return {.kind = ErrorKind::unavailable, .log = error.message()};
}

class TcpStream final : public ByteStream {
 public:
  explicit TcpStream(Socket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto peer = socket_.remote_endpoint(ignored);
    if (!ignored) peer_address_ = peer.address().to_string();
  }

  Task<std::size_t> read_some(std::span<char> into) override {
    error_code error;
    const std::size_t count =
        co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), asio::redirect_error(use_task, error));
    if (error == asio::error::eof) co_return std::size_t{0};
    if (error) co_return fail(peer_gone(error));
    co_return count;
  }

  Task<void> write(std::span<const std::string_view> pieces) override {
    std::array<asio::const_buffer, kMaxPieces> buffers;
    while (!pieces.empty()) {
      const std::size_t batch = std::min(pieces.size(), kMaxPieces);
      for (std::size_t i = 0; i < batch; ++i) buffers[i] = asio::const_buffer(pieces[i].data(), pieces[i].size());
      if (auto sent = co_await write_batch(std::span(buffers.data(), batch)); !sent) co_return fail(sent);
      pieces = pieces.subspan(batch);
    }
    co_return Result<void>{};
  }

  std::size_t write_now(std::span<const std::string_view> pieces) override {
    std::array<asio::const_buffer, kMaxPieces> buffers;
    const std::size_t count = std::min(pieces.size(), kMaxPieces);
    for (std::size_t i = 0; i < count; ++i) buffers[i] = asio::const_buffer(pieces[i].data(), pieces[i].size());
    error_code error;
    const std::size_t sent = socket_.write_some(std::span(buffers.data(), count), error);
    return error ? 0 : sent;
  }

  void finish_sending() override {
    error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
  }
  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }
  const std::string& peer_address() const override { return peer_address_; }

 private:
  static constexpr std::size_t kMaxPieces = 16;  // of one system call
  using Buffers = std::span<asio::const_buffer>;

  /// The socket's buffer nearly always has room: send at once and wait only when it has not.
  Task<void> write_batch(Buffers buffers) {
    error_code error;
    std::size_t sent = socket_.write_some(buffers, error);
    for (;;) {
      if (error == asio::error::would_block || error == asio::error::try_again) {
        sent = 0;
      } else if (error) {
        co_return fail(peer_gone(error));
      }
      while (!buffers.empty() && sent >= buffers.front().size()) {
        sent -= buffers.front().size();
        buffers = buffers.subspan(1);
      }
      if (buffers.empty()) co_return Result<void>{};
      buffers.front() += sent;
      sent = co_await socket_.async_write_some(buffers, asio::redirect_error(use_task, error));
    }
  }

  Socket socket_;
  std::string peer_address_;
};

class Listener final : public TcpListener {
 public:
  Listener(Acceptor acceptor, std::uint16_t port) : acceptor_(std::move(acceptor)), port_(port) {}
  std::uint16_t port() const override { return port_; }
  void close() override {
    error_code ignored;
    acceptor_.close(ignored);
  }

  Task<void> accept_into(std::vector<Loop*> loops, OnConnection on_connection) override {
    for (std::size_t turn = 0;; ++turn) {
      Loop& home = *loops[turn % loops.size()];
      error_code error;
      Socket socket(home.executor());
      co_await acceptor_.async_accept(socket, asio::redirect_error(use_task, error));
      if (error == asio::error::operation_aborted || !acceptor_.is_open()) co_return Result<void>{};
      if (error) {
        // Out of descriptors, most likely: give the others a moment to close some.
        (void)co_await sleep_for(std::chrono::milliseconds(20));
        continue;
      }
      asio::post(home.executor(), [&home, on_connection, s = std::move(socket)]() mutable {
        on_connection(home, std::make_unique<TcpStream>(std::move(s)));
      });
    }
  }

 private:
  Acceptor acceptor_;
  std::uint16_t port_;
};

Error bind_error(const std::string& host, std::uint16_t port, const error_code& error) {
  if (error == asio::error::address_in_use) {
    return {.kind = ErrorKind::conflict,
            .client = fmt::format("port {} on {} is already in use: stop the other server or choose a port with --port",
                                  port, host)};
  }
  if (error == asio::error::access_denied) {
    return {.kind = ErrorKind::forbidden,
            .client = fmt::format("not allowed to listen on {}:{}: choose a port above 1023 with --port", host, port)};
  }
  return {.kind = ErrorKind::unavailable,
          .client = fmt::format("cannot listen on {}:{}: {}", host, port, error.message())};
}

}  // namespace

Task<std::unique_ptr<ByteStream>> connect_tcp(std::string host, std::uint16_t port, Deadline deadline) {
  const Executor executor = co_await asio::this_coro::executor;
  // A named function object outlives the task it makes.
  struct Connect {
    static Task<std::unique_ptr<ByteStream>> run(Executor home, std::string name, std::uint16_t to_port) {
      error_code error;
      asio::ip::basic_resolver<asio::ip::tcp, Executor> resolver(home);
      const auto endpoints =
          co_await resolver.async_resolve(name, std::to_string(to_port), asio::redirect_error(use_task, error));
      if (error) co_return fail(ErrorKind::unavailable, {}, fmt::format("{}: {}", name, error.message()));
      Error last{.kind = ErrorKind::unavailable};
      for (const auto& endpoint : endpoints) {
        Socket socket(home);
        co_await socket.async_connect(endpoint.endpoint(), asio::redirect_error(use_task, error));
        if (!error) co_return std::unique_ptr<ByteStream>(std::make_unique<TcpStream>(std::move(socket)));
        last.log = fmt::format("{}:{}: {}", name, to_port, error.message());
      }
      co_return fail(std::move(last));
    }
  };
  co_return co_await with_deadline(deadline, Connect::run(executor, std::move(host), port));
}

Result<std::unique_ptr<TcpListener>> TcpListener::bind(Loop& acceptor_loop, const std::string& host,
                                                       std::uint16_t port) {
  error_code error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error) return fail(ErrorKind::invalid_argument, fmt::format("'{}' is not an IP address to listen on", host));
  const asio::ip::tcp::endpoint endpoint(address, port);
  Acceptor acceptor(acceptor_loop.executor());
  acceptor.open(endpoint.protocol(), error);
  // Lets a restarted server bind while old connections linger; Linux still refuses a second listener.
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return fail(bind_error(host, port, error));
  const std::uint16_t bound = acceptor.local_endpoint().port();
  return std::make_unique<Listener>(std::move(acceptor), bound);
}

}  // namespace offhook::net
