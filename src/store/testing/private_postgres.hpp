#pragma once

#include <sys/types.h>

#include <string>

#include "base/secret.hpp"
#include "store/testing/temporary_folder.hpp"

namespace offhook::store::testing {

/// A PostgreSQL server of the test program's own (test/private_postgres), in a temporary folder that goes with it.
/// Throws std::runtime_error when it cannot be started.
class PrivatePostgres {
 public:
  PrivatePostgres();
  ~PrivatePostgres();
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  /// The one of this program, started when it is first asked for and stopped when the program ends.
  static PrivatePostgres& shared();

  /// The URL of an empty place of its own: a new schema in the server's one database.
  [[nodiscard]] Secret new_url();
  /// The same by way of a socket in another folder (a relay's).
  [[nodiscard]] Secret new_url(const std::string& socket_folder);
  /// Where its socket is.
  [[nodiscard]] std::string folder() const { return folder_.path().string(); }

  /// Ends the server at once, as a crash would: every connection is lost.
  void stop();
  /// Starts it again on what it had stored.
  void start();

 private:
  TemporaryFolder folder_;
  pid_t process_ = -1;
  int schemas_ = 0;
};

}  // namespace offhook::store::testing
