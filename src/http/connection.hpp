#pragma once

#include <memory>
#include <span>
#include <vector>

#include "async/cancel.hpp"
#include "http/server.hpp"

namespace offhook::http {

/// One connection: reads a request, runs it through the chain and its handler, sends the answer, and
/// begins again. Shared with the watcher that notices a client hanging up during a streamed answer.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Server& server, std::unique_ptr<net::ByteStream> stream);
  ~Connection();

  /// Serves requests until the connection ends.
  static Task<void> run(std::shared_ptr<Connection> self);
  /// Closes a connection that is between requests; true when it was.
  bool close_if_idle();

 private:
  class ChunkWriter;

  Task<void> serve_requests();
  Task<bool> read_head();
  Task<void> read_body(std::size_t limit_bytes);
  Task<std::size_t> fill();
  Task<void> refuse(RequestScope& scope, Error error, int status = 0, std::string_view allow = {});
  Task<void> handle(RequestScope& scope);
  Task<void> send_whole(RequestScope& scope, Response& response);
  Task<void> send_stream(RequestScope& scope, Response response);
  template <class T>
  Task<T> while_client_waits(Task<T> work);
  Task<void> linger();
  static Task<void> watch_for_hangup(std::shared_ptr<Connection> self, std::shared_ptr<CancelSource> hung_up);

  void write_head(const Response& response, std::string_view framing);
  void finish(RequestScope& scope);
  void expect_progress_within(Duration limit);
  [[nodiscard]] std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void append_unread(std::string_view bytes);
  void consume(std::size_t count);

  Server& server_;
  std::shared_ptr<std::set<Connection*>> live_;
  const Service& service_;
  Loop& loop_;
  std::unique_ptr<net::ByteStream> stream_;
  Watchdog watchdog_;
  Request request_;
  RequestParser parser_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string out_;
  bool idle_ = true;
  bool keep_ = true;  // serve another request after this one
};

}  // namespace offhook::http
