#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/owner.hpp"
#include "store/paging.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// A promise to call somebody back.
struct Callback {
  std::string id;
  std::string phone;  ///< normalised
  UtcTime at{};       ///< when to call
  std::string reason;
  std::string status = "scheduled";  ///< "scheduled", "done", "cancelled"
  std::string lead_id;               ///< empty when the caller is no lead
  UtcTime created_at{};
};

/// Promises and the jobs that keep them: a scheduled callback has one queued job (kind "callback", payload
/// {"callback_id"}) at its time, any other has none.
class Callbacks {
 public:
  Callbacks(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Also queues its job. Errors: conflict with code "duplicate" (the id is taken, or that number is to be
  /// called then for that reason already).
  Result<void> insert(const Callback& callback);
  /// Replaces time, reason and status; the job follows the time and goes with the status. Errors: not_found; conflict
  /// (the same promise is there already).
  Result<void> update(const Callback& callback);
  /// For whoever runs the job: leaves it alone. Errors: not_found.
  Result<void> set_status(std::string_view id, std::string_view status);
  Result<std::optional<Callback>> find(std::string_view id);
  /// The scheduled one of that number at that time for that reason, if any.
  Result<std::optional<Callback>> find_scheduled(std::string_view phone, UtcTime at, std::string_view reason);
  Result<Paged<Callback>> list(const Page& page);

 private:
  /// Queues the job of one that is scheduled.
  Result<void> queue_job(const Callback& callback);
  /// Takes the job away and queues the one that is due now, if any.
  Result<void> settle_job(const Callback& callback);

  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
