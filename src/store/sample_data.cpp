#include "store/sample_data.hpp"

#include "base/civil_time.hpp"
#include "store/customers.hpp"
#include "store/leads.hpp"
#include "store/properties.hpp"

namespace offhook::store {
namespace {

constexpr std::string_view kOfficeHours =
    R"({"mon":["09:00","18:00"],"tue":["09:00","18:00"],"wed":["09:00","18:00"],"thu":["09:00","18:00"],)"
    R"("fri":["09:00","18:00"],"sat":["10:00","16:00"],"sun":null})";

struct SampleUnit {
  std::string_view id, label;
  int bedrooms;
  double bathrooms;
  int rent_dollars;
  int free_in_days;
  bool pets_allowed;
};

constexpr SampleUnit kUnits[] = {
    {"unit_101", "101", 0, 1, 1850, -14, false}, {"unit_104", "104", 0, 1, 1950, 21, true},
    {"unit_203", "203", 1, 1, 2350, -7, true},   {"unit_207", "207", 1, 1, 2450, 10, false},
    {"unit_302", "302", 2, 1, 2850, -3, true},   {"unit_305", "305", 2, 2, 3100, 30, false},
    {"unit_306", "306", 2, 2, 3250, 5, true},    {"unit_401", "401", 3, 2, 3900, 14, true},
};

/// Rows that are there already stay.
Result<void> keep_existing(Result<void> inserted) {
  if (!inserted && inserted.error().code == "duplicate") return {};
  return inserted;
}

Result<void> load_property(sql::Connection& db, UtcTime now) {
  const Property property{.id = "prop_sunset",
                          .name = "Sunset Apartments",
                          .address = "1200 Sunset Boulevard, San Francisco",
                          .time_zone = "America/Los_Angeles",
                          .phone = "+14155550100",
                          .office_hours = std::string(kOfficeHours),
                          .created_at = now};
  if (auto done = keep_existing(Properties(db, Owner::local()).insert(property)); !done) return done;
  const auto today = std::chrono::floor<std::chrono::days>(now);
  for (const SampleUnit& sample : kUnits) {
    const Unit unit{
        .id = std::string(sample.id),
        .property_id = property.id,
        .label = std::string(sample.label),
        .bedrooms = sample.bedrooms,
        .bathrooms = sample.bathrooms,
        .rent_cents = sample.rent_dollars * std::int64_t{100},
        .available_from = to_text(std::chrono::year_month_day(today + std::chrono::days(sample.free_in_days))),
        .pets_allowed = sample.pets_allowed,
        .created_at = now};
    if (auto done = keep_existing(Units(db, Owner::local()).insert(unit)); !done) return done;
  }
  return {};
}

Result<void> load_customers(sql::Connection& db, UtcTime now) {
  const Customer customers[] = {
      {.id = "cust_alex",
       .name = "Alex Morgan",
       .phone = "+1234567890",
       .email = "alex.morgan@example.com",
       .date_of_birth = "1985-04-12",
       .postcode = "94105",
       .created_at = now},
      {.id = "123",
       .name = "Maria Lopez",
       .phone = "+14155550123",
       .email = "maria.lopez@example.com",
       .date_of_birth = "1990-09-23",
       .postcode = "94110",
       .created_at = now},
  };
  for (const Customer& customer : customers) {
    if (auto done = keep_existing(Customers(db, Owner::local()).insert(customer)); !done) return done;
  }
  const Card cards[] = {
      {.id = "card_4242", .customer_id = "cust_alex", .last_four = "4242", .kind = "credit", .created_at = now},
      {.id = "card_1881", .customer_id = "cust_alex", .last_four = "1881", .kind = "debit", .created_at = now},
  };
  for (const Card& card : cards) {
    if (auto done = keep_existing(Cards(db, Owner::local()).insert(card)); !done) return done;
  }
  return {};
}

Result<void> load_leads(sql::Connection& db, UtcTime now) {
  const Lead leads[] = {
      {.id = "lead_web",
       .name = "Sam Taylor",
       .phone = "+15551234567",
       .email = "sam.taylor@example.com",
       .source = "web",
       .created_at = now,
       .updated_at = now},
      {.id = "lead_john",
       .name = "John Doe",
       .phone = "+919876543210",
       .source = "web",
       .metadata = R"({"region":"IN","interest":"two bedroom flat"})",
       .created_at = now,
       .updated_at = now},
  };
  for (const Lead& lead : leads) {
    if (auto done = keep_existing(Leads(db, Owner::local()).insert(lead)); !done) return done;
  }
  return {};
}

}  // namespace

Result<void> load_sample_data(sql::Connection& db, UtcTime now) {
  if (auto done = load_property(db, now); !done) return done;
  if (auto done = load_customers(db, now); !done) return done;
  return load_leads(db, now);
}

}  // namespace offhook::store
