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

/// A visit of a lead to a property.
struct Tour {
  std::string id;
  std::string lead_id;
  std::string property_id;
  std::string unit_id;  ///< empty: no particular one
  UtcTime starts_at{};
  std::string status = "scheduled";  ///< "scheduled", "cancelled", "completed"
  std::string confirmation;          ///< what the caller is told; unique
  UtcTime created_at{};
};

/// What to list; empty members do not restrict.
struct TourFilter {
  std::string lead_id;
  std::string property_id;
  std::string status;
};

/// Tours and the slots they take: one tour a property and starting time, held by a UNIQUE row and not by
/// a check before. A conflict leaves nothing behind and the transaction usable, so the caller may
/// offer another time in the same work.
class Tours {
 public:
  Tours(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Errors: conflict with code "slot_taken", or "duplicate" (id or confirmation in use); conflict
  /// without code when the lead, property or unit does not exist.
  Result<void> insert(const Tour& tour);
  /// Moves a scheduled tour. Errors: not_found (or not scheduled), conflict with code "slot_taken".
  Result<void> move(std::string_view id, UtcTime starts_at);
  /// Names the apartment that is to be seen. Errors: not_found (the tour), conflict (the unit is not the owner's).
  Result<void> set_unit(std::string_view id, std::string_view unit_id);
  /// Cancels and frees the slot; a tour cancelled already stays so. Errors: not_found.
  Result<void> cancel(std::string_view id);
  Result<std::optional<Tour>> find(std::string_view id);
  Result<std::optional<Tour>> find_by_confirmation(std::string_view confirmation);
  Result<Paged<Tour>> list(const TourFilter& filter, const Page& page);
  /// Starting times taken in [from, to), ascending.
  Result<std::vector<UtcTime>> taken(std::string_view property_id, UtcTime from, UtcTime to);

 private:
  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
