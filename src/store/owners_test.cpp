#include "store/owners.hpp"

#include <gtest/gtest.h>

#include "embedded/migrations.hpp"
#include "store/accounts.hpp"
#include "store/appointments.hpp"
#include "store/callbacks.hpp"
#include "store/calls.hpp"
#include "store/customers.hpp"
#include "store/exchange_objects.hpp"
#include "store/jobs.hpp"
#include "store/leads.hpp"
#include "store/migrations.hpp"
#include "store/properties.hpp"
#include "store/testing/database.hpp"
#include "store/tool_journal.hpp"
#include "store/tours.hpp"
#include "store/webhook_events.hpp"

namespace offhook::store {
namespace {

using testing::kNow;
using namespace std::chrono_literals;

const Owner kAnn{"acct_ann"};
const Owner kBob{"acct_bob"};

class Tenancy : public ::testing::Test {
 protected:
  /// One row of everything for the owner; ids begin with `mark`.
  void fill(const Owner& owner, const std::string& mark) {
    ASSERT_TRUE(Properties(*db_, owner).insert({.id = mark + "prop", .name = "House", .phone = "+1415555" + mark}));
    ASSERT_TRUE(Units(*db_, owner).insert({.id = mark + "unit", .property_id = mark + "prop", .label = "1"}));
    ASSERT_TRUE(Leads(*db_, owner).insert({.id = mark + "lead", .phone = "+1", .created_at = kNow}));
    ASSERT_TRUE(Activities(*db_, owner).insert({.id = mark + "act", .lead_id = mark + "lead", .kind = "note"}));
    ASSERT_TRUE(Tours(*db_, owner)
                    .insert({.id = mark + "tour",
                             .lead_id = mark + "lead",
                             .property_id = mark + "prop",
                             .starts_at = kNow,
                             .confirmation = mark}));
    ASSERT_TRUE(Customers(*db_, owner).insert({.id = mark + "cust", .name = "C", .phone = "+1"}));
    ASSERT_TRUE(Cards(*db_, owner).insert({.id = mark + "card", .customer_id = mark + "cust"}));
    ASSERT_TRUE(
        Appointments(*db_, owner)
            .insert({.id = mark + "appt", .customer_id = mark + "cust", .starts_at = kNow, .confirmation = mark}));
    ASSERT_TRUE(Callbacks(*db_, owner).insert({.id = mark + "back", .phone = "+1"}));
    ASSERT_TRUE(Calls(*db_, owner).upsert({.id = mark + "call", .platform_id = mark + "p", .created_at = kNow}));
    ASSERT_TRUE(ExchangeObjects(*db_, owner).put({.kind = "assistant", .id = mark + "asst", .body = "{}"}));
    ASSERT_TRUE(Jobs(*db_, owner).enqueue({.id = mark + "job", .kind = "k"}));
  }

