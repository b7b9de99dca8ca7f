#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "net/http_client.hpp"
#include "net/memory_stream.hpp"

namespace offhook::llm::testing {

/// How a provider answers one request: pieces of bytes, each after a wait, then the end.
struct FakeReply {
  struct Piece {
    Duration wait{0};
    std::string bytes;
  };
  std::vector<Piece> pieces;
  std::string refusal;          ///< why no connection comes about, when it does not
  bool never_connects = false;  ///< packets are lost
  bool stays_open = false;      ///< silent after the last piece, until the client leaves
};

/// A provider's HTTP server in memory, one reply for each connection in order, the last one again and again. It
/// remembers the requests it got. One loop; join() before it goes.
class FakeProvider {
 public:
  explicit FakeProvider(Loop& loop) : group_(loop) {}

  std::deque<FakeReply> replies;
  std::vector<std::string> requests;  ///< head and body as they came
  int clients_gone = 0;               ///< connections that the client has left before their end

  net::Dialer dialer() {
    return [this](std::string, std::uint16_t, Deadline) { return dial(*this); };
  }
  Task<void> join() {
    group_.cancel();
    return group_.join();
  }

 private:
  static Task<std::unique_ptr<net::ByteStream>> dial(FakeProvider& self);
  static Task<void> serve(FakeProvider& self, FakeReply reply, std::unique_ptr<net::ByteStream> stream);

  TaskGroup group_;
};

}  // namespace offhook::llm::testing
