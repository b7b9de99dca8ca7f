#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/appointments.hpp"
#include "store/callbacks.hpp"
#include "store/customers.hpp"
#include "store/jobs.hpp"
#include "store/leads.hpp"
#include "store/properties.hpp"
#include "store/testing/database.hpp"
#include "store/tours.hpp"

// Leads, properties, customers and what is booked with them.

namespace offhook::store {
namespace {

using ::testing::ElementsAre;
using testing::kNow;
using namespace std::chrono_literals;

class Crm : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        Properties(*db_, Owner::local()).insert({.id = "p1", .name = "One", .phone = "+100", .created_at = kNow}));
    ASSERT_TRUE(
        Properties(*db_, Owner::local()).insert({.id = "p2", .name = "Two", .phone = "+200", .created_at = kNow + 1s}));
    ASSERT_TRUE(Leads(*db_, Owner::local())
                    .insert({.id = "l1", .name = "Ann", .phone = "+1", .created_at = kNow, .updated_at = kNow}));
    ASSERT_TRUE(Customers(*db_, Owner::local()).insert({.id = "c1", .name = "Bob", .phone = "+2", .created_at = kNow}));
  }
  std::unique_ptr<sql::Connection> db_ = testing::migrated_database();
};

template <class T>
std::vector<std::string> ids(const std::vector<T>& items) {
  std::vector<std::string> result;
  for (const T& item : items) result.push_back(item.id);
  return result;
}

TEST_F(Crm, StoresAProperty) {
  Properties properties(*db_, Owner::local());
  Property property{.id = "p3",
                    .name = "Sunset",
                    .address = "1200 Sunset Boulevard",
                    .time_zone = "America/Los_Angeles",
                    .phone = "+14155550100",
                    .office_hours = R"({"mon":["09:00","18:00"]})",
                    .created_at = kNow + 2s};
  ASSERT_TRUE(properties.insert(property));
  auto found = properties.find_by_phone("+14155550100").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, "p3");
  EXPECT_EQ(found->address, property.address);
  EXPECT_EQ(found->time_zone, property.time_zone);
  EXPECT_EQ(found->office_hours, property.office_hours);
  property.name = "Sunrise";
  ASSERT_TRUE(properties.update(property));
  EXPECT_EQ(properties.find("p3").value()->name, "Sunrise");
  EXPECT_THAT(ids(properties.list({}).value().items), ElementsAre("p3", "p2", "p1"));
  property.id = "p4";
  EXPECT_EQ(properties.update(property).error().kind, ErrorKind::not_found);
}

