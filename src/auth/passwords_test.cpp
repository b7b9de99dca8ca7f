#include "auth/passwords.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "async/loop.hpp"
#include "auth/token_keys.hpp"
#include "store/testing/temporary_folder.hpp"

namespace offhook::auth {
namespace {

constexpr PasswordCost kCheap{.passes = 1, .memory_kib = 64, .lanes = 1};

TEST(Passwords, MatchThemselvesOnly) {
  const auto hash = hash_password(Secret("correct horse"), kCheap).value();
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$")) << hash;
  EXPECT_NE(hash, hash_password(Secret("correct horse"), kCheap).value()) << "salted";
  EXPECT_TRUE(verify_password(Secret("correct horse"), hash, kCheap)->matches);
  EXPECT_FALSE(verify_password(Secret("correct horse"), hash, kCheap)->is_outdated);
  for (const char* wrong : {"", "correct hors", "correct horse ", "Correct horse"}) {
    EXPECT_FALSE(verify_password(Secret(wrong), hash, kCheap)->matches) << wrong;
  }
}

TEST(Passwords, OfAnotherCostMatchAndAreOutdated) {
  const auto hash = hash_password(Secret("correct horse"), kCheap).value();
  const auto verdict = verify_password(Secret("correct horse"), hash, {.passes = 2, .memory_kib = 64}).value();
  EXPECT_TRUE(verdict.matches);
  EXPECT_TRUE(verdict.is_outdated);
}

TEST(Passwords, NobodysHashMatchesNothing) {
  EXPECT_FALSE(verify_password(Secret(""), "", kCheap)->matches);
  EXPECT_FALSE(verify_password(Secret("x"), "", kCheap)->matches);
}

TEST(Passwords, AHashThatIsNoneIsAFaultOfOurs) {
  EXPECT_EQ(verify_password(Secret("x"), "plain", kCheap).error().kind, ErrorKind::internal);
}

TEST(Passwords, TheDefaultCostIsTheOneOfTheRfc) {
  const auto hash = hash_password(Secret("correct horse"), {}).value();
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=65536,t=3,p=1$")) << hash;
}

/// Takes no work.
class FullWorkers final : public Workers {
 public:
  bool post(Work) override { return false; }
};

TEST(Passwords, TooManyAtOnceAreTurnedAway) {
  const RealClock clock;
  Loop loop(clock, 1);
  FullWorkers full;
  Passwords passwords(full, kCheap);
  EXPECT_EQ(loop.block_on(passwords.hash(Secret("x"), {})).error().kind, ErrorKind::unavailable);
  const auto workers = make_thread_pool("passwords", 1, 4);
  Passwords working(*workers, kCheap);
  const auto hash = loop.block_on(working.hash(Secret("correct horse"), {})).value();
  EXPECT_TRUE(loop.block_on(working.verify(Secret("correct horse"), hash, {}))->matches);
}

TEST(TokenKey, IsMadeOnceAndKeptForItsOwner) {
  const store::testing::TemporaryFolder folder;
  const auto path = folder.path() / "token_key";
  const auto first = keep_token_key(path);
  ASSERT_TRUE(first) << first.error().client;
  EXPECT_EQ(first->reveal().size(), 64U);
  EXPECT_EQ(keep_token_key(path)->reveal(), first->reveal());
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(path).permissions(), perms::owner_read | perms::owner_write);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1) << "no draft is left";
}

TEST(TokenKey, ThatIsDamagedIsNotUsed) {
  const store::testing::TemporaryFolder folder;
  const auto path = folder.path() / "token_key";
  std::ofstream(path) << "short\n";
  EXPECT_NE(keep_token_key(path).error().client.find("too short"), std::string::npos);
  EXPECT_FALSE(keep_token_key(folder.path() / "no" / "token_key"));
}

}  // namespace
}  // namespace offhook::auth
