#include "http/request_parser.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

Method method_of(beast_http::verb verb) {
  switch (verb) {
    case beast_http::verb::get: return Method::get;
    case beast_http::verb::head: return Method::head;
    case beast_http::verb::post: return Method::post;
    case beast_http::verb::put: return Method::put;
    case beast_http::verb::patch: return Method::patch;
    case beast_http::verb::delete_: return Method::del;
    case beast_http::verb::options: return Method::options;
    default: return Method::other;
  }
}

Error bad_request(std::string_view why) {
  return {.kind = ErrorKind::invalid_argument, .client = fmt::format("Invalid request: not valid HTTP ({})", why)};
}

}  // namespace

class RequestParser::Impl final : public beast_http::basic_parser<true> {
 public:
  Impl(Request& request, const Limits& limits) : request_(request) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    body_limit(boost::none);  // the route's limit is known only after the head
  }
  std::size_t body_limit_bytes = 0;
  bool target_is_broken = false;

 private:
  void on_request_impl(beast_http::verb verb, string_view, string_view target, int version, error_code&) override {
    request_.method = method_of(verb);
    request_.target.assign(target.data(), target.size());
    request_.is_http_1_0 = version == 10;
    std::string_view path = request_.target;
    // A proxy may send the absolute form; the path begins after the authority.
    if (const auto scheme = path.find("://"); !path.starts_with('/') && scheme != std::string_view::npos) {
      const auto slash = path.find('/', scheme + 3);
      path = slash == std::string_view::npos ? "/" : path.substr(slash);
    }
    const auto mark = path.find('?');
    request_.query = mark == std::string_view::npos ? std::string_view{} : path.substr(mark + 1);
    auto decoded = percent_decode(path.substr(0, mark), false);
    target_is_broken =
        !decoded || !decoded->starts_with('/') || decoded->find('\0') != std::string::npos || !is_valid_utf8(*decoded);
    request_.path = target_is_broken ? std::string("/") : std::move(*decoded);
    while (request_.path.size() > 1 && request_.path.ends_with('/')) request_.path.pop_back();
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(beast_http::field, string_view name, string_view value, error_code&) override {
    request_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    // What a sink takes is never held whole.
    if (length && request_.body_sink == nullptr)
      request_.body.reserve(std::min<std::uint64_t>(*length, body_limit_bytes));
  }
  std::size_t take(string_view bytes, error_code& error) {
    if (bytes.size() > body_limit_bytes - std::min(body_bytes_, body_limit_bytes)) {
      error = beast_http::error::body_limit;
      return 0;
    }
    body_bytes_ += bytes.size();
    request_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  std::size_t on_body_impl(string_view bytes, error_code& error) override { return take(bytes, error); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& error) override {
    return take(bytes, error);
  }
  void on_finish_impl(error_code&) override {}

  Request& request_;
  std::size_t body_bytes_ = 0;  // so far, wherever they went
};

RequestParser::RequestParser(Request& request, Limits limits) : request_(request), limits_(limits) { reset(); }
RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  request_.headers.clear();
  request_.body.clear();
  request_.params.clear();
  request_.principal = {};
  request_.answer_headers.clear();
  request_.trace.request_id.clear();
  request_.trace.call_id.clear();
  impl_ = std::make_unique<Impl>(request_, limits_);
}

Result<std::size_t> RequestParser::feed_head(std::string_view bytes) {
  error_code error;
  const std::size_t used = impl_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == beast_http::error::need_more) {
    // Beast looks for the end of the head before it counts, so an endless one is caught here.
    if (bytes.size() - used <= limits_.header_bytes) return used;
    error = beast_http::error::header_limit;
  }
  if (error == beast_http::error::header_limit) {
    return fail(Error{.kind = ErrorKind::too_large,
                      .client = fmt::format("The request's headers are larger than {} bytes.", limits_.header_bytes),
                      .code = "headers_too_large"});
  }
  if (error) return fail(bad_request(error.message()));
  if (impl_->is_header_done()) {
    if (impl_->target_is_broken) return fail(bad_request("the request target is not a valid path"));
    request_.keep_alive = impl_->keep_alive();
    impl_->eager(true);
  }
  return used;
}

bool RequestParser::is_head_done() const { return impl_->is_header_done(); }
bool RequestParser::is_done() const { return impl_->is_done(); }
bool RequestParser::has_begun() const { return impl_->got_some(); }

Result<std::size_t> RequestParser::feed_body(std::string_view bytes, std::size_t limit_bytes) {
  impl_->body_limit_bytes = limit_bytes;
  // The shortest end of a chunked body is "0 CR LF CR LF". Beast 1.81 takes for granted that so much is there when it
  // looks at such an end again, and an end that comes byte by byte would stop a build with assertions.
  constexpr std::size_t kShortestEnd = 5;
  if (impl_->chunked() && bytes.size() < kShortestEnd) return std::size_t{0};
  error_code error;
  const std::size_t used = impl_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == beast_http::error::need_more || !error) return used;
  if (error == beast_http::error::body_limit) {
    return fail(Error{.kind = ErrorKind::too_large,
                      .client = fmt::format("The request's body is larger than {} bytes.", limit_bytes),
                      .code = "body_too_large"});
  }
  return fail(bad_request(error.message()));
}

std::optional<std::uint64_t> RequestParser::content_length() const {
  const auto length = impl_->content_length();
  return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

}  // namespace offhook::http
