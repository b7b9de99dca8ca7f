#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/time_text.hpp"
#include "store/leads.hpp"
#include "store/properties.hpp"
#include "store/tours.hpp"
#include "tools/leasing.hpp"
#include "tools/testing/tool_world.hpp"

namespace offhook::tools {
namespace {

using testing::ToolWorld;

store::Lead lead_of(ToolWorld& world, std::string phone) {
  return world
      .in_database(
          [phone](sql::Connection& db) { return store::Leads(db, store::Owner::local()).find_by_phone(phone); })
      .value_or(store::Lead{.id = "none"});
}

/// The lead's history as "kind: text", oldest first.
std::vector<std::string> history(ToolWorld& world, std::string lead_id) {
  auto page = world.in_database(
      [lead_id](sql::Connection& db) { return store::Activities(db, store::Owner::local()).list(lead_id, {}); });
  std::vector<std::string> texts;
  for (const auto& activity : page.items) texts.insert(texts.begin(), activity.kind + ": " + activity.text);
  return texts;
}

std::vector<std::string> labels(const json::value& units) {
  std::vector<std::string> texts;
  for (const auto& unit : units.as_array()) texts.push_back(to_std_string(unit.at("label")));
  return texts;
}

TEST(CheckAvailability, FindsAndSaysWhatFits) {
  ToolWorld world;
  const struct {
    std::string_view arguments;
    std::vector<std::string> units;
    std::string_view speakable;
  } cases[] = {
      {R"({"bedrooms":2,"move_in_date":"2026-03-15"})",
       {"302", "306"},
       "We have two two-bedroom apartments: unit 302 at 2,850 dollars, available now, and unit 306 at 3,250 dollars, "
       "available March 7th."},
      {R"({"bedrooms":"2","max_rent":"$2,900"})",
       {"302"},
       "We have one two-bedroom apartment up to 2,900 dollars: unit 302 at 2,850 dollars, available now."},
      {R"({"bedrooms":0,"pets":true})",
       {"104"},
       "We have one studio apartment that takes pets: unit 104 at 1,950 dollars, available March 23rd."},
      {R"({"max_rent":2000,"move_in_date":"2026-03-05"})",
       {"101"},
       "We have one apartment up to 2,000 dollars: unit 101, a studio, at 1,850 dollars, available now."},
      {"{}",
       {"101", "104", "203", "207", "302", "305", "306", "401"},
       "We have eight apartments. The least expensive are unit 101, a studio, at 1,850 dollars, available now, unit "
       "104, "
       "a studio, at 1,950 dollars, available March 23rd, and unit 203, a one-bedroom, at 2,350 dollars, available "
       "now."}};
  for (const auto& [arguments, units, speakable] : cases) {
    const auto result = world.call("check_availability", arguments);
    EXPECT_TRUE(result.ok) << arguments;
    EXPECT_EQ(labels(result.data.at("units")), units) << arguments;
    EXPECT_EQ(result.speakable, speakable) << arguments;
  }
}

TEST(CheckAvailability, AUnitHasTheFieldsOfTheContract) {
  ToolWorld world;
  const auto result = world.call("check_availability", R"({"bedrooms":3})");
  EXPECT_EQ(result.data.at("units").at(0), (json::object{{"id", "unit_401"},
                                                         {"label", "401"},
                                                         {"bedrooms", 3},
                                                         {"rent", 3900},
                                                         {"available_from", "2026-03-16"},
                                                         {"pets_allowed", true}}));
}

TEST(CheckAvailability, OffersTheNearestWhenNothingFits) {
  ToolWorld world;
  const struct {
    std::string_view arguments;
    std::string_view first;
    std::string_view speakable;
  } cases[] = {{R"({"bedrooms":2,"max_rent":2000})", "302",
                "I don't have a two-bedroom apartment up to 2,000 dollars free for that right now. The closest I have "
                "is unit 302, "
                "a two-bedroom, at 2,850 dollars, available now."},
               {R"({"bedrooms":3,"move_in_date":"2026-03-05"})", "401",
                "I don't have a three-bedroom apartment free for that right now. The closest I have is unit 401, a "
                "three-bedroom, "
                "at 3,900 dollars, available March 16th."},
               {R"({"bedrooms":4})", "401",
                "I don't have a four-bedroom apartment free for that right now. The closest I have is unit 401, a "
                "three-bedroom, "
                "at 3,900 dollars, available March 16th."}};
  for (const auto& [arguments, first, speakable] : cases) {
    const auto result = world.call("check_availability", arguments);
    EXPECT_TRUE(result.ok);
    EXPECT_TRUE(result.data.at("units").as_array().empty());
    EXPECT_EQ(labels(result.data.at("alternatives")).front(), first) << arguments;
    EXPECT_EQ(result.speakable, speakable);
  }
}

TEST(CheckAvailability, KnowsPropertiesByIdAndName) {
  ToolWorld world;
  EXPECT_TRUE(world.call("check_availability", R"({"property_id":"prop_sunset"})").ok);
  EXPECT_TRUE(world.call("check_availability", R"({"property_id":"sunset apartments"})").ok);
  const auto unknown = world.call("check_availability", R"({"property_id":"prop_moon"})");
  EXPECT_FALSE(unknown.ok);
  EXPECT_EQ(unknown.data.at("error"), "unknown_property");
  EXPECT_EQ(world.call("check_availability", R"({"move_in_date":"soon"})").data.at("field"), "move_in_date");
}

TEST(ScheduleTour, BooksInThePropertysZoneAndCreatesTheLead) {
  ToolWorld world;
  world.context.caller_phone = "+14155550101";
  world.context.call_id = "call-1";
  world.context.time_zone = TimeZone::utc();  // the property's own zone counts
  const auto result = world.call("schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Ann Lee"})");
  ASSERT_TRUE(result.ok) << result.speakable;
  const auto confirmation = to_std_string(result.data.at("confirmation"));
  EXPECT_TRUE(confirmation.starts_with("ST-"));
  EXPECT_EQ(result.speakable,
            "You're booked for a tour of Sunset Apartments on Saturday, March 7th at 2 pm. "
            "Your confirmation code is " +
                confirmation + ".");
  EXPECT_EQ(result.data.at("starts_at"), "2026-03-07T22:00:00.000Z");

