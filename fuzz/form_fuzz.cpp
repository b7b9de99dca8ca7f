#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/form.hpp"

using namespace offhook;

namespace {

std::string encode(const http::Form& form) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  const auto append = [&](std::string_view text) {
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  };
  for (const auto& [name, value] : form.fields) {
    append(name);
    out.push_back('=');
    append(value);
    out.push_back('&');
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto form = http::parse_form({reinterpret_cast<const char*>(data), size});
  if (!form) return 0;
  const auto again = http::parse_form(encode(*form));
  if (!again || again->fields != form->fields) std::abort();
  return 0;
}
