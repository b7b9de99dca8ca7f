#include "store/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/testing/database.hpp"

namespace offhook::store {
namespace {

using namespace std::chrono_literals;
using testing::kNow;

Document upload(std::string id, std::string name, std::string hash) {
  return {.id = std::move(id),
          .name = std::move(name),
          .content_hash = hash,
          .size_bytes = 10,
          .upload = "file_" + hash,
          .created_at = kNow};
}

std::vector<DocumentChunk> two_chunks() {
  return {{.number = 0, .page = 1, .heading = "Rules", .body = "Cats are welcome."},
          {.number = 1, .page = 2, .heading = "Rules > Fees", .body = "The pet fee is 30 dollars."}};
}

class DocumentRows : public ::testing::Test {
 protected:
  Documents rows(const Owner& owner = Owner::local()) { return Documents(*db_, owner); }
  /// Uploads and takes in.
  void add(std::string id, std::string name, const std::string& hash) {
    ASSERT_TRUE(rows().receive(upload(id, std::move(name), hash)));
    ASSERT_TRUE(rows().begin(id, "file_" + hash, kNow).value());
    ASSERT_TRUE(rows().finish(id, "file_" + hash, 2, two_chunks(), kNow).value());
  }
  std::unique_ptr<sql::Connection> db_ = testing::migrated_database();
};

TEST_F(DocumentRows, WaitUntilTheyAreReadAndThenHaveChunks) {
  ASSERT_EQ(rows().receive(upload("d1", "rules.pdf", "h1"))->document.state, "queued");
  ASSERT_EQ(Documents::waiting(*db_)->size(), 1U);
  EXPECT_EQ(rows().begin("d1", "file_h1", kNow).value()->attempts, 1);
  EXPECT_EQ(Documents::waiting(*db_)->size(), 1U);  // still, should the program die now
  EXPECT_TRUE(rows().finish("d1", "file_h1", 2, two_chunks(), kNow + 1s).value());
  EXPECT_TRUE(Documents::waiting(*db_)->empty());
  const auto document = rows().find("d1").value();
  EXPECT_EQ(document->state, "ready");
  EXPECT_EQ(document->chunks, 2);
  EXPECT_EQ(document->upload, "");
  EXPECT_EQ(rows().find_chunk("d1", 1).value()->heading, "Rules > Fees");
  EXPECT_EQ(Documents::chunks_of(*db_, "d1")->size(), 2U);
  ASSERT_EQ(Documents::readable(*db_)->size(), 1U);
  EXPECT_EQ(Documents::readable(*db_)->front().owner, Owner::local());
}

TEST_F(DocumentRows, TheSameContentAgainChangesNothing) {
  add("d1", "rules.pdf", "h1");
  for (const std::string name : {"rules.pdf", "copy.pdf"}) {
    const auto again = rows().receive(upload("d2", name, "h1")).value();
    EXPECT_EQ(again.document.id, "d1");
    EXPECT_EQ(again.document.state, "ready");
    EXPECT_EQ(again.unneeded_upload, "file_h1");
  }
  EXPECT_EQ(rows().list({})->items.size(), 1U);
}

TEST_F(DocumentRows, ANameThatIsKnownGetsWhatAnotherOneSaysToo) {
  add("d1", "rules.pdf", "h1");
  add("d2", "fees.pdf", "h2");
  const auto next = rows().receive(upload("d3", "fees.pdf", "h1")).value();
  EXPECT_EQ(next.document.id, "d2");
  EXPECT_EQ(next.document.version, 2);
  EXPECT_EQ(next.document.state, "queued");
  EXPECT_EQ(rows().find("d1").value()->version, 1);
}

TEST_F(DocumentRows, AnAttemptThatIsGivenBackWasNone) {
  ASSERT_TRUE(rows().receive(upload("d1", "a.pdf", "h1")));
  ASSERT_TRUE(rows().begin("d1", "file_h1", kNow).value());
  ASSERT_TRUE(rows().give_back("d1", "file_h1", 0));
  EXPECT_EQ(rows().find("d1").value()->attempts, 0);
  EXPECT_EQ(rows().find("d1").value()->state, "queued");
  ASSERT_TRUE(rows().begin("d1", "file_h1", kNow).value());
  ASSERT_TRUE(rows().give_back("d1", "file_h0", 0));  // overtaken
  EXPECT_EQ(rows().find("d1").value()->attempts, 1);
  EXPECT_TRUE(rows().finish("d1", "file_h1", 2, two_chunks(), kNow).value());
  ASSERT_TRUE(rows().give_back("d1", "file_h1", 0));
  EXPECT_EQ(rows().find("d1").value()->state, "ready");
}

TEST_F(DocumentRows, ANewVersionTakesThePlaceOfTheOldOneWhenItIsRead) {
  add("d1", "rules.pdf", "h1");
  const auto next = rows().receive(upload("d2", "rules.pdf", "h2")).value();
  EXPECT_EQ(next.document.id, "d1");
  EXPECT_EQ(next.document.version, 2);
  EXPECT_EQ(Documents::chunks_of(*db_, "d1")->size(), 2U);  // the old one answers meanwhile
  const auto third = rows().receive(upload("d3", "rules.pdf", "h3")).value();
  EXPECT_EQ(third.unneeded_upload, "file_h2");
  // The one that was overtaken comes too late.
  EXPECT_FALSE(rows().finish("d1", "file_h2", 1, two_chunks(), kNow).value());
  EXPECT_FALSE(rows().fail_upload("d1", "file_h2", "no", kNow).value());
  const std::vector<DocumentChunk> one{{.body = "No pets."}};
  EXPECT_TRUE(rows().finish("d1", "file_h3", 1, one, kNow).value());
  EXPECT_EQ(Documents::chunks_of(*db_, "d1")->size(), 1U);
}

TEST_F(DocumentRows, WhatCannotBeReadSaysWhyAndLeavesTheOldVersion) {
  ASSERT_TRUE(rows().receive(upload("d1", "a.pdf", "h1")));
  EXPECT_TRUE(rows().fail_upload("d1", "file_h1", "The file is encrypted.", kNow).value());
  EXPECT_EQ(rows().find("d1").value()->state, "failed");
  EXPECT_EQ(rows().find("d1").value()->error, "The file is encrypted.");
  // The same bytes may be tried again.
  EXPECT_EQ(rows().receive(upload("d2", "a.pdf", "h1"))->document.state, "queued");
  add("d3", "b.pdf", "h3");
  ASSERT_TRUE(rows().receive(upload("d4", "b.pdf", "h4")));
  EXPECT_TRUE(rows().fail_upload("d3", "file_h4", "The file is damaged.", kNow).value());
  EXPECT_EQ(rows().find("d3").value()->state, "ready");
  EXPECT_EQ(Documents::chunks_of(*db_, "d3")->size(), 2U);
}

TEST_F(DocumentRows, AreTheirOwnersAlone) {
  add("d1", "rules.pdf", "h1");
  auto others = rows(Owner("acct_other"));
  EXPECT_FALSE(others.find("d1").value());
  EXPECT_FALSE(others.find_chunk("d1", 0).value());
  EXPECT_TRUE(others.list({})->items.empty());
  EXPECT_EQ(others.remove("d1").error().kind, ErrorKind::not_found);
  EXPECT_FALSE(others.finish("d1", "file_h1", 1, {}, kNow).value());
  EXPECT_EQ(others.receive(upload("d9", "rules.pdf", "h1"))->document.id, "d9");
  EXPECT_EQ(rows().remove("d1").value(), "");
  EXPECT_TRUE(Documents::chunks_of(*db_, "d1")->empty());
}

}  // namespace
}  // namespace offhook::store
