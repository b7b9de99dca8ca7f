#include "brain/schema/tracker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace offhook::brain::schema {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

json::object text(std::string_view description) { return {{"type", "string"}, {"description", description}}; }

std::vector<ToolSchema> restaurant_tools() {
  const std::vector<llm::ToolSpec> specs{
      {.name = "find_restaurants",
       .description = "Find a restaurant of a kind of food in a city",
       .parameters = json::object{{"type", "object"},
                                  {"properties",
                                   {{"city", text("City of the restaurant")},
                                    {"cuisine", {{"type", "string"}, {"enum", {"Italian", "Thai", "Mexican"}}}},
                                    {"has_garden", {{"type", "boolean"}, {"description", "Can one sit in a garden"}}}}},
                                  {"required", {"city"}}}},
      {.name = "reserve_table",
       .description = "Make a reservation at a restaurant",
       .parameters = json::object{{"type", "object"},
                                  {"properties",
                                   {{"restaurant_name", text("Name of the restaurant")},
                                    {"date", text("Day of the reservation")},
                                    {"time", text("Hour of the reservation")},
                                    {"party_size", {{"type", "integer"}, {"description", "How many people come"}}}}},
                                  {"required", {"restaurant_name", "date", "time", "party_size"}}}}};
  return read_tools(specs);
}

class Trackers : public testing::Test {
 protected:
  std::string active() const { return tracker_.active() ? tools_[*tracker_.active()].name : "none"; }
  Values values() const { return tracker_.arguments(tools_[*tracker_.active()]); }
  std::vector<ToolSchema> tools_ = restaurant_tools();
  // Monday.
  Tracker tracker_{tools_, {.moment = {.today = 2026y / 3 / 2}}};
};

TEST_F(Trackers, ATurnChoosesItsToolAndFillsWhatItNames) {
  tracker_.hear("I'm looking for a Thai place in San Jose");
  EXPECT_EQ(active(), "find_restaurants");
  EXPECT_THAT(values(), UnorderedElementsAre(Pair("city", "San Jose"), Pair("cuisine", "Thai")));
}

TEST_F(Trackers, AnAnswerMayBeTheValueAlone) {
  tracker_.hear("I want to find a restaurant");
  tracker_.speak("In which city?");
  tracker_.hear("berkeley please");
  EXPECT_THAT(values(), Contains(Pair("city", "berkeley")));
}

TEST_F(Trackers, AnOfferedToolIsTakenWithAYesAndTheOfferedName) {
  tracker_.hear("find me an Italian restaurant in Oakland");
  tracker_.speak("How about Casa Bella? It is a nice Italian restaurant in Oakland.");
  tracker_.hear("that sounds good");
  tracker_.speak("Shall I reserve a table for you?");
  tracker_.hear("yes, for 4 people on Friday at 7 pm");
  EXPECT_EQ(active(), "reserve_table");
  EXPECT_THAT(values(), UnorderedElementsAre(Pair("restaurant_name", "Casa Bella"), Pair("date", "2026-03-06"),
                                             Pair("time", "19:00"), Pair("party_size", "4")));
  EXPECT_THAT(tracker_.missing(tools_[1]), IsEmpty());
}

TEST_F(Trackers, ACorrectionReplacesWhatWasSaid) {
  tracker_.hear("reserve a table at Casa Bella for 2 people on Friday at 7 pm");
  tracker_.speak("Please confirm: Casa Bella on Friday, March 6 at 7 pm.");
  tracker_.hear("no, Saturday");
  EXPECT_THAT(values(), Contains(Pair("date", "2026-03-07")));
  EXPECT_THAT(values(), Contains(Pair("time", "19:00")));
}

TEST_F(Trackers, AQuestionAboutAnOfferChangesNothing) {
  tracker_.hear("find me an Italian restaurant in Oakland");
  tracker_.speak("How about Casa Bella?");
  tracker_.hear("does it have a garden?");
  EXPECT_EQ(active(), "find_restaurants");
  EXPECT_THAT(values(), Not(Contains(Pair("has_garden", testing::_))));
}

TEST_F(Trackers, AToolsResultFillsArgumentsOfTheSameName) {
  tracker_.hear("find me an Italian restaurant in Oakland");
  tracker_.result(parse_json(R"({"results":[{"restaurant_name":"Da Mario","city":"Oakland"}]})").value());
  tracker_.speak("I found Da Mario.");
  tracker_.hear("please make a reservation there");
  EXPECT_EQ(active(), "reserve_table");
  EXPECT_THAT(values(), Contains(Pair("restaurant_name", "Da Mario")));
}

TEST_F(Trackers, WhoWantsNothingElseIsDone) {
  tracker_.hear("find me an Italian restaurant in Oakland");
  tracker_.speak("How about Casa Bella? Is there anything else I can do for you?");
  tracker_.hear("no, that's all, thanks");
  EXPECT_EQ(active(), "none");
}

TEST(Schemas, KindsComeFromTypesNamesAndDescriptions) {
  const auto tools = restaurant_tools();
  EXPECT_EQ(tools[0].argument("city")->kind, ValueKind::place);
  EXPECT_EQ(tools[0].argument("cuisine")->kind, ValueKind::choice);
  EXPECT_EQ(tools[0].argument("has_garden")->kind, ValueKind::flag);
  EXPECT_EQ(tools[1].argument("restaurant_name")->kind, ValueKind::name);
  EXPECT_EQ(tools[1].argument("date")->kind, ValueKind::date);
  EXPECT_EQ(tools[1].argument("party_size")->kind, ValueKind::number);
  EXPECT_FALSE(tools[0].has_effect);
  EXPECT_TRUE(tools[1].has_effect);
}

}  // namespace
}  // namespace offhook::brain::schema
