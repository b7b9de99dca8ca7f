#include "lab/expectations.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/phone.hpp"
#include "base/text.hpp"
#include "store/appointments.hpp"
#include "store/callbacks.hpp"
#include "store/customers.hpp"
#include "store/leads.hpp"
#include "store/tours.hpp"

namespace offhook::lab {
namespace {

std::string value_of(const std::map<std::string, std::string>& fields, const char* key) {
  const auto found = fields.find(key);
  return found == fields.end() ? std::string{} : found->second;
}

void expect_equal(std::vector<std::string>& failures, std::string_view what, const std::string& wanted,
                  const std::string& got) {
  if (!wanted.empty() && !iequals(wanted, got))
    failures.push_back(fmt::format("{} should be '{}' and is '{}'", what, wanted, got));
}

Result<void> check_lead(sql::Connection& db, const CallExpectation& wanted, const std::string& region,
                        std::vector<std::string>& failures) {
  if (wanted.lead.empty()) return {};
  const std::string phone = normalize_phone(value_of(wanted.lead, "phone"), region);
  auto lead = store::Leads(db, store::Owner::local()).find_by_phone(phone);
  if (!lead) return fail(lead);
  if (!*lead) {
    failures.push_back(fmt::format("there should be a lead with phone {}", value_of(wanted.lead, "phone")));
    return {};
  }
  expect_equal(failures, "the lead's name", value_of(wanted.lead, "name"), (*lead)->name);
  expect_equal(failures, "the lead's status", value_of(wanted.lead, "status"), (*lead)->status);
  if (wanted.tours) {
    auto tours = store::Tours(db, store::Owner::local()).list({.lead_id = (*lead)->id}, {});
    if (!tours) return fail(tours);
    const auto scheduled = std::count_if(tours->items.begin(), tours->items.end(),
                                         [](const auto& tour) { return tour.status == "scheduled"; });
    if (static_cast<std::size_t>(scheduled) != *wanted.tours)
      failures.push_back(fmt::format("the lead should have {} tours and has {}", *wanted.tours, scheduled));
  }
  auto activities = store::Activities(db, store::Owner::local()).list((*lead)->id, {});
  if (!activities) return fail(activities);
  for (const auto& kind : wanted.activities) {
    const bool is_there = std::any_of(activities->items.begin(), activities->items.end(),
                                      [&](const auto& activity) { return activity.kind == kind; });
    if (!is_there) failures.push_back(fmt::format("the lead's history should hold a '{}'", kind));
  }
  return {};
}

Result<void> check_card(sql::Connection& db, const CallExpectation& wanted, std::vector<std::string>& failures) {
  if (wanted.card.empty()) return {};
  auto customers = store::Customers(db, store::Owner::local()).list({.limit = store::Page::kMaxLimit});
  if (!customers) return fail(customers);
  for (const auto& customer : customers->items) {
    auto cards = store::Cards(db, store::Owner::local()).list_for_customer(customer.id);
    if (!cards) return fail(cards);
    for (const auto& card : *cards) {
      if (card.last_four != value_of(wanted.card, "last_four")) continue;
      expect_equal(failures, "the card's status", value_of(wanted.card, "status"), card.status);
      return {};
    }
  }
  failures.push_back("there should be a card ending in " + value_of(wanted.card, "last_four"));
  return {};
}

Result<void> check_counts(sql::Connection& db, const CallExpectation& wanted, std::vector<std::string>& failures) {
  if (wanted.appointments) {
    auto list =
        store::Appointments(db, store::Owner::local()).list({.status = "scheduled"}, {.limit = store::Page::kMaxLimit});
    if (!list) return fail(list);
    if (list->items.size() != *wanted.appointments) {
      failures.push_back(
          fmt::format("there should be {} appointments and are {}", *wanted.appointments, list->items.size()));
    }
  }
  if (wanted.callbacks) {
    auto list = store::Callbacks(db, store::Owner::local()).list({.limit = store::Page::kMaxLimit});
    if (!list) return fail(list);
    if (list->items.size() != *wanted.callbacks)
      failures.push_back(fmt::format("there should be {} callbacks and are {}", *wanted.callbacks, list->items.size()));
  }
  return {};
}

Result<std::vector<std::string>> check_rows(sql::Connection& db, const CallExpectation& wanted,
                                            const std::string& region) {
  std::vector<std::string> failures;
  if (auto checked = check_lead(db, wanted, region, failures); !checked) return fail(checked);
  if (auto checked = check_card(db, wanted, failures); !checked) return fail(checked);
  if (auto checked = check_counts(db, wanted, failures); !checked) return fail(checked);
  return failures;
}

bool contains(const std::string& lower_text, const std::string& part) {
  return lower_text.find(to_lower(part)) != std::string::npos;
}

}  // namespace

std::vector<std::string> check_turn(std::size_t number, const ScenarioTurn& wanted, const PlayedTurn& reply) {
  std::vector<std::string> failures;
  const std::string lower_text = to_lower(reply.text);
  for (const auto& part : wanted.expect.reply_has) {
    if (!contains(lower_text, part)) {
      failures.push_back(
          fmt::format("turn {}: the answer to '{}' should have '{}' but is: {}", number, wanted.say, part, reply.text));
    }
  }
  for (const auto& part : wanted.expect.reply_lacks) {
    if (contains(lower_text, part)) {
      failures.push_back(fmt::format("turn {}: the answer to '{}' should not have '{}' but is: {}", number, wanted.say,
                                     part, reply.text));
    }
  }
  if (wanted.expect.tools && *wanted.expect.tools != reply.tools) {
    failures.push_back(fmt::format("turn {}: '{}' should call [{}] and called [{}]", number, wanted.say,
                                   join(*wanted.expect.tools, ", "), join(reply.tools, ", ")));
  }
  return failures;
}

Task<std::vector<std::string>> check_call(store::Store& store, CallExpectation wanted, std::string region,
                                          std::string ended_reason) {
  auto failures = co_await store.read([wanted, region](sql::Connection& db) { return check_rows(db, wanted, region); });
  if (!failures) co_return fail(failures);
  expect_equal(*failures, "the ended reason", wanted.ended_reason, ended_reason);
  co_return failures;
}

}  // namespace offhook::lab
