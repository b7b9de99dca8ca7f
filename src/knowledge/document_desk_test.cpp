#include "knowledge/document_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "async/cancel.hpp"
#include "async/loop.hpp"
#include "async/task_group.hpp"
#include "base/time_text.hpp"
#include "crypto/hash.hpp"
#include "store/sqlite_store.hpp"

namespace offhook::knowledge {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const store::Owner kOther("acct_other");

/// Holds the first piece of work back until it is let go; does the others at once.
struct HoldingWorkers final : Workers {
  bool post(Work work) override {
    if (std::exchange(is_first, false)) {
      held = std::move(work);
    } else {
      work();
    }
    return true;
  }
  void let_go() {
    if (held) std::exchange(held, {})();
  }
  bool is_first = true;
  Work held;
};

/// A desk on a database in memory, with the real parser program; its loop is in virtual time.
class DeskTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("desk_" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    auto opened = store::open_sqlite_store({.opened_at = clock_.utc_now(), .inline_on_caller = true});
    ASSERT_TRUE(opened);
    store_ = std::move(*opened);
    desk_ = make_desk();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<DocumentDesk> make_desk(Workers& workers, const char* helper = OFFHOOK_PARSE_HELPER) {
    return std::make_unique<DocumentDesk>(
        DocumentDesk::Parts{.store = *store_, .workers = workers, .log = log_, .clock = clock_}, folder_,
        ParserOptions{.helper_path = helper});
  }
  std::unique_ptr<DocumentDesk> make_desk() { return make_desk(*workers_); }
  /// As a kill leaves it: the row is committed, the file is on the disk, nobody has read it.
  void leave(std::string name, std::string_view bytes) {
    auto left = upload(std::move(name), bytes);
    ASSERT_TRUE(left.file->keep());
    const store::Document row{.id = "doc_left",
                              .name = left.name,
                              .content_hash = left.content_hash,
                              .size_bytes = 10,
                              .upload = left.file->name(),
                              .created_at = clock_.utc_now()};
    ASSERT_TRUE(loop_.block_on(store_->write(
        [row](sql::Connection& db) { return store::Documents(db, store::Owner::local()).receive(row); })));
  }
  store::Document left_behind() {
    auto found = loop_.block_on(
        store_->read([](sql::Connection& db) { return store::Documents(db, store::Owner::local()).find("doc_left"); }));
    return found && *found ? **found : store::Document{};
  }
  DocumentDesk::Upload upload(std::string name, std::string_view bytes) {
    auto file = desk_->create_file(random_);
    EXPECT_TRUE(file);
    EXPECT_TRUE((*file)->write(bytes));
    return {
        .name = std::move(name), .collection = {}, .file = std::move(*file), .content_hash = crypto::sha256_hex(bytes)};
  }
  store::Document send(std::string name, std::string_view bytes, const store::Owner& owner = store::Owner::local()) {
    auto received = loop_.block_on(desk_->receive(owner, upload(std::move(name), bytes)));
    EXPECT_TRUE(received);
    return received.value_or(store::Document{});
  }
  std::vector<Passage> search(const std::string& question, SearchScope scope = {},
                              const store::Owner& owner = store::Owner::local()) {
    auto found = loop_.block_on(desk_->search(owner, question, std::move(scope)));
    EXPECT_TRUE(found);
    return found.value_or(std::vector<Passage>{});
  }
  [[nodiscard]] std::size_t files() const {
    std::error_code error;
    std::size_t count = 0;
    for (std::filesystem::directory_iterator file(folder_, error), end; !error && file != end; file.increment(error))
      ++count;
    return count;
  }

  VirtualClock clock_{parse_rfc3339("2026-03-02T15:00:00Z").value()};
  Loop loop_{clock_, 1};
  Random random_{2};
  obs::Log log_{clock_, obs::Level::off, obs::Log::Format::key_value};
  std::unique_ptr<Workers> workers_ = make_inline_workers();
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<DocumentDesk> desk_;
};

constexpr std::string_view kRules =
    "# House rules\n\n## Pets\n\nCats are welcome. The pet deposit is 300 dollars.\n\n## Quiet\n\nQuiet hours are from "
    "10 pm.\n";

TEST_F(DeskTest, AnUploadIsReadAndFoundWithItsHeading) {
  const auto document = send("rules.md", kRules);
  EXPECT_EQ(document.state, "ready");
  EXPECT_EQ(document.chunks, 2);
  const auto passages = search("How much is the pet deposit?");
  ASSERT_THAT(passages, testing::Not(IsEmpty()));
  EXPECT_EQ(passages.front().heading, "House rules > Pets");
  EXPECT_EQ(passages.front().document_id, document.id);
  EXPECT_EQ(files(), 0U);  // the upload has been taken in
}

TEST_F(DeskTest, AnswersAreSentencesOfTheDocumentsOrNone) {
  send("rules.md", kRules);
  const auto shelf = desk_->indexes().shelf(store::Owner::local());
  const std::string question = "How much is the pet deposit?";
  const Answer answer = answer_from(question, *shelf, search(question));
  EXPECT_TRUE(answer.is_found);
  EXPECT_THAT(answer.text, HasSubstr("The pet deposit is 300 dollars."));
  ASSERT_THAT(answer.sources, SizeIs(1));
  EXPECT_EQ(say_source(answer.sources.front()), "the document rules");
  const std::string other = "Who won the election in France?";
  EXPECT_FALSE(answer_from(other, *shelf, search(other)).is_found);
}

TEST_F(DeskTest, TheSameAgainIsKnownAndANewVersionTakesItsPlace) {
  const auto first = send("rules.md", kRules);
  EXPECT_EQ(send("rules.md", kRules).id, first.id);
  EXPECT_EQ(files(), 0U);
  const auto second = send("rules.md", "# House rules\n\nThe pet deposit is 500 dollars now.\n");
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.version, 2);
  const auto passages = search("pet deposit");
  ASSERT_THAT(passages, SizeIs(1));
  EXPECT_THAT(passages.front().text, HasSubstr("500"));
}