  std::unique_ptr<sql::Connection> db_ = testing::migrated_database();
};

TEST_F(Tenancy, SomebodyElsesIdIsAnIdThatDoesNotExist) {
  fill(kAnn, "a");
  fill(kBob, "b");
  EXPECT_FALSE(Properties(*db_, kBob).find("aprop").value());
  EXPECT_FALSE(Properties(*db_, kBob).find_by_phone("+1415555a").value());
  EXPECT_FALSE(Units(*db_, kBob).find("aunit").value());
  EXPECT_FALSE(Leads(*db_, kBob).find("alead").value());
  EXPECT_EQ(Leads(*db_, kBob).find_by_phone("+1").value()->id, "blead");
  EXPECT_FALSE(Tours(*db_, kBob).find("atour").value());
  EXPECT_FALSE(Tours(*db_, kBob).find_by_confirmation("a").value());
  EXPECT_TRUE(Tours(*db_, kBob).taken("aprop", kNow, kNow + 1h).value().empty());
  EXPECT_FALSE(Customers(*db_, kBob).find("acust").value());
  EXPECT_EQ(Customers(*db_, kBob).find_by_phone("+1").value()->id, "bcust");
  EXPECT_FALSE(Cards(*db_, kBob).find("acard").value());
  EXPECT_TRUE(Cards(*db_, kBob).list_for_customer("acust").value().empty());
  EXPECT_FALSE(Appointments(*db_, kBob).find("aappt").value());
  EXPECT_FALSE(Appointments(*db_, kBob).find_by_confirmation("a").value());
  EXPECT_FALSE(Callbacks(*db_, kBob).find("aback").value());
  EXPECT_FALSE(Calls(*db_, kBob).find_any("acall").value());
  EXPECT_FALSE(Calls(*db_, kBob).find_any("ap").value());
  EXPECT_FALSE(ExchangeObjects(*db_, kBob).find("assistant", "aasst").value());
  EXPECT_FALSE(Jobs(*db_, kBob).find("ajob").value());
}

TEST_F(Tenancy, ListsAndTheirCursorsShowOwnRowsOnly) {
  fill(kAnn, "a");
  ASSERT_TRUE(Leads(*db_, kAnn).insert({.id = "alead2", .created_at = kNow + 1s}));
  fill(kBob, "b");
  const auto first = Leads(*db_, kAnn).list({}, {.limit = 1}).value();
  ASSERT_TRUE(first.next_cursor);
  const auto others = Leads(*db_, kBob).list({}, {.cursor = first.next_cursor}).value();
  for (const auto& lead : others.items) EXPECT_EQ(lead.id, "blead") << "a cursor is a position, not a key";
  EXPECT_EQ(Properties(*db_, kBob).list({}).value().items.size(), 1U);
  EXPECT_EQ(Units(*db_, kBob).list("", {}).value().items.size(), 1U);
  EXPECT_TRUE(Units(*db_, kBob).list("aprop", {}).value().items.empty());
  EXPECT_TRUE(Units(*db_, kBob).search({.property_id = "aprop"}).value().empty());
  EXPECT_TRUE(Activities(*db_, kBob).list("alead", {}).value().items.empty());
  EXPECT_EQ(Tours(*db_, kBob).list({}, {}).value().items.size(), 1U);
  EXPECT_EQ(Customers(*db_, kBob).list({}).value().items.size(), 1U);
  EXPECT_EQ(Appointments(*db_, kBob).list({}, {}).value().items.size(), 1U);
  EXPECT_EQ(Callbacks(*db_, kBob).list({}).value().items.size(), 1U);
  EXPECT_EQ(Calls(*db_, kBob).list({}, {}).value().items.size(), 1U);
  EXPECT_EQ(ExchangeObjects(*db_, kBob).list("assistant", {}).value().items.size(), 1U);
}

TEST_F(Tenancy, SomebodyElsesRowsCannotBeChanged) {
  fill(kAnn, "a");
  const auto not_found = ErrorKind::not_found;
  EXPECT_EQ(Properties(*db_, kBob).update({.id = "aprop", .name = "Mine"}).error().kind, not_found);
  EXPECT_EQ(Units(*db_, kBob).update({.id = "aunit"}).error().kind, not_found);
  EXPECT_EQ(Leads(*db_, kBob).update({.id = "alead"}).error().kind, not_found);
  EXPECT_EQ(Tours(*db_, kBob).move("atour", kNow + 1h).error().kind, not_found);
  EXPECT_EQ(Tours(*db_, kBob).cancel("atour").error().kind, not_found);
  EXPECT_EQ(Appointments(*db_, kBob).move("aappt", kNow + 1h).error().kind, not_found);
  EXPECT_EQ(Appointments(*db_, kBob).cancel("aappt").error().kind, not_found);
  EXPECT_EQ(Customers(*db_, kBob).update({.id = "acust"}).error().kind, not_found);
  EXPECT_EQ(Cards(*db_, kBob).block("acard", "", kNow).error().kind, not_found);
  EXPECT_EQ(Callbacks(*db_, kBob).set_status("aback", "done").error().kind, not_found);
  EXPECT_EQ(Calls(*db_, kBob).set_platform_id("acall", "x").error().kind, not_found);
  EXPECT_EQ(Calls(*db_, kBob).upsert({.id = "bcall", .platform_id = "ap"}).error().kind, ErrorKind::conflict);
  EXPECT_EQ(Calls(*db_, kBob).upsert({.id = "acall"}).error().kind, ErrorKind::conflict);
  EXPECT_FALSE(Calls(*db_, kBob).add_transcript({.call_id = "acall", .role = "user", .text = "x"}));
  EXPECT_EQ(Calls(*db_, kBob).replace_transcript("acall", "1", {}), false);
  EXPECT_FALSE(Calls(*db_, kBob).add_tool_call({.call_id = "acall", .id = "t"}));
  EXPECT_FALSE(ExchangeObjects(*db_, kBob).put({.kind = "assistant", .id = "aasst", .body = "{\"x\":1}"}));
  EXPECT_EQ(ExchangeObjects(*db_, kBob).remove("assistant", "aasst"), false);
  EXPECT_EQ(ExchangeObjects(*db_, kAnn).find("assistant", "aasst").value()->body, "{}");
  EXPECT_EQ(Tours(*db_, kAnn).taken("aprop", kNow, kNow + 1s).value().size(), 1U) << "the slot is still held";
  EXPECT_EQ(Appointments(*db_, kAnn).taken(kNow, kNow + 1s).value().size(), 1U);
}

TEST_F(Tenancy, ReferencesAcrossOwnersAreRefused) {
  fill(kAnn, "a");
  fill(kBob, "b");
  const auto conflict = ErrorKind::conflict;
  Tour tour{.id = "t", .lead_id = "alead", .property_id = "bprop", .starts_at = kNow + 1h, .confirmation = "t"};
  EXPECT_EQ(Tours(*db_, kBob).insert(tour).error().kind, conflict);
  tour.lead_id = "blead";
  tour.property_id = "aprop";
  EXPECT_EQ(Tours(*db_, kBob).insert(tour).error().kind, conflict);
  tour.property_id = "bprop";
  tour.unit_id = "aunit";
  EXPECT_EQ(Tours(*db_, kBob).insert(tour).error().kind, conflict);
  EXPECT_EQ(Units(*db_, kBob).insert({.id = "u", .property_id = "aprop"}).error().kind, conflict);
  EXPECT_EQ(Activities(*db_, kBob).insert({.id = "x", .lead_id = "alead"}).error().kind, conflict);
  EXPECT_EQ(Cards(*db_, kBob).insert({.id = "x", .customer_id = "acust"}).error().kind, conflict);
  EXPECT_EQ(Callbacks(*db_, kBob).insert({.id = "x", .lead_id = "alead"}).error().kind, conflict);
  const Appointment appointment{.id = "x", .customer_id = "acust", .starts_at = kNow + 1h, .confirmation = "x"};
  EXPECT_EQ(Appointments(*db_, kBob).insert(appointment).error().kind, conflict);
  EXPECT_TRUE(Tours(*db_, kAnn).taken("aprop", kNow + 1h, kNow + 2h).value().empty()) << "no slot was taken";
  EXPECT_TRUE(Appointments(*db_, kBob).taken(kNow + 1h, kNow + 2h).value().empty());
}

TEST_F(Tenancy, TheOfficeOfOneIsNotBookedByTheOther) {
  fill(kAnn, "a");
  fill(kBob, "b");  // the same time: both got it
  EXPECT_EQ(Appointments(*db_, kAnn).taken(kNow, kNow + 1s).value().size(), 1U);
}

TEST_F(Tenancy, WhatIsUniqueIsSoForEachOwner) {
  const WebhookEvent event{
      .id = "e1", .dedupe_key = "k", .type = "t", .verified = "api-key", .payload = "{}", .answer = "secret"};
  EXPECT_TRUE(WebhookEvents(*db_, kAnn).insert_if_new(event).value().is_new);
  WebhookEvent same = event;
  same.id = "e2";
  same.answer = std::nullopt;
  const auto inserted = WebhookEvents(*db_, kBob).insert_if_new(same).value();
  EXPECT_TRUE(inserted.is_new);
  EXPECT_FALSE(inserted.answer) << "the other's answer";
  EXPECT_FALSE(WebhookEvents(*db_, kBob).find("e1").value());
  EXPECT_FALSE(WebhookEvents(*db_, kBob).mark_processed("e1"));

  const JournalEntry entry{.key = "k", .tool = "t", .arguments = "{}", .result = "1", .created_at = kNow};
  EXPECT_EQ(ToolJournal(*db_, kAnn).insert(entry), true);
  EXPECT_FALSE(ToolJournal(*db_, kBob).find("k", kNow).value());
  EXPECT_EQ(ToolJournal(*db_, kBob).insert(entry), true);
}

TEST_F(Tenancy, NobodyOwnsNothing) {
  fill(Owner::local(), "l");
  EXPECT_TRUE(Leads(*db_, Owner()).list({}, {}).value().items.empty());
}

TEST_F(Tenancy, ACallBelongsToWhomTheServerKnowsThenToWhatTheMessageSays) {
  fill(kAnn, "a");
  fill(kBob, "b");
  ASSERT_TRUE(ExchangeObjects(*db_, kBob).put({.kind = "call", .id = "xcall", .body = "{}"}));
  struct Case {
    const char* name;
    CallClues clues;
    Owner owner;
  };
  const Case cases[] = {
      {"nothing", {}, Owner::local()},
      {"unknown ids", {"no", "no", "no", "no"}, Owner::local()},
      {"the stored call", {.platform_call_id = "ap", .assistant_id = "basst", .property_id = "bprop"}, kAnn},
      {"the exchange's call", {.platform_call_id = "xcall", .dialled_number = "+1415555a"}, kBob},
      {"the assistant", {.platform_call_id = "new", .assistant_id = "basst", .property_id = "aprop"}, kBob},
      {"the dialled number", {.dialled_number = "+1415555a", .property_id = "bprop"}, kAnn},
      {"the property", {.property_id = "bprop"}, kBob},
  };
  for (const auto& c : cases) EXPECT_EQ(owner_of_call(*db_, c.clues).value(), c.owner) << c.name;
}

TEST(AccountsMigration, KeepsWhatIsThere) {
  auto db = testing::empty_database();
  const auto scripts = embedded::migrations();
  ASSERT_TRUE(migrate(*db, kNow, scripts.first(1)));
  ASSERT_TRUE(
      db->execute("INSERT INTO webhook_events (id, dedupe_key, type, verified, payload, answer, received_at, "
                  "processed) VALUES ('e', 'k', 't', 'hmac', '{}', 'a', 5, 1)"));
  ASSERT_TRUE(
      db->execute("INSERT INTO tool_journal (journal_key, call_id, tool, arguments, result, ok, created_at) "
                  "VALUES ('j', 'c', 't', '{}', 'r', 1, 5)"));
  ASSERT_TRUE(migrate(*db, kNow));
  const auto event = WebhookEvents(*db, Owner::local()).find_by_dedupe_key("k").value();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->answer, "a");
  EXPECT_TRUE(event->processed);
  EXPECT_EQ(ToolJournal(*db, Owner::local()).find("j", kNow).value()->result, "r");
  EXPECT_TRUE(Accounts(*db).find("local").value());
}

TEST_F(Tenancy, UsersAndKeysAreKept) {
  ASSERT_TRUE(Accounts(*db_).insert({.id = "acct_ann", .created_at = kNow}));
  EXPECT_EQ(Accounts(*db_).insert({.id = "acct_ann"}).error().kind, ErrorKind::conflict);
  Users users(*db_);
  User ann{.id = "u1", .account_id = "acct_ann", .email = "ann@example.test", .password_hash = "h1", .role = "owner"};
  ASSERT_TRUE(users.insert(ann));
  ann.id = "u2";
  EXPECT_EQ(users.insert(ann).error().code, "duplicate") << "the e-mail is taken";
  ann.email = "else@example.test";
  ann.account_id = "acct_none";
  EXPECT_EQ(users.insert(ann).error().kind, ErrorKind::conflict) << "there is no such account";
  ASSERT_TRUE(users.rehash_password("u1", "h1", "h2"));
  EXPECT_EQ(users.find("u1").value()->password_hash, "h2");
  EXPECT_EQ(users.find("u1").value()->token_version, 1);
  ASSERT_TRUE(users.rehash_password("u1", "h1", "h3"));
  EXPECT_EQ(users.find("u1").value()->password_hash, "h2") << "it was changed meanwhile";
  ASSERT_TRUE(users.change_password("u1", "h4"));
  EXPECT_EQ(users.find_by_email("ann@example.test").value()->token_version, 2);
  EXPECT_EQ(users.list().value().size(), 1U);
  EXPECT_EQ(users.remove("ann@example.test"), true);
  EXPECT_EQ(users.remove("ann@example.test"), false);

  ApiKeys keys(*db_);
  ASSERT_TRUE(keys.insert({.id = "k1", .account_id = "local", .name = "n", .secret_hash = "s", .scopes = "chat"}));
  ASSERT_TRUE(keys.note_use("k1", kNow));
  ASSERT_TRUE(keys.note_use("k1", kNow - 1h));
  EXPECT_EQ(keys.find("k1").value()->last_used_at, kNow) << "it only moves forward";
  EXPECT_EQ(keys.revoke("k1", kNow), true);
  EXPECT_EQ(keys.revoke("k1", kNow), false);
  EXPECT_EQ(keys.find("k1").value()->revoked_at, kNow);
  EXPECT_EQ(keys.list().value().size(), 1U);
}

}  // namespace
}  // namespace offhook::store
