#include "knowledge/chunker.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace offhook::knowledge {
namespace {

constexpr std::size_t kMaxHeadingBytes = 300;
constexpr std::size_t kMaxStemBytes = 300;

class Cutter {
 public:
  Cutter(const ChunkLimits& limits, std::vector<Chunk>& chunks) : limits_(limits), chunks_(chunks) {}

  void take(const Block& block) {
    if (block.text.empty()) return;
    if (block.kind == BlockKind::heading) {
      begin_section(block);
      return;
    }
    if (block.kind == BlockKind::list_item) {
      if (last_kind_ == BlockKind::paragraph && last_text_.ends_with(':')) stem_ = last_text_;
    } else {
      stem_.clear();
    }
    const bool is_whole = block.kind == BlockKind::table_row && block.text.size() <= 2 * limits_.body_bytes;
    if (is_whole || block.text.size() <= limits_.body_bytes) {
      add(block.text, block.page);
    } else {
      for (const auto sentence : split_sentences(block.text)) add_long(sentence, block.page);
    }
    // Paragraphs are lines of their own.
    is_new_line_ = true;
    last_kind_ = block.kind;
    last_text_ =
        block.kind == BlockKind::paragraph ? std::string(truncate_utf8(block.text, kMaxStemBytes)) : std::string();
    if (block.text.size() > kMaxStemBytes) last_text_.clear();
  }

  void finish() { close_section(); }
  /// Has it come to more than the limits allow? Then the rest need not be read.
  [[nodiscard]] bool is_too_much() const { return chunks_.size() > limits_.chunks || bytes_ > limits_.total_bytes; }

 private:
  void begin_section(const Block& block) {
    close_section();
    const std::size_t level = static_cast<std::size_t>(std::clamp(block.level, 1, 9));
    path_.resize(level - 1);  // levels that were skipped are empty
    path_.emplace_back(truncate_utf8(block.text, kMaxHeadingBytes));
    heading_.clear();
    for (const auto& part : path_) {
      if (!part.empty()) heading_ += (heading_.empty() ? "" : " > ") + part;
    }
    last_kind_ = BlockKind::heading;
    stem_.clear();
  }

  void add_long(std::string_view sentence, int page) {
    while (sentence.size() > limits_.body_bytes) {
      std::string_view piece = truncate_utf8(sentence, limits_.body_bytes);
      const std::size_t space = piece.rfind(' ');
      if (space != std::string_view::npos && space > limits_.body_bytes / 2) piece = piece.substr(0, space);
      add(piece, page);
      sentence = trim(sentence.substr(piece.size()));
    }
    if (!sentence.empty()) add(sentence, page);
  }

  void add(std::string_view text, int page) {
    if (!open_.body.empty() && open_.body.size() + text.size() > limits_.body_bytes) close_chunk(true);
    if (open_.body.empty()) {
      open_.page = page;
      if (!stem_.empty() && !text.starts_with(stem_)) open_.body = stem_;
      is_new_line_ = true;
    }
    if (!open_.body.empty()) open_.body += is_new_line_ ? '\n' : ' ';
    open_.body += text;
    is_new_line_ = false;
    if (open_.page == 0) open_.page = page;
  }

  /// Puts the chunk away; the next one of the section begins with its last sentence when `goes_on`.
  void close_chunk(bool goes_on) {
    if (open_.body.empty()) return;
    std::string overlap;
    if (goes_on && stem_.empty()) {
      const auto sentences = split_sentences(open_.body);
      const bool is_sentence =
          sentences.size() > 1 && (sentences.back().ends_with('.') || sentences.back().ends_with('?'));
      if (is_sentence && sentences.back().size() <= limits_.overlap_bytes && last_kind_ != BlockKind::table_row)
        overlap = sentences.back();
    }
    open_.heading = heading_;
    ++section_chunks_;
    fresh_bytes_ = overlap.size();
    bytes_ += open_.heading.size() + open_.body.size();
    chunks_.push_back(std::move(open_));
    open_ = {.page = chunks_.back().page, .heading = {}, .body = std::move(overlap)};
  }

  void close_section() {
    // A remainder is no use by itself.
    const bool is_small = open_.body.size() < limits_.small_bytes + fresh_bytes_ && section_chunks_ > 0;
    if (is_small) {
      if (open_.body.size() > fresh_bytes_)
        chunks_.back().body += '\n' + std::string(trim(std::string_view(open_.body).substr(fresh_bytes_)));
      open_ = {};
    } else {
      close_chunk(false);
    }
    open_ = {};
    section_chunks_ = 0;
    fresh_bytes_ = 0;
    is_new_line_ = false;
  }

  const ChunkLimits& limits_;
  std::vector<Chunk>& chunks_;
  std::vector<std::string> path_;
  std::string heading_;
  Chunk open_;
  bool is_new_line_ = false;
  std::size_t bytes_ = 0;  // of the chunks
  std::size_t section_chunks_ = 0;
  std::size_t fresh_bytes_ = 0;  // of open_, what the chunk before has as well
  BlockKind last_kind_ = BlockKind::heading;
  std::string last_text_;
  std::string stem_;  // the line that introduces the list being read
};

}  // namespace

Result<std::vector<Chunk>> cut_into_chunks(const ParsedDocument& document, const ChunkLimits& limits) {
  std::vector<Chunk> chunks;
  Cutter cutter(limits, chunks);
  for (const auto& block : document.blocks) {
    cutter.take(block);
    if (cutter.is_too_much()) break;
  }
  cutter.finish();
  if (cutter.is_too_much()) {
    return fail(Error{
        .kind = ErrorKind::too_large, .client = "The file has more sections than can be kept.", .code = "too_large"});
  }
  return chunks;
}

}  // namespace offhook::knowledge
