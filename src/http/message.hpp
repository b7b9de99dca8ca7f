#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/trace.hpp"
#include "http/body_sink.hpp"
#include "http/principal.hpp"

namespace offhook::http {

enum class Method { get, head, post, put, patch, del, options, other };
[[nodiscard]] std::string_view to_string(Method method);

/// Header fields in the order they came. They view one block of text that the request owns.
class Headers {
 public:
  /// The value of the first field of that name (any case); nullopt when there is none.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::string_view get(std::string_view name) const { return find(name).value_or(""); }
  /// The values of all fields of that name, with ", " between them (RFC 9110, section 5.3).
  [[nodiscard]] std::string joined(std::string_view name) const;
  void add(std::string_view name, std::string_view value);
  void clear();
  [[nodiscard]] std::size_t size() const { return fields_.size(); }

 private:
  struct Field {
    std::uint32_t name_at, name_size, value_at, value_size;
  };
  [[nodiscard]] std::string_view text(std::uint32_t at, std::uint32_t size) const {
    return std::string_view(block_).substr(at, size);
  }
  std::string block_;
  std::vector<Field> fields_;
};

/// A request, parsed, with no HTTP library in sight. It owns its text.
struct Request {
  Method method = Method::get;
  std::string target;  ///< as sent
  std::string path;    ///< percent-decoded, without query and trailing slash ("/" stays)
  std::string query;   ///< as sent, without '?'
  bool keep_alive = true;
  bool is_http_1_0 = false;
  Headers headers;
  std::string body;
  std::shared_ptr<BodySink> body_sink;                      ///< what took the body in place of `body`; null: nothing
  std::string peer_address;                                 ///< of the connection
  std::string client_address;                               ///< who asks, behind trusted proxies; the chain fills it in
  Trace trace;                                              ///< the handler names the call as soon as it has read it
  std::vector<std::pair<std::string, std::string>> params;  ///< {names} of the route's path, decoded
  Principal principal;
  Deadline deadline;
  std::vector<std::pair<std::string, std::string>> answer_headers;  ///< that whatever is answered bears, an error too

  /// The value of a {name} in the route's path; "" when the route has none.
  [[nodiscard]] std::string_view param(std::string_view name) const;
  /// The decoded value of a query parameter; nullopt when absent.
  [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;
};

/// Did the client say "TE: trailers", and does its HTTP know them?
[[nodiscard]] bool wants_trailers(const Request& request);

/// Percent-decoding; nullopt for a broken escape. `plus_is_space` as forms have it.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// Where a streamed body is written. Each write leaves at once, as one chunk.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  /// Errors: unavailable when the client has left; then the stream function should return at once.
  virtual Task<void> write(std::string_view bytes) = 0;
  /// A field that follows the body, for a client that said "TE: trailers" (RFC 9110, 6.5); others never see it. Neither
  /// name nor value may hold a line break. `Trailer: NAME` belongs into the answer's headers.
  virtual void add_trailer(std::string_view name, std::string_view value) {
    (void)name;
    (void)value;
  }
};

/// What a handler gives back: a whole body, or a function that streams one. An error that the function
/// returns before its first write still becomes a proper error answer.
struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  ///< a literal
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::move_only_function<Task<void>(BodyWriter&)> stream;  ///< called once, at most
  /// Of a streamed body: sent whenever it has said nothing for a second, so that whoever is in between keeps the line.
  /// A literal; empty: nothing.
  std::string_view sign_of_life;
};

[[nodiscard]] Response json_response(std::string body, int status = 200);
[[nodiscard]] Response text_response(std::string body, int status = 200);

/// The reason phrase of a status code.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace offhook::http
