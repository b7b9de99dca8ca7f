#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/tokens.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "json/json.hpp"

using namespace offhook;
using namespace std::chrono_literals;

namespace {

constexpr const char* kKey = "0123456789abcdef0123456789abcdef";
const UtcTime kNow = UtcTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 2)) + 17h;

std::string base64url(std::string_view bytes) {
  std::string text = crypto::to_base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(std::ranges::find(text, '='), text.end());
  return text;
}

}  // namespace

/// The bytes as a token; and, cut at their first line end, as header and payload signed with the right key: what is let
/// in then says HS256 and has not expired.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auth::Tokens tokens({Secret(kKey)}, 3600s);
  static const crypto::HmacKey key(crypto::HashAlgorithm::sha256, kKey);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)auth::looks_like_token(bytes);
  if (tokens.verify(bytes, kNow)) std::abort();  // nobody guesses a signature

  const auto cut = std::min(bytes.find('\n'), bytes.size());
  const std::string header(bytes.substr(0, cut));
  const std::string payload(bytes.substr(std::min(cut + 1, bytes.size())));
  const std::string signed_part = base64url(header) + "." + base64url(payload);
  const auto claims = tokens.verify(signed_part + "." + base64url(key.sign(signed_part)), kNow);
  if (!claims) return 0;
  const auto says = parse_json(header);
  if (!says || find_string(*says, "alg") != "HS256") std::abort();
  if (claims->user_id.empty()) std::abort();
  if (claims->expires_s <= std::chrono::duration_cast<std::chrono::seconds>(kNow.time_since_epoch()).count()) {
    std::abort();
  }
  return 0;
}
