#include "tools/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/arguments.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

using ::testing::ElementsAre;

json::object object(std::string_view text) { return parse_json_object(text).value(); }

TEST(ToolRegistry, HoldsTheToolsOfTheContract) {
  std::vector<std::string> names;
  for (const auto& tool : ToolRegistry().tools()) {
    names.push_back(tool->name);
    EXPECT_FALSE(tool->description.empty()) << tool->name;
    EXPECT_EQ(tool->parameters.at("type"), "object") << tool->name;
    EXPECT_TRUE(tool->handler) << tool->name;
  }
  EXPECT_THAT(names,
              ElementsAre("check_availability", "schedule_tour", "qualify_lead", "transfer_to_human", "list_cards",
                          "card_status", "block_card", "unblock_card", "loan_options", "get_customer_info",
                          "book_appointment", "reschedule_appointment", "cancel_appointment", "schedule_callback",
                          "end_call", "transfer_call", "send_dtmf", "collect", "search_documents"));
}

TEST(ToolRegistry, ExpectsToolsUntilTheirSourceHasListedThem) {
  ToolRegistry registry;
  registry.expect("mcp/shop/web", "shop", {"free_slots"});
  registry.expect("mcp/desk/any", "desk", {});
  struct Case {
    std::string_view name;
    std::string_view agent;
    bool is_expected;
  };
  for (const auto& [name, agent, is_expected] :
       {Case{"free_slots", "shop", true}, Case{"web_free_slots", "shop", true}, Case{"book_slot", "shop", false},
        Case{"free_slots", "", false}, Case{"free_slots", "leasing", false}, Case{"whatever", "desk", true}}) {
    EXPECT_EQ(registry.is_expected(name, agent), is_expected) << name << " of " << agent;
  }
  EXPECT_TRUE(ToolRegistry(registry).is_expected("free_slots", "shop"));
  EXPECT_TRUE(registry.publish("mcp/shop/web", {}).empty());
  EXPECT_FALSE(registry.is_expected("free_slots", "shop"));
  registry.expect("mcp/shop/web", "shop", {"free_slots"});
  EXPECT_FALSE(registry.is_expected("free_slots", "shop")) << "it has listed its tools";
  EXPECT_TRUE(registry.is_expected("whatever", "desk"));
}

TEST(ToolRegistry, ToolsHaveTheParametersOfTheContract) {
  // Names as in the design; "!" marks a required one.
  const std::pair<std::string_view, std::vector<std::string>> contract[] = {
      {"check_availability", {"move_in_date", "bedrooms", "max_rent", "pets", "property_id", "unit_type"}},
      {"schedule_tour", {"date!", "time!", "name!", "phone", "email", "property_id", "unit_id"}},
      {"qualify_lead",
       {"name", "phone", "budget", "move_in_date", "bedrooms", "pets", "employed", "location", "property_type",
        "timeline", "financing"}},
      {"transfer_to_human", {"reason!"}},
      {"list_cards", {}},
      {"card_status", {"last_four", "kind"}},
      {"block_card", {"last_four", "kind", "reason", "date_of_birth"}},
      {"unblock_card", {"last_four", "kind"}},
      {"loan_options", {"kind"}},
      {"get_customer_info", {"customer_id!"}},
      {"book_appointment", {"customer_id!", "date!", "time!"}},
      {"reschedule_appointment", {"appointment_id!", "date!", "time!"}},
      {"cancel_appointment", {"appointment_id!"}},
      {"schedule_callback", {"phone", "at!", "reason"}},
      {"end_call", {}},
      {"transfer_call", {"destination"}},
      {"send_dtmf", {"digits!"}},
      {"collect", {"kind!", "value!", "spell"}}};
  const ToolRegistry registry;
  for (const auto& [tool, parameters] : contract) {
    const json::value schema(registry.find(tool)->parameters);
    std::vector<std::string> names;
    for (const auto& property : schema.at("properties").as_object()) {
      const auto* required = find_array(schema, "required");
      const bool is_required =
          required != nullptr && std::ranges::find(*required, json::value(property.key())) != required->end();
      names.push_back(std::string(property.key()) + (is_required ? "!" : ""));
    }
    EXPECT_EQ(names, parameters) << tool;
  }
}

TEST(ToolRegistry, RefusesTwoToolsOfOneNameAndBrokenSchemas) {
  auto tools = all_tools();
  tools.push_back(tools.front());
  EXPECT_THROW(ToolRegistry{std::move(tools)}, std::invalid_argument);
  auto broken = all_tools().front();
  broken.parameters = object(R"({"type":"object","properties":7})");
  EXPECT_THROW(ToolRegistry{{broken}}, std::invalid_argument);
}