TEST_F(Crm, FindsUnitsThatFit) {
  Units units(*db_, Owner::local());
  const Unit all[] = {
      {.id = "cheap", .property_id = "p1", .bedrooms = 1, .rent_cents = 100'000, .available_from = "2026-03-01"},
      {.id = "pets",
       .property_id = "p1",
       .bedrooms = 2,
       .rent_cents = 200'000,
       .available_from = "2026-03-01",
       .pets_allowed = true},
      {.id = "late", .property_id = "p1", .bedrooms = 2, .rent_cents = 150'000, .available_from = "2026-06-01"},
      {.id = "let",
       .property_id = "p1",
       .bedrooms = 2,
       .rent_cents = 90'000,
       .available_from = "2026-01-01",
       .status = "let"},
      {.id = "other", .property_id = "p2", .bedrooms = 1, .rent_cents = 80'000, .available_from = "2026-03-01"},
  };
  for (Unit unit : all) {
    unit.created_at = kNow;
    ASSERT_TRUE(units.insert(unit));
  }
  const struct {
    UnitQuery query;
    std::vector<std::string> expected;
  } cases[] = {
      {{}, {"other", "cheap", "late", "pets"}},
      {{.property_id = "p1"}, {"cheap", "late", "pets"}},
      {{.property_id = "p1", .bedrooms = 2}, {"late", "pets"}},
      {{.property_id = "p1", .max_rent_cents = 150'000}, {"cheap", "late"}},
      {{.property_id = "p1", .needs_pets_allowed = true}, {"pets"}},
      {{.property_id = "p1", .available_by = "2026-03-01"}, {"cheap", "pets"}},
      {{.property_id = "p1", .bedrooms = 3}, {}},
      {{.property_id = "p1", .limit = 1}, {"cheap"}},
  };
  int number = 0;
  for (const auto& [query, expected] : cases) {
    EXPECT_EQ(ids(units.search(query).value()), expected) << "case " << number;
    ++number;
  }
  EXPECT_EQ(units.list("p2", {}).value().items.size(), 1U);
  EXPECT_EQ(units.list("", {}).value().items.size(), 5U);
  auto pets = units.find("pets").value();
  ASSERT_TRUE(pets);
  EXPECT_TRUE(pets->pets_allowed);
  pets->status = "held";
  ASSERT_TRUE(units.update(*pets));
  EXPECT_TRUE(units.search({.property_id = "p1", .needs_pets_allowed = true}).value().empty());
  EXPECT_EQ(units.insert({.id = "u", .property_id = "p9", .created_at = kNow}).error().kind, ErrorKind::conflict);
}

TEST_F(Crm, StoresALeadAndItsScore) {
  Leads leads(*db_, Owner::local());
  auto lead = leads.find("l1").value().value();
  EXPECT_EQ(lead.score, std::nullopt);
  EXPECT_EQ(lead.metadata, "{}");
  lead.score = 85;
  lead.status = "qualified";
  lead.updated_at = kNow + 5s;
  ASSERT_TRUE(leads.update(lead));
  lead = leads.find("l1").value().value();
  EXPECT_EQ(lead.score, 85);
  EXPECT_EQ(lead.status, "qualified");
  EXPECT_EQ(lead.created_at, kNow);
  EXPECT_EQ(lead.updated_at, kNow + 5s);
  EXPECT_EQ(leads.insert(lead).error().code, "duplicate");
}

TEST_F(Crm, FindsTheNewestLeadOfAPhone) {
  Leads leads(*db_, Owner::local());
  ASSERT_TRUE(leads.insert({.id = "l2", .phone = "+1", .created_at = kNow + 1s, .updated_at = kNow}));
  EXPECT_EQ(leads.find_by_phone("+1").value()->id, "l2");
  EXPECT_EQ(leads.find_by_phone("+9").value(), std::nullopt);
  EXPECT_THAT(ids(leads.list({.phone = "+1"}, {}).value().items), ElementsAre("l2", "l1"));
  EXPECT_TRUE(leads.list({.status = "qualified"}, {}).value().items.empty());
  EXPECT_EQ(leads.list({.status = "new"}, {}).value().items.size(), 2U);
}

TEST_F(Crm, ListsALeadsActivitiesNewestFirst) {
  Activities activities(*db_, Owner::local());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(activities.insert({.id = "a" + std::to_string(i),
                                   .lead_id = "l1",
                                   .call_id = "call",
                                   .kind = "note",
                                   .text = "Note",
                                   .at = kNow + std::chrono::seconds(i)}));
  }
  auto first = activities.list("l1", {.limit = 2}).value();
  EXPECT_THAT(ids(first.items), ElementsAre("a2", "a1"));
  EXPECT_THAT(ids(activities.list("l1", {.limit = 2, .cursor = first.next_cursor}).value().items), ElementsAre("a0"));
  EXPECT_TRUE(activities.list("l9", {}).value().items.empty());
  EXPECT_EQ(activities.list("", {}).value().items.size(), 3U);
  EXPECT_EQ(activities.insert({.id = "a9", .lead_id = "l9", .kind = "note"}).error().kind, ErrorKind::conflict);
}

TEST_F(Crm, BooksATourOnceATimeAndProperty) {
  Tours tours(*db_, Owner::local());
  const Tour tour{.id = "t1",
                  .lead_id = "l1",
                  .property_id = "p1",
                  .starts_at = kNow + 24h,
                  .confirmation = "T-1",
                  .created_at = kNow};
  ASSERT_TRUE(tours.insert(tour));
  auto second = tour;
  second.id = "t2";
  second.confirmation = "T-2";
  auto clash = tours.insert(second);
  EXPECT_EQ(clash.error().kind, ErrorKind::conflict);
  EXPECT_EQ(clash.error().code, "slot_taken");
  EXPECT_EQ(tours.find("t2").value(), std::nullopt) << "nothing is stored by halves";
  second.property_id = "p2";
  EXPECT_TRUE(tours.insert(second)) << "the same time elsewhere is free";
  EXPECT_THAT(tours.taken("p1", kNow, kNow + 48h).value(), ElementsAre(kNow + 24h));
  EXPECT_TRUE(tours.taken("p1", kNow, kNow + 24h).value().empty()) << "the end is not part of it";
  EXPECT_EQ(tours.find_by_confirmation("T-2").value()->id, "t2");
}

TEST_F(Crm, OffersAnotherTimeInTheSameTransactionAfterAClash) {
  Tours tours(*db_, Owner::local());
  Tour tour{
      .id = "t1", .lead_id = "l1", .property_id = "p1", .starts_at = kNow, .confirmation = "T-1", .created_at = kNow};
  ASSERT_TRUE(tours.insert(tour));
  ASSERT_TRUE(db_->execute("BEGIN"));
  tour.id = "t2";
  tour.confirmation = "T-2";
  EXPECT_FALSE(tours.insert(tour));
  tour.starts_at += 1h;
  EXPECT_TRUE(tours.insert(tour));
  ASSERT_TRUE(db_->execute("COMMIT"));
  EXPECT_THAT(tours.taken("p1", kNow, kNow + 24h).value(), ElementsAre(kNow, kNow + 1h));
}

TEST_F(Crm, TakesNoSlotForATourThatCannotBeStored) {
  Tours tours(*db_, Owner::local());
  Tour tour{
      .id = "t1", .lead_id = "l1", .property_id = "p1", .starts_at = kNow, .confirmation = "T-1", .created_at = kNow};
  ASSERT_TRUE(tours.insert(tour));
  tour.id = "t2";
  tour.starts_at = kNow + 1h;
  EXPECT_EQ(tours.insert(tour).error().code, "duplicate") << "the confirmation is in use";
  tour.confirmation = "T-2";
  tour.lead_id = "nobody";
  EXPECT_EQ(tours.insert(tour).error().kind, ErrorKind::conflict);
  tour.lead_id = "l1";
  tour.property_id = "nowhere";
  EXPECT_EQ(tours.insert(tour).error().kind, ErrorKind::conflict);
  EXPECT_THAT(tours.taken("p1", kNow, kNow + 24h).value(), ElementsAre(kNow));
}

TEST_F(Crm, MovesAndCancelsATour) {
  Tours tours(*db_, Owner::local());
  Tour tour{
      .id = "t1", .lead_id = "l1", .property_id = "p1", .starts_at = kNow, .confirmation = "T-1", .created_at = kNow};
  ASSERT_TRUE(tours.insert(tour));
  tour.id = "t2";
  tour.confirmation = "T-2";
  tour.starts_at = kNow + 1h;
  ASSERT_TRUE(tours.insert(tour));
  EXPECT_EQ(tours.move("t1", kNow + 1h).error().code, "slot_taken");
  EXPECT_EQ(tours.find("t1").value()->starts_at, kNow);
  ASSERT_TRUE(tours.move("t1", kNow + 2h));
  ASSERT_TRUE(tours.move("t1", kNow + 2h)) << "where it is already";
  EXPECT_THAT(tours.taken("p1", kNow, kNow + 24h).value(), ElementsAre(kNow + 1h, kNow + 2h));
  ASSERT_TRUE(tours.cancel("t2"));
  ASSERT_TRUE(tours.cancel("t2"));
  EXPECT_EQ(tours.find("t2").value()->status, "cancelled");
  EXPECT_THAT(tours.taken("p1", kNow, kNow + 24h).value(), ElementsAre(kNow + 2h));
  EXPECT_EQ(tours.move("t2", kNow + 3h).error().kind, ErrorKind::not_found);
  EXPECT_EQ(tours.cancel("t9").error().kind, ErrorKind::not_found);
  EXPECT_THAT(ids(tours.list({.status = "scheduled"}, {}).value().items), ElementsAre("t1"));
  EXPECT_THAT(ids(tours.list({.lead_id = "l1", .property_id = "p1"}, {}).value().items), ElementsAre("t2", "t1"));
}

TEST_F(Crm, BooksOneAppointmentATime) {
  Appointments appointments(*db_, Owner::local());
  Appointment appointment{
      .id = "a1", .customer_id = "c1", .starts_at = kNow, .confirmation = "A-1", .created_at = kNow};
  ASSERT_TRUE(appointments.insert(appointment));
  appointment.id = "a2";
  appointment.confirmation = "A-2";
  EXPECT_EQ(appointments.insert(appointment).error().code, "slot_taken");
  appointment.starts_at = kNow + 1h;
  ASSERT_TRUE(appointments.insert(appointment));
  EXPECT_EQ(appointments.move("a2", kNow).error().code, "slot_taken");
  ASSERT_TRUE(appointments.cancel("a1"));
  ASSERT_TRUE(appointments.move("a2", kNow)) << "a cancelled one frees its time";
  EXPECT_THAT(appointments.taken(kNow, kNow + 24h).value(), ElementsAre(kNow));
  EXPECT_EQ(appointments.find_by_confirmation("A-2").value()->starts_at, kNow);
  EXPECT_THAT(ids(appointments.list({.customer_id = "c1", .status = "scheduled"}, {}).value().items),
              ElementsAre("a2"));
  appointment.id = "a3";
  appointment.confirmation = "A-3";
  appointment.customer_id = "nobody";
  EXPECT_EQ(appointments.insert(appointment).error().kind, ErrorKind::conflict);
  EXPECT_THAT(appointments.taken(kNow, kNow + 24h).value(), ElementsAre(kNow));
}

TEST_F(Crm, StoresACustomer) {
  Customers customers(*db_, Owner::local());
  auto customer = customers.find_by_phone("+2").value().value();
  customer.email = "bob@example.com";
  customer.date_of_birth = "1985-04-12";
  customer.postcode = "94105";
  ASSERT_TRUE(customers.update(customer));
  customer = customers.find("c1").value().value();
  EXPECT_EQ(customer.email, "bob@example.com");
  EXPECT_EQ(customer.date_of_birth, "1985-04-12");
  EXPECT_EQ(customer.postcode, "94105");
  EXPECT_EQ(customer.status, "active");
  EXPECT_THAT(ids(customers.list({}).value().items), ElementsAre("c1"));
  EXPECT_EQ(customers.find("c9").value(), std::nullopt);
}

TEST_F(Crm, BlocksACardOnce) {
  Cards cards(*db_, Owner::local());
  ASSERT_TRUE(
      cards.insert({.id = "k1", .customer_id = "c1", .last_four = "4242", .kind = "credit", .created_at = kNow}));
  EXPECT_EQ(cards.block("k1", "lost", kNow + 1s), true);
  EXPECT_EQ(cards.block("k1", "stolen", kNow + 2s), false);
  auto card = cards.find("k1").value().value();
  EXPECT_EQ(card.status, "blocked");
  EXPECT_EQ(card.block_reason, "lost") << "the first time and reason stay";
  EXPECT_EQ(card.blocked_at, kNow + 1s);
  EXPECT_EQ(cards.block("k9", "lost", kNow).error().kind, ErrorKind::not_found);
  EXPECT_THAT(ids(cards.list_for_customer("c1").value()), ElementsAre("k1"));
  EXPECT_EQ(cards.insert({.id = "k2", .customer_id = "nobody", .created_at = kNow}).error().kind, ErrorKind::conflict);
}

TEST_F(Crm, PromisesACallbackOnce) {
  Callbacks callbacks(*db_, Owner::local());
  const auto promise = [&](std::string id, std::string reason) {
    return callbacks.insert(
        {.id = std::move(id), .phone = "+1", .at = kNow + 1h, .reason = std::move(reason), .created_at = kNow});
  };
  ASSERT_TRUE(promise("b1", "loan"));
  EXPECT_EQ(promise("b2", "loan").error().code, "duplicate");
  EXPECT_TRUE(promise("b3", "card"));
  EXPECT_EQ(callbacks.find_scheduled("+1", kNow + 1h, "loan").value().value().id, "b1");
  EXPECT_FALSE(callbacks.find_scheduled("+1", kNow + 2h, "loan").value());
  EXPECT_FALSE(Callbacks(*db_, Owner("elsewhere")).find_scheduled("+1", kNow + 1h, "loan").value());
  ASSERT_TRUE(callbacks.set_status("b1", "done"));
  EXPECT_FALSE(callbacks.find_scheduled("+1", kNow + 1h, "loan").value());
  EXPECT_TRUE(promise("b4", "loan")) << "what is done may be promised again";
}

TEST_F(Crm, AJobFollowsItsCallback) {
  Callbacks callbacks(*db_, Owner::local());
  Jobs jobs(*db_, Owner::local());
  const auto jobs_at = [&] {
    std::vector<UtcTime> times;
    EXPECT_TRUE(db_->query("SELECT run_at FROM jobs WHERE kind = 'callback' AND payload LIKE '%\"b1\"%'", {},
                           [&](const sql::Row& row) -> Result<void> {
                             times.push_back(row.time(0));
                             return {};
                           }));
    return times;
  };
  Callback callback{.id = "b1", .phone = "+1", .at = kNow + 1h, .reason = "loan", .created_at = kNow};
  ASSERT_TRUE(callbacks.insert(callback));
  EXPECT_THAT(jobs_at(), ElementsAre(kNow + 1h));
  // Earlier programs named jobs by the time.
  ASSERT_TRUE(
      jobs.enqueue({.id = "job_b1_42", .kind = "callback", .payload = R"({"callback_id":"b1"})", .run_at = kNow}));
  ASSERT_TRUE(callbacks.insert({.id = "b2", .phone = "+1", .at = kNow + 5h, .created_at = kNow}));
  callback.at = kNow + 3h;
  ASSERT_TRUE(callbacks.update(callback));
  EXPECT_THAT(jobs_at(), ElementsAre(kNow + 3h)) << "moved, and nothing is left to fire before";
  EXPECT_TRUE(jobs.find("job_b2").value()) << "others stay";
  ASSERT_TRUE(db_->execute("UPDATE jobs SET status = 'running', attempts = 2 WHERE id = 'job_b1'"));
  callback.reason = "mortgage";
  ASSERT_TRUE(callbacks.update(callback));
  EXPECT_EQ(jobs.find("job_b1").value().value().attempts, 2) << "another reason is no other job";
  callback.status = "cancelled";
  ASSERT_TRUE(callbacks.update(callback));
  EXPECT_THAT(jobs_at(), ElementsAre());
  callback.status = "scheduled";
  ASSERT_TRUE(callbacks.update(callback));
  EXPECT_THAT(jobs_at(), ElementsAre(kNow + 3h));
  callback.id = "b9";
  EXPECT_EQ(callbacks.update(callback).error().kind, ErrorKind::not_found);
  EXPECT_FALSE(jobs.find("job_b9").value());
}

TEST_F(Crm, PromisesACallback) {
  Callbacks callbacks(*db_, Owner::local());
  ASSERT_TRUE(callbacks.insert(
      {.id = "b1", .phone = "+1", .at = kNow + 1h, .reason = "loan", .lead_id = "l1", .created_at = kNow}));
  ASSERT_TRUE(callbacks.set_status("b1", "done"));
  auto callback = callbacks.find("b1").value().value();
  EXPECT_EQ(callback.at, kNow + 1h);
  EXPECT_EQ(callback.status, "done");
  EXPECT_EQ(callback.lead_id, "l1");
  EXPECT_EQ(callbacks.set_status("b9", "done").error().kind, ErrorKind::not_found);
  EXPECT_EQ(callbacks.list({}).value().items.size(), 1U);
}

}  // namespace
}  // namespace offhook::store