  const auto lead = lead_of(world, "+14155550101");
  EXPECT_EQ(result.data.at("lead_id"), lead.id.c_str());
  EXPECT_EQ(lead.name, "Ann Lee");
  EXPECT_EQ(lead.source, "phone");
  EXPECT_EQ(lead.status, "tour_scheduled");
  EXPECT_EQ(
      history(world, lead.id),
      std::vector{"tour_scheduled: Tour of Sunset Apartments on 2026-03-07 at 14:00, confirmation " + confirmation});
  const auto tour = world.in_database([confirmation](sql::Connection& db) {
    return store::Tours(db, store::Owner::local()).find_by_confirmation(confirmation);
  });
  EXPECT_EQ(tour.value().id, to_std_string(result.data.at("tour_id")));
}

TEST(ScheduleTour, AfterTheClocksChangeTwoIsStillTwo) {
  ToolWorld world;
  world.context.caller_phone = "+14155550101";
  const auto result = world.call("schedule_tour", R"({"date":"2026-03-14","time":"14:00","name":"Ann"})");
  EXPECT_EQ(result.data.at("starts_at"), "2026-03-14T21:00:00.000Z");
}

TEST(ScheduleTour, RefusesWithAReasonAndAlternatives) {
  ToolWorld world;
  world.context.caller_phone = "+14155550101";
  const struct {
    const char *arguments, *error;
    bool offers;
  } cases[] = {
      {R"({"date":"2026-03-08","time":"14:00","name":"Ann"})", "outside_office_hours", true},
      {R"({"date":"2026-03-07","time":"16:00","name":"Ann"})", "outside_office_hours", true},
      {R"({"date":"2026-03-07","time":"14:10","name":"Ann"})", "no_such_slot", true},
      {R"({"date":"2026-03-02","time":"09:30","name":"Ann"})", "in_the_past", true},
      {R"({"date":"March 7","time":"14:00","name":"Ann"})", "invalid_argument", false},
      {R"({"date":"2026-03-07","time":"2 pm","name":"Ann"})", "invalid_argument", false},
      {R"({"date":"2026-02-30","time":"14:00","name":"Ann"})", "invalid_argument", false},
      {R"({"date":"2026-03-07","time":"14:00","name":"Ann","property_id":"prop_moon"})", "unknown_property", false},
      {R"({"date":"2026-03-07","time":"14:00","name":"Ann","unit_id":"999"})", "unknown_unit", false}};
  for (const auto& [arguments, error, offers] : cases) {
    const auto result = world.call("schedule_tour", arguments);
    EXPECT_FALSE(result.ok) << arguments;
    EXPECT_EQ(result.data.at("error"), error) << arguments;
    EXPECT_EQ(result.data.contains("alternatives"), offers) << arguments;
  }
  EXPECT_EQ(lead_of(world, "+14155550101").id, "none");
}

TEST(ScheduleTour, NeedsANumberToCallBack) {
  ToolWorld world;
  for (const char* phone : {"", R"(,"phone":"my number")", R"(,"phone":"911")"}) {
    const auto result =
        world.call("schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Ann")" + std::string(phone) + "}");
    EXPECT_EQ(result.data.at("error"), "phone_required") << phone;
  }
  const auto result = world.call(
      "schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Ann","phone":"(415) 555-0199","unit_id":"302"})");
  ASSERT_TRUE(result.ok);
  EXPECT_EQ(lead_of(world, "+14155550199").id, to_std_string(result.data.at("lead_id")));
}

