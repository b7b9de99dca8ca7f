#include "tools/lead_score.hpp"

#include <gtest/gtest.h>

#include "base/civil_time.hpp"

namespace offhook::tools {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::year_month_day kToday = 2026y / 3 / 2;

LeadFacts facts(std::string_view text) { return LeadFacts::read(parse_json_object(text).value()); }

const std::vector<store::Unit>& two_units() {
  static const std::vector<store::Unit> units = {
      {.id = "a", .bedrooms = 2, .rent_cents = 280'000, .pets_allowed = false},
      {.id = "b", .bedrooms = 2, .rent_cents = 310'000, .pets_allowed = true}};
  return units;
}

TEST(LeadScore, EachFactOfATenantHasItsPoints) {
  const struct {
    std::string_view facts;
    int points;
  } cases[] = {{"{}", 0},
               {R"({"budget":2800})", 30},
               {R"({"budget":2799})", 15},
               {R"({"budget":2520})", 15},
               {R"({"budget":2519})", 0},
               {R"({"move_in_date":"2026-02-01"})", 25},
               {R"({"move_in_date":"2026-04-01"})", 25},
               {R"({"move_in_date":"2026-04-02"})", 20},
               {R"({"move_in_date":"2026-05-01"})", 20},
               {R"({"move_in_date":"2026-05-02"})", 10},
               {R"({"move_in_date":"2026-05-31"})", 10},
               {R"({"move_in_date":"2026-06-01"})", 5},
               {R"({"employed":true})", 20},
               {R"({"employed":false})", 0},
               {R"({"bedrooms":2})", 10},
               {R"({"pets":false})", 5},
               {R"({"pets":true})", 5}};
  for (const auto& [text, points] : cases) {
    EXPECT_EQ(score_tenant(facts(text), two_units(), {}, kToday).points, points) << text;
  }
  const auto none_free = score_tenant(facts(R"({"budget":9000,"bedrooms":2,"pets":true})"), {}, {}, kToday);
  EXPECT_EQ(none_free.points, 0);
  EXPECT_EQ(score_tenant({}, {}, {.name = "Ann", .phone = "+1"}, kToday).points, 10);
}

TEST(LeadScore, EachFactOfABuyerHasItsPoints) {
  const struct {
    std::string_view facts;
    int points;
  } cases[] = {{"{}", 0},
               {R"({"location":"Pune"})", 15},
               {R"({"property_type":"flat"})", 10},
               {R"({"budget":8000000})", 20},
               {R"({"timeline":"2026-06-02"})", 20},
               {R"({"timeline":"within three months"})", 20},
               {R"({"timeline":"2026-06-03"})", 15},
               {R"({"timeline":"in 6 months"})", 10},
               {R"({"timeline":"in 26 weeks"})", 15},
               {R"({"timeline":"in a year"})", 10},
               {R"({"timeline":"in two years"})", 5},
               {R"({"timeline":"when my aunt sells"})", 5},
               {R"({"move_in_date":"2026-04-01"})", 20},
               {R"({"move_in_date":"2026-04-01","timeline":"in two years"})", 5},
               {R"({"financing":"own funds"})", 20},
               {R"({"financing":"approved loan"})", 20},
               {R"({"financing":"home loan"})", 15},
               {R"({"financing":"we will see"})", 5},
               {R"({"financing":"unknown"})", 5},
               {R"({"financing":"not approved"})", 5},
               {R"({"financing":"not yet approved"})", 5},
               {R"({"financing":"I don't own anything"})", 5},
               {R"({"financing":"the down payment is a problem"})", 5},
               {R"({"financing":"a premium plan"})", 5},
               {R"({"financing":"no loan, cash"})", 20},
               {R"({"financing":"no bank loan"})", 5},
               {R"({"financing":"pre-approved"})", 20},
               {R"({"financing":"by EMI"})", 15},
               {R"({"bedrooms":2})", 5},
               {R"({"employed":true,"pets":false})", 0}};
  for (const auto& [text, points] : cases) EXPECT_EQ(score_buyer(facts(text), {}, kToday).points, points) << text;
  constexpr std::string_view kAll =
      R"({"location":"Pune","property_type":"flat","budget":1,"timeline":"now","financing":"cash","bedrooms":2})";
  const auto all = score_buyer(facts(kAll), {.name = "Ann", .phone = "+1"}, kToday);
  EXPECT_EQ(all.points, 100);
  int sum = 0;
  for (const auto& part : all.parts) sum += static_cast<int>(part.value().as_int64());
  EXPECT_EQ(sum, all.points) << "the parts add up";
}

TEST(LeadScore, IsJudgedByThresholdsAndByWhatIsKnown) {
  const auto tenant = [](std::string_view text) {
    return score_tenant(facts(text), two_units(), {.name = "Ann", .phone = "+1"}, kToday).event;
  };
  EXPECT_EQ(tenant(R"({"budget":3000,"employed":true})"), LeadEvent::qualified);
  EXPECT_EQ(tenant(R"({"budget":2600,"employed":true,"bedrooms":2})"), LeadEvent::contacted);
  // 35 points, but nobody has asked about work yet.
  EXPECT_EQ(tenant(R"({"budget":100,"move_in_date":"2026-03-10"})"), LeadEvent::contacted);
  EXPECT_EQ(tenant(R"({"budget":100,"move_in_date":"2026-03-10","employed":false})"), LeadEvent::unqualified);
  EXPECT_EQ(tenant(R"({"budget":100,"move_in_date":"2026-03-10","employed":true})"), LeadEvent::contacted);
  const auto buyer = [](std::string_view text) { return score_buyer(facts(text), {}, kToday).event; };
  EXPECT_EQ(buyer(R"({"location":"Pune","budget":1,"timeline":"now","financing":"loan"})"), LeadEvent::qualified);
  EXPECT_EQ(buyer(R"({"budget":1,"timeline":"in five years","financing":"unclear"})"), LeadEvent::unqualified);
  EXPECT_EQ(buyer(R"({"timeline":"in five years","financing":"unclear"})"), LeadEvent::contacted);
}

TEST(LeadScore, ReadsWhenSomebodyWantsToBuy) {
  const struct {
    std::string_view words, date;
  } cases[] = {{"2026-06-01", "2026-06-01"},
               {" 2026-06-01 ", "2026-06-01"},
               {"now", "2026-03-02"},
               {"Right away", "2026-03-02"},
               {"within three months", "2026-06-02"},
               {"in 10 days", "2026-03-12"},
               {"in two weeks", "2026-03-16"},
               {"in a year or so", "2027-03-02"},
               {"next month", "2026-04-02"},
               {"next year", "2027-03-02"},
               {"this month", "2026-03-31"},
               {"some time this year", "2026-12-31"},
               {"by the end of the year", "2026-12-31"}};
  for (const auto& [words, date] : cases) {
    const auto read = read_timeline(words, kToday);
    ASSERT_TRUE(read) << words;
    EXPECT_EQ(to_text(*read), date) << words;
  }
  for (const char* words : {"", "soon", "three", "months", "in -3 months", "in 99999 years"}) {
    EXPECT_FALSE(read_timeline(words, kToday)) << words;
  }
  // The last day of a shorter month, and February 29th.
  EXPECT_EQ(to_text(read_timeline("in a month", 2026y / 1 / 31).value()), "2026-02-28");
  EXPECT_EQ(to_text(read_timeline("in a year", 2028y / 2 / 29).value()), "2029-02-28");
}

TEST(LeadScore, APlaceIsKeptWithoutWhatLeadsToIt) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"I'm looking in Pune, around Baner.", "Pune, around Baner"},
      {"Bangalore, Whitefield.", "Bangalore, Whitefield"},
      {"somewhere in Indore", "Indore"},
      {"near the airport", "near the airport"},
      {"in", "in"}};
  for (const auto& [words, place] : cases) EXPECT_EQ(tidy_place(words), place);
}

}  // namespace
}  // namespace offhook::tools
