#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace offhook::store {

/// Which part of a list is wanted. Lists run from the newest row to the oldest (created_at, then id,
/// both descending), so a page stays where it is while new rows come in before it.
struct Page {
  static constexpr std::size_t kMaxLimit = 1000;
  std::size_t limit = 50;             ///< rows on the page; 0 and more than kMaxLimit are brought into range
  std::optional<std::string> cursor;  ///< Paged::next_cursor of the page before
};

/// One page of a list.
template <class T>
struct Paged {
  std::vector<T> items;
  std::optional<std::string> next_cursor;  ///< nullopt on the last page
};

/// Where a page ended: the row after which the next one starts.
struct Position {
  UtcTime created_at{};
  std::string id;
};

/// An opaque text for clients, safe in a URL's query.
[[nodiscard]] std::string encode_cursor(const Position& position);
/// Errors: invalid_argument naming the parameter "cursor".
[[nodiscard]] Result<Position> decode_cursor(std::string_view cursor);

}  // namespace offhook::store
