#include "brain/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace offhook::brain {
namespace {

llm::Message said(std::string text) { return {.role = llm::Role::user, .content = std::move(text)}; }

class LookUp : public ::testing::Test {
 protected:
  std::optional<std::string> query(const std::string& words, const State& state, const Move& move = {}) {
    const std::vector<llm::Message> messages{said(words)};
    const Situation situation{.dialogue = dialogue_, .reading = {}, .caller_phone = {}, .tools = tools_};
    return question_to_look_up(messages, state, situation, move);
  }
  Dialogue dialogue_;
  std::vector<llm::ToolSpec> tools_{{.name = "search_documents"}};
};

TEST_F(LookUp, AQuestionThatIsNotUnderstoodIsLookedUp) {
  EXPECT_EQ(query("How much is the pet deposit", {}), "How much is the pet deposit");
  EXPECT_EQ(query("and what about cats?", {}), "and what about cats?");
  EXPECT_FALSE(query("I have two cats.", {}).has_value());
}

TEST_F(LookUp, ASetAnswerGivesWayToTheDocuments) {
  State state;
  state.turn.is_understood = true;
  EXPECT_FALSE(query("How much is the deposit?", state));
  state.turn.notes = {"Deposits depend on the apartment."};
  EXPECT_TRUE(query("How much is the deposit?", state));
}

TEST_F(LookUp, WhatAToolIsCalledForIsNot) {
  Move move;
  move.tool = "check_availability";
  EXPECT_FALSE(query("Do you have a flat?", {}, move));
  State state;
  state.turn.is_goodbye = true;
  EXPECT_FALSE(query("Can I go?", state));
  tools_.clear();
  EXPECT_FALSE(query("How much is it?", {}));
}

TEST(LookedUp, ItsResultComesWithTheConversationBeforeIt) {
  std::vector<llm::Message> messages{
      said("How much is the deposit?"),
      {.role = llm::Role::assistant, .tool_calls = {{.id = "c1", .name = "search_documents"}}},
      {.role = llm::Role::tool,
       .content = R"({"ok":true,"speakable":"It is 300 dollars."})",
       .tool_call_id = "c1",
       .name = "search_documents"}};
  const auto found = looked_up(messages);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->is_found);
  EXPECT_EQ(found->before.size(), 1U);
  messages.pop_back();
  EXPECT_FALSE(looked_up(messages));
}

TEST(LookedUp, TheAnswerComesFirstAndThenTheQuestionThatWaits) {
  const LookedUp found{.is_found = true, .speakable = "It is 300 dollars.", .before = {}};
  State state;
  state.flows = {"tour"};
  Move asking;
  asking.text = "Sorry? What day suits you?";
  asking.question = "What day suits you?";
  EXPECT_EQ(answer_from_documents(found, state, asking).text, "It is 300 dollars. What day suits you?");
  Move lost;
  lost.text = lost.question = "I'm sorry, I didn't get that.";
  EXPECT_EQ(answer_from_documents(found, {}, lost).text, "It is 300 dollars.");
}

TEST(LookedUp, WhatIsNotFoundLeavesASetAnswerAndIsOwnedUpToOtherwise) {
  const LookedUp nothing{.is_found = false, .speakable = "I can't find that in our documents.", .before = {}};
  State state;
  state.turn.is_understood = true;
  state.turn.notes = {"It depends."};
  Move set;
  set.text = "It depends. Anything else?";
  set.question = "Anything else?";
  EXPECT_EQ(answer_from_documents(nothing, state, set).text, "It depends. Anything else?");
  EXPECT_EQ(answer_from_documents(nothing, {}, set).text, "I can't find that in our documents.");
}

}  // namespace
}  // namespace offhook::brain
