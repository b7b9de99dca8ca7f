#include "brain/model_cache.hpp"

#include <gtest/gtest.h>

#include <map>

#include "brain/intent_model.hpp"

namespace offhook::brain {
namespace {

struct CountingCache final : ModelCache {
  std::optional<std::string> read(std::string_view key) override {
    const auto found = files.find(std::string(key));
    if (found == files.end()) return std::nullopt;
    return found->second;
  }
  void write(std::string_view key, std::string_view bytes) override {
    writes += 1;
    files[std::string(key)] = bytes;
  }
  std::map<std::string, std::string> files;
  int writes = 0;
};

IntentModel trained(ModelCache& cache, std::string_view last = "are you open on Sundays") {
  IntentModel model;
  model.add("book", "I want to book a table");
  model.add("book", "can I reserve a table tonight");
  model.add("hours", "what time do you open");
  model.add("hours", last);
  model.build(&cache);
  return model;
}

TEST(ModelCache, ASecondStartTrainsNothing) {
  CountingCache cache;
  const auto first = trained(cache);
  EXPECT_EQ(cache.writes, 1);
  const auto second = trained(cache);
  EXPECT_EQ(cache.writes, 1);
  const auto want = first.classify("could you reserve us a table");
  const auto got = second.classify("could you reserve us a table");
  ASSERT_EQ(got.size(), want.size());
  EXPECT_EQ(got.front().label, want.front().label);
  EXPECT_EQ(got.front().score, want.front().score);
}

TEST(ModelCache, OtherExamplesAreAnotherModel) {
  CountingCache cache;
  (void)trained(cache);
  (void)trained(cache, "when do you close");
  EXPECT_EQ(cache.files.size(), 2u);
}

TEST(ModelCache, ASpoiltModelIsTrainedAnew) {
  CountingCache cache;
  const auto first = trained(cache);
  auto& bytes = cache.files.begin()->second;
  const std::string good = bytes;
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  const auto again = trained(cache);
  EXPECT_EQ(cache.writes, 2);
  EXPECT_EQ(cache.files.begin()->second, good);
  EXPECT_EQ(again.classify("reserve a table").front().label, "book");
}

}  // namespace
}  // namespace offhook::brain