TEST(ScheduleTour, OneSlotIsNeverBookedTwice) {
  ToolWorld world;
  constexpr std::string_view kArguments = R"({"date":"2026-03-07","time":"14:00","name":"Ann"})";
  world.context.caller_phone = "+14155550101";
  const auto first = world.call("schedule_tour", kArguments);
  ASSERT_TRUE(first.ok);
  world.context.caller_phone = "+14155550102";
  const auto second = world.call("schedule_tour", kArguments);
  EXPECT_EQ(second.data.at("error"), "slot_taken");
  EXPECT_EQ(second.speakable,
            "That time is already taken. I could offer Saturday, March 7th at 1 pm, 1:30 pm, or 2:30 pm.");
  EXPECT_EQ(second.data.at("alternatives").at(1).at("time"), "13:30");
  EXPECT_EQ(lead_of(world, "+14155550102").id, "none");
  // The one who has it asks again: the same tour, not another.
  world.context.caller_phone = "+14155550101";
  EXPECT_EQ(world.call("schedule_tour", kArguments).data, first.data);
}

std::vector<store::Tour> open_tours(ToolWorld& world, std::string_view phone) {
  const auto lead = lead_of(world, std::string(phone));
  auto tours = world.in_database([&](sql::Connection& db) {
    return store::Tours(db, store::Owner::local()).list({.lead_id = lead.id, .status = "scheduled"}, {});
  });
  std::ranges::sort(tours.items, {}, &store::Tour::starts_at);
  return tours.items;
}

TEST(ScheduleTour, AnotherTimeForTheSameThingMovesTheTour) {
  ToolWorld world;
  world.context.caller_phone = "+14155550101";
  const auto first = world.call("schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Ann"})");
  ASSERT_TRUE(first.ok);
  const auto second =
      world.call("schedule_tour", R"({"date":"2026-03-10","time":"11:30","name":"Ann","unit_id":"302"})");
  ASSERT_TRUE(second.ok) << second.speakable;
  EXPECT_EQ(second.speakable,
            "I've moved your tour of Sunset Apartments from Saturday, March 7th at 2 pm to Tuesday, "
            "March 10th at 11:30 am. Your confirmation code is still " +
                to_std_string(first.data.at("confirmation")) + ".");
  EXPECT_EQ(second.data.at("tour_id"), first.data.at("tour_id"));
  EXPECT_EQ(second.data.at("moved_from"), first.data.at("starts_at"));
  auto tours = open_tours(world, "+14155550101");
  ASSERT_EQ(tours.size(), 1U);
  EXPECT_EQ(tours[0].starts_at, parse_rfc3339("2026-03-10T18:30:00Z"));
  EXPECT_FALSE(tours[0].unit_id.empty());
  // The same again is done already; the old time is free for others, the new one is not.
  EXPECT_THAT(world.call("schedule_tour", R"({"date":"2026-03-10","time":"11:30","name":"Ann"})").speakable,
              ::testing::StartsWith("You're already booked"));
  world.context.caller_phone = "+14155550102";
  EXPECT_EQ(world.call("schedule_tour", R"({"date":"2026-03-10","time":"11:30","name":"Bo"})").data.at("error"),
            "slot_taken");
  EXPECT_TRUE(world.call("schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Bo"})").ok);
  // A time that cannot be had leaves the tour where it is.
  const auto refused = world.call("schedule_tour", R"({"date":"2026-03-10","time":"11:30","name":"Bo"})");
  EXPECT_EQ(refused.data.at("error"), "slot_taken");
  EXPECT_EQ(open_tours(world, "+14155550102").at(0).starts_at, parse_rfc3339("2026-03-07T22:00:00Z"));
}

