#include "store/sql/postgres_url.hpp"

#include <libpq-fe.h>

#include <memory>

namespace offhook::sql {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

/// A raw "@" or "/" in a user name or password makes libpq take a piece of it for a host or a database, which
/// its messages then show. So there may be one "@", before the first "/".
bool is_unambiguous(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  std::string_view rest = url.substr(scheme + 3);
  const std::string_view before_options = rest.substr(0, rest.find('?'));
  const auto at = before_options.find('@');
  if (at == std::string_view::npos) return rest.find('@') == std::string_view::npos;
  return before_options.find('@', at + 1) == std::string_view::npos && before_options.find('/') > at;
}

}  // namespace

Result<PostgresUrl> PostgresUrl::parse(const Secret& url) {
  const std::string text(url.reveal());
  if (!text.starts_with("postgres://") && !text.starts_with("postgresql://")) {
    return fail(ErrorKind::invalid_argument, "it must be a postgres:// or postgresql:// URL");
  }
  if (!is_unambiguous(text)) {
    return fail(ErrorKind::invalid_argument,
                "it cannot be read; in a user name or password, '@', '/', '?' and ':' are written %40, %2F, %3F and "
                "%3A");
  }
  char* complaint = nullptr;  // quotes pieces of the URL, so nobody may see it
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfoParse(text.c_str(), &complaint));
  PQfreemem(complaint);
  if (!options) {
    return fail(ErrorKind::invalid_argument,
                "it cannot be read; its form is postgres://user:password@host:port/database?option=value");
  }
  PostgresUrl parsed;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) parsed.parameters_[option->keyword] = option->val;
  }
  // libpq looks at the port when it connects, and quotes it then.
  const auto port = parsed.parameters_.find("port");
  if (port != parsed.parameters_.end() && port->second.find_first_not_of("0123456789,") != std::string::npos) {
    return fail(ErrorKind::invalid_argument, "it cannot be read; its port must be a number");
  }
  return parsed;
}

std::string PostgresUrl::place() const {
  const auto given = [&](const char* name) {
    const auto found = parameters_.find(name);
    return found == parameters_.end() ? std::string() : found->second;
  };
  std::string place = "database";
  if (const auto name = given("dbname"); !name.empty()) place += " " + name;
  if (const auto host = given("host"); !host.empty()) place += " on " + host;
  return place;
}

std::string PostgresUrl::scrubbed(std::string_view text) const {
  std::string clean(text);
  for (const char* name : {"password", "sslpassword"}) {
    const auto secret = parameters_.find(name);
    if (secret == parameters_.end() || secret->second.empty()) continue;
    for (auto at = clean.find(secret->second); at != std::string::npos; at = clean.find(secret->second, at + 3)) {
      clean.replace(at, secret->second.size(), "***");
    }
  }
  return clean;
}

}  // namespace offhook::sql
