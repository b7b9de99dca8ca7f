#pragma once

#include <utility>

#include "net/byte_stream.hpp"

namespace offhook::net {

/// Two ends of a stream in memory: what one writes the other reads. Each direction holds at most
/// `capacity_bytes`; a writer waits for its reader beyond that. Both ends live on one loop.
[[nodiscard]] std::pair<std::unique_ptr<ByteStream>, std::unique_ptr<ByteStream>> make_memory_stream(
    std::size_t capacity_bytes = 64 * 1024);

}  // namespace offhook::net
