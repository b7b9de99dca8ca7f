#include "store/analytics.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

NamedCount read_named(const sql::Row& row) { return {.name = row.string(0), .count = row.integer(1)}; }

Result<std::int64_t> count(sql::Connection& db, std::string_view sql, sql::Values values) {
  auto found = rows::find(db, sql, values, [](const sql::Row& row) { return row.integer(0); });
  if (!found) return fail(found);
  return found->value_or(0);
}

Result<void> read_sums(sql::Connection& db, const Owner& owner, UtcTime from, UtcTime to, Analytics& all) {
  return db.query(
      "SELECT COUNT(*), AVG(duration_seconds), SUM(duration_seconds), SUM(cost) FROM calls "
      "WHERE owner_id = ? AND created_at >= ? AND created_at < ?",
      {owner.id(), from, to}, [&](const sql::Row& row) -> Result<void> {
        all.calls = row.integer(0);
        all.average_duration_seconds = rows::optional_real(row, 1);
        all.total_duration_seconds = rows::optional_real(row, 2).value_or(0);
        all.cost = rows::optional_real(row, 3).value_or(0);
        return {};
      });
}

}  // namespace

Result<Analytics> read_analytics(sql::Connection& db, const Owner& owner, UtcTime from, UtcTime to) {
  Analytics all;
  if (auto read = read_sums(db, owner, from, to, all); !read) return fail(read);
  // Times are microseconds since 1970: whole division gives the day.
  auto days = rows::all(db,
                        "SELECT created_at / 86400000000 AS day, COUNT(*) FROM calls WHERE owner_id = ? "
                        "AND created_at >= ? AND created_at < ? GROUP BY created_at / 86400000000 ORDER BY day",
                        {owner.id(), from, to},
                        [](const sql::Row& row) { return DayCount{.day = row.integer(0), .calls = row.integer(1)}; });
  if (!days) return fail(days);
  all.calls_per_day = std::move(*days);
  auto outcomes = rows::all(db,
                            "SELECT ended_reason, COUNT(*) AS n FROM calls WHERE owner_id = ? AND created_at >= ? "
                            "AND created_at < ? GROUP BY ended_reason ORDER BY n DESC, ended_reason",
                            {owner.id(), from, to}, read_named);
  if (!outcomes) return fail(outcomes);
  all.outcomes = std::move(*outcomes);
  auto directions = rows::all(db,
                              "SELECT direction, COUNT(*) AS n FROM calls WHERE owner_id = ? AND created_at >= ? "
                              "AND created_at < ? GROUP BY direction ORDER BY n DESC, direction",
                              {owner.id(), from, to}, read_named);
  if (!directions) return fail(directions);
  all.directions = std::move(*directions);
  auto tools = rows::all(db,
                         "SELECT t.name, COUNT(*) AS n FROM call_tool_calls t JOIN calls c ON c.id = t.call_id "
                         "WHERE c.owner_id = ? AND c.created_at >= ? AND c.created_at < ? GROUP BY t.name "
                         "ORDER BY n DESC, t.name LIMIT 100",
                         {owner.id(), from, to}, read_named);
  if (!tools) return fail(tools);
  all.tools = std::move(*tools);
  auto leads = count(db, "SELECT COUNT(*) FROM leads WHERE owner_id = ? AND created_at >= ? AND created_at < ?",
                     {owner.id(), from, to});
  if (!leads) return fail(leads);
  all.leads = *leads;
  // A status says where a lead stands now; the activities, where it has been.
  auto qualified =
      count(db,
            "SELECT COUNT(*) FROM leads l WHERE l.owner_id = ? AND l.created_at >= ? AND l.created_at < ? "
            "AND (l.status IN ('qualified', 'tour_scheduled', 'leased') OR EXISTS (SELECT 1 FROM activities a "
            "WHERE a.lead_id = l.id AND (a.kind = 'qualified' OR (a.kind = 'status_changed' AND "
            // "contacted to qualified": a person's change, as the API writes it down.
            "(a.note LIKE '% to qualified' OR a.note LIKE 'qualified to %' OR "
            "a.note LIKE '% to tour_scheduled' OR a.note LIKE 'tour_scheduled to %' OR "
            "a.note LIKE '% to leased' OR a.note LIKE 'leased to %')))))",
            {owner.id(), from, to});
  if (!qualified) return fail(qualified);
  all.qualified = *qualified;
  auto toured = count(db,
                      "SELECT COUNT(*) FROM leads l WHERE l.owner_id = ? AND l.created_at >= ? AND l.created_at < ? "
                      "AND EXISTS (SELECT 1 FROM tours t WHERE t.lead_id = l.id AND t.status <> 'cancelled')",
                      {owner.id(), from, to});
  if (!toured) return fail(toured);
  all.toured = *toured;
  return all;
}

}  // namespace offhook::store
