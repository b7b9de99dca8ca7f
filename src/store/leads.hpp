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

/// Somebody who may become a tenant or customer.
struct Lead {
  std::string id;
  std::string name;
  std::string phone;  ///< normalised; empty when unknown
  std::string email;
  std::string source;                 ///< "web", "call", …
  std::string status = "new";         ///< "new", "contacted", "qualified", "unqualified", "tour_scheduled", …
  std::optional<std::int64_t> score;  ///< 0..100; nullopt before qualification
  std::string metadata = "{}";        ///< JSON object as text
  UtcTime created_at{};
  UtcTime updated_at{};
};

/// Something that happened with a lead.
struct Activity {
  std::string id;
  std::string lead_id;
  std::string call_id;  ///< the platform's or ours; empty outside a call
  std::string kind;     ///< "tour_scheduled", "qualified", "status_changed", "transfer_requested", "call", "note"
  std::string text;
  UtcTime at{};
};

/// What to list; empty members do not restrict.
struct LeadFilter {
  std::string status;
  std::string source;
  std::string phone;
};

class Leads {
 public:
  Leads(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Errors: conflict (the id is taken).
  Result<void> insert(const Lead& lead);
  /// Replaces all but id and created_at. Errors: not_found.
  Result<void> update(const Lead& lead);
  Result<std::optional<Lead>> find(std::string_view id);
  /// `phone` normalised. Of several, the newest.
  Result<std::optional<Lead>> find_by_phone(std::string_view phone);
  Result<Paged<Lead>> list(const LeadFilter& filter, const Page& page);

 private:
  sql::Connection& db_;
  Owner owner_;
};

class Activities {
 public:
  Activities(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Errors: conflict (the id is taken, or there is no such lead).
  Result<void> insert(const Activity& activity);
  /// Adds it, or replaces text and time of the one with its id. Errors: conflict (there is no such lead).
  Result<void> put(const Activity& activity);
  /// Of one lead, or of all when `lead_id` is empty.
  Result<Paged<Activity>> list(std::string_view lead_id, const Page& page);

 private:
  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
