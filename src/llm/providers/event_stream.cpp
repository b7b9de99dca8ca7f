#include "llm/providers/event_stream.hpp"

#include <boost/crc.hpp>

#include <cstddef>

namespace offhook::llm {
namespace {

constexpr std::size_t kPreludeBytes = 12;
constexpr std::size_t kMinFrameBytes = 16;
constexpr std::size_t kMaxFrameBytes = 1024UL * 1024;
constexpr std::size_t kMaxHeaderBytes = 128UL * 1024;

/// `count` bytes, big-endian, as a number without sign.
std::uint64_t read_number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8U) | static_cast<std::uint8_t>(byte);
  return value;
}

std::uint32_t crc32(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

/// The first `count` bytes of `from`, taken off; nothing when there are fewer.
bool take(std::string_view& from, std::size_t count, std::string_view& taken) {
  if (from.size() < count) return false;
  taken = from.substr(0, count);
  from.remove_prefix(count);
  return true;
}

/// Bytes of a fixed-size value, by wire type; 0 for those without one or with a length of their own.
std::size_t fixed_size(std::uint8_t type) {
  constexpr std::size_t kSizes[] = {0, 0, 1, 2, 4, 8, 0, 0, 8, 16};
  return kSizes[type];
}

std::int64_t with_sign(std::uint64_t value, std::size_t bytes) {
  const unsigned unused = 64U - static_cast<unsigned>(bytes) * 8U;
  return static_cast<std::int64_t>(value << unused) >> unused;
}

bool read_header(std::string_view& from, FrameHeader& header) {
  std::string_view piece;
  if (!take(from, 1, piece) || !take(from, static_cast<std::uint8_t>(piece[0]), piece)) return false;
  header.name = piece;
  if (!take(from, 1, piece)) return false;
  header.type = static_cast<std::uint8_t>(piece[0]);
  if (header.type > 9) return false;
  if (header.type == 0) header.number = 1;
  if (header.type == 6 || header.type == 7) {
    if (!take(from, 2, piece) || !take(from, read_number(piece), piece)) return false;
    header.bytes = piece;
  } else if (const std::size_t size = fixed_size(header.type); size > 0) {
    if (!take(from, size, piece)) return false;
    if (header.type == 9) {
      header.bytes = piece;
    } else {
      header.number = with_sign(read_number(piece), size);
    }
  }
  return true;
}

}  // namespace

std::string_view EventFrame::text(std::string_view name) const {
  for (const auto& header : headers) {
    if (header.type == 7 && header.name == name) return header.bytes;
  }
  return {};
}

Result<void> EventStreamParser::feed(std::string_view bytes) {
  const auto broken = [this](const char* what) {
    broken_ = true;
    return offhook::fail(ErrorKind::bad_gateway, {}, what);
  };
  if (broken_) return broken("the event stream is broken");
  buffer_.append(bytes);
  std::string_view rest = buffer_;
  while (rest.size() >= kPreludeBytes) {
    const std::uint64_t total = read_number(rest.substr(0, 4));
    const std::uint64_t header_bytes = read_number(rest.substr(4, 4));
    if (crc32(rest.substr(0, 8)) != read_number(rest.substr(8, 4))) return broken("a frame's prelude is damaged");
    if (total < kMinFrameBytes || total > kMaxFrameBytes || header_bytes > kMaxHeaderBytes ||
        header_bytes > total - kMinFrameBytes) {
      return broken("a frame's lengths make no sense");
    }
    if (rest.size() < total) break;
    const std::string_view frame_bytes = rest.substr(0, total);
    if (crc32(frame_bytes.substr(0, total - 4)) != read_number(frame_bytes.substr(total - 4))) {
      return broken("a frame is damaged");
    }
    EventFrame frame;
    std::string_view headers = frame_bytes.substr(kPreludeBytes, header_bytes);
    while (!headers.empty()) {
      if (!read_header(headers, frame.headers.emplace_back())) return broken("a frame's headers make no sense");
    }
    frame.payload = frame_bytes.substr(kPreludeBytes + header_bytes, total - header_bytes - kMinFrameBytes);
    frames.push_back(std::move(frame));
    rest.remove_prefix(total);
  }
  buffer_.erase(0, buffer_.size() - rest.size());
  return {};
}

}  // namespace offhook::llm
