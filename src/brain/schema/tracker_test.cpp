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

// A conversation with other people's tools: what a turn of the caller leaves the call at.
struct Play {
  std::vector<ToolSchema> tools;
  Tracker tracker{tools, {.moment = {.today = 2026y / 3 / 2}}};
  explicit Play(const std::vector<llm::ToolSpec>& specs) : tools(read_tools(specs)) {}

  std::pair<std::string, Values> hear(std::string_view line) {
    tracker.hear(line);
    if (!tracker.active()) return {"none", {}};
    const auto& tool = tools[*tracker.active()];
    return {tool.name, tracker.arguments(tool)};
  }
};

llm::ToolSpec tool(std::string name, std::string description, std::string_view properties, std::string_view required) {
  const std::string schema =
      R"({"type":"object","properties":)" + std::string(properties) + R"(,"required":)" + std::string(required) + "}";
  return {
      .name = std::move(name), .description = std::move(description), .parameters = parse_json_object(schema).value()};
}

TEST(OtherPeoplesTools, OriginAndDestinationLeavingAndReturning) {
  constexpr std::string_view kOneway = R"({"origin_city":{"type":"string","description":"City it leaves from"},
    "destination_city":{"type":"string","description":"City it goes to"},"departure_date":{"type":"string"}})";
  constexpr std::string_view kReturn = R"({"origin_city":{"type":"string","description":"City it leaves from"},
    "destination_city":{"type":"string","description":"City it goes to"},"departure_date":{"type":"string"},
    "return_date":{"type":"string"}})";
  constexpr std::string_view kRequired = R"(["origin_city","destination_city","departure_date"])";
  Play play({tool("SearchOnewayFlight", "Search for one-way flights", kOneway, kRequired),
             tool("SearchRoundtripFlights", "Search for roundtrip flights", kReturn, kRequired)});
  EXPECT_EQ(play.hear("help me find a round trip flight from Chicago to New York").first, "SearchRoundtripFlights");
  play.tracker.speak("When do you want to leave and return?");
  EXPECT_THAT(play.hear("I leave on March 5th and come back on the 12th").second,
              UnorderedElementsAre(Pair("origin_city", "Chicago"), Pair("destination_city", "New York"),
                                   Pair("departure_date", "2026-03-05"), Pair("return_date", "2026-03-12")));
}

TEST(OtherPeoplesTools, AValueIsKnownUnderAnotherNameOfTheSameDescription) {
  constexpr std::string_view kSearch =
      R"({"destination":{"type":"string","description":"Town in which the hotel is"}})";
  constexpr std::string_view kReserve = R"({"place_name":{"type":"string","description":"Name of the hotel"},
    "location":{"type":"string","description":"Town in which the hotel is"},
    "rooms":{"type":"string","enum":["1","2","3"],"description":"Number of rooms"}})";
  Play play({tool("SearchHotel", "Find a hotel", kSearch, R"(["destination"])"),
             tool("ReserveHotel", "Reserve rooms in a hotel", kReserve, R"(["place_name","location"])")});
  play.hear("I need to find a hotel in San Diego");
  play.tracker.speak("There is the Comfort Inn Gaslamp.");
  const auto [name, values] = play.hear("perfect, I'd like to reserve two rooms there");
  EXPECT_EQ(name, "ReserveHotel");
  EXPECT_THAT(values, UnorderedElementsAre(Pair("place_name", "Comfort Inn Gaslamp"), Pair("location", "San Diego"),
                                           Pair("rooms", "2")));
}

TEST(OtherPeoplesTools, AWordIsNoCode) {
  for (const auto& [said, code] : {std::pair{"I don't have it", ""}, {"it's A B 1 2 3", "AB123"}, {"4 7 A", "47A"}}) {
    Play play({tool("find_order", "Look up where an order is",
                    R"({"order_id":{"type":"string","description":"The number of the order"}})", R"(["order_id"])")});
    play.hear("where is my order");
    play.tracker.speak("Could you tell me the number of the order?");
    const auto values = play.hear(said).second;
    EXPECT_EQ(values.contains("order_id") ? values.at("order_id") : "", code) << said;
  }
}

