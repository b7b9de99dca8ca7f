#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/owner.hpp"
#include "store/paging.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// A customer's appointment at the office.
struct Appointment {
  std::string id;
  std::string customer_id;
  UtcTime starts_at{};
  std::string status = "scheduled";  ///< "scheduled", "cancelled", "completed"
  std::string confirmation;          ///< what the caller is told; unique
  UtcTime created_at{};
};

/// What to list; empty members do not restrict.
struct AppointmentFilter {
  std::string customer_id;
  std::string status;
};

/// Appointments and the slots they take: one at a starting time, held by a UNIQUE row. A conflict leaves
/// nothing behind and the transaction usable.
class Appointments {
 public:
  Appointments(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Errors: conflict with code "slot_taken", or "duplicate" (id or confirmation in use); conflict
  /// without code when the customer does not exist.
  Result<void> insert(const Appointment& appointment);
  /// Moves a scheduled appointment. Errors: not_found (or not scheduled), conflict with code
  /// "slot_taken".
  Result<void> move(std::string_view id, UtcTime starts_at);
  /// Cancels and frees the slot; one cancelled already stays so. Errors: not_found.
  Result<void> cancel(std::string_view id);
  Result<std::optional<Appointment>> find(std::string_view id);
  /// What a caller reads out: by confirmation.
  Result<std::optional<Appointment>> find_by_confirmation(std::string_view confirmation);
  Result<Paged<Appointment>> list(const AppointmentFilter& filter, const Page& page);
  /// Starting times taken in [from, to), ascending.
  Result<std::vector<UtcTime>> taken(UtcTime from, UtcTime to);

 private:
  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
