#include "vendors/vapi/responses.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace offhook::vapi {
namespace {

json::value sample(const std::string& name) {
  std::ifstream file(std::string(OFFHOOK_SOURCE_DIR) + "/test/data/vapi/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return parse_json(text.str()).value();
}

TEST(Responses, ToolResultsHaveTheShapeOfTheSamples) {
  auto expected = sample("tool-calls.response.json");
  expected.at("results").at(0).as_object().erase("message");
  EXPECT_EQ(parse_json(tool_results(
                {{.tool_call_id = "call_7Qk2", .name = "find_table", .text = "Table 4 is free at 19:00"}})),
            expected);
  EXPECT_EQ(parse_json(tool_results({{.tool_call_id = "call_7Qk2",
                                      .name = "find_table",
                                      .text = "Reservation system unreachable",
                                      .ok = false}})),
            sample("tool-calls.response-error.json"));
}

TEST(Responses, ResultsAreOneLineAndInOrder) {
  EXPECT_EQ(
      tool_results({{.tool_call_id = "a", .text = " one\n two "}, {.tool_call_id = "b", .name = "n", .text = "x"}}),
      R"({"results":[{"toolCallId":"a","result":"one two"},{"toolCallId":"b","name":"n","result":"x"}]})");
  EXPECT_EQ(tool_results({}), R"({"results":[]})");
}

TEST(Responses, AFunctionCallIsAnsweredWithOneMember) {
  EXPECT_EQ(function_result({.text = "done\n"}), R"({"result":"done"})");
  EXPECT_EQ(function_result({.text = "Unknown function: x", .ok = false}), R"({"error":"Unknown function: x"})");
}

TEST(Responses, AnAssistantIsChosenInOneOfFourWays) {
  EXPECT_EQ(parse_json(assistant_answer(SavedAssistant{"3b9d8f70-2222-4a1b-9c3d-00000000a001"},
                                        {{"variableValues", json::object{{"callerName", "Sam"}}}})),
            sample("assistant-request.response.json"));
  EXPECT_EQ(assistant_answer(SavedAssistant{"a1"}), R"({"assistantId":"a1"})");
  EXPECT_EQ(assistant_answer(InlineAssistant{{{"name", "desk"}}}, {{"firstMessage", "Hi"}}),
            R"({"assistant":{"name":"desk"},"assistantOverrides":{"firstMessage":"Hi"}})");
  EXPECT_EQ(assistant_answer(ForwardTo{.number = "+14155550199"}, {{"firstMessage", "Hi"}}),
            R"({"destination":{"type":"number","number":"+14155550199","message":""}})");
  EXPECT_EQ(assistant_answer(Refusal{"We are closed."}), R"({"error":"We are closed."})");
}

TEST(Responses, TransfersAreAnsweredWithADestinationOrAnError) {
  EXPECT_EQ(transfer_answer({.number = "+14155550199", .message = "One moment."}),
            R"({"destination":{"type":"number","number":"+14155550199","message":"One moment."}})");
  EXPECT_EQ(transfer_refusal("Nobody is there."), R"({"error":"Nobody is there."})");
}

TEST(Responses, AcknowledgementsAreFixedTexts) {
  EXPECT_EQ(received(), R"({"status":"received"})");
  EXPECT_EQ(ignored(), R"({"status":"ignored"})");
  EXPECT_EQ(stored_but_failed("Could not\nread it"), R"({"status":"error","message":"Could not read it"})");
}

}  // namespace
}  // namespace offhook::vapi
