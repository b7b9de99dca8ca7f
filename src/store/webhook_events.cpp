#include "store/webhook_events.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_SELECT_EVENT                                                                                           \
  "SELECT id, dedupe_key, platform_call_id, type, verified, payload, answer, received_at, processed, error, owner_id " \
  "FROM webhook_events "

WebhookEvent read_event(const sql::Row& row) {
  return {.id = row.string(0),
          .dedupe_key = row.string(1),
          .platform_call_id = row.string(2),
          .type = row.string(3),
          .verified = row.string(4),
          .payload = row.string(5),
          .answer = row.is_null(6) ? std::nullopt : std::optional(row.string(6)),
          .received_at = row.time(7),
          .processed = row.integer(8) != 0,
          .error = row.string(9),
          .owner = Owner(row.string(10))};
}

}  // namespace

Result<WebhookInsert> WebhookEvents::insert_if_new(const WebhookEvent& event) {
  auto added = db_.execute(
      "INSERT INTO webhook_events (id, owner_id, dedupe_key, platform_call_id, type, verified, payload, answer, "
      "received_at, processed, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (owner_id, dedupe_key) DO NOTHING",
      {event.id, owner_.id(), event.dedupe_key, event.platform_call_id, event.type, event.verified, event.payload,
       event.answer, event.received_at, event.processed, event.error});
  if (!added) return fail(added);
  if (*added > 0) return WebhookInsert{.is_new = true, .id = event.id, .answer = {}, .processed = event.processed};
  auto earlier = find_by_dedupe_key(event.dedupe_key);
  if (!earlier) return fail(earlier);
  if (!*earlier) return fail(ErrorKind::internal, {}, "a webhook event is neither new nor there");
  WebhookEvent& stored = **earlier;
  return WebhookInsert{
      .is_new = false, .id = std::move(stored.id), .answer = std::move(stored.answer), .processed = stored.processed};
}

Result<void> WebhookEvents::mark_processed(std::string_view id, std::string_view error) {
  return rows::update(db_, "UPDATE webhook_events SET processed = 1, error = ? WHERE id = ? AND owner_id = ?",
                      {error, id, owner_.id()}, "webhook event");
}

Result<std::optional<WebhookEvent>> WebhookEvents::find(std::string_view id) {
  return rows::find(db_, OFFHOOK_SELECT_EVENT "WHERE id = ? AND owner_id = ?", {id, owner_.id()}, read_event);
}

Result<std::optional<WebhookEvent>> WebhookEvents::find_by_dedupe_key(std::string_view key) {
  return rows::find(db_, OFFHOOK_SELECT_EVENT "WHERE owner_id = ? AND dedupe_key = ?", {owner_.id(), key}, read_event);
}

Result<std::vector<WebhookEvent>> WebhookEvents::list_for_call(std::string_view platform_call_id, std::size_t limit) {
  return rows::all(db_,
                   OFFHOOK_SELECT_EVENT "WHERE platform_call_id = ? AND owner_id = ? ORDER BY received_at, id LIMIT ?",
                   {platform_call_id, owner_.id(), limit}, read_event);
}

#undef OFFHOOK_SELECT_EVENT

}  // namespace offhook::store
