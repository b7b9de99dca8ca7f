#include "knowledge/chunker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace offhook::knowledge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<Chunk> cut(const ParsedDocument& document) {
  return cut_into_chunks(document).value_or(std::vector<Chunk>{});
}
Block heading(int level, std::string text, int page = 1) {
  return {.kind = BlockKind::heading, .level = level, .page = page, .text = std::move(text)};
}
Block paragraph(std::string text, int page = 1) { return {.page = page, .text = std::move(text)}; }
Block item(std::string text) { return {.kind = BlockKind::list_item, .page = 1, .text = std::move(text)}; }
Block row(std::string text) { return {.kind = BlockKind::table_row, .page = 1, .text = std::move(text)}; }

TEST(Sentences, EndWhereTheyEnd) {
  EXPECT_THAT(
      split_sentences("Dr. Smith pays 3.5 percent, e.g. on cars. U.S. law applies! \"Really?\" Yes.\nA line"),
      ElementsAre("Dr. Smith pays 3.5 percent, e.g. on cars.", "U.S. law applies!", "\"Really?\"", "Yes.", "A line"));
  EXPECT_THAT(split_sentences("猫はいい。犬もいい。"), ElementsAre("猫はいい。", "犬もいい。"));
  EXPECT_TRUE(split_sentences("  \n ").empty());
}

TEST(Chunker, AChunkKeepsThePathOfItsHeadingsAndItsPage) {
  const auto chunks = cut(
      {.blocks = {heading(1, "House"), paragraph("Welcome."), heading(2, "Pets", 2), paragraph("Cats may stay.", 2),
                  heading(2, "Cars", 3), paragraph("Park below.", 3), heading(1, "Bank", 4), paragraph("Pay.", 4)}});
  ASSERT_EQ(chunks.size(), 4U);
  EXPECT_EQ(chunks[1].heading, "House > Pets");
  EXPECT_EQ(chunks[1].page, 2);
  EXPECT_EQ(chunks[2].heading, "House > Cars");
  EXPECT_EQ(chunks[3].heading, "Bank");
}

TEST(Chunker, SectionsAreSiblingsAtWhateverLevelADocumentBegins) {
  for (const int level : {2, 3}) {
    const auto chunks = cut(
        {.blocks = {heading(level, "Pets"), paragraph("Cats."), heading(level, "Parking"), paragraph("Below."),
                    heading(level + 2, "Night"), paragraph("Closed."), heading(level + 2, "Day"), paragraph("Open.")}});
    ASSERT_EQ(chunks.size(), 4U);
    EXPECT_EQ(chunks[0].heading, "Pets");
    EXPECT_EQ(chunks[1].heading, "Parking");
    EXPECT_EQ(chunks[2].heading, "Parking > Night");
    EXPECT_EQ(chunks[3].heading, "Parking > Day");
  }
}

TEST(Chunker, MoreSectionsOrMoreOfTheirHeadingsThanCanBeKeptAreRefused) {
  ParsedDocument document{.blocks = {heading(1, std::string(300, 'h'))}};
  for (int i = 0; i < 101; ++i) {
    document.blocks.push_back(heading(2, "h"));
    document.blocks.push_back(paragraph("a"));
  }
  EXPECT_EQ(cut(document).size(), 101U);
  EXPECT_TRUE(cut_into_chunks(document, {.chunks = 101}));
  EXPECT_EQ(cut_into_chunks(document, {.chunks = 100}).error().code, "too_large");
  EXPECT_EQ(cut_into_chunks(document, {.total_bytes = 100UL * 300}).error().code, "too_large");
}

TEST(Chunker, ListItemsHaveTheLineThatIntroducesThem) {
  ParsedDocument document{.blocks = {paragraph("The rent includes:")}};
  for (int i = 0; i < 40; ++i)
    document.blocks.push_back(item("Item number " + std::to_string(i) + " with some words about it."));
  const auto chunks = cut(document);
  ASSERT_GT(chunks.size(), 1U);
  for (const auto& chunk : chunks) EXPECT_THAT(chunk.body, StartsWith("The rent includes:"));
}

TEST(Chunker, RowsOfATableStayWhole) {
  ParsedDocument document;
  for (int i = 0; i < 60; ++i)
    document.blocks.push_back(row("Plan: P" + std::to_string(i) + "; Price: 10 dollars a month; Speed: fast."));
  for (const auto& chunk : cut(document)) {
    EXPECT_THAT(chunk.body, StartsWith("Plan: P"));
    EXPECT_TRUE(chunk.body.ends_with("Speed: fast."));
  }
}

TEST(Chunker, LongTextsAreCutBetweenSentencesAndOverlapByOne) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "Sentence number " + std::to_string(i) + " says a little something. ";
  const auto chunks = cut({.blocks = {paragraph(text)}});
  ASSERT_GT(chunks.size(), 3U);
  for (std::size_t i = 0; i + 1 < chunks.size(); ++i) {
    EXPECT_LE(chunks[i].body.size(), 1250U);
    EXPECT_EQ(split_sentences(chunks[i].body).back(), split_sentences(chunks[i + 1].body).front());
  }
  std::string all;
  for (const auto& chunk : chunks) all += chunk.body + "\n";
  for (int i = 0; i < 100; ++i) EXPECT_THAT(all, HasSubstr("Sentence number " + std::to_string(i) + " says"));
}

TEST(Chunker, AnEndlessSentenceIsCutAtASpaceAndNoCharacterInTwo) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "wört ";
  std::size_t words = 0;
  for (const auto& chunk : cut({.blocks = {paragraph(text)}})) {
    EXPECT_THAT(chunk.body, StartsWith("wört"));
    EXPECT_LE(chunk.body.size(), 1200U);
    for (std::size_t at = chunk.body.find("wört"); at != std::string::npos; at = chunk.body.find("wört", at + 1))
      ++words;
  }
  EXPECT_EQ(words, 1000U);
}

}  // namespace
}  // namespace offhook::knowledge
