#include "store/call_events.hpp"

#include "store/rows.hpp"

namespace offhook::store {

Result<std::vector<WebhookEvent>> events_of_call(sql::Connection& db, const Owner& owner,
                                                 std::string_view platform_call_id, std::size_t limit) {
  return rows::all(db,
                   "SELECT id, type, verified, CASE WHEN type = 'end-of-call-report' THEN payload ELSE '' END, "
                   "received_at, processed, error FROM webhook_events WHERE platform_call_id = ? AND owner_id = ? "
                   "ORDER BY received_at, id LIMIT ?",
                   {platform_call_id, owner.id(), limit}, [&](const sql::Row& row) {
                     return WebhookEvent{.id = row.string(0),
                                         .platform_call_id = std::string(platform_call_id),
                                         .type = row.string(1),
                                         .verified = row.string(2),
                                         .payload = row.string(3),
                                         .received_at = row.time(4),
                                         .processed = row.integer(5) != 0,
                                         .error = row.string(6),
                                         .owner = owner};
                   });
}

}  // namespace offhook::store
