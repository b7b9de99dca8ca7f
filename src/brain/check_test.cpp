#include "brain/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace offhook::brain {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// "fault flow book: nothing begins it …", one line a finding.
std::vector<std::string> findings(std::string_view brain_section, const std::vector<OfferedTool>& tools) {
  const std::string text = "name: shop\nbrain:\n" + std::string(brain_section);
  const auto dialogue = load_dialogue({.name = "shop.yaml", .content = text});
  if (!dialogue) return {std::string(dialogue.error().message())};
  std::vector<std::string> lines;
  for (const auto& found : check_dialogue(*dialogue, tools)) {
    const char* weight = found.weight == Finding::Weight::fault ? "fault " : "warning ";
    lines.push_back(weight + found.where + ": " + found.what);
  }
  return lines;
}

constexpr const char* kSound = R"(
  slots:
    order:
      type: code
      ask: What is the number of your order?
  flows:
    status:
      tool: order_status
      needs: [order]
      arguments: {order_id: "{order}"}
  intents:
    status:
      examples:
        - where is my order
        - has my order been sent
        - when does my order arrive
        - what about my order
        - I am waiting for my order
      flow: status
)";

TEST(Check, ASoundDialogueHasNoFindings) {
  EXPECT_THAT(
      findings(kSound, {{.name = "order_status", .required = {"order_id"}}, {.name = "end_call", .required = {}}}),
      IsEmpty());
}

TEST(Check, WhatNobodyCanReachIsTold) {
  EXPECT_THAT(findings(kSound, {{.name = "order_status", .required = {}}, {.name = "refund", .required = {}}}),
              ElementsAre(HasSubstr("warning tool refund: no flow calls it")));
  EXPECT_THAT(findings(kSound, {}), ElementsAre(AllOf(HasSubstr("fault flow status"), HasSubstr("order_status"))));
  EXPECT_THAT(findings(kSound, {{.name = "order_status", .required = {"order_id", "postcode"}}}),
              ElementsAre(HasSubstr("fault flow status: order_status needs the argument postcode")));
  EXPECT_THAT(findings(R"(
  slots:
    size: {type: choice, ask: "Which size?"}
    colour: {type: text, ask: "Which colour?"}
  flows:
    refund: {tool: refund, needs: [size], errors: {no_size: {ask: colour}}}
    empty: {}
)",
                       {{.name = "refund", .required = {}}}),
              AllOf(Contains("fault slot size: a choice without `choices` can never be filled"),
                    Contains(HasSubstr("fault flow refund: nothing begins it")),
                    Contains(HasSubstr("fault flow empty: it has neither a `tool` nor anything to `say`"))));
}

TEST(Check, OffersAndRefusalsNeedTheirQuestions) {
  EXPECT_THAT(findings(R"(
  slots:
    reason: {type: text}
    lonely: {type: text, ask: "What?"}
  flows:
    refund: {tool: refund, errors: {why: {ask: reason}}}
  intents:
    angry: {examples: [this is bad, I am angry, what a mess, it came broken, it is the wrong one], answer: Oh., offer: refund}
)",
                       {{.name = "refund", .required = {}}}),
              ElementsAre("warning slot lonely: no flow uses it: name it in `needs` or `arguments`, or take it out",
                          HasSubstr("fault flow refund: it is offered but has no `offer_as`"),
                          HasSubstr("after \"why\" it asks for reason, which has no question")));
}

TEST(Check, ExamplesThatMeanTwoThingsAreTold) {
  const auto found = findings(R"(
  intents:
    status:
      examples: [where is my order, has my order been sent, when does my order arrive, what about my order, stop my order]
      answer: It is on its way.
    cancel_order:
      examples: [cancel my order, "Where is my order?", do not send my order, I want to stop my order, please stop my order]
      answer: Cancelled.
    few:
      examples: [do you sell shoes]
      answer: Yes.
)",
                              {});
  EXPECT_THAT(found, Contains(HasSubstr("\"where is my order\" is also an example of cancel_order")));
  EXPECT_THAT(
      found, Contains(HasSubstr("warning intent status: \"stop my order\" is more like the examples of cancel_order")));
  EXPECT_THAT(found, Contains(HasSubstr("warning intent few: 1 examples are few")));
  EXPECT_THAT(found, Not(Contains(HasSubstr("do you sell shoes\" is more like"))));
}

}  // namespace
}  // namespace offhook::brain
