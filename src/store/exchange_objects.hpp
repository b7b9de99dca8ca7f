#pragma once

#include <optional>
#include <string>
#include <string_view>

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
  explicit ExchangeObjects(sql::Connection& db) : db_(db) {}
  /// Adds the object, or replaces the body of the one with its kind and id, whose created_at stays.
  Result<void> put(const ExchangeObject& object);
  Result<std::optional<ExchangeObject>> find(std::string_view kind, std::string_view id);
  Result<Paged<ExchangeObject>> list(std::string_view kind, const Page& page);
  /// Returns whether there was one.
  Result<bool> remove(std::string_view kind, std::string_view id);

 private:
  sql::Connection& db_;
};

}  // namespace offhook::store
