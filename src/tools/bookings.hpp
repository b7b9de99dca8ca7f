#pragma once

#include <string_view>

#include "store/leads.hpp"
#include "store/properties.hpp"
#include "store/tours.hpp"
#include "tools/slots.hpp"

namespace offhook::tools {

/// What everybody does who books, callers' tools and the API alike. Each runs inside a transaction.

/// When tours of the property can start, with what is taken around that moment (or around now, when it has passed).
/// `fallback`: the zone of a property that names none.
Result<Calendar> read_tour_calendar(sql::Connection& db, const store::Owner& owner, const store::Property& property,
                                    const TimeZone& fallback, const CivilTime& wanted, UtcTime now);
/// The same for appointments: the office keeps OfficeHours::standard() in its zone, and has one at a time.
Result<Calendar> read_office_calendar(sql::Connection& db, const store::Owner& owner, const TimeZone& zone,
                                      const CivilTime& wanted, UtcTime now);

/// Inserts a tour or an appointment with a fresh confirmation code ("ST-48213"), trying others while one is taken.
/// Errors: conflict "slot_taken", and the repository's own.
template <class Repository, class Row>
Result<void> insert_confirmed(Repository repository, Row& row, Random& random, std::string_view prefix) {
  constexpr int kAttempts = 20;  // of 90,000 codes; a few are taken
  for (int attempt = 0;; ++attempt) {
    row.confirmation = make_confirmation(random, prefix);
    auto added = repository.insert(row);
    if (added || added.error().code != "duplicate" || attempt == kAttempts) return added;
  }
}

/// Writes a new tour into the lead's history and moves the lead on; `context`: whose, when and in which call.
Result<void> note_tour(sql::Connection& db, const ToolContext& context, Random& random, store::Lead lead,
                       const store::Tour& tour, const store::Property& property, const CivilTime& local);

}  // namespace offhook::tools
