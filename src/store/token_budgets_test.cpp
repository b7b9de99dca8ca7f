#include "store/token_budgets.hpp"

#include <gtest/gtest.h>

#include "store/testing/database.hpp"

namespace offhook::store {
namespace {

class TokenBudgetMarksTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::int64_t tokens_of(const std::string& asker, std::int64_t day) {
    for (const auto& mark : marks_.of_day(day).value()) {
      if (mark.asker == asker) return mark.tokens;
    }
    return -1;
  }
  std::unique_ptr<sql::Connection> db_ = testing::migrated_database();
  TokenBudgetMarks marks_{*db_};
};

TEST_F(TokenBudgetMarksTest, AreRaisedAndNeverFallUnlessTheyAreSet) {
  ASSERT_TRUE(marks_.raise({"key-a", 20'500, 100}));
  ASSERT_TRUE(marks_.raise({"key-a", 20'500, 70}));
  EXPECT_EQ(tokens_of("key-a", 20'500), 100);
  ASSERT_TRUE(marks_.raise({"key-a", 20'500, 5'000'000'000}));
  EXPECT_EQ(tokens_of("key-a", 20'500), 5'000'000'000);
  ASSERT_TRUE(marks_.set({"key-a", 20'500, 40}));
  EXPECT_EQ(tokens_of("key-a", 20'500), 40);
  ASSERT_TRUE(marks_.set({"key-b", 20'500, 7}));
  EXPECT_EQ(tokens_of("key-b", 20'500), 7);
}

TEST_F(TokenBudgetMarksTest, OfEachDayAreApartAndOldOnesGo) {
  ASSERT_TRUE(marks_.raise({"key-a", 1, 10}));
  ASSERT_TRUE(marks_.raise({"key-a", 2, 20}));
  EXPECT_EQ(tokens_of("key-a", 1), 10);
  EXPECT_EQ(tokens_of("key-a", 2), 20);
  EXPECT_EQ(marks_.remove_before(2).value(), 1);
  EXPECT_EQ(tokens_of("key-a", 1), -1);
  EXPECT_EQ(tokens_of("key-a", 2), 20);
}

}  // namespace
}  // namespace offhook::store
