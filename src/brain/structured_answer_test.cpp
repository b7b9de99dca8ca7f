#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/loop.hpp"
#include "brain/testing/conversation.hpp"

namespace offhook::brain::testing {
namespace {

using ::testing::HasSubstr;

/// What the brain gives as JSON to what a caller has said; the error's text when it gives none.
std::string answer(const std::vector<std::string>& said, std::string_view schema = {}) {
  Conversation call(shipped_brain(), {.agent = "leasing"});
  for (const auto& line : said) call.messages.push_back({.role = llm::Role::user, .content = line});
  llm::ChatRequest request = call.request();
  request.tools.clear();
  request.response_format.kind = llm::ResponseFormat::Kind::json_object;
  if (!schema.empty()) {
    request.response_format.kind = llm::ResponseFormat::Kind::json_schema;
    request.response_format.schema = parse_json_object(schema).value();
  }
  VirtualClock clock(call.request().now);
  Loop loop(clock, 1);
  auto stream = loop.block_on(shipped_brain().open_stream(std::move(request)));
  if (!stream) return std::string(stream.error().message());
  std::string text;
  for (;;) {
    auto event = loop.block_on((*stream)->next({}));
    if (!event) return "broke off";
    if (auto* delta = std::get_if<llm::TextDelta>(&*event)) text += delta->text;
    if (std::holds_alternative<llm::Finished>(*event)) return text;
  }
}

TEST(StructuredAnswer, AnObjectHoldsWhatWouldHaveBeenSaid) {
  const auto object = parse_json_object(answer({"Hello! What can you do for me?"})).value();
  EXPECT_EQ(object.size(), 1U);
  EXPECT_GT(to_std_string(object.at("answer")).size(), 10U);
}

TEST(StructuredAnswer, ASchemaIsFilledWithWhatTheCallerSaid) {
  const auto object = parse_json_object(answer({"I'm looking for a two-bedroom apartment from April 1st.",
                                                "My name is Ann Lee, my email is ann@example.com"},
                                               R"({"type":"object",
    "required":["bedrooms","move_in_date","name","email","phone","pets","kind","reply","notes","next"],
    "properties":{
      "bedrooms":{"type":"integer"}, "move_in_date":{"type":"string","format":"date"}, "name":{"type":"string"},
      "email":{"$ref":"#/$defs/mail"}, "phone":{"type":"string"}, "pets":{"type":["boolean","null"]},
      "kind":{"enum":["house","apartment"]}, "reply":{"type":"string"}, "notes":{"type":"array"},
      "next":{"anyOf":[{"type":"number"},{"type":"null"}]}, "unknown":{"type":"number"}},
    "$defs":{"mail":{"type":"string"}}})"))
                          .value();
  EXPECT_EQ(object.at("bedrooms"), 2);
  EXPECT_EQ(object.at("move_in_date"), "2026-04-01");
  EXPECT_EQ(object.at("name"), "Ann Lee");
  EXPECT_EQ(object.at("email"), "ann@example.com");
  EXPECT_EQ(object.at("phone"), "+14155550101");
  EXPECT_TRUE(object.at("pets").is_null());
  EXPECT_EQ(object.at("kind"), "apartment");
  EXPECT_GT(object.at("reply").as_string().size(), 5U);
  EXPECT_TRUE(object.at("notes").as_array().empty());
  EXPECT_TRUE(object.at("next").is_null());
  EXPECT_FALSE(object.contains("unknown"));
}

TEST(StructuredAnswer, WhatCannotBeFilledIsNamed) {
  EXPECT_THAT(
      answer({"Hi"}, R"({"type":"object","required":["shoe_size"],"properties":{"shoe_size":{"type":"number"}}})"),
      HasSubstr("'shoe_size'"));
  EXPECT_THAT(answer({"Hi"}, R"({"$ref":"#"})"), HasSubstr("does not know"));
  EXPECT_THAT(answer({"Hi"}, R"({"type":"object","required":["kind"],"properties":{"kind":{"enum":["a","b"]}}})"),
              HasSubstr("'kind'"));
}

}  // namespace
}  // namespace offhook::brain::testing
