#include "store/call_texts.hpp"

#include <array>
#include <vector>

#include "store/rows.hpp"

namespace offhook::store {
namespace {

/// Two texts of each row, and how it is found again. The statements take the call's id first.
struct Place {
  std::string_view select;  ///< row key, text, text
  std::string_view update;  ///< text, text, call id, row key
  bool by_platform_id = false;
};

constexpr std::array kPlaces{
    Place{"SELECT id, payload, COALESCE(answer, '') FROM webhook_events WHERE platform_call_id = ?",
          "UPDATE webhook_events SET payload = ?, answer = NULLIF(?, '') WHERE platform_call_id = ? AND id = ?", true},
    Place{"SELECT seq, said, '' FROM transcript_entries WHERE call_id = ?",
          "UPDATE transcript_entries SET said = ?, role = role || ? WHERE call_id = ? AND seq = ?"},
    Place{"SELECT id, arguments, result FROM call_tool_calls WHERE call_id = ?",
          "UPDATE call_tool_calls SET arguments = ?, result = ? WHERE call_id = ? AND id = ?"},
    Place{"SELECT id, summary, metadata FROM calls WHERE id = ?",
          "UPDATE calls SET summary = ?, metadata = ? WHERE id = ? AND id = ?"},
    Place{"SELECT journal_key, arguments, result FROM tool_journal WHERE call_id = ?",
          "UPDATE tool_journal SET arguments = ?, result = ? WHERE call_id = ? AND journal_key = ?", true},
    Place{"SELECT id, note, '' FROM activities WHERE call_id = ?",
          "UPDATE activities SET note = ?, kind = kind || ? WHERE call_id = ? AND id = ?", true},
};

struct TextRow {
  std::int64_t number = 0;
  std::string key;
  std::string first;
  std::string second;
};

}  // namespace

Result<std::int64_t> rewrite_call_texts(sql::Connection& db, std::string_view call_id,
                                        std::string_view platform_call_id,
                                        const std::function<std::string(std::string_view)>& rewrite) {
  std::int64_t changed = 0;
  for (const Place& place : kPlaces) {
    const std::string_view id = place.by_platform_id ? platform_call_id : call_id;
    if (id.empty()) continue;
    const bool has_number = place.select.starts_with("SELECT seq");
    auto found = rows::all(db, place.select, {id}, [has_number](const sql::Row& row) {
      return TextRow{.number = has_number ? row.integer(0) : 0,
                     .key = has_number ? std::string() : row.string(0),
                     .first = row.string(1),
                     .second = row.string(2)};
    });
    if (!found) return fail(found);
    for (const TextRow& row : *found) {
      const std::string first = rewrite(row.first);
      const std::string second = rewrite(row.second);
      if (first == row.first && second == row.second) continue;
      auto done =
          db.execute(place.update, {first, second, id, has_number ? sql::Value(row.number) : sql::Value(row.key)});
      if (!done) return fail(done);
      ++changed;
    }
  }
  return changed;
}

}  // namespace offhook::store
