#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/secret.hpp"
#include "store/testing/temporary_folder.hpp"

namespace offhook::store::testing {

/// Stands between a client and a PostgreSQL server and cuts their connection when it is told to: just before or just
/// after the server has got a message with a certain text in it. Speaks no PostgreSQL itself: it passes bytes on.
class PostgresRelay {
 public:
  /// `server_folder`: where the server's socket is.
  explicit PostgresRelay(std::string server_folder);
  ~PostgresRelay();
  PostgresRelay(const PostgresRelay&) = delete;
  PostgresRelay& operator=(const PostgresRelay&) = delete;

  enum class Moment : std::uint8_t {
    before_the_server_has_it,
    after_the_server_answered,  ///< the answer never reaches the client
  };
  /// Cuts the next connection over which `text` is sent, once.
  void cut_at(std::string text, Moment moment);
  /// While set, bytes are swallowed instead of passed on: a network that has gone silent.
  void set_silent(bool is_silent) { is_silent_ = is_silent; }
  /// How many connections came.
  [[nodiscard]] int accepted() const { return accepted_; }
  /// The folder in which clients find our socket.
  [[nodiscard]] std::string folder() const { return folder_.path().string(); }

 private:
  void accept_clients();
  void serve(int client);
  /// Whether `bytes` hold what is to be cut at; tells the moment, and forgets it.
  bool is_to_cut(std::string_view bytes, Moment& moment);

  TemporaryFolder folder_;
  std::string server_folder_;
  int listener_ = -1;
  std::atomic<bool> is_silent_{false};
  std::atomic<bool> is_closing_{false};
  std::atomic<int> accepted_{0};
  std::mutex mutex_;
  std::string cut_text_;
  Moment cut_moment_ = Moment::before_the_server_has_it;
  std::vector<std::thread> clients_;  // the accepting thread's, then the destructor's
  std::thread accepting_;
};

}  // namespace offhook::store::testing