TEST(OtherPeoplesTools, ANumberOfAnySizeIsRead) {
  Play play({tool("find_loans", "Find a loan", R"({"years":{"type":"integer","description":"How many years"}})",
                  R"(["years"])")});
  play.hear("find me a loan");
  play.tracker.speak("How many years?");
  EXPECT_THAT(play.hear("99999999999999999999999 years").second, Contains(Pair("years", testing::_)));
}

TEST(OtherPeoplesTools, WhatIsDeniedOrCorrectedIsNotTaken) {
  for (const auto& [said, date] : {std::pair{"Thursday, not Friday", "2026-03-05"},
                                   {"not Thursday, Friday", "2026-03-06"},
                                   {"Thursday, no, Friday", "2026-03-06"},
                                   {"Thursday please, I have no car and will call back on Friday", "2026-03-05"}}) {
    Play play({tool("find_tours", "Find a tour", R"({"date":{"type":"string","format":"date"}})", R"(["date"])")});
    play.hear("find me a tour");
    play.tracker.speak("On which date?");
    EXPECT_THAT(play.hear(said).second, Contains(Pair("date", date))) << said;
  }
}

TEST(OtherPeoplesTools, CodesDescriptionsAndTellingWords) {
  Play play(
      {tool(
           "play_song", "Play a song",
           R"({"song_name":{"type":"string"},"device":{"type":"string","enum":["TV","kitchen speaker","bedroom speaker"]}})",
           R"(["song_name"])"),
       tool("order_status", "Look up where an order is",
            R"({"order_id":{"type":"string","description":"The number of the order"}})", R"(["order_id"])"),
       tool("open_ticket", "Open a support ticket about a problem",
            R"({"problem":{"type":"string","description":"What is wrong"},"email":{"type":"string","format":"email"}})",
            R"(["problem","email"])")});
  EXPECT_THAT(play.hear("play Yellow Submarine in the kitchen").second,
              UnorderedElementsAre(Pair("song_name", "Yellow Submarine"), Pair("device", "kitchen speaker")));
  EXPECT_EQ(play.hear("where is my order").first, "order_status");
  play.tracker.speak("Could you tell me the number of the order?");
  EXPECT_THAT(play.hear("it's A B 1 2 3").second, UnorderedElementsAre(Pair("order_id", "AB123")));
  EXPECT_EQ(play.hear("I have a problem with my printer").first, "open_ticket");
  play.tracker.speak("What is wrong?");
  EXPECT_THAT(play.hear("the paper gets stuck all the time").second,
              UnorderedElementsAre(Pair("problem", "the paper gets stuck all the time")));
}

TEST(Schemas, WhatIsNoLookUpHasAnEffect) {
  const auto has_effect = [](std::string name) { return read_tool(tool(std::move(name), "", "{}", "[]")).has_effect; };
  for (const auto* name : {"close_account", "open_account", "renew_loan", "refund", "chargeCard", "activate_sim",
                           "reset_password", "withdraw", "approve_leave", "unsubscribe", "extend_stay",
                           "check_in_guest", "get_refund", "list_property", "find_and_book", "frobnicate"}) {
    EXPECT_TRUE(has_effect(name)) << name;
  }
  for (const auto* name : {"find_restaurants", "SearchHotel", "get_order_status", "check_availability", "lookupOrder",
                           "list_properties", "look_up_customer", "list", "estimate_price", "get_refund_policy"}) {
    EXPECT_FALSE(has_effect(name)) << name;
  }
  EXPECT_TRUE(read_tool(tool("get_ride", "Book a taxi", "{}", "[]")).has_effect);
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
