#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/sql/connection.hpp"

namespace offhook::store {

/// Everything that is stored of one person, found by phone number.
struct Person {
  std::vector<std::string> phones;  ///< spellings of the number: normalised first, then as given and in figures only
  std::vector<std::string> leads;
  std::vector<std::string> customers;
  std::vector<std::string> calls;           ///< our ids
  std::vector<std::string> platform_calls;  ///< the platform's, also of calls that only the exchange or the log knows
  std::vector<std::string> events;          ///< webhooks that name the number, whoever's call it was
  std::vector<std::string> exchange_calls;  ///< the same of the exchange's call objects
  std::vector<std::string> tours;           ///< ids and confirmation codes
  std::vector<std::string> appointments;    ///< the same
  std::vector<std::string> callbacks;       ///< promises to call back, which jobs name
};

/// One line of what was, or would be, erased.
struct Erased {
  std::string what;
  std::int64_t rows = 0;
};

/// Who has this number. A call is the person's when the caller's number is, or its lead is; a payload that names the
/// number goes too, unless as the number that was dialled: that is ours. Reads only.
Result<Person> find_person(sql::Connection& db, std::vector<std::string> phones);

/// Erases the person from every table; times of tours and appointments become free. In the transaction of whoever
/// calls. Every table that holds people is listed, with 0 where nothing was.
Result<std::vector<Erased>> erase_person(sql::Connection& db, const Person& person);

}  // namespace offhook::store
