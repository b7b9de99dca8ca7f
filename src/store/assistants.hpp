#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/owner.hpp"
#include "store/paging.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// Who speaks in a call, as its owner set it up. A telephone platform holds a copy. In texts, empty means unset.
struct Assistant {
  std::string id;           ///< ours
  std::string platform;     ///< which platform holds the copy: "vapi" or "exchange"
  std::string platform_id;  ///< the copy's id there
  std::string property_id;  ///< the property it speaks for
  std::string agent;        ///< the agent whose tools and rules it has
  std::string name;
  std::string first_message;
  std::string system_prompt;
  std::string voice_id;          ///< as given: a voice of ours, or somebody else's id
  std::string model;             ///< as given: an agent's name, or somebody else's model
  std::string knowledge = "[]";  ///< ids of documents, a JSON list as text
  std::string functions = "[]";  ///< names of tools that the platform offers, a JSON list as text
  UtcTime created_at{};
  UtcTime updated_at{};
};

class Assistants {
 public:
  Assistants(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Errors: conflict (the id is taken, or its property is not the owner's).
  Result<void> insert(const Assistant& assistant);
  /// Replaces all but id and created_at. Errors: not_found, conflict (the property is not the owner's).
  Result<void> update(const Assistant& assistant);
  /// Says where the platform's copy is, and changes nothing else. Errors: not_found.
  Result<void> set_platform(std::string_view id, std::string_view platform, std::string_view platform_id);
  /// By our id or the platform's.
  Result<std::optional<Assistant>> find_any(std::string_view id);
  /// The newest for a property.
  Result<std::optional<Assistant>> find_by_property(std::string_view property_id);
  /// Of one property, or of all when `property_id` is empty.
  Result<Paged<Assistant>> list(std::string_view property_id, const Page& page);
  /// Errors: not_found.
  Result<void> remove(std::string_view id);

 private:
  Result<void> require_own_property(const Assistant& assistant);

  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
