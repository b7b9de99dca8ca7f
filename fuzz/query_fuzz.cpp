#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/message.hpp"

using namespace offhook;

namespace {

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool plus_is_space : {false, true}) {
    const auto decoded = http::percent_decode(text, plus_is_space);
    if (!decoded) continue;
    if (decoded->size() > text.size()) std::abort();
    if (http::percent_decode(percent_encode(*decoded), plus_is_space) != decoded) std::abort();
  }
  http::Request request;
  request.query = text;
  for (const char* name : {"limit", "cursor", "", "a"}) (void)request.query_value(name);
  // A value that was encoded is found again, whatever stands before it.
  request.query = std::string(text) + "&offhook%20name=" + percent_encode(text);
  const auto found = request.query_value("offhook name");
  if (!found && text.find("offhook") == std::string_view::npos) std::abort();
  return 0;
}
