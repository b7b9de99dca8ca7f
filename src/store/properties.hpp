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

/// A building whose flats are let.
struct Property {
  std::string id;
  std::string name;
  std::string address;
  std::string time_zone = "UTC";  ///< IANA name
  std::string phone;              ///< normalised; the number its callers dial
  /// JSON text, one member a weekday, ["HH:MM","HH:MM"] local time or null when closed:
  /// {"mon":["09:00","18:00"],…,"sat":["10:00","16:00"],"sun":null}
  std::string office_hours = "{}";
  UtcTime created_at{};
};

/// A flat in a property.
struct Unit {
  std::string id;
  std::string property_id;
  std::string label;            ///< as on the door, e.g. "2B"
  std::int64_t bedrooms = 0;    ///< 0 is a studio
  double bathrooms = 1;         ///< in halves: 1.5
  std::int64_t rent_cents = 0;  ///< a month, US cents
  std::string available_from;   ///< "YYYY-MM-DD"
  bool pets_allowed = false;
  std::string status = "available";  ///< "available", "held", "let"
  UtcTime created_at{};
};

/// What a tenant looks for; empty members do not restrict.
struct UnitQuery {
  std::string property_id;
  std::optional<std::int64_t> bedrooms;        ///< exactly
  std::optional<std::int64_t> max_rent_cents;  ///< at most
  bool needs_pets_allowed = false;
  std::string available_by;  ///< "YYYY-MM-DD": free on that day or before
  std::size_t limit = 20;
};

class Properties {
 public:
  Properties(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Errors: conflict (the id is taken).
  Result<void> insert(const Property& property);
  /// Replaces all but id and created_at. Errors: not_found.
  Result<void> update(const Property& property);
  Result<std::optional<Property>> find(std::string_view id);
  /// `phone` normalised. Of several, the oldest.
  Result<std::optional<Property>> find_by_phone(std::string_view phone);
  Result<Paged<Property>> list(const Page& page);

 private:
  sql::Connection& db_;
  Owner owner_;
};

class Units {
 public:
  Units(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Errors: conflict (the id is taken, or there is no such property).
  Result<void> insert(const Unit& unit);
  /// Replaces all but id, property_id and created_at. Errors: not_found.
  Result<void> update(const Unit& unit);
  Result<std::optional<Unit>> find(std::string_view id);
  /// Units with status "available" that fit, cheapest first.
  Result<std::vector<Unit>> search(const UnitQuery& query);
  /// Of one property, or of all when `property_id` is empty.
  Result<Paged<Unit>> list(std::string_view property_id, const Page& page);

 private:
  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
