#include "http/server.hpp"

#include <fmt/format.h>

#include "async/cancel.hpp"
#include "base/time_text.hpp"
#include "http/connection.hpp"

namespace offhook::http {

Server::Server(Loop& loop, const Service& service, TaskGroup::OnError on_error)
    : loop_(loop), service_(service), tasks_(loop, std::move(on_error)) {}

Server::~Server() = default;

void Server::accept(std::unique_ptr<net::ByteStream> stream) {
  if (draining_ || live_->size() >= service_.limits.max_connections) {
    stream->close();
    return;
  }
  tasks_.spawn("connection", Connection::run(std::make_shared<Connection>(*this, std::move(stream))));
}

void Server::begin_drain() {
  draining_ = true;
  for (Connection* connection : *live_) connection->close_if_idle();
}

Task<void> Server::drain(Deadline deadline) {
  begin_drain();
  if (auto ended = co_await with_deadline(deadline, tasks_.join()); !ended) {
    tasks_.cancel();
    co_return co_await tasks_.join();
  }
  co_return Result<void>{};
}

const std::string& Server::date_header() {
  const auto now = std::chrono::floor<std::chrono::seconds>(loop_.clock().utc_now());
  if (now != date_second_ || date_header_.empty()) {
    date_second_ = now;
    date_header_ = fmt::format("Date: {}\r\n", to_http_date(now));
  }
  return date_header_;
}

}  // namespace offhook::http
