#include "auth/tokens.hpp"

#include <jwt.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>

#include "base/text.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "json/json.hpp"

namespace offhook::auth {
namespace {

constexpr const char* kIssuer = "offhook";
constexpr const char* kAudience = "offhook";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Jwt = std::unique_ptr<jwt_t, decltype(&jwt_free)>;

const unsigned char* bytes_of(const Secret& secret) {
  return reinterpret_cast<const unsigned char*>(secret.reveal().data());
}

std::int64_t seconds_of(UtcTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::unexpected<Error> refuse(std::string why) {
  return fail(Error{.kind = ErrorKind::unauthorized,
                    .client = "The access token is not valid or has expired: log in again.",
                    .log = "token refused: " + std::move(why),
                    .code = "invalid_token"});
}

/// Unpadded base64url (RFC 7515, section 2); nullopt for anything else.
std::optional<std::string> from_base64url(std::string_view text) {
  if (text.find_first_not_of(kBase64Url) != std::string_view::npos) return std::nullopt;
  std::string plain(text);
  std::ranges::replace(plain, '-', '+');
  std::ranges::replace(plain, '_', '/');
  return crypto::from_base64(plain);
}

/// Members of the outermost object as the text has them, repeated ones counted again: a parser keeps one of
/// them, and another parser might keep the other.
std::size_t count_members(std::string_view json_text) {
  std::size_t members = 0;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json_text.size(); ++i) {
    const char c = json_text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    } else if (c == ':' && depth == 1) {
      ++members;
    }
  }
  return members;
}

/// One part of a token as an object in which nothing stands twice.
Result<json::object> read_part(std::string_view part, const char* name) {
  const auto text = from_base64url(part);
  if (!text) return refuse(std::string(name) + " is not base64url");
  auto parsed = parse_json_object(*text);
  if (!parsed) return refuse(std::string(name) + " is not a JSON object");
  if (count_members(*text) != parsed->size()) return refuse(std::string(name) + " says something twice");
  return parsed;
}

bool is_text(const json::object& object, std::string_view field, std::string_view wanted) {
  const auto* value = object.if_contains(field);
  return value != nullptr && value->is_string() && value->get_string() == wanted;
}

std::optional<std::int64_t> integer_of(const json::object& object, std::string_view field) {
  const auto* value = object.if_contains(field);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

/// The key's id; "" when the header names none.
Result<std::string> read_header(const json::object& header) {
  if (!is_text(header, "alg", "HS256")) return refuse("the algorithm is not HS256");
  if (header.contains("typ") && !is_text(header, "typ", "JWT")) return refuse("the type is not JWT");
  for (const char* field : {"crit", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "cty", "zip", "enc", "b64"}) {
    if (header.contains(field)) return refuse(std::string("the header has ") + field);
  }
  const auto* kid = header.if_contains("kid");
  if (kid == nullptr) return std::string{};
  if (!kid->is_string() || kid->get_string().empty()) return refuse("the key id is no text");
  return to_std_string(*kid);
}

Result<TokenClaims> read_claims(const json::object& claims, std::int64_t now_s) {
  if (!is_text(claims, "iss", kIssuer)) return refuse("wrong issuer");
  if (!is_text(claims, "aud", kAudience)) return refuse("wrong audience");
  const auto expires = integer_of(claims, "exp");
  const auto not_before = integer_of(claims, "nbf");
  const auto version = integer_of(claims, "ver");
  if (!expires || !not_before || !version) return refuse("exp, nbf or ver is no integer");
  if (*expires <= now_s) return refuse("expired");
  if (*not_before > now_s) return refuse("not valid yet");
  const auto* subject = claims.if_contains("sub");
  if (subject == nullptr || !subject->is_string() || subject->get_string().empty()) return refuse("no subject");
  return TokenClaims{.user_id = to_std_string(*subject), .version = *version, .expires_s = *expires};
}

bool is_signed_with(const std::string& token, const Secret& key) {
  jwt_t* decoded = nullptr;
  const int failed = jwt_decode(&decoded, token.c_str(), bytes_of(key), static_cast<int>(key.reveal().size()));
  const Jwt jwt(decoded, &jwt_free);
  return failed == 0 && decoded != nullptr && jwt_get_alg(decoded) == JWT_ALG_HS256;
}

}  // namespace

bool looks_like_token(std::string_view text) { return text.starts_with("eyJ") && std::ranges::count(text, '.') == 2; }

Tokens::Tokens(std::vector<Secret> keys, std::chrono::seconds lifetime) : lifetime_(lifetime) {
  if (keys.empty()) throw std::invalid_argument("tokens need a key");
  for (Secret& key : keys) {
    if (key.reveal().size() < kLeastKeyBytes) throw std::invalid_argument("a token key is too short");
    // Tells keys apart and gives none away.
    std::string id = crypto::sha256_hex("offhook token key " + std::string(key.reveal())).substr(0, 16);
    keys_.push_back({.id = std::move(id), .secret = std::move(key)});
  }
}

std::string Tokens::issue(std::string_view user_id, std::int64_t version, UtcTime now) const {
  jwt_t* fresh = nullptr;
  if (jwt_new(&fresh) != 0) throw std::bad_alloc();
  const Jwt jwt(fresh, &jwt_free);
  const Key& key = keys_.front();
  const auto now_s = static_cast<long>(seconds_of(now));
  const std::string subject(user_id);
  int failed = jwt_add_header(fresh, "kid", key.id.c_str());
  failed |= jwt_add_grant(fresh, "iss", kIssuer);
  failed |= jwt_add_grant(fresh, "aud", kAudience);
  failed |= jwt_add_grant(fresh, "sub", subject.c_str());
  failed |= jwt_add_grant_int(fresh, "ver", static_cast<long>(version));
  failed |= jwt_add_grant_int(fresh, "iat", now_s);
  failed |= jwt_add_grant_int(fresh, "nbf", now_s);
  failed |= jwt_add_grant_int(fresh, "exp", now_s + static_cast<long>(lifetime_.count()));
  failed |= jwt_set_alg(fresh, JWT_ALG_HS256, bytes_of(key.secret), static_cast<int>(key.secret.reveal().size()));
  const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(fresh), &std::free);
  if (failed != 0 || text == nullptr) throw std::runtime_error("libjwt made no token");
  return text.get();
}

Result<TokenClaims> Tokens::verify(std::string_view token, UtcTime now) const {
  if (token.size() > kMostTokenBytes) return refuse("too long");
  const auto parts = split(token, '.');
  if (parts.size() != 3) return refuse("not three parts");
  auto header = read_part(parts[0], "the header");
  if (!header) return fail(header);
  auto key_id = read_header(*header);
  if (!key_id) return fail(key_id);
  if (!from_base64url(parts[2])) return refuse("the signature is not base64url");
  const std::string text(token);
  const bool is_signed = std::ranges::any_of(keys_, [&](const Key& key) {
    return (key_id->empty() || *key_id == key.id) && is_signed_with(text, key.secret);
  });
  if (!is_signed) return refuse("no key of ours signed it");
  auto claims = read_part(parts[1], "the payload");
  if (!claims) return fail(claims);
  return read_claims(*claims, seconds_of(now));
}

}  // namespace offhook::auth
