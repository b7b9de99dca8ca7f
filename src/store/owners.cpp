#include "store/owners.hpp"

#include <optional>
#include <string_view>

#include "store/rows.hpp"

namespace offhook::store {
namespace {

/// One place where an owner may be written down.
struct Place {
  std::string_view sql;  ///< selects owner_id by one text
  std::string_view key;
};

}  // namespace

Result<Owner> owner_of_call(sql::Connection& db, const CallClues& clues) {
  const Place places[] = {
      {.sql = "SELECT owner_id FROM calls WHERE platform_id = ?", .key = clues.platform_call_id},
      {.sql = "SELECT owner_id FROM exchange_objects WHERE kind = 'call' AND id = ?", .key = clues.platform_call_id},
      {.sql = "SELECT owner_id FROM exchange_objects WHERE kind = 'assistant' AND id = ?", .key = clues.assistant_id},
      {.sql = "SELECT owner_id FROM assistants WHERE platform_id = ? LIMIT 1", .key = clues.assistant_id},
      {.sql = "SELECT owner_id FROM assistants WHERE id = ?", .key = clues.assistant_id},
      {.sql = "SELECT owner_id FROM properties WHERE phone = ? ORDER BY created_at, id LIMIT 1",
       .key = clues.dialled_number},
      {.sql = "SELECT owner_id FROM properties WHERE id = ?", .key = clues.property_id},
  };
  for (const Place& place : places) {
    if (place.key.empty()) continue;
    auto found = rows::find(db, place.sql, {place.key}, [](const sql::Row& row) { return row.string(0); });
    if (!found) return fail(found);
    if (*found) return Owner(std::move(**found));
  }
  return Owner::local();
}

Result<std::optional<Owner>> owner_of_stored_call(sql::Connection& db, std::string_view id) {
  return rows::find(db, "SELECT owner_id FROM calls WHERE id = ? OR platform_id = ?", {id, id},
                    [](const sql::Row& row) { return Owner(row.string(0)); });
}

}  // namespace offhook::store
