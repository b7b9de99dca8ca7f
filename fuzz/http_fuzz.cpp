#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/request_parser.hpp"

using namespace offhook;

namespace {

constexpr std::size_t kBodyLimit = 4096;

/// All requests on a connection whose bytes arrive in pieces of `piece` bytes, as one text; "!" marks where it failed.
std::string requests_in(std::string_view bytes, std::size_t piece) {
  http::Request request;
  http::RequestParser parser(request, {.header_bytes = 2048});
  std::string seen;
  std::string held;
  bool in_body = false;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    held += bytes.substr(at, piece);
    for (;;) {
      const auto used = in_body ? parser.feed_body(held, kBodyLimit) : parser.feed_head(held);
      if (!used) return seen + "!";
      if (*used > held.size()) std::abort();
      held.erase(0, *used);
      const bool head_came = !in_body && parser.is_head_done();
      in_body = in_body || head_came;
      if (in_body && parser.is_done()) {
        if (request.body.size() > kBodyLimit) std::abort();
        seen.append(request.path).append("?").append(request.query).append("|").append(request.body).append("\n");
        parser.reset();
        in_body = false;
        if (held.empty()) break;
        continue;
      }
      if ((*used == 0 && !head_came) || held.empty()) break;
    }
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::string whole = requests_in(bytes, std::max<std::size_t>(1, bytes.size()));
  const std::string pieces = requests_in(bytes, 1 + data[0] % 64);
  // What is wrong may be noticed sooner in pieces, or later; what was understood before is the same.
  const auto understood = [](std::string_view seen) {
    return seen.substr(0, seen.size() - (seen.ends_with('!') ? 1 : 0));
  };
  const bool is_refused = whole.ends_with('!') || pieces.ends_with('!');
  if (!is_refused && pieces != whole) std::abort();
  if (!understood(whole).starts_with(understood(pieces)) && !understood(pieces).starts_with(understood(whole))) {
    std::abort();
  }
  return 0;
}
