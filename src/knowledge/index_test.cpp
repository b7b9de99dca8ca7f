#include "knowledge/index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.hpp"
#include "knowledge/spelling.hpp"
#include "knowledge/top_chunks.hpp"

namespace offhook::knowledge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::shared_ptr<const Segment> segment_of(const std::vector<std::pair<std::string, std::string>>& documents) {
  SegmentBuilder builder;
  for (const auto& [id, text] : documents) {
    builder.begin_document(id);
    builder.add(0, "", text, Language::en);
  }
  return builder.build();
}

std::vector<std::string> found(const Index& index, std::string_view question, const SearchOptions& options = {}) {
  std::vector<std::string> ids;
  for (const auto& hit : index.search(question, options)) ids.push_back(hit.document_id);
  return ids;
}

Index house_rules() {
  return Index().with(
      segment_of({{"pets", "Cats and small dogs are welcome. The pet deposit is 300 dollars."},
                  {"parking", "Each apartment comes with one parking space in the garage."},
                  {"deposit", "The security deposit is one month's rent and is returned within 21 days."},
                  {"quiet", "Quiet hours are from 10 pm to 7 am."}}));
}

TEST(Index, FindsByStemsWhateverTheForm) {
  EXPECT_THAT(found(house_rules(), "Where can I park my car?"), ElementsAre("parking"));
  EXPECT_EQ(found(house_rules(), "When is the security deposit returned?").front(), "deposit");
}

TEST(Index, AnEmptyIndexAndAnEmptyQuestionFindNothing) {
  EXPECT_THAT(found(Index(), "deposit"), IsEmpty());
  EXPECT_THAT(found(house_rules(), ""), IsEmpty());
  EXPECT_THAT(found(house_rules(), "?!"), IsEmpty());
}

TEST(Index, AWordThatNobodyKnowsMayBeMisheard) {
  EXPECT_THAT(found(house_rules(), "securty"), ElementsAre("deposit"));
  EXPECT_THAT(found(house_rules(), "appartment"), ElementsAre("parking"));
  EXPECT_THAT(found(house_rules(), "400"), IsEmpty());  // not 300
}

TEST(Index, CompoundsAndTheirPartsFindEachOther) {
  const Index index =
      Index().with(segment_of({{"a", "Checkout is at eleven."}, {"b", "The swimming pool is heated."}}));
  EXPECT_THAT(found(index, "check out"), ElementsAre("a"));
  EXPECT_THAT(found(index, "swimmingpool"), ElementsAre("b"));
}

TEST(Index, CoverageTellsHowMuchOfTheQuestionIsThere) {
  const auto all = house_rules().search("pet deposit dollars", {});
  const auto some = house_rules().search("pet insurance helicopter", {});
  ASSERT_FALSE(all.empty());
  ASSERT_FALSE(some.empty());
  EXPECT_NEAR(all.front().coverage, 1, 1e-9);
  EXPECT_LT(some.front().coverage, 0.4);
}

TEST(Index, ANewVersionReplacesTheOldOne) {
  const Index index = house_rules().with(segment_of({{"quiet", "Music may be played until midnight."}}));
  EXPECT_THAT(found(index, "quiet hours"), IsEmpty());
  EXPECT_THAT(found(index, "music"), ElementsAre("quiet"));
  EXPECT_EQ(index.chunks(), 4U);
}

TEST(Index, WhatIsTakenOutIsNotFoundAndTheOldSnapshotStays) {
  const Index before = house_rules();
  const Index after = before.without("parking");
  EXPECT_THAT(found(after, "parking"), IsEmpty());
  EXPECT_THAT(found(before, "parking"), ElementsAre("parking"));
}

TEST(Index, OnlyTheDocumentsAskedForAreSearched) {
  EXPECT_THAT(found(house_rules(), "deposit", {.documents = {"pets", "quiet"}}), ElementsAre("pets"));
}