TEST(ScheduleTour, DifferentApartmentsAndToursThatAreOverStandBesideEachOther) {
  ToolWorld world;
  world.context.caller_phone = "+14155550101";
  ASSERT_TRUE(world.call("schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Ann","unit_id":"302"})").ok);
  ASSERT_TRUE(world.call("schedule_tour", R"({"date":"2026-03-07","time":"14:30","name":"Ann","unit_id":"207"})").ok);
  EXPECT_EQ(open_tours(world, "+14155550101").size(), 2U);
  // Of two, the one of that apartment moves.
  ASSERT_TRUE(world.call("schedule_tour", R"({"date":"2026-03-09","time":"10:00","name":"Ann","unit_id":"207"})").ok);
  auto tours = open_tours(world, "+14155550101");
  ASSERT_EQ(tours.size(), 2U);
  EXPECT_EQ(tours[0].starts_at, parse_rfc3339("2026-03-07T22:00:00Z"));
  EXPECT_EQ(tours[1].starts_at, parse_rfc3339("2026-03-09T17:00:00Z"));
  // What is past is no tour to move.
  world.clock.advance_to(world.clock.now() + std::chrono::days(14));
  ASSERT_TRUE(world.call("schedule_tour", R"({"date":"2026-03-20","time":"10:00","name":"Ann","unit_id":"207"})").ok);
  EXPECT_EQ(open_tours(world, "+14155550101").size(), 3U);
}

TEST(ScheduleTour, AKnownLeadKeepsWhatIsKnown) {
  ToolWorld world;
  world.context.caller_phone = "+15551234567";
  const auto result = world.call(
      "schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Somebody Else","email":"new@example.com"})");
  ASSERT_TRUE(result.ok);
  const auto lead = lead_of(world, "+15551234567");
  EXPECT_EQ(lead.id, "lead_web");
  EXPECT_EQ(lead.name, "Sam Taylor");
  EXPECT_EQ(lead.source, "web");
}

TEST(QualifyLead, ScoresByThePublishedRules) {
  ToolWorld world;
  // Of the points, 10 are for a name and a number; sample two-bedrooms start at 2,850 dollars.
  const struct {
    const char* facts;
    int score;
    const char* status;
  } cases[] = {{R"({"name":"A"})", 10, "contacted"},
               {R"({"name":"A","budget":3000,"bedrooms":2})", 50, "contacted"},
               {R"({"name":"A","budget":2600,"bedrooms":2})", 35, "contacted"},
               {R"({"name":"A","budget":2500,"bedrooms":2})", 20, "contacted"},
               {R"({"name":"A","budget":3000,"bedrooms":2,"move_in_date":"2026-03-20"})", 75, "qualified"},
               {R"({"name":"A","budget":3000,"bedrooms":2,"move_in_date":"2026-04-20"})", 70, "qualified"},
               {R"({"name":"A","budget":3000,"bedrooms":2,"move_in_date":"2026-05-20"})", 60, "qualified"},
               {R"({"name":"A","budget":3000,"bedrooms":2,"move_in_date":"2026-09-01"})", 55, "contacted"},
               {R"({"name":"A","employed":true,"pets":false})", 35, "contacted"},
               {R"({"name":"A","employed":false,"pets":true,"bedrooms":9})", 10, "contacted"},
               {R"({"name":"A","budget":3000,"bedrooms":2,"move_in_date":"2026-03-20","employed":true,"pets":true})",
                100, "qualified"}};
  int caller = 0;
  for (const auto& [facts, score, status] : cases) {
    world.context.caller_phone = "+1415555020" + std::to_string(caller++);
    const auto result = world.call("qualify_lead", facts);
    ASSERT_TRUE(result.ok) << facts;
    EXPECT_EQ(result.data.at("score"), score) << facts;
    EXPECT_EQ(result.data.at("status"), status) << facts;
    const auto lead = lead_of(world, world.context.caller_phone);
    EXPECT_EQ(result.data.at("lead_id"), lead.id.c_str());
    EXPECT_EQ(lead.score, score);
    EXPECT_EQ(lead.status, status);
    EXPECT_EQ(history(world, lead.id).size(), 1u);
  }
}

