#include "llm/prices.hpp"

#include <gtest/gtest.h>

namespace offhook::llm {
namespace {

TEST(PriceTable, TheLongestNameDecides) {
  const auto table =
      PriceTable::parse(" gpt-4o=2.50/10, gpt-4o-mini=0.15/0.60,amazon.nova-lite-v1:0=0.06/0.24 ").value();
  const Usage million{.prompt_tokens = 1'000'000, .completion_tokens = 500'000};
  EXPECT_DOUBLE_EQ(table.cost("gpt-4o-mini-2024-07-18", million).value(), 0.45);
  EXPECT_DOUBLE_EQ(table.cost("gpt-4o-2024-11-20", million).value(), 7.5);
  EXPECT_DOUBLE_EQ(table.cost("amazon.nova-lite-v1:0", million).value(), 0.18);
  EXPECT_EQ(table.cost("claude", million), std::nullopt);
  EXPECT_EQ(table.cost("brain", million), 0.0);
  EXPECT_EQ(PriceTable::parse("").value().cost("gpt-4o", million), std::nullopt);
}

TEST(PriceTable, SaysWhichEntryIsWrong) {
  for (const char* text :
       {"gpt", "gpt=1", "gpt=1/", "gpt=a/b", "=1/2", "gpt=-1/2", "gpt=1/2/3", "gpt=1e9/2", "a=1/2,,"}) {
    EXPECT_FALSE(PriceTable::parse(text)) << text;
  }
}

}  // namespace
}  // namespace offhook::llm
