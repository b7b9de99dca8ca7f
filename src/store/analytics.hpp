#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/owner.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

struct DayCount {
  std::int64_t day = 0;  ///< days since 1970-01-01, UTC
  std::int64_t calls = 0;
};
struct NamedCount {
  std::string name;
  std::int64_t count = 0;
};

/// What an account's calls and leads came to in a range of time, by when they were created.
struct Analytics {
  std::int64_t calls = 0;
  std::vector<DayCount> calls_per_day;             ///< days with calls, ascending
  std::vector<NamedCount> outcomes;                ///< ended_reason, the most frequent first; "" where none is known
  std::vector<NamedCount> directions;              ///< "inbound", "outbound"
  std::optional<double> average_duration_seconds;  ///< of calls that report one
  double total_duration_seconds = 0;
  double cost = 0;                ///< US dollars
  std::vector<NamedCount> tools;  ///< tool calls of these calls by name, the most frequent first
  std::int64_t leads = 0;
  std::int64_t qualified = 0;  ///< of these leads: qualified, or further
  std::int64_t toured = 0;     ///< of these leads: with a tour that was not cancelled
};

/// Of calls and leads created in [from, to).
Result<Analytics> read_analytics(sql::Connection& db, const Owner& owner, UtcTime from, UtcTime to);

}  // namespace offhook::store