TEST(QualifyLead, FactsOfSeveralCallsAddUp) {
  ToolWorld world;
  world.context.caller_phone = "+919876543210";
  world.context.region = "IN";
  EXPECT_EQ(world.call("qualify_lead", R"({"budget":3000,"bedrooms":2})").data.at("score"), 50);
  const auto second = world.call("qualify_lead", R"({"phone":"98765 43210","move_in_date":"2026-03-20"})");
  EXPECT_EQ(second.data.at("lead_id"), "lead_john");
  EXPECT_EQ(second.data.at("score"), 75);
  const auto metadata = parse_json(lead_of(world, "+919876543210").metadata).value();
  EXPECT_EQ(metadata.at("region"), "IN");
  EXPECT_EQ(metadata.at("qualification").at("bedrooms"), 2);
}

TEST(QualifyLead, AStatusNeverGoesBack) {
  ToolWorld world;
  world.context.caller_phone = "+14155550101";
  ASSERT_TRUE(world.call("schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Ann"})").ok);
  EXPECT_EQ(
      world.call("qualify_lead", R"({"budget":9000,"move_in_date":"2026-03-07","employed":true})").data.at("status"),
      "tour_scheduled");
}

TEST(QualifyLead, ABuyersAnswersReachTheLead) {
  ToolWorld world;
  world.context.property_id.clear();
  world.context.region = "IN";
  world.context.caller_phone = "+919876543210";
  const auto result = world.call("qualify_lead", R"({"name":"John Doe","location":"I'm looking in Pune, around Baner.",
    "property_type":"flat","budget":8000000,"bedrooms":2,"timeline":"within three months","financing":"loan"})");
  ASSERT_TRUE(result.ok) << result.speakable;
  EXPECT_EQ(result.data.at("score"), 95);
  EXPECT_EQ(result.data.at("status"), "qualified");
  EXPECT_EQ(result.data.at("points").at("location"), 15);
  const auto metadata = parse_json(lead_of(world, "+919876543210").metadata).value();
  EXPECT_EQ(metadata.at("qualification"), (json::object{{"budget", 8000000},
                                                        {"bedrooms", 2},
                                                        {"location", "Pune, around Baner"},
                                                        {"property_type", "flat"},
                                                        {"timeline", "within three months"},
                                                        {"financing", "loan"}}));
}

TEST(QualifyLead, NewFactsBringAnUnqualifiedLeadBackAndThatIsRecorded) {
  ToolWorld world;
  world.context.caller_phone = "+14155550101";
  constexpr std::string_view kPoor = R"({"budget":500,"move_in_date":"2026-03-20","employed":false})";
  EXPECT_EQ(world.call("qualify_lead", kPoor).data.at("status"), "unqualified");
  EXPECT_EQ(world.call("qualify_lead", R"({"pets":false})").data.at("status"), "unqualified");
  const auto better = world.call("qualify_lead", R"({"budget":5000,"employed":true})");
  EXPECT_EQ(better.data.at("status"), "qualified");
  const auto lead_id = to_std_string(better.data.at("lead_id"));
  const auto changed = [&] {
    std::vector<std::string> texts;
    for (auto& text : history(world, lead_id)) {
      if (text.starts_with("status_changed")) texts.push_back(std::move(text));
    }
    return texts;
  };
  EXPECT_EQ(changed(), std::vector<std::string>{"status_changed: From unqualified to qualified"});
  // Facts that take points away lead nobody back.
  const auto poor = world.call("qualify_lead", kPoor);
  EXPECT_EQ(poor.data.at("status"), "qualified");
  EXPECT_LT(poor.data.at("score").as_int64(), 40);
  EXPECT_EQ(changed().size(), 1U);
}

