#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "knowledge/document.hpp"

namespace offhook::knowledge {

/// A piece that can be found and read by itself.
struct Chunk {
  int page = 0;         ///< of its first line
  std::string heading;  ///< the headings above it, joined by " > "
  std::string body;     ///< lines
};

struct ChunkLimits {
  std::size_t body_bytes = 1000;    ///< a chunk is closed before it grows beyond
  std::size_t overlap_bytes = 200;  ///< of its last sentence that the next chunk of the section begins with
  std::size_t small_bytes = 200;    ///< a section's last piece that is smaller joins the one before
  std::size_t chunks = 50'000;      ///< of a document
  std::size_t total_bytes = 64UL * 1024 * 1024;  ///< of its chunks' headings and bodies together
};

/// Cuts a document along its structure: no chunk crosses a heading, list items have the line that introduces them with
/// them, rows of a table stay whole. A sentence is cut only when it alone is too long. Pure. Errors: too_large.
[[nodiscard]] Result<std::vector<Chunk>> cut_into_chunks(const ParsedDocument& document,
                                                         const ChunkLimits& limits = {});

/// Cuts text into sentences, with their ends. "Dr. Smith", "e.g. this", "3.5" and "U.S. law" are no ends. Lines are
/// ends.
[[nodiscard]] std::vector<std::string_view> split_sentences(std::string_view text);

}  // namespace offhook::knowledge
