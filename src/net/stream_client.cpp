#include <boost/beast/http/basic_parser.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>

#include <fmt/format.h>

#include "async/cancel.hpp"
#include "base/text.hpp"
#include "net/http_client.hpp"

namespace offhook::net {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

/// Beast's response parser, with our head as its target and the body handed on piece by piece.
class ResponseParser final : public http::basic_parser<false> {
 public:
  ResponseHead head;
  std::string body;

 private:
  void on_request_impl(http::verb, boost::beast::string_view, boost::beast::string_view, int, error_code&) override {}
  void on_response_impl(int code, boost::beast::string_view, int, error_code&) override { head.status = code; }
  void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                     error_code&) override {
    head.headers.emplace_back(std::string(name), std::string(value));
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(boost::beast::string_view bytes, error_code&) override {
    body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view bytes, error_code&) override {
    body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}
};

class StreamResponse final : public ResponseStream {
 public:
  StreamResponse(std::unique_ptr<ByteStream> stream, Deadline deadline, bool head_request)
      : stream_(std::move(stream)), deadline_(deadline) {
    parser_.body_limit(boost::none);
    parser_.skip(head_request);
  }
  const ResponseHead& head() const override { return parser_.head; }

  Task<void> read_head() {
    while (!parser_.is_header_done()) {
      if (auto more = co_await with_deadline(deadline_, advance()); !more) co_return fail(more);
    }
    parser_.eager(true);
    co_return Result<void>{};
  }

  Task<std::string> read() override {
    while (parser_.body.empty() && !parser_.is_done()) {
      if (auto more = co_await with_deadline(deadline_, advance()); !more) co_return fail(more);
    }
    co_return std::exchange(parser_.body, {});
  }

 private:
  /// Parses what is buffered; reads more when that gave nothing.
  Task<void> advance() {
    if (!pending_.empty()) {
      if (auto parsed = parse(); !parsed || *parsed) co_return parsed ? Result<void>{} : fail(parsed);
    }
    char chunk[16 * 1024];
    const auto count = co_await stream_->read_some(chunk);
    if (!count) co_return fail(count.error());
    if (*count == 0) {
      error_code error;
      if (parser_.got_some()) parser_.put_eof(error);
      if (error || !parser_.is_done()) {
        co_return fail(ErrorKind::unavailable, {}, "the server closed the connection in mid-answer");
      }
      co_return Result<void>{};
    }
    pending_.append(chunk, *count);
    auto parsed = parse();
    co_return parsed ? Result<void>{} : fail(parsed);
  }

  /// Feeds the parser; true when it took anything.
  Result<bool> parse() {
    error_code error;
    const std::size_t used = parser_.put(asio::buffer(pending_), error);
    pending_.erase(0, used);
    if (error && error != http::error::need_more) {
      return fail(ErrorKind::bad_gateway, {}, "not an HTTP answer: " + error.message());
    }
    return used > 0;
  }

  std::unique_ptr<ByteStream> stream_;
  Deadline deadline_;
  ResponseParser parser_;
  std::string pending_;
};

class StreamClient final : public HttpClient {
 public:
  explicit StreamClient(Dialer dial) : dial_(std::move(dial)) {}

  Task<std::unique_ptr<ResponseStream>> open(ClientRequest request) override {
    const auto url = boost::urls::parse_uri(request.url);
    if (!url || url->scheme() != "http" || url->host().empty()) {
      co_return fail(ErrorKind::invalid_argument, {}, "not an http URL: " + request.url);
    }
    const std::uint16_t port = url->has_port() ? url->port_number() : 80;
    const Deadline connected_by = request.deadline.sooner(request.connect_by);
    auto stream = co_await with_deadline(connected_by, dial_(url->host(), port, connected_by));
    if (!stream) co_return fail(std::move(stream.error()).with_code(std::string(kNotSent)));
    std::string head = fmt::format("{} {}{}{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", request.method,
                                   url->encoded_path().empty() ? std::string("/") : std::string(url->encoded_path()),
                                   url->has_query() ? "?" : "", std::string(url->encoded_query()),
                                   std::string(url->encoded_host_and_port()));
    for (const auto& [name, value] : request.headers)
      fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
      fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", request.body.size());
    }
    head.append("\r\n");
    const std::string_view pieces[] = {head, request.body};
    if (auto sent = co_await with_deadline(request.deadline, (*stream)->write(pieces)); !sent) co_return fail(sent);
    auto response = std::make_unique<StreamResponse>(std::move(*stream), request.deadline, request.method == "HEAD");
    if (auto read = co_await response->read_head(); !read) co_return fail(read);
    co_return std::unique_ptr<ResponseStream>(std::move(response));
  }

 private:
  Dialer dial_;
};

}  // namespace

std::string_view ResponseHead::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (iequals(key, name)) return value;
  }
  return {};
}

Task<ClientResponse> HttpClient::send(ClientRequest request, std::size_t max_body_bytes) {
  auto stream = co_await open(std::move(request));
  if (!stream) co_return fail(stream);
  ClientResponse response{.head = (*stream)->head()};
  for (;;) {
    auto piece = co_await (*stream)->read();
    if (!piece) co_return fail(piece);
    if (piece->empty()) co_return response;
    if (response.body.size() + piece->size() > max_body_bytes) {
      co_return fail(ErrorKind::too_large, {}, fmt::format("the answer is larger than {} bytes", max_body_bytes));
    }
    response.body.append(*piece);
  }
}

std::unique_ptr<HttpClient> make_stream_client(Dialer dial) { return std::make_unique<StreamClient>(std::move(dial)); }

}  // namespace offhook::net
