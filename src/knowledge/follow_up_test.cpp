#include "knowledge/follow_up.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace offhook::knowledge {
namespace {

TEST(FollowUp, AQuestionThatLeansHasTheOneBeforeBehindIt) {
  const std::vector<std::string> earlier{"Hello", "How much is the monthly pass?"};
  EXPECT_EQ(complete_question("And for students?", earlier), "And for students? How much is the monthly pass?");
  EXPECT_EQ(complete_question("How much is it?", earlier), "How much is it? How much is the monthly pass?");
}

TEST(FollowUp, AQuestionThatStandsByItselfStays) {
  const std::vector<std::string> earlier{"How much is the monthly pass?"};
  EXPECT_EQ(complete_question("When does the office open on Sunday?", earlier), "When does the office open on Sunday?");
  EXPECT_EQ(complete_question("And for students?", {}), "And for students?");
}

TEST(FollowUp, LeaningQuestionsLeanOnEachOther) {
  const std::vector<std::string> earlier{"How much is the monthly pass?", "And for students?"};
  EXPECT_EQ(complete_question("What about children?", earlier),
            "What about children? And for students? How much is the monthly pass?");
}

}  // namespace
}  // namespace offhook::knowledge
