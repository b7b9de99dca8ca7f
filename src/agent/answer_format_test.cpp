#include "agent/answer_format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace offhook::agent {
namespace {

using ::testing::HasSubstr;

llm::ResponseFormat format_of(std::string_view schema) {
  llm::ResponseFormat format{.kind = llm::ResponseFormat::Kind::json_schema, .name = "shape"};
  format.schema = parse_json_object(schema).value();
  return format;
}
llm::ResponseFormat json_mode() { return {.kind = llm::ResponseFormat::Kind::json_object}; }

TEST(AnswerFormat, TextNeedsNone) { EXPECT_EQ(AnswerFormat::create({}).value(), nullptr); }

TEST(AnswerFormat, TakesJsonAndTheFenceAroundIt) {
  const auto format = AnswerFormat::create(json_mode()).value();
  for (const char* answer : {R"({"a":1})", "\n {\"a\":1}\n", "```json\n{\"a\":1}\n```", "```\n{\"a\":1}```"}) {
    EXPECT_EQ(format->check(answer).value(), R"({"a":1})") << answer;
  }
  for (const char* answer : {"", "Sure! {\"a\":1}", "{\"a\":1", "[1]", "3", "```json\n```", "{\"a\":1} {}", "``````"}) {
    EXPECT_FALSE(format->check(answer)) << answer;
  }
}

TEST(AnswerFormat, SaysWhereAnAnswerDoesNotFit) {
  const auto format = AnswerFormat::create(format_of(R"({
    "type": "object", "required": ["rooms", "wishes"], "additionalProperties": false,
    "properties": {
      "rooms": {"type": "integer", "minimum": 0},
      "wishes": {"type": "array", "items": {"$ref": "#/$defs/wish"}},
      "kind": {"enum": ["rent", "buy"]}},
    "$defs": {"wish": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}}})"))
                          .value();
  EXPECT_TRUE(format->check(R"({"rooms":2,"wishes":[{"text":"a balcony"}],"kind":"rent"})"));
  struct Case {
    const char* answer;
    const char* fault;
  };
  for (const auto& c : std::vector<Case>{{R"({"rooms":"two","wishes":[]})", "rooms"},
                                         {R"({"rooms":-1,"wishes":[]})", "rooms"},
                                         {R"({"rooms":1})", "wishes"},
                                         {R"({"rooms":1,"wishes":[{"text":7}]})", "wishes.0.text"},
                                         {R"({"rooms":1,"wishes":[],"kind":"steal"})", "kind"},
                                         {R"({"rooms":1,"wishes":[],"else":1})", "else"}}) {
    const auto checked = format->check(c.answer);
    ASSERT_FALSE(checked) << c.answer;
    EXPECT_THAT(std::string(checked.error().message()), HasSubstr(c.fault)) << c.answer;
    EXPECT_EQ(checked.error().kind, ErrorKind::bad_gateway);
  }
}

TEST(AnswerFormat, RefusesSchemasThatCannotBeUsed) {
  for (const char* schema : {R"({"type":"no such type"})", R"({"$ref":"#"})", R"({"$ref":"https://elsewhere/x.json"})",
                             R"({"$ref":"#/nowhere"})", R"({"properties":7})",
                             R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}})",
                             R"({"anyOf":[{"$ref":"#"}]})", R"({"allOf":[{"not":{"$ref":"#"}}]})"}) {
    const auto format = AnswerFormat::create(format_of(schema));
    ASSERT_FALSE(format) << schema;
    EXPECT_EQ(format.error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(format.error().param, "response_format.json_schema.schema");
    EXPECT_EQ(format.error().code, "invalid_value");
  }
  const std::string long_one = R"({"description":")" + std::string(70'000, 'x') + R"("})";
  EXPECT_FALSE(AnswerFormat::create(format_of(long_one)));
}

TEST(AnswerFormat, RefusesSchemasThatDoubleFromReferenceToReference) {
  std::string schema = R"({"$ref":"#/$defs/a0","$defs":{)";
  for (int i = 0; i < 40; ++i) {
    const std::string next = "#/$defs/a" + std::to_string(i + 1);
    schema += R"("a)" + std::to_string(i) + R"(":{"allOf":[{"$ref":")" + next + R"("},{"$ref":")" + next + R"("}]},)";
  }
  schema += R"("a40":{"type":"object"}}})";
  const auto format = AnswerFormat::create(format_of(schema));
  ASSERT_FALSE(format);
  EXPECT_EQ(format.error().kind, ErrorKind::invalid_argument);
}

TEST(AnswerFormat, AnswersToSchemasOfTreesAreNotNestedDeeply) {
  const auto format =
      AnswerFormat::create(format_of(R"({"type":"object","properties":{"next":{"$ref":"#"}}})")).value();
  const auto nested = [](int levels) {
    std::string text = "{}";
    for (int i = 1; i < levels; ++i) text = R"({"next":)" + text + "}";
    return text;
  };
  EXPECT_TRUE(format->check(nested(12)));
  EXPECT_FALSE(format->check(nested(13)));
}

TEST(AnswerFormat, ASchemaMayReferToItself) {
  const auto format = AnswerFormat::create(format_of(R"({
    "type": "object", "required": ["value"],
    "properties": {"value": {"type": "integer"}, "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}})"));
  ASSERT_TRUE(format);
  EXPECT_TRUE((*format)->check(R"({"value":1,"next":{"value":2,"next":null}})"));
  EXPECT_FALSE((*format)->check(R"({"value":1,"next":{"value":"2"}})"));
}

TEST(AnswerFormat, PatternsAreNotLookedAt) {
  const auto format = AnswerFormat::create(format_of(R"({
    "type": "object", "properties": {"pattern": {"type": "string", "pattern": "^(a+)+$"}}})"))
                          .value();
  EXPECT_TRUE(format->check(R"({"pattern":")" + std::string(5000, 'a') + R"(!"})"));
  EXPECT_FALSE(format->check(R"({"pattern":7})"));
}

TEST(AnswerFormat, CardNumbersGoAndTheAnswerStaysJson) {
  const auto format = AnswerFormat::create(json_mode()).value();
  const auto text = format->check(R"({"card":"4242 4242 4242 4242","number":4242424242424242})").value();
  EXPECT_EQ(text.find("4242 4242"), std::string::npos);
  EXPECT_EQ(text.find("42424242"), std::string::npos);
  EXPECT_TRUE(parse_json(text)) << text;
}

}  // namespace
}  // namespace offhook::agent
