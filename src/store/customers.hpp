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

/// A customer of the bank or of the support desk.
struct Customer {
  std::string id;
  std::string name;
  std::string phone;  ///< normalised
  std::string email;
  std::string date_of_birth;  ///< "YYYY-MM-DD"; empty when unknown
  std::string postcode;
  std::string status = "active";
  UtcTime created_at{};
};

/// A payment card. Its full number is never stored.
struct Card {
  std::string id;
  std::string customer_id;
  std::string last_four;
  std::string kind;               ///< "credit" or "debit"
  std::string status = "active";  ///< "active" or "blocked"
  std::optional<UtcTime> blocked_at;
  std::string block_reason;
  UtcTime created_at{};
};

class Customers {
 public:
  Customers(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Errors: conflict (the id is taken).
  Result<void> insert(const Customer& customer);
  /// Replaces all but id and created_at. Errors: not_found.
  Result<void> update(const Customer& customer);
  Result<std::optional<Customer>> find(std::string_view id);
  /// `phone` normalised. Of several, the oldest.
  Result<std::optional<Customer>> find_by_phone(std::string_view phone);
  Result<Paged<Customer>> list(const Page& page);

 private:
  sql::Connection& db_;
  Owner owner_;
};

/// Callers who could not prove to be the customer they called as.
class FailedVerifications {
 public:
  explicit FailedVerifications(sql::Connection& db) : db_(db) {}
  /// Errors: conflict (the id is taken, or there is no such customer).
  Result<void> add(std::string_view id, std::string_view customer_id, UtcTime at);
  Result<std::int64_t> count_since(std::string_view customer_id, UtcTime since);

 private:
  sql::Connection& db_;
};

class Cards {
 public:
  Cards(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Errors: conflict (the id is taken, or there is no such customer).
  Result<void> insert(const Card& card);
  Result<std::optional<Card>> find(std::string_view id);
  /// Oldest first.
  Result<std::vector<Card>> list_for_customer(std::string_view customer_id);
  /// Blocks an active card. Returns false when it was blocked already (its time and reason stay).
  /// Errors: not_found.
  Result<bool> block(std::string_view id, std::string_view reason, UtcTime at);

 private:
  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
