#include "store/tours.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_SELECT_TOUR \
  "SELECT id, lead_id, property_id, unit_id, starts_at, status, confirmation, created_at FROM tours"

Tour read_tour(const sql::Row& row) {
  return {.id = row.string(0),
          .lead_id = row.string(1),
          .property_id = row.string(2),
          .unit_id = row.string(3),
          .starts_at = row.time(4),
          .status = row.string(5),
          .confirmation = row.string(6),
          .created_at = row.time(7)};
}

/// Holds the slot for the tour. Nothing else has been written before it, so a conflict undoes nothing.
Result<void> take_slot(sql::Connection& db, std::string_view property_id, UtcTime starts_at, std::string_view tour_id) {
  auto taken = db.execute(
      "INSERT INTO tour_slots (property_id, starts_at, tour_id) VALUES (?, ?, ?) "
      "ON CONFLICT (property_id, starts_at) DO NOTHING",
      {property_id, starts_at, tour_id});
  if (!taken) return fail(taken);
  if (*taken == 0) return rows::conflict("slot_taken", "that time is already taken");
  return {};
}

Result<void> free_slot(sql::Connection& db, std::string_view tour_id) {
  auto freed = db.execute("DELETE FROM tour_slots WHERE tour_id = ?", {tour_id});
  if (!freed) return fail(freed);
  return {};
}

}  // namespace

Result<void> Tours::insert(const Tour& tour) {
  if (auto owned = rows::require_owned(db_, "SELECT 1 FROM leads WHERE id = ? AND owner_id = ?", tour.lead_id,
                                       owner_.id(), "lead");
      !owned) {
    return owned;
  }
  if (auto owned = rows::require_owned(db_, "SELECT 1 FROM properties WHERE id = ? AND owner_id = ?", tour.property_id,
                                       owner_.id(), "property");
      !owned) {
    return owned;
  }
  if (!tour.unit_id.empty()) {
    auto owned = rows::require_owned(db_, "SELECT 1 FROM units WHERE id = ? AND owner_id = ?", tour.unit_id,
                                     owner_.id(), "unit");
    if (!owned) return owned;
  }
  // Of whatever owner: ids and confirmations are unique among all.
  auto known =
      rows::find(db_, OFFHOOK_SELECT_TOUR " WHERE id = ? OR confirmation = ?", {tour.id, tour.confirmation}, read_tour);
  if (!known) return fail(known);
  if (*known) return rows::conflict("duplicate", "tour already exists");
  if (auto held = take_slot(db_, tour.property_id, tour.starts_at, tour.id); !held) return held;
  auto added = rows::insert(db_,
                            "INSERT INTO tours (id, owner_id, lead_id, property_id, unit_id, starts_at, status, "
                            "confirmation, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                            {tour.id, owner_.id(), tour.lead_id, tour.property_id, tour.unit_id, tour.starts_at,
                             tour.status, tour.confirmation, tour.created_at},
                            "tour");
  if (!added) static_cast<void>(free_slot(db_, tour.id));
  return added;
}

Result<void> Tours::move(std::string_view id, UtcTime starts_at) {
  auto tour = find(id);
  if (!tour) return fail(tour);
  if (!*tour || (*tour)->status != "scheduled") return fail(ErrorKind::not_found, "no such scheduled tour");
  if ((*tour)->starts_at == starts_at) return {};
  auto moved = db_.execute(
      "UPDATE tour_slots SET starts_at = ? WHERE tour_id = ? AND NOT EXISTS (SELECT 1 FROM tour_slots other "
      "WHERE other.property_id = tour_slots.property_id AND other.starts_at = ?)",
      {starts_at, id, starts_at});
  if (!moved) return fail(moved);
  if (*moved == 0) return rows::conflict("slot_taken", "that time is already taken");
  return rows::update(db_, "UPDATE tours SET starts_at = ? WHERE id = ? AND owner_id = ?", {starts_at, id, owner_.id()},
                      "tour");
}

Result<void> Tours::set_unit(std::string_view id, std::string_view unit_id) {
  auto owned =
      rows::require_owned(db_, "SELECT 1 FROM units WHERE id = ? AND owner_id = ?", unit_id, owner_.id(), "unit");
  if (!owned) return owned;
  return rows::update(db_, "UPDATE tours SET unit_id = ? WHERE id = ? AND owner_id = ?", {unit_id, id, owner_.id()},
                      "tour");
}

Result<void> Tours::cancel(std::string_view id) {
  auto cancelled = rows::update(db_, "UPDATE tours SET status = 'cancelled' WHERE id = ? AND owner_id = ?",
                                {id, owner_.id()}, "tour");
  if (!cancelled) return cancelled;
  return free_slot(db_, id);
}

Result<std::optional<Tour>> Tours::find(std::string_view id) {
  return rows::find(db_, OFFHOOK_SELECT_TOUR " WHERE id = ? AND owner_id = ?", {id, owner_.id()}, read_tour);
}

Result<std::optional<Tour>> Tours::find_by_confirmation(std::string_view confirmation) {
  return rows::find(db_, OFFHOOK_SELECT_TOUR " WHERE confirmation = ? AND owner_id = ?", {confirmation, owner_.id()},
                    read_tour);
}

Result<Paged<Tour>> Tours::list(const TourFilter& filter, const Page& page) {
  rows::Select select(OFFHOOK_SELECT_TOUR);
  select.where("owner_id = ?", owner_.id())
      .where_given("lead_id = ?", filter.lead_id)
      .where_given("property_id = ?", filter.property_id)
      .where_given("status = ?", filter.status);
  return rows::page(db_, std::move(select), page, "created_at", read_tour,
                    [](const Tour& tour) { return Position{tour.created_at, tour.id}; });
}

Result<std::vector<UtcTime>> Tours::taken(std::string_view property_id, UtcTime from, UtcTime to) {
  return rows::all(db_,
                   "SELECT starts_at FROM tour_slots WHERE property_id = ? AND starts_at >= ? AND starts_at < ? "
                   "AND EXISTS (SELECT 1 FROM properties WHERE id = ? AND owner_id = ?) ORDER BY starts_at",
                   {property_id, from, to, property_id, owner_.id()}, [](const sql::Row& row) { return row.time(0); });
}

#undef OFFHOOK_SELECT_TOUR

}  // namespace offhook::store