TEST(Index, NeighboursOfTheQuestionThatStandTogetherComeFirst) {
  const Index index = Index().with(segment_of({{"far", "A late guest pays the fee at the desk of the house."},
                                               {"near", "A late fee at the desk of the house is for the guest."}}));
  EXPECT_EQ(found(index, "late fee").front(), "near");
}

TEST(Index, ManySegmentsGiveWhatOneGives) {
  std::vector<std::pair<std::string, std::string>> documents;
  Random random(7);
  for (int i = 0; i < 60; ++i) {
    std::string text;
    for (int j = 0; j < 30; ++j) text += "w" + std::to_string(random.below(1 + random.below(80))) + "x ";
    documents.emplace_back("d" + std::to_string(i), text);
  }
  const Index whole = Index().with(segment_of(documents));
  Index grown;
  for (const auto& document : documents) grown = grown.with(segment_of({document}));
  EXPECT_LE(grown.segments(), 9U);
  EXPECT_EQ(grown.chunks(), whole.chunks());
  for (int i = 0; i < 40; ++i) {
    const std::string question = "w" + std::to_string(i) + "x w" + std::to_string(i * 2) + "x w3x";
    std::map<std::string, double> one, many;
    for (const auto& hit : whole.search(question, {.limit = 100})) one[hit.document_id] = hit.score;
    for (const auto& hit : grown.search(question, {.limit = 100})) many[hit.document_id] = hit.score;
    ASSERT_EQ(one.size(), many.size()) << question;
    for (const auto& [id, score] : one) EXPECT_NEAR(score, many[id], 1e-9) << question;
  }
}

/// Early termination must not change what comes out: against scores of every chunk.
TEST(TopChunks, LeavesOutOnlyWhatCannotGetIn) {
  SegmentBuilder builder;
  Random random(11);
  constexpr int kChunks = 3000;
  for (int i = 0; i < kChunks; ++i) {
    std::string text;
    const std::uint64_t count = 5 + random.below(40);
    for (std::uint64_t j = 0; j < count; ++j) text += "v" + std::to_string(random.below(1 + random.below(300))) + "z ";
    builder.begin_document("d" + std::to_string(i));
    builder.add(0, "", text, Language::en);
  }
  const auto segment = builder.build();
  const Bm25 bm25{.average_length = static_cast<double>(segment->total_length()) / kChunks};
  for (int round = 0; round < 50; ++round) {
    std::vector<WeightedStem> stems;
    for (int i = 0; i < 5; ++i) {
      const auto id = segment->stems().find("v" + std::to_string(random.below(300)) + "z");
      if (id) stems.push_back({.stem = *id, .weight = 0.1 + random.unit() * 5});
    }
    BestChunks quick(10), all(10);
    collect_top_chunks(*segment, 0, stems, bm25, {}, quick);
    for (std::uint32_t chunk = 0; chunk < segment->chunks(); ++chunk) {
      Segment::Words words;
      segment->read_words(chunk, words);
      double score = 0;
      for (const auto& stem : stems) {
        unsigned frequency = 0;
        for (const auto word : words.ids)
          frequency += word != 0 && segment->stem_of_word(word - 1) == stem.stem ? 1 : 0;
        if (frequency > 0) score += bm25.score(stem.weight, frequency, segment->length(chunk));
      }
      if (score > 0) all.offer({.chunk = chunk, .score = score});
    }
    const auto got = quick.take();
    const auto wanted = all.take();
    ASSERT_EQ(got.size(), wanted.size());
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i].score, wanted[i].score, 1e-9);
  }
}

TEST(Spelling, CountsEdits) {
  EXPECT_EQ(edit_distance("deposit", "deposit", 2), 0);
  EXPECT_EQ(edit_distance("deposit", "depsoit", 2), 1);  // swapped
  EXPECT_EQ(edit_distance("katherine", "catherine", 2), 1);
  EXPECT_EQ(edit_distance("cat", "catalogue", 2), 3);
  EXPECT_EQ(edit_distance("", "ab", 2), 2);
}

}  // namespace
}  // namespace offhook::knowledge
