#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace offhook::sql {

/// Where a PostgreSQL database is and who we are there, out of a URL.
class PostgresUrl {
 public:
  /// Reads postgres://user:password@host:port/database?option=value (or postgresql://).
  /// Errors: invalid_argument with a sentence that tells nothing of the URL.
  /// Source: PostgreSQL 15, "34.1.1.2 Connection URIs".
  [[nodiscard]] static Result<PostgresUrl> parse(const Secret& url);

  /// libpq's connection parameters that the URL gives, the password among them: for libpq only.
  [[nodiscard]] const std::map<std::string, std::string>& parameters() const { return parameters_; }
  /// "database offhook on db.example.com", for people.
  [[nodiscard]] std::string place() const;
  /// The text with every secret of the URL blotted out. For texts that came from libpq.
  [[nodiscard]] std::string scrubbed(std::string_view text) const;

 private:
  std::map<std::string, std::string> parameters_;
};

}  // namespace offhook::sql
