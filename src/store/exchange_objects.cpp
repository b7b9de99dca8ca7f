#include "store/exchange_objects.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_SELECT_OBJECT "SELECT kind, id, body, created_at, updated_at FROM exchange_objects"

ExchangeObject read_object(const sql::Row& row) {
  return {.kind = row.string(0),
          .id = row.string(1),
          .body = row.string(2),
          .created_at = row.time(3),
          .updated_at = row.time(4)};
}

}  // namespace

Result<void> ExchangeObjects::put(const ExchangeObject& object) {
  auto done = db_.execute(
      "INSERT INTO exchange_objects (kind, id, owner_id, body, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at "
      "WHERE exchange_objects.owner_id = excluded.owner_id",
      {object.kind, object.id, owner_.id(), object.body, object.created_at, object.updated_at});
  if (!done) return fail(done);
  if (*done == 0) return rows::conflict("duplicate", "exchange object already exists");
  return {};
}

Result<std::optional<ExchangeObject>> ExchangeObjects::find(std::string_view kind, std::string_view id) {
  return rows::find(db_, OFFHOOK_SELECT_OBJECT " WHERE kind = ? AND id = ? AND owner_id = ?", {kind, id, owner_.id()},
                    read_object);
}

Result<Paged<ExchangeObject>> ExchangeObjects::list(std::string_view kind, const Page& page) {
  rows::Select select(OFFHOOK_SELECT_OBJECT);
  select.where("owner_id = ?", owner_.id()).where("kind = ?", kind);
  return rows::page(db_, std::move(select), page, "created_at", read_object,
                    [](const ExchangeObject& object) { return Position{object.created_at, object.id}; });
}

Result<bool> ExchangeObjects::remove(std::string_view kind, std::string_view id) {
  auto removed =
      db_.execute("DELETE FROM exchange_objects WHERE kind = ? AND id = ? AND owner_id = ?", {kind, id, owner_.id()});
  if (!removed) return fail(removed);
  return *removed > 0;
}

#undef OFFHOOK_SELECT_OBJECT

}  // namespace offhook::store
