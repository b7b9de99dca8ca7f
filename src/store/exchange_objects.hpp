#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/owner.hpp"
#include "store/paging.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// An object of the exchange's REST API (assistant, call, tool, …), kept as its JSON.
struct ExchangeObject {
  std::string kind;  ///< "assistant", "call", "phone-number", "tool", "file", …
  std::string id;
  std::string body;  ///< JSON object as text
  UtcTime created_at{};
  UtcTime updated_at{};
};

class ExchangeObjects {
 public:
  ExchangeObjects(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Adds the object, or replaces the body of the one with its kind and id, whose created_at stays.
  /// Errors: conflict (another owner has that kind and id).
  Result<void> put(const ExchangeObject& object);
  Result<std::optional<ExchangeObject>> find(std::string_view kind, std::string_view id);
  Result<Paged<ExchangeObject>> list(std::string_view kind, const Page& page);
  /// Returns whether there was one.
  Result<bool> remove(std::string_view kind, std::string_view id);

 private:
  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
