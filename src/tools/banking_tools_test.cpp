#include <gtest/gtest.h>

#include "store/customers.hpp"
#include "tools/testing/tool_world.hpp"

namespace offhook::tools {
namespace {

using testing::ToolWorld;

constexpr std::string_view kBorn = R"("date_of_birth":"1985-04-12")";

/// The sample customer with two cards is calling.
struct CallerWorld : ToolWorld {
  CallerWorld() { context.caller_phone = "+1234567890"; }
};

std::string status_of(ToolWorld& world, std::string card) {
  return world.in_database([card](sql::Connection& db) { return store::Cards(db, store::Owner::local()).find(card); })
      .value()
      .status;
}

TEST(BlockCard, GoesThroughEveryQuestion) {
  CallerWorld world;
  const struct {
    std::string arguments;
    const char *error, *speakable;
  } cases[] = {
      {"{}", "second_factor_required", "To confirm it's you, what is your date of birth?"},
      {R"({"last_four":"9999"})", "second_factor_required", "To confirm it's you, what is your date of birth?"},
      {R"({"date_of_birth":"1985-04-13","last_four":"4242"})", "verification_failed",
       "I'm sorry, I couldn't verify you with that, so I can't do this for you."},
      {R"({"date_of_birth":"April 12th"})", "invalid_argument", "Sorry, I didn't catch your date of birth."},
      {"{" + std::string(kBorn) + "}", "last_four_required",
       "Which card would you like to block: the debit card ending in 1881 or the credit card ending in 4242?"},
      {"{" + std::string(kBorn) + R"(,"last_four":"9999"})", "unknown_card",
       "I don't see a card ending in 9999 on your account."}};
  for (const auto& [arguments, error, speakable] : cases) {
    const auto result = world.call("block_card", arguments);
    EXPECT_FALSE(result.ok) << arguments;
    EXPECT_EQ(result.data.at("error"), error) << arguments;
    EXPECT_EQ(result.speakable, speakable) << arguments;
  }
  EXPECT_EQ(world.call("block_card", "{}").data.at("needs"), "date_of_birth");
  EXPECT_EQ(status_of(world, "card_4242"), "active");
}

TEST(BlockCard, BlocksOnceAndSaysSoAgain) {
  CallerWorld world;
  const auto arguments = "{" + std::string(kBorn) + R"(,"last_four":4242,"reason":"lost"})";
  const auto first = world.call("block_card", arguments);
  ASSERT_TRUE(first.ok);
  EXPECT_EQ(first.speakable, "Your credit card ending in 4242 is now blocked.");
  EXPECT_EQ(
      first.data,
      (json::object{{"last_four", "4242"}, {"kind", "credit"}, {"status", "blocked"}, {"already_blocked", false}}));
  EXPECT_EQ(status_of(world, "card_4242"), "blocked");
  EXPECT_EQ(status_of(world, "card_1881"), "active");
  EXPECT_EQ(world.call("block_card", arguments).speakable, "Your credit card ending in 4242 is already blocked.");
  // The one card that is left may not be the one that is meant.
  const auto asked = world.call("block_card", "{" + std::string(kBorn) + "}");
  EXPECT_EQ(asked.data.at("error"), "last_four_required");
  EXPECT_EQ(asked.speakable, "Which card would you like to block? Only the debit card ending in 1881 is active.");
  EXPECT_EQ(world.call("block_card", "{" + std::string(kBorn) + R"(,"kind":"debit"})").data.at("last_four"), "1881");
  EXPECT_EQ(world.call("block_card", "{" + std::string(kBorn) + "}").data.at("already_blocked"), true);
}

TEST(BlockCard, TheDateOfBirthCannotBeGuessed) {
  CallerWorld world;
  const auto guess = [&](const char* date) {
    return world.call("block_card", std::string(R"({"last_four":"4242","date_of_birth":")") + date + "\"}");
  };
  for (const char* wrong : {"1980-01-01", "1980-01-02", "1980-01-03"}) {
    EXPECT_EQ(guess(wrong).data.at("error"), "verification_failed") << wrong;
  }
  EXPECT_EQ(guess("1985-04-12").data.at("error"), "verification_locked");
  EXPECT_EQ(status_of(world, "card_4242"), "active");
}

TEST(BlockCard, AnAgentMayDoWithoutTheSecondFactor) {
  CallerWorld world;
  world.context.second_factor = "none";
  EXPECT_TRUE(world.call("block_card", R"({"last_four":"1881"})").ok);
  world.context.second_factor = "something else";
  EXPECT_EQ(world.call("block_card", R"({"last_four":"4242"})").data.at("error"), "second_factor_required");
}

TEST(BlockCard, ACustomerWithoutADateOfBirthCannotBeVerified) {
  ToolWorld world;
  world.in_database([now = world.clock.utc_now()](sql::Connection& db) {
    return store::Customers(db, store::Owner::local())
        .insert({.id = "cust_new", .name = "New", .phone = "+14155550177", .created_at = now});
  });
  world.context.caller_phone = "+14155550177";
  EXPECT_EQ(world.call("block_card", R"({"date_of_birth":"1990-01-01"})").data.at("error"), "verification_failed");
  EXPECT_EQ(world.call("block_card", R"({"date_of_birth":""})").data.at("error"), "second_factor_required");
}

TEST(CardTools, AStrangerIsToldNothing) {
  ToolWorld world;
  for (const char* phone : {"", "+14155550000"}) {
    world.context.caller_phone = phone;
    for (const char* tool : {"list_cards", "card_status", "block_card"}) {
      const auto result = world.call(tool, R"({"last_four":"4242","date_of_birth":"1985-04-12"})");
      EXPECT_EQ(result.data, (json::object{{"error", "unknown_caller"}})) << tool;
    }
  }
}

TEST(ListCards, NamesCardsByTheirLastFour) {
  CallerWorld world;
  const auto result = world.call("list_cards", "");
  EXPECT_EQ(result.speakable, "You have two cards: a debit card ending in 1881 and a credit card ending in 4242.");
  EXPECT_EQ(result.data.at("cards").at(0),
            (json::object{{"last_four", "1881"}, {"kind", "debit"}, {"status", "active"}}));
  world.context.caller_phone = "+14155550123";
  EXPECT_EQ(world.call("list_cards", "{}").speakable, "You don't have any cards with us.");
}

TEST(CardStatus, TellsOneOrAll) {
  CallerWorld world;
  world.context.second_factor = "none";
  ASSERT_TRUE(world.call("block_card", R"({"last_four":"4242"})").ok);
  EXPECT_EQ(world.call("card_status", R"({"last_four":"4242"})").speakable,
            "Your credit card ending in 4242 is blocked.");
  EXPECT_EQ(world.call("card_status", R"({"last_four":"card 4111 1111 1111 1881"})").speakable,
            "Your debit card ending in 1881 is active.");
  EXPECT_EQ(world.call("card_status", "{}").speakable,
            "Your debit card ending in 1881 is active and your credit card ending in 4242 is blocked.");
  EXPECT_EQ(world.call("card_status", R"({"last_four":42})").speakable,
            "I don't see a card ending in 0042 on your account.");
  EXPECT_EQ(world.call("list_cards", "{}").speakable,
            "You have two cards: a debit card ending in 1881 and a credit card ending in 4242, which is blocked.");
}

TEST(LoanOptions, KnowsKindsByManyNames) {
  ToolWorld world;
  const std::pair<const char*, const char*> cases[] = {{"auto", "auto"},
                                                       {"a car loan", "auto"},
                                                       {"Mortgage", "home"},
                                                       {"personal loan", "personal"},
                                                       {"college", "student"}};
  for (const auto& [said, kind] : cases) {
    const auto result = world.call("loan_options", json::serialize(json::object{{"kind", said}}));
    ASSERT_TRUE(result.ok) << said;
    EXPECT_EQ(result.data.at("loans").at(0).at("kind"), kind) << said;
  }
  EXPECT_EQ(world.call("loan_options", R"({"kind":"home"})").speakable,
            "Our home loans start at 6.4 percent a year, up to 1,000,000 dollars over up to 30 years.");
  EXPECT_EQ(world.call("loan_options", "{}").data.at("loans").as_array().size(), 4u);
  EXPECT_EQ(world.call("loan_options", R"({"kind":"boat"})").data.at("error"), "unknown_loan");
}

TEST(GetCustomerInfo, NeverTellsTheDateOfBirth) {
  ToolWorld world;
  const auto result = world.call("get_customer_info", R"({"customer_id":123})");
  ASSERT_TRUE(result.ok);
  EXPECT_EQ(result.speakable, "I found the account of Maria Lopez. It is active.");
  EXPECT_EQ(result.data.at("name"), "Maria Lopez");
  EXPECT_FALSE(to_model_text(result).contains("1990-09-23"));
  EXPECT_EQ(world.call("get_customer_info", R"({"customer_id":"nobody"})").data.at("error"), "unknown_customer");
}

}  // namespace
}  // namespace offhook::tools
