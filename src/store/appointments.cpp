#include "store/appointments.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_SELECT_APPOINTMENT \
  "SELECT id, customer_id, starts_at, status, confirmation, created_at FROM appointments"

Appointment read_appointment(const sql::Row& row) {
  return {.id = row.string(0),
          .customer_id = row.string(1),
          .starts_at = row.time(2),
          .status = row.string(3),
          .confirmation = row.string(4),
          .created_at = row.time(5)};
}

/// Holds the slot for the appointment. Nothing else has been written before it, so a conflict undoes nothing.
Result<void> take_slot(sql::Connection& db, const Owner& owner, UtcTime starts_at, std::string_view appointment_id) {
  auto taken = db.execute(
      "INSERT INTO appointment_slots (owner_id, starts_at, appointment_id) VALUES (?, ?, ?) "
      "ON CONFLICT (owner_id, starts_at) DO NOTHING",
      {owner.id(), starts_at, appointment_id});
  if (!taken) return fail(taken);
  if (*taken == 0) return rows::conflict("slot_taken", "that time is already taken");
  return {};
}

Result<void> free_slot(sql::Connection& db, std::string_view appointment_id) {
  auto freed = db.execute("DELETE FROM appointment_slots WHERE appointment_id = ?", {appointment_id});
  if (!freed) return fail(freed);
  return {};
}

}  // namespace

Result<void> Appointments::insert(const Appointment& appointment) {
  if (auto owned = rows::require_owned(db_, "SELECT 1 FROM customers WHERE id = ? AND owner_id = ?",
                                       appointment.customer_id, owner_.id(), "customer");
      !owned) {
    return owned;
  }
  // Of whatever owner: ids and confirmations are unique among all.
  auto known = rows::find(db_, OFFHOOK_SELECT_APPOINTMENT " WHERE id = ? OR confirmation = ?",
                          {appointment.id, appointment.confirmation}, read_appointment);
  if (!known) return fail(known);
  if (*known) return rows::conflict("duplicate", "appointment already exists");
  if (auto held = take_slot(db_, owner_, appointment.starts_at, appointment.id); !held) return held;
  auto added = rows::insert(db_,
                            "INSERT INTO appointments (id, owner_id, customer_id, starts_at, status, confirmation, "
                            "created_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                            {appointment.id, owner_.id(), appointment.customer_id, appointment.starts_at,
                             appointment.status, appointment.confirmation, appointment.created_at},
                            "appointment");
  if (!added) static_cast<void>(free_slot(db_, appointment.id));
  return added;
}

Result<void> Appointments::move(std::string_view id, UtcTime starts_at) {
  auto appointment = find(id);
  if (!appointment) return fail(appointment);
  if (!*appointment || (*appointment)->status != "scheduled")
    return fail(ErrorKind::not_found, "no such scheduled appointment");
  if ((*appointment)->starts_at == starts_at) return {};
  auto moved = db_.execute(
      "UPDATE appointment_slots SET starts_at = ? WHERE appointment_id = ? AND NOT EXISTS (SELECT 1 FROM "
      "appointment_slots other "
      "WHERE other.owner_id = appointment_slots.owner_id AND other.starts_at = ?)",
      {starts_at, id, starts_at});
  if (!moved) return fail(moved);
  if (*moved == 0) return rows::conflict("slot_taken", "that time is already taken");
  return rows::update(db_, "UPDATE appointments SET starts_at = ? WHERE id = ? AND owner_id = ?",
                      {starts_at, id, owner_.id()}, "appointment");
}

Result<void> Appointments::cancel(std::string_view id) {
  auto cancelled = rows::update(db_, "UPDATE appointments SET status = 'cancelled' WHERE id = ? AND owner_id = ?",
                                {id, owner_.id()}, "appointment");
  if (!cancelled) return cancelled;
  return free_slot(db_, id);
}

Result<std::optional<Appointment>> Appointments::find(std::string_view id) {
  return rows::find(db_, OFFHOOK_SELECT_APPOINTMENT " WHERE id = ? AND owner_id = ?", {id, owner_.id()},
                    read_appointment);
}

Result<std::optional<Appointment>> Appointments::find_by_confirmation(std::string_view confirmation) {
  return rows::find(db_, OFFHOOK_SELECT_APPOINTMENT " WHERE confirmation = ? AND owner_id = ?",
                    {confirmation, owner_.id()}, read_appointment);
}

Result<Paged<Appointment>> Appointments::list(const AppointmentFilter& filter, const Page& page) {
  rows::Select select(OFFHOOK_SELECT_APPOINTMENT);
  select.where("owner_id = ?", owner_.id())
      .where_given("customer_id = ?", filter.customer_id)
      .where_given("status = ?", filter.status);
  return rows::page(db_, std::move(select), page, "created_at", read_appointment,
                    [](const Appointment& appointment) { return Position{appointment.created_at, appointment.id}; });
}

Result<std::vector<UtcTime>> Appointments::taken(UtcTime from, UtcTime to) {
  return rows::all(db_,
                   "SELECT starts_at FROM appointment_slots WHERE owner_id = ? AND starts_at >= ? AND starts_at < ? "
                   "ORDER BY starts_at",
                   {owner_.id(), from, to}, [](const sql::Row& row) { return row.time(0); });
}

#undef OFFHOOK_SELECT_APPOINTMENT

}  // namespace offhook::store
