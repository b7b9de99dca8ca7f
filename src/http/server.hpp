#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "async/loop.hpp"
#include "async/task_group.hpp"
#include "http/middleware.hpp"
#include "http/request_parser.hpp"
#include "http/router.hpp"
#include "net/byte_stream.hpp"

namespace offhook::http {

/// How long and how much a connection may take.
struct ServerLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t max_connections = 20'000;            ///< for each loop; beyond it new ones are closed
  Duration idle = std::chrono::seconds(75);        ///< between requests
  Duration head = std::chrono::seconds(10);        ///< from a request's first byte to its head's end
  Duration body = std::chrono::seconds(30);        ///< for the body
  Duration send_stall = std::chrono::seconds(60);  ///< for one write of an answer
  std::size_t drain_bytes = 64 * 1024;             ///< refused bodies up to this are read to keep the connection
};

/// What every connection of every loop shares. Immutable, thread-safe.
struct Service {
  Router router;
  std::vector<Middleware> chain;
  ServerLimits limits;
};

class Connection;

/// The connections of one loop. Drain it before it is destroyed.
class Server {
 public:
  /// `service` must outlive the server.
  Server(Loop& loop, const Service& service, TaskGroup::OnError on_error = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Serves a connection until it ends. On the server's loop.
  void accept(std::unique_ptr<net::ByteStream> stream);
  /// Takes nothing new and closes idle connections; the others end with the answer they are at.
  void begin_drain();
  /// begin_drain(), then lets running requests end until `deadline` and cancels the rest.
  Task<void> drain(Deadline deadline);

  [[nodiscard]] std::size_t connections() const { return live_->size(); }

 private:
  friend class Connection;
  /// The Date header, made once a second.
  const std::string& date_header();

  Loop& loop_;
  const Service& service_;
  TaskGroup tasks_;
  /// Shared with the connections: a loop that is torn down may destroy them after the server.
  std::shared_ptr<std::set<Connection*>> live_ = std::make_shared<std::set<Connection*>>();
  bool draining_ = false;
  std::string date_header_;
  std::chrono::sys_seconds date_second_{};
};

}  // namespace offhook::http
