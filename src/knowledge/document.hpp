#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::knowledge {

/// What a piece of a document is.
enum class BlockKind : std::uint8_t {
  heading,
  paragraph,
  list_item,
  table_row,  ///< "Plan: Basic; Price: 10 dollars.": each cell with the header of its column
};

/// A piece of a document in reading order.
struct Block {
  BlockKind kind = BlockKind::paragraph;
  int level = 0;     ///< of a heading: 1 is the highest
  int page = 0;      ///< from 1; 0 where there are no pages
  std::string text;  ///< one line, UTF-8
};

/// A document as its parser understood it.
struct ParsedDocument {
  std::string title;
  int pages = 0;
  std::vector<Block> blocks;
};

}  // namespace offhook::knowledge
