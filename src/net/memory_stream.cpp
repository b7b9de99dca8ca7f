#include "net/memory_stream.hpp"

#include <algorithm>
#include <cstring>

#include "async/event.hpp"

namespace offhook::net {
namespace {

/// One direction.
struct Pipe {
  std::string bytes;
  std::size_t capacity = 0;
  bool finished = false;  // the writer will send no more
  bool broken = false;    // one end is gone
  Event changed;

  void notify() {
    changed.set();
    changed.reset();
  }
};

class MemoryStream final : public ByteStream {
 public:
  MemoryStream(std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out) : in_(std::move(in)), out_(std::move(out)) {}
  ~MemoryStream() override { close(); }

  Task<std::size_t> read_some(std::span<char> into) override {
    const auto in = in_;
    while (in->bytes.empty()) {
      if (in->broken && !in->finished) co_return fail(ErrorKind::unavailable, {}, "the peer closed the stream");
      if (in->finished || in->broken) co_return std::size_t{0};
      if (auto waited = co_await in->changed.wait(); !waited) co_return fail(waited);
    }
    const std::size_t count = std::min(into.size(), in->bytes.size());
    std::memcpy(into.data(), in->bytes.data(), count);
    in->bytes.erase(0, count);
    in->notify();
    co_return count;
  }

  Task<void> write(std::span<const std::string_view> pieces) override {
    const auto out = out_;
    for (std::string_view piece : pieces) {
      while (!piece.empty()) {
        if (out->broken || out->finished) co_return fail(ErrorKind::unavailable, {}, "the peer closed the stream");
        const std::size_t room = out->capacity - std::min(out->capacity, out->bytes.size());
        if (room == 0) {
          if (auto waited = co_await out->changed.wait(); !waited) co_return fail(waited);
          continue;
        }
        out->bytes.append(piece.substr(0, room));
        piece.remove_prefix(std::min(room, piece.size()));
        out->notify();
      }
    }
    co_return Result<void>{};
  }

  std::size_t write_now(std::span<const std::string_view> pieces) override {
    if (out_->broken || out_->finished) return 0;
    std::size_t sent = 0;
    for (const std::string_view piece : pieces) {
      const std::size_t room = out_->capacity - std::min(out_->capacity, out_->bytes.size());
      out_->bytes.append(piece.substr(0, room));
      sent += std::min(room, piece.size());
    }
    if (sent > 0) out_->notify();
    return sent;
  }

  void finish_sending() override {
    out_->finished = true;
    out_->notify();
  }

  void close() override {
    // What was sent may still be read; what would have been sent to us is refused.
    out_->finished = true;
    in_->broken = true;
    in_->notify();
    out_->notify();
  }

  const std::string& peer_address() const override {
    static const std::string kLoopback = "127.0.0.1";
    return kLoopback;
  }

 private:
  std::shared_ptr<Pipe> in_;
  std::shared_ptr<Pipe> out_;
};

}  // namespace

std::pair<std::unique_ptr<ByteStream>, std::unique_ptr<ByteStream>> make_memory_stream(std::size_t capacity_bytes) {
  auto up = std::make_shared<Pipe>();
  auto down = std::make_shared<Pipe>();
  up->capacity = down->capacity = capacity_bytes;
  return {std::make_unique<MemoryStream>(down, up), std::make_unique<MemoryStream>(up, down)};
}

}  // namespace offhook::net
