#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/owner.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// Something that must happen later, even after a crash.
struct Job {
  std::string id;
  std::string kind;
  std::string payload = "{}";  ///< JSON object as text
  UtcTime run_at{};
  std::int64_t attempts = 0;
  std::string status = "queued";
};

/// The durable queue's rows; whoever runs them is elsewhere.
class Jobs {
 public:
  Jobs(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Adds the job unless one with its id is there. Returns whether it was new.
  Result<bool> enqueue(const Job& job);
  Result<std::optional<Job>> find(std::string_view id);

 private:
  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
