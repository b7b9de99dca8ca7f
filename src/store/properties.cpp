#include "store/properties.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_SELECT_PROPERTY "SELECT id, name, address, time_zone, phone, office_hours, created_at FROM properties"
#define OFFHOOK_SELECT_UNIT                                                                                \
  "SELECT id, property_id, label, bedrooms, bathrooms, rent_cents, available_from, pets_allowed, status, " \
  "created_at FROM units"

Property read_property(const sql::Row& row) {
  return {.id = row.string(0),
          .name = row.string(1),
          .address = row.string(2),
          .time_zone = row.string(3),
          .phone = row.string(4),
          .office_hours = row.string(5),
          .created_at = row.time(6)};
}

Unit read_unit(const sql::Row& row) {
  return {.id = row.string(0),
          .property_id = row.string(1),
          .label = row.string(2),
          .bedrooms = row.integer(3),
          .bathrooms = row.real(4),
          .rent_cents = row.integer(5),
          .available_from = row.string(6),
          .pets_allowed = row.integer(7) != 0,
          .status = row.string(8),
          .created_at = row.time(9)};
}

}  // namespace

Result<void> Properties::insert(const Property& property) {
  return rows::insert(
      db_,
      "INSERT INTO properties (id, owner_id, name, address, time_zone, phone, office_hours, created_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      {property.id, owner_.id(), property.name, property.address, property.time_zone, property.phone,
       property.office_hours, property.created_at},
      "property");
}

Result<void> Properties::update(const Property& property) {
  return rows::update(db_,
                      "UPDATE properties SET name = ?, address = ?, time_zone = ?, phone = ?, office_hours = ? WHERE "
                      "id = ? AND owner_id = ?",
                      {property.name, property.address, property.time_zone, property.phone, property.office_hours,
                       property.id, owner_.id()},
                      "property");
}

Result<std::optional<Property>> Properties::find(std::string_view id) {
  return rows::find(db_, OFFHOOK_SELECT_PROPERTY " WHERE id = ? AND owner_id = ?", {id, owner_.id()}, read_property);
}

Result<std::optional<Property>> Properties::find_by_phone(std::string_view phone) {
  return rows::find(db_, OFFHOOK_SELECT_PROPERTY " WHERE owner_id = ? AND phone = ? ORDER BY created_at, id LIMIT 1",
                    {owner_.id(), phone}, read_property);
}

Result<Paged<Property>> Properties::list(const Page& page) {
  rows::Select select(OFFHOOK_SELECT_PROPERTY);
  select.where("owner_id = ?", owner_.id());
  return rows::page(db_, std::move(select), page, "created_at", read_property,
                    [](const Property& property) { return Position{property.created_at, property.id}; });
}

Result<void> Units::insert(const Unit& unit) {
  if (auto owned = rows::require_owned(db_, "SELECT 1 FROM properties WHERE id = ? AND owner_id = ?", unit.property_id,
                                       owner_.id(), "property");
      !owned) {
    return owned;
  }
  return rows::insert(
      db_,
      "INSERT INTO units (id, owner_id, property_id, label, bedrooms, bathrooms, rent_cents, available_from, "
      "pets_allowed, status, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      {unit.id, owner_.id(), unit.property_id, unit.label, unit.bedrooms, unit.bathrooms, unit.rent_cents,
       unit.available_from, unit.pets_allowed, unit.status, unit.created_at},
      "unit");
}

Result<void> Units::update(const Unit& unit) {
  return rows::update(db_,
                      "UPDATE units SET label = ?, bedrooms = ?, bathrooms = ?, rent_cents = ?, available_from = ?, "
                      "pets_allowed = ?, status = ? WHERE id = ? AND owner_id = ?",
                      {unit.label, unit.bedrooms, unit.bathrooms, unit.rent_cents, unit.available_from,
                       unit.pets_allowed, unit.status, unit.id, owner_.id()},
                      "unit");
}

Result<std::optional<Unit>> Units::find(std::string_view id) {
  return rows::find(db_, OFFHOOK_SELECT_UNIT " WHERE id = ? AND owner_id = ?", {id, owner_.id()}, read_unit);
}

Result<std::vector<Unit>> Units::search(const UnitQuery& query) {
  rows::Select select(OFFHOOK_SELECT_UNIT);
  select.where("owner_id = ?", owner_.id())
      .where("status = 'available'")
      .where_given("property_id = ?", query.property_id)
      .where_given("available_from <= ?", query.available_by);
  if (query.bedrooms) select.where("bedrooms = ?", *query.bedrooms);
  if (query.max_rent_cents) select.where("rent_cents <= ?", *query.max_rent_cents);
  if (query.needs_pets_allowed) select.where("pets_allowed = 1");
  select.then("ORDER BY rent_cents, id LIMIT ?", {query.limit});
  return rows::all(db_, select.sql(), select.values(), read_unit);
}

Result<Paged<Unit>> Units::list(std::string_view property_id, const Page& page) {
  rows::Select select(OFFHOOK_SELECT_UNIT);
  select.where("owner_id = ?", owner_.id()).where_given("property_id = ?", property_id);
  return rows::page(db_, std::move(select), page, "created_at", read_unit,
                    [](const Unit& unit) { return Position{unit.created_at, unit.id}; });
}

#undef OFFHOOK_SELECT_UNIT
#undef OFFHOOK_SELECT_PROPERTY

}  // namespace offhook::store
