#pragma once

#include "store/sql/connection.hpp"

namespace offhook::store {

/// Fills a migrated database with the rows that the sample agents and the guides speak of:
/// property "prop_sunset" (Sunset Apartments, America/Los_Angeles) with eight units free from dates
/// around `now`; customer "cust_alex" (+1234567890, born 1985-04-12, postcode 94105) with an active
/// credit card ending 4242 and a debit card ending 1881; customer "123" (Maria Lopez); lead "lead_web"
/// (+15551234567, from the web); lead "lead_john" (John Doe, +919876543210, region IN).
/// Rows that are there already stay as they are. Run it inside a transaction.
Result<void> load_sample_data(sql::Connection& db, UtcTime now);

}  // namespace offhook::store
