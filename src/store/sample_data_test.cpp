#include "store/sample_data.hpp"

#include <gtest/gtest.h>

#include "store/customers.hpp"
#include "store/leads.hpp"
#include "store/properties.hpp"
#include "store/testing/database.hpp"

namespace offhook::store {
namespace {

using testing::kNow;

class SampleData : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(load_sample_data(*db_, kNow)); }
  std::unique_ptr<sql::Connection> db_ = testing::migrated_database();
};

TEST_F(SampleData, HasTheSunsetApartments) {
  auto property = Properties(*db_, Owner::local()).find_by_phone("+14155550100").value();
  ASSERT_TRUE(property);
  EXPECT_EQ(property->id, "prop_sunset");
  EXPECT_EQ(property->name, "Sunset Apartments");
  EXPECT_EQ(property->time_zone, "America/Los_Angeles");
  EXPECT_NE(property->office_hours.find(R"("sun":null)"), std::string::npos);
  Units units(*db_, Owner::local());
  EXPECT_EQ(units.search({.property_id = "prop_sunset"}).value().size(), 8U);
  for (std::int64_t bedrooms = 0; bedrooms <= 3; ++bedrooms) {
    EXPECT_FALSE(units.search({.property_id = "prop_sunset", .bedrooms = bedrooms}).value().empty()) << bedrooms;
  }
  EXPECT_FALSE(units.search({.needs_pets_allowed = true, .available_by = "2026-03-02"}).value().empty());
  EXPECT_LT(units.search({.available_by = "2026-03-02"}).value().size(), 8U) << "some are free only later";
}

TEST_F(SampleData, HasTheNumbersOfTheGuides) {
  auto customer = Customers(*db_, Owner::local()).find_by_phone("+1234567890").value();
  ASSERT_TRUE(customer);
  EXPECT_EQ(customer->date_of_birth, "1985-04-12");
  EXPECT_EQ(customer->postcode, "94105");
  auto cards = Cards(*db_, Owner::local()).list_for_customer(customer->id).value();
  ASSERT_EQ(cards.size(), 2U);
  for (const Card& card : cards) EXPECT_EQ(card.status, "active");
  EXPECT_EQ(Customers(*db_, Owner::local()).find("123").value()->name, "Maria Lopez");
  EXPECT_EQ(Leads(*db_, Owner::local()).find_by_phone("+15551234567").value()->source, "web");
  auto john = Leads(*db_, Owner::local()).find_by_phone("+919876543210").value();
  ASSERT_TRUE(john);
  EXPECT_EQ(john->name, "John Doe");
  EXPECT_NE(john->metadata.find(R"("region":"IN")"), std::string::npos);
}

TEST_F(SampleData, LeavesAloneWhatIsThere) {
  auto john = Leads(*db_, Owner::local()).find("lead_john").value().value();
  john.status = "qualified";
  ASSERT_TRUE(Leads(*db_, Owner::local()).update(john));
  ASSERT_TRUE(load_sample_data(*db_, kNow + std::chrono::days(1)));
  EXPECT_EQ(Leads(*db_, Owner::local()).find("lead_john").value()->status, "qualified");
  EXPECT_EQ(Leads(*db_, Owner::local()).list({}, {}).value().items.size(), 2U);
  EXPECT_EQ(Units(*db_, Owner::local()).list("", {}).value().items.size(), 8U);
}

}  // namespace
}  // namespace offhook::store
