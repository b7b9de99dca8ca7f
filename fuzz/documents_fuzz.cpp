#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "knowledge/chunker.hpp"
#include "knowledge/parse/document_json.hpp"
#include "knowledge/parse/parsers.hpp"

using namespace offhook;
namespace parse = knowledge::parse;

/// Any file (PDF apart, which is poppler's): what comes out is UTF-8, bounded, and comes back as it was from the text
/// that the helper writes; the first byte chooses the file's name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static constexpr std::string_view kNames[] = {"a.txt", "a.md", "a.csv", "a.html"};
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const parse::Limits limits{.unpacked_bytes = 1 << 20};
  const auto document = parse::parse_file(bytes, kNames[data[0] % 4], {}, limits);
  if (!document) {
    if (document.error().code.empty() || document.error().client.empty()) std::abort();
    return 0;
  }
  for (const auto& block : document->blocks) {
    if (block.text.empty() || !is_valid_utf8(block.text)) std::abort();
  }
  const auto chunks = knowledge::cut_into_chunks(*document);
  if (!chunks) {
    if (chunks.error().code != "too_large") std::abort();
    return 0;
  }
  for (const auto& chunk : *chunks) {
    if (chunk.body.empty() || !is_valid_utf8(chunk.body) || !is_valid_utf8(chunk.heading)) std::abort();
  }
  const auto back = parse::from_json_text(parse::to_json_text(document));
  if (!back || back->blocks.size() != document->blocks.size()) std::abort();
  return 0;
}