TEST_F(DeskTest, WhatCannotBeReadSaysWhyAndLeavesNothingBehind) {
  const auto broken = send("a.pdf", "%PDF-1.4 nonsense");
  EXPECT_EQ(broken.state, "failed");
  EXPECT_THAT(broken.error, HasSubstr("damaged"));
  EXPECT_EQ(send("b.txt", "   ").state, "failed");
  EXPECT_EQ(files(), 0U);
  EXPECT_TRUE(desk_->indexes().empty());
}

TEST_F(DeskTest, WhatWasUnderWayWhenTheProgramEndedIsCarriedOn) {
  leave("rules.md", kRules);
  desk_ = make_desk();
  ASSERT_TRUE(loop_.block_on(desk_->load()));
  EXPECT_THAT(search("pet deposit"), IsEmpty());
  ASSERT_TRUE(loop_.block_on(desk_->carry_on()));
  EXPECT_THAT(search("pet deposit"), testing::Not(IsEmpty()));
  EXPECT_EQ(files(), 0U);
}

TEST_F(DeskTest, AFileThatAlwaysEndsItsReaderIsGivenUp) {
  auto left = upload("rules.md", kRules);
  ASSERT_TRUE(left.file->keep());
  const store::Document row{
      .id = "doc_left", .name = "r", .content_hash = "h", .upload = left.file->name(), .created_at = clock_.utc_now()};
  ASSERT_TRUE(loop_.block_on(store_->write([row](sql::Connection& db) -> Result<void> {
    store::Documents rows(db, store::Owner::local());
    if (auto received = rows.receive(row); !received) return fail(received);
    for (int i = 0; i < 3; ++i) {
      if (auto begun = rows.begin(row.id, row.upload, row.created_at); !begun) return fail(begun);
    }
    return {};
  })));
  ASSERT_TRUE(loop_.block_on(desk_->carry_on()));
  auto found = loop_.block_on(
      store_->read([](sql::Connection& db) { return store::Documents(db, store::Owner::local()).find("doc_left"); }));
  EXPECT_EQ((*found)->state, "failed");
}

TEST_F(DeskTest, WhatIsBrokenOffForOtherReasonsIsNoAttempt) {
  leave("rules.md", kRules);
  desk_ = make_desk(*workers_, "/nowhere/offhook-parse");
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(loop_.block_on(desk_->carry_on()));
  EXPECT_EQ(left_behind().attempts, 0);
  for (int i = 0; i < 5; ++i) {
    HoldingWorkers workers;
    desk_ = make_desk(workers);
    const auto ended = loop_.block_on(with_deadline(Deadline::after(clock_, 1s), desk_->carry_on()));
    EXPECT_EQ(ended.error().kind, ErrorKind::timeout);
    EXPECT_EQ(left_behind().attempts, 1) << "should the program die now";
    ASSERT_TRUE(loop_.block_on(desk_->stop(Deadline::after(clock_, 1s))));
    EXPECT_EQ(left_behind().attempts, 0);
    desk_.reset();
  }
  desk_ = make_desk();
  ASSERT_TRUE(loop_.block_on(desk_->carry_on()));
  EXPECT_EQ(left_behind().state, "ready");
}

