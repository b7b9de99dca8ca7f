#include "brain/linear_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace offhook::brain {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

std::vector<LabelledSentence> sentences() {
  return {{"I want to book a table for two", {"book"}},
          {"can I reserve a table tonight", {"book"}},
          {"please book us in for dinner", {"book"}},
          {"a reservation for four please", {"book"}},
          {"I need to cancel my reservation", {"cancel"}},
          {"please call off the booking", {"cancel"}},
          {"we can't come, cancel the table", {"cancel"}},
          {"drop my dinner booking", {"cancel"}},
          {"what time do you open", {"hours"}},
          {"are you open on Sundays", {"hours"}},
          {"when does the kitchen close", {"hours"}},
          {"what are your opening hours", {"hours"}}};
}

std::vector<std::string> labels_of(const std::vector<Guess>& guesses) {
  std::vector<std::string> labels;
  for (const auto& guess : guesses) labels.push_back(guess.label);
  return labels;
}

TEST(LinearModel, UnderstandsWhatNoExampleSaidInTheseWords) {
  const auto model = LinearModel::train(sentences());
  EXPECT_EQ(model.classify("could you reserve me a table for dinner tonight").front().label, "book");
  EXPECT_EQ(model.classify("cancelling the reservation I made").front().label, "cancel");
  EXPECT_EQ(model.classify("do you close on Sundays").front().label, "hours");
}

TEST(LinearModel, ScoresAreProbabilitiesBestFirst) {
  const auto guesses = LinearModel::train(sentences()).classify("when do you open");
  ASSERT_EQ(guesses.size(), 3u);
  EXPECT_GT(guesses[0].score, guesses[1].score);
  EXPECT_NEAR(guesses[0].score + guesses[1].score + guesses[2].score, 1.0, 1e-6);
}

TEST(LinearModel, TurnsOfSeveralWishesGetSeveralLabels) {
  std::vector<LabelledSentence> both = sentences();
  for (int copies = 0; copies < 3; ++copies) {
    both.push_back({"cancel my table and book another one tonight", {"cancel", "book"}});
    both.push_back({"hello there", {}});
  }
  const auto model = LinearModel::train(both);
  EXPECT_THAT(labels_of(model.classify_each("cancel the table and book another")),
              UnorderedElementsAre("cancel", "book"));
  EXPECT_THAT(labels_of(model.classify_each("when does it open")), ElementsAre("hours"));
  EXPECT_THAT(model.classify_each("hello"), testing::IsEmpty());
}

TEST(LinearModel, WhatNoLabelMeansIsOutOfScope) {
  const auto model = LinearModel::train(sentences());
  EXPECT_GT(model.in_scope("book a table tonight"), model.in_scope("my bicycle has a flat tyre") + 0.3);
  EXPECT_EQ(model.in_scope(""), 0);
}

TEST(LinearModel, TheSameSentencesGiveTheSameBytesAndTheSameKey) {
  EXPECT_EQ(LinearModel::train(sentences()).to_bytes(), LinearModel::train(sentences()).to_bytes());
  EXPECT_EQ(model_key(sentences()), model_key(sentences()));
  auto other = sentences();
  other.back().labels = {"book"};
  EXPECT_NE(model_key(sentences()), model_key(other));
}

TEST(LinearModel, ComesBackFromItsBytes) {
  const auto model = LinearModel::train(sentences());
  const auto copy = LinearModel::from_bytes(model.to_bytes());
  ASSERT_TRUE(copy.has_value());
  for (const auto& sentence : sentences()) {
    const auto want = model.classify(sentence.text);
    const auto got = copy->classify(sentence.text);
    ASSERT_EQ(got.size(), want.size());
    EXPECT_EQ(got.front().label, want.front().label);
    EXPECT_EQ(got.front().score, want.front().score);
  }
}

TEST(LinearModel, BytesThatWereCutOffOrChangedAreNoModel) {
  const std::string bytes = LinearModel::train(sentences()).to_bytes();
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, bytes.size() / 2, bytes.size() - 1}) {
    EXPECT_FALSE(LinearModel::from_bytes(std::string_view(bytes).substr(0, size)).has_value()) << size;
  }
  for (std::size_t at = 0; at < bytes.size(); at += 97) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    EXPECT_FALSE(LinearModel::from_bytes(changed).has_value()) << at;
  }
}

TEST(LinearModel, OfNothingKnowsNothing) {
  const auto model = LinearModel::train({});
  EXPECT_TRUE(model.classify("hello").empty());
  EXPECT_TRUE(model.classify_each("hello").empty());
  EXPECT_EQ(model.in_scope("hello"), 0);
}

}  // namespace
}  // namespace offhook::brain