TEST(ToolRegistry, ChecksArgumentsAndNamesTheField) {
  const ToolRegistry registry;
  const struct {
    const char *tool, *arguments, *error, *field, *speakable;
  } cases[] = {{"schedule_tour", R"({"time":"14:00","name":"Ann"})", "missing_argument", "date",
                "Sorry, I didn't catch the date."},
               {"schedule_tour", R"({"date":null,"time":"14:00","name":"Ann"})", "missing_argument", "date",
                "Sorry, I didn't catch the date."},
               {"schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":" "})", "missing_argument", "name",
                "Sorry, I didn't catch your name."},
               {"schedule_tour", R"({"date":["x"],"time":"14:00","name":"Ann"})", "invalid_argument", "date",
                "Sorry, I didn't catch the date."},
               {"check_availability", R"({"bedrooms":"some"})", "invalid_argument", "bedrooms",
                "Sorry, I didn't catch the number of bedrooms."},
               {"check_availability", R"({"bedrooms":-1})", "invalid_argument", "bedrooms",
                "Sorry, I didn't catch the number of bedrooms."},
               {"check_availability", R"({"bedrooms":2.5})", "invalid_argument", "bedrooms",
                "Sorry, I didn't catch the number of bedrooms."},
               {"check_availability", R"({"max_rent":{}})", "invalid_argument", "max_rent",
                "Sorry, I didn't catch the highest rent you have in mind."},
               {"qualify_lead", R"({"pets":"a few"})", "invalid_argument", "pets",
                "Sorry, I didn't catch whether you have pets."},
               {"schedule_callback", "{}", "missing_argument", "at", "Sorry, I didn't catch when we should call."}};
  for (const auto& [tool, arguments, error, field, speakable] : cases) {
    const auto checked = registry.check(*registry.find(tool), object(arguments));
    ASSERT_FALSE(checked) << arguments;
    EXPECT_EQ(checked.error().data.at("error"), error) << arguments;
    EXPECT_EQ(checked.error().data.at("field"), field) << arguments;
    EXPECT_EQ(checked.error().speakable, speakable) << arguments;
  }
}

TEST(ToolRegistry, ALongTextIsRefused) {
  const ToolRegistry registry;
  const json::object arguments{{"reason", std::string(201, 'x')}};
  EXPECT_FALSE(registry.check(*registry.find("transfer_to_human"), arguments));
}

TEST(ToolRegistry, TakesWhatModelsMean) {
  const ToolRegistry registry;
  const struct {
    std::string_view tool, arguments, checked;
  } cases[] = {
      {"check_availability", R"({"bedrooms":"2","max_rent":"$2,500","pets":"yes"})",
       R"({"bedrooms":2,"max_rent":2500.0,"pets":true})"},
      {"check_availability", R"({"bedrooms":2.0,"max_rent":2500,"pets":0,"property_id":""})",
       R"({"bedrooms":2,"max_rent":2500,"pets":false})"},
      {"get_customer_info", R"({"customer_id":123})", R"({"customer_id":"123"})"},
      {"get_customer_info", R"({"customer_id":"123","unknown":[1]})", R"({"customer_id":"123","unknown":[1]})"}};
  for (const auto& [tool, arguments, expected] : cases) {
    const auto checked = registry.check(*registry.find(tool), object(arguments));
    ASSERT_TRUE(checked) << arguments;
    EXPECT_EQ(json::value(*checked), json::value(object(expected))) << arguments;
  }
}

TEST(CanonicalText, IsTheSameForTheSameArguments) {
  EXPECT_EQ(canonical_text(parse_json(R"({"b":[1,2.0],"a":{"d":"x","c":null}})").value()),
            R"({"a":{"c":null,"d":"x"},"b":[1,2]})");
}

TEST(Results, TheModelReadsOneObjectAndTheJournalGivesItBack) {
  const auto result = refusal("slot_taken", "Sorry.", {{"alternatives", json::array{1}}});
  EXPECT_EQ(to_model_text(result), R"({"ok":false,"speakable":"Sorry.","error":"slot_taken","alternatives":[1]})");
  const auto back = from_journal_text(to_journal_text(result)).value();
  EXPECT_EQ(to_model_text(back), to_model_text(result));
  for (const char* text : {"", "{}", R"({"ok":1,"speakable":"","data":{}})"}) EXPECT_FALSE(from_journal_text(text));
}

}  // namespace
}  // namespace offhook::tools
