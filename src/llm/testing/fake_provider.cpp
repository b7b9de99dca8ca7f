#include "llm/testing/fake_provider.hpp"

#include <algorithm>
#include <cstdlib>

#include "async/cancel.hpp"

namespace offhook::llm::testing {
namespace {

/// Is the request, head and body, complete?
bool is_whole(const std::string& request) {
  const auto end = request.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const auto length = request.find("Content-Length: ");
  const std::size_t body = length < end ? std::strtoul(request.c_str() + length + 16, nullptr, 10) : 0;
  return request.size() >= end + 4 + body;
}

}  // namespace

Task<std::unique_ptr<net::ByteStream>> FakeProvider::dial(FakeProvider& self) {
  FakeReply reply;
  if (!self.replies.empty()) reply = self.replies.front();
  if (self.replies.size() > 1) self.replies.pop_front();
  if (!reply.refusal.empty()) co_return fail(ErrorKind::unavailable, {}, reply.refusal);
  if (reply.never_connects) {
    if (auto slept = co_await sleep_for(std::chrono::hours(1)); !slept) co_return fail(slept);
  }
  auto [client, server] = net::make_memory_stream(1 << 20);
  self.group_.spawn("answer", serve(self, std::move(reply), std::move(server)));
  co_return std::move(client);
}

Task<void> FakeProvider::serve(FakeProvider& self, FakeReply reply, std::unique_ptr<net::ByteStream> stream) {
  std::string request;
  char bytes[16 * 1024];
  while (!is_whole(request)) {
    const auto count = co_await stream->read_some(bytes);
    if (!count || *count == 0) co_return Result<void>{};
    request.append(bytes, *count);
  }
  self.requests.push_back(std::move(request));
  for (auto& piece : reply.pieces) {
    if (piece.wait > Duration::zero()) {
      if (auto slept = co_await sleep_for(piece.wait); !slept) co_return slept;
    }
    const std::string_view pieces[] = {piece.bytes};
    if (auto sent = co_await stream->write(pieces); !sent) {
      ++self.clients_gone;
      co_return Result<void>{};
    }
  }
  if (!reply.stays_open) co_return Result<void>{};
  (void)co_await stream->read_some(bytes);
  ++self.clients_gone;
  co_return Result<void>{};
}

}  // namespace offhook::llm::testing
