#include "eval/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace offhook::eval {
namespace {

using testing::HasSubstr;

TEST(Report, TellsWhichFiguresAreMet) {
  const Report report{.suite = "sums",
                      .cases = 3,
                      .figures = {{.name = "accuracy", .value = 0.9, .target = 0.95},
                                  {.name = "ms_per_sum", .value = 0.1, .unit = "ms", .target = 0.2, .is_limit = true}}};
  EXPECT_FALSE(report.figures[0].is_met());
  EXPECT_TRUE(report.figures[1].is_met());
  const std::string table = to_table(report);
  EXPECT_THAT(table, HasSubstr("at least 0.9500 ✗"));
  EXPECT_THAT(table, HasSubstr("at most 0.2 ms ✓"));
  EXPECT_EQ(to_json(report).at("metrics").at("accuracy"), 0.9);
  EXPECT_EQ(to_json(report).at("targets").at("ms_per_sum"), 0.2);
}

TEST(Report, KeepsEveryAnswerAndKnowsTheWrongOnes) {
  Report report{.suite = "sums"};
  report.add({.input = "1+1", .expected = "2", .got = "2", .is_right = true});
  report.add({.id = "b", .input = "1+2", .expected = "3", .got = "4", .is_right = false});
  ASSERT_EQ(report.misses().size(), 1);
  EXPECT_EQ(report.misses().front()->input, "1+2");
  EXPECT_EQ(json::serialize(to_json(report).at("predictions")),
            R"([{"id":"1","expected":"2","got":"2"},{"id":"b","expected":"3","got":"4"}])");
}

}  // namespace
}  // namespace offhook::eval
