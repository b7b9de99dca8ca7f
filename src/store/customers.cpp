#include "store/customers.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_SELECT_CUSTOMER \
  "SELECT id, name, phone, email, date_of_birth, postcode, status, created_at FROM customers"
#define OFFHOOK_SELECT_CARD \
  "SELECT id, customer_id, last_four, kind, status, blocked_at, block_reason, created_at FROM cards"

Customer read_customer(const sql::Row& row) {
  return {.id = row.string(0),
          .name = row.string(1),
          .phone = row.string(2),
          .email = row.string(3),
          .date_of_birth = row.string(4),
          .postcode = row.string(5),
          .status = row.string(6),
          .created_at = row.time(7)};
}

Card read_card(const sql::Row& row) {
  return {.id = row.string(0),
          .customer_id = row.string(1),
          .last_four = row.string(2),
          .kind = row.string(3),
          .status = row.string(4),
          .blocked_at = row.optional_time(5),
          .block_reason = row.string(6),
          .created_at = row.time(7)};
}

}  // namespace

Result<void> Customers::insert(const Customer& customer) {
  return rows::insert(db_,
                      "INSERT INTO customers (id, owner_id, name, phone, email, date_of_birth, postcode, status, "
                      "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                      {customer.id, owner_.id(), customer.name, customer.phone, customer.email, customer.date_of_birth,
                       customer.postcode, customer.status, customer.created_at},
                      "customer");
}

Result<void> Customers::update(const Customer& customer) {
  return rows::update(db_,
                      "UPDATE customers SET name = ?, phone = ?, email = ?, date_of_birth = ?, postcode = ?, "
                      "status = ? WHERE id = ? AND owner_id = ?",
                      {customer.name, customer.phone, customer.email, customer.date_of_birth, customer.postcode,
                       customer.status, customer.id, owner_.id()},
                      "customer");
}

Result<std::optional<Customer>> Customers::find(std::string_view id) {
  return rows::find(db_, OFFHOOK_SELECT_CUSTOMER " WHERE id = ? AND owner_id = ?", {id, owner_.id()}, read_customer);
}

Result<std::optional<Customer>> Customers::find_by_phone(std::string_view phone) {
  return rows::find(db_, OFFHOOK_SELECT_CUSTOMER " WHERE owner_id = ? AND phone = ? ORDER BY created_at, id LIMIT 1",
                    {owner_.id(), phone}, read_customer);
}

Result<Paged<Customer>> Customers::list(const Page& page) {
  rows::Select select(OFFHOOK_SELECT_CUSTOMER);
  select.where("owner_id = ?", owner_.id());
  return rows::page(db_, std::move(select), page, "created_at", read_customer,
                    [](const Customer& customer) { return Position{customer.created_at, customer.id}; });
}

Result<void> Cards::insert(const Card& card) {
  if (auto owned = rows::require_owned(db_, "SELECT 1 FROM customers WHERE id = ? AND owner_id = ?", card.customer_id,
                                       owner_.id(), "customer");
      !owned) {
    return owned;
  }
  return rows::insert(db_,
                      "INSERT INTO cards (id, owner_id, customer_id, last_four, kind, status, blocked_at, "
                      "block_reason, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                      {card.id, owner_.id(), card.customer_id, card.last_four, card.kind, card.status, card.blocked_at,
                       card.block_reason, card.created_at},
                      "card");
}

Result<std::optional<Card>> Cards::find(std::string_view id) {
  return rows::find(db_, OFFHOOK_SELECT_CARD " WHERE id = ? AND owner_id = ?", {id, owner_.id()}, read_card);
}

Result<std::vector<Card>> Cards::list_for_customer(std::string_view customer_id) {
  return rows::all(db_, OFFHOOK_SELECT_CARD " WHERE customer_id = ? AND owner_id = ? ORDER BY created_at, id",
                   {customer_id, owner_.id()}, read_card);
}

Result<bool> Cards::block(std::string_view id, std::string_view reason, UtcTime at) {
  auto blocked = db_.execute(
      "UPDATE cards SET status = 'blocked', blocked_at = ?, block_reason = ? WHERE id = ? AND owner_id = ? "
      "AND status <> 'blocked'",
      {at, reason, id, owner_.id()});
  if (!blocked) return fail(blocked);
  if (*blocked > 0) return true;
  auto card = find(id);
  if (!card) return fail(card);
  if (!*card) return fail(ErrorKind::not_found, "card not found");
  return false;
}

Result<void> FailedVerifications::add(std::string_view id, std::string_view customer_id, UtcTime at) {
  auto added =
      db_.execute("INSERT INTO failed_verifications (id, customer_id, at) VALUES (?, ?, ?)", {id, customer_id, at});
  if (!added) return fail(added);
  return {};
}

Result<std::int64_t> FailedVerifications::count_since(std::string_view customer_id, UtcTime since) {
  std::int64_t count = 0;
  auto counted = db_.query("SELECT COUNT(*) FROM failed_verifications WHERE customer_id = ? AND at >= ?",
                           {customer_id, since}, [&](const sql::Row& row) -> Result<void> {
                             count = row.integer(0);
                             return {};
                           });
  if (!counted) return fail(counted);
  return count;
}

#undef OFFHOOK_SELECT_CARD
#undef OFFHOOK_SELECT_CUSTOMER

}  // namespace offhook::store
