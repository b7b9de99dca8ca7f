#include "tools/foreign_schema.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tools/schema_validator.hpp"

namespace offhook::tools {
namespace {

json::value parsed(std::string_view text) { return parse_json(text).value(); }

TEST(ForeignSchema, NoPatternIsLeftWhereverAValidatorWouldFindIt) {
  for (const char* schema : {R"({"pattern":"(a+)+$"})", R"({"items":[{"pattern":"(a+)+$"}]})",
                             R"({"$ref":"#/elsewhere","elsewhere":{"pattern":"(a+)+$"}})",
                             R"({"$ref":"#/default","default":{"pattern":"(a+)+$"}})",
                             R"({"$defs":{"$defs":{"$defs":{"a":{"pattern":"(a+)+$"}}}}})",
                             R"({"properties":{"x":{"patternProperties":{"(a+)+$":{}}}}})"}) {
    EXPECT_EQ(json::serialize(without_patterns(parsed(schema))).find("(a+)"), std::string::npos) << schema;
  }
  const auto kept = without_patterns(parsed(
      R"({"properties":{"pattern":{"type":"string"}},"patternProperties":{"^x":{}},"additionalProperties":false})"));
  EXPECT_EQ(json::serialize(kept), R"({"properties":{"pattern":{"type":"string"}}})") << "names stay; any is allowed";
}

TEST(ForeignSchema, ReferencesNameSchemasOfTheDocument) {
  struct Case {
    const char* schema;
    bool is_sound;
  };
  for (const auto& c : std::vector<Case>{
           {R"({"properties":{"next":{"$ref":"#"}}})", true},
           {R"({"$ref":"#/$defs/a~1b","$defs":{"a/b":{"type":"string"}}})", true},
           {R"({"$ref":"#/allOf/0","allOf":[{"type":"string"}]})", true},
           {R"({"$ref":"#/$defs/properties","$defs":{"properties":{"type":"string"}}})", true},
           {R"({"$ref":"#"})", false},
           {R"({"$ref":"#/nowhere"})", false},
           {R"({"$ref":"https://elsewhere/x.json"})", false},
           {R"({"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}})", false},
           // Maps of names: read as a schema, a name would be a keyword.
           {R"({"$ref":"#/$defs","$defs":{"pattern":"(a+)+$"}})", false},
           {R"({"$ref":"#/$defs","$defs":{"patternProperties":{"(a+)+$":{}}}})", false},
           {R"({"$ref":"#/$defs/$defs/$defs","$defs":{"$defs":{"$defs":{"pattern":"(a+)+$"}}}})", false},
       }) {
    if (c.is_sound) {
      EXPECT_NO_THROW(require_sound_references(parsed(c.schema))) << c.schema;
    } else {
      EXPECT_THROW(require_sound_references(parsed(c.schema)), std::invalid_argument) << c.schema;
    }
  }
}

TEST(ForeignSchema, ExtentCountsWhatReferencesStandFor) {
  EXPECT_EQ(extent_of(parsed(R"({"type":"string"})"), 100).values, 2U);
  const auto tree = extent_of(parsed(R"({"properties":{"left":{"$ref":"#"},"right":{"$ref":"#"}}})"), 100);
  EXPECT_TRUE(tree.is_circular);
  EXPECT_LT(tree.values, 100U);
  std::string schema = R"({"$ref":"#/$defs/a0","$defs":{)";
  for (int i = 0; i < 40; ++i) {
    const std::string next = R"({"$ref":"#/$defs/a)" + std::to_string(i + 1) + "\"}";
    schema += "\"a" + std::to_string(i) + R"(":{"allOf":[)" + next + "," + next + "]},";
  }
  const auto doubling = extent_of(parsed(schema + R"("a40":{}}})"), 100);
  EXPECT_EQ(doubling.values, 101U) << "no further";
  EXPECT_FALSE(doubling.is_circular);
  EXPECT_THROW(SchemaValidator(parsed(schema + R"("a40":{}}})").get_object()), std::invalid_argument);
}

TEST(ForeignSchema, ValuesForTreesAreNotNestedDeeply) {
  const SchemaValidator validator(parsed(R"({"properties":{"next":{"$ref":"#"}}})").get_object());
  const auto nested = [](int levels) {
    std::string text = "{}";
    for (int i = 1; i < levels; ++i) text = R"({"next":)" + text + "}";
    return parsed(text);
  };
  EXPECT_FALSE(validator.find_fault_in(nested(12)));
  EXPECT_TRUE(validator.find_fault_in(nested(13)));
  EXPECT_TRUE(validator.find_fault(nested(13).get_object()));
}

}  // namespace
}  // namespace offhook::tools