TEST_F(DeskTest, WhatComesInWhileOthersAreFollowedStays) {
  send("rules.md", kRules);
  HoldingWorkers workers;
  auto second = make_desk(workers);
  TaskGroup following(loop_);
  following.spawn("follow", second->carry_on());
  ASSERT_TRUE(loop_.block_on(sleep_for(1ms)));
  ASSERT_FALSE(workers.is_first) << "it has read the list and is at work on it";
  ASSERT_TRUE(loop_.block_on(second->receive(store::Owner::local(), upload("pool.md", "The pool opens at nine."))));
  workers.let_go();
  ASSERT_TRUE(loop_.block_on(following.join()));
  EXPECT_EQ(second->indexes().shelf(store::Owner::local())->documents.size(), 2U);
}

TEST_F(DeskTest, AStartHasEverythingThatWasReadBefore) {
  send("rules.md", kRules);
  send("other.md", "The pool opens at nine.", kOther);
  desk_ = make_desk();
  ASSERT_TRUE(loop_.block_on(desk_->load()));
  EXPECT_THAT(search("pet deposit"), testing::Not(IsEmpty()));
  EXPECT_THAT(search("pool"), IsEmpty());  // somebody else's
  EXPECT_THAT(search("pool", {}, kOther), SizeIs(1));
}

TEST_F(DeskTest, ADeletedDocumentIsGoneForItsOwnerAlone) {
  const auto document = send("rules.md", kRules);
  EXPECT_EQ(loop_.block_on(desk_->remove(kOther, document.id)).error().kind, ErrorKind::not_found);
  ASSERT_TRUE(loop_.block_on(desk_->remove(store::Owner::local(), document.id)));
  EXPECT_THAT(search("pet deposit"), IsEmpty());
  EXPECT_TRUE(desk_->indexes().empty());
}

TEST_F(DeskTest, AnAgentFindsItsOwnCollectionAndTheCommonOne) {
  auto own = upload("bank.md", "The card fee is 5 dollars.");
  own.collection = "banking";
  ASSERT_TRUE(loop_.block_on(desk_->receive(store::Owner::local(), std::move(own))));
  const auto common = send("all.md", "The card may be collected at the desk.");
  EXPECT_THAT(search("card", {.agent = "banking", .documents = {}}), SizeIs(2));
  EXPECT_THAT(search("card", {.agent = "leasing", .documents = {}}), SizeIs(1));
  EXPECT_THAT(search("card", {.agent = {}, .documents = {common.id}}), SizeIs(1));
}

TEST_F(DeskTest, WhatAnotherProgramTakesInOrDeletesIsFollowed) {
  const auto document = send("rules.md", kRules);
  auto second = make_desk();
  ASSERT_TRUE(loop_.block_on(second->carry_on()));
  EXPECT_FALSE(second->indexes().empty());
  ASSERT_TRUE(loop_.block_on(desk_->remove(store::Owner::local(), document.id)));
  ASSERT_TRUE(loop_.block_on(second->carry_on()));
  EXPECT_TRUE(second->indexes().empty());
}

TEST(ParserProcess, OneThatCannotBeStartedOrDiesIsAnErrorOfThatFile) {
  const auto path = std::filesystem::path(testing::TempDir()) / "parser_input";
  std::ofstream(path) << "hello";
  EXPECT_EQ(parse_in_process({.helper_path = "/nowhere/offhook-parse"}, path, "a").error().kind,
            ErrorKind::unavailable);
  EXPECT_EQ(parse_in_process({.helper_path = "/bin/false"}, path, "a").error().code, "corrupt");
  EXPECT_EQ(parse_in_process({.helper_path = "/bin/cat", .output_bytes = 2}, path, "/dev/zero").error().code,
            "too_large");
  EXPECT_EQ(parse_in_process({.helper_path = "/bin/sleep", .time_limit = std::chrono::milliseconds(30)}, path, "60")
                .error()
                .code,
            "too_large");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace offhook::knowledge