TEST(ScheduleTour, ATourBringsAnUnqualifiedLeadBackToo) {
  ToolWorld world;
  world.context.caller_phone = "+14155550101";
  world.call("qualify_lead", R"({"budget":500,"move_in_date":"2026-03-20","employed":false})");
  const auto tour = world.call("schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Ann"})");
  const auto texts = history(world, to_std_string(tour.data.at("lead_id")));
  EXPECT_EQ(lead_of(world, "+14155550101").status, "tour_scheduled");
  EXPECT_NE(std::ranges::find(texts, "status_changed: From unqualified to tour_scheduled"), texts.end());
}

TEST(ScheduleTour, KeepsTheEmailAsItIsWrittenAndRefusesWhatIsNone) {
  ToolWorld world;
  world.context.caller_phone = "+14155550101";
  constexpr std::string_view kTour = R"({"date":"2026-03-07","time":"14:00","name":"Ann","email":)";
  const auto refused = world.call("schedule_tour", std::string(kTour) + R"("ann at home"})");
  EXPECT_EQ(refused.data.at("field"), "email");
  EXPECT_EQ(lead_of(world, "+14155550101").id, "none") << "nothing was written";
  ASSERT_TRUE(world.call("schedule_tour", std::string(kTour) + R"("Ann dot Lee at example dot com"})").ok);
  EXPECT_EQ(lead_of(world, "+14155550101").email, "ann.lee@example.com");
}

TEST(CheckAvailability, ReadsTheKindOfUnit) {
  ToolWorld world;
  const std::pair<const char*, std::vector<std::string>> cases[] = {
      {"studio", {"101", "104"}}, {"Two-bedroom apartment", {"302", "305", "306"}}, {"3 BR", {"401"}}};
  for (const auto& [type, units] : cases) {
    const auto result = world.call("check_availability", json::serialize(json::object{{"unit_type", type}}));
    EXPECT_EQ(labels(result.data.at("units")), units) << type;
  }
  EXPECT_EQ(world.call("check_availability", R"({"unit_type":"castle"})").data.at("field"), "unit_type");
  const auto both = world.call("check_availability", R"({"unit_type":"castle","bedrooms":3})");
  EXPECT_EQ(labels(both.data.at("units")), std::vector<std::string>{"401"}) << "the number counts";
}

TEST(QualifyLead, NeedsANumberAndADateItCanRead) {
  ToolWorld world;
  EXPECT_EQ(world.call("qualify_lead", R"({"budget":3000})").data.at("error"), "phone_required");
  world.context.caller_phone = "+14155550101";
  EXPECT_EQ(world.call("qualify_lead", R"({"move_in_date":"next month"})").data.at("field"), "move_in_date");
}

TEST(TransferToHuman, IsNotedWhenTheCallerIsALead) {
  ToolWorld world;
  const auto stranger = world.call("transfer_to_human", R"({"reason":"wants a person"})");
  EXPECT_TRUE(stranger.ok);
  EXPECT_EQ(stranger.data, (json::object{{"transfer", true}, {"reason", "wants a person"}}));
  world.context.caller_phone = "+15551234567";
  EXPECT_TRUE(world.call("transfer_to_human", R"({"reason":"wants a person"})").ok);
  EXPECT_EQ(history(world, "lead_web"), std::vector<std::string>{"transfer_requested: wants a person"});
}

TEST(LeasingTools, OfSeveralPropertiesOneMustBeNamed) {
  ToolWorld world;
  world.in_database([now = world.clock.utc_now()](sql::Connection& db) {
    return store::Properties(db, store::Owner::local())
        .insert({.id = "prop_hill", .name = "Hill House", .time_zone = "UTC", .created_at = now});
  });
  world.context.property_id.clear();
  world.context.caller_phone = "+14155550101";
  constexpr std::string_view kTour = R"({"date":"2026-03-06","time":"14:00","name":"Ann")";
  EXPECT_EQ(world.call("schedule_tour", std::string(kTour) + "}").data.at("error"), "property_required");
  const auto there = world.call("schedule_tour", std::string(kTour) + R"(,"property_id":"Hill House"})");
  EXPECT_EQ(there.data.at("property_id"), "prop_hill");
  EXPECT_EQ(there.data.at("starts_at"), "2026-03-06T14:00:00.000Z");
}

}  // namespace
}  // namespace offhook::tools
