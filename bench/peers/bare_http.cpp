// The leanest useful Beast server: what HTTP costs before a product is built on it. Coroutines with a
// concrete executor, the parser in place, an answer made beforehand (as long as /healthz's body), no timer,
// no routes, no log.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <array>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using boost::system::error_code;

constexpr asio::use_awaitable_t<Executor> kUseTask{};

const std::string kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}";

asio::awaitable<void, Executor> serve(Socket socket) {
  socket.set_option(asio::ip::tcp::no_delay(true));
  std::array<char, 8 * 1024> buffer;
  std::size_t held = 0;
  std::optional<http::request_parser<http::empty_body>> parser;
  error_code error;
  for (;;) {
    parser.emplace();
    while (!parser->is_done()) {
      error = {};
      std::size_t used = held == 0 ? 0 : parser->put(asio::buffer(buffer.data(), held), error);
      if (error && error != http::error::need_more) co_return;
      std::memmove(buffer.data(), buffer.data() + used, held - used);
      held -= used;
      if (parser->is_done()) break;
      if (held == buffer.size()) co_return;
      held += co_await socket.async_read_some(asio::buffer(buffer.data() + held, buffer.size() - held),
                                              asio::redirect_error(kUseTask, error));
      if (error) co_return;
    }
    co_await asio::async_write(socket, asio::buffer(kAnswer), asio::redirect_error(kUseTask, error));
    if (error) co_return;
  }
}

asio::awaitable<void, Executor> accept(Acceptor& acceptor, Executor executor) {
  for (;;) {
    Socket socket(executor);
    co_await acceptor.async_accept(socket, kUseTask);
    asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
  }
}

}  // namespace

int main() try {
  asio::io_context context(1);
  Acceptor acceptor(context.get_executor(), {asio::ip::address_v4::loopback(), 0});
  asio::co_spawn(context.get_executor(), accept(acceptor, context.get_executor()), asio::detached);
  std::printf("listening on http://127.0.0.1:%u\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  context.run();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bare_http: %s\n", error.what());
  return 1;
}
