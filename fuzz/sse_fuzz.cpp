#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/sse_parser.hpp"

using namespace offhook;

namespace {

std::string events_in(std::string_view bytes, std::size_t piece) {
  std::string seen;
  net::SseParser parser(
      [&](const net::ServerSentEvent& event) { seen.append(event.event).append("|").append(event.data).append("\n"); });
  for (std::size_t at = 0; at < bytes.size(); at += piece) parser.feed(bytes.substr(at, piece));
  parser.finish();
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  if (events_in(bytes, bytes.size() + 1) != events_in(bytes, 1 + data[0] % 32)) std::abort();
  return 0;
}
