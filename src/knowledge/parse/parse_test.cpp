#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/text.hpp"
#include "knowledge/parse/document_json.hpp"
#include "knowledge/parse/parsers.hpp"

namespace offhook::knowledge::parse {
namespace {

using testing::ElementsAre;

std::vector<std::string> shown(const ParsedDocument& document) {
  std::vector<std::string> lines;
  for (const auto& block : document.blocks) {
    static constexpr const char* kMarks[] = {"#", "", "* ", "| "};
    std::string mark = kMarks[static_cast<int>(block.kind)];
    if (block.kind == BlockKind::heading) mark += std::to_string(block.level) + " ";
    lines.push_back(mark + block.text);
  }
  return lines;
}

std::vector<std::string> read(std::string_view bytes, std::string_view name = "") {
  const auto parsed = parse_file(bytes, name, {});
  return parsed ? shown(*parsed) : std::vector<std::string>{"error: " + parsed.error().code};
}

TEST(Detect, GoesByContent) {
  EXPECT_EQ(detect_type("%PDF-1.7\n", "a.txt"), FileType::pdf);
  EXPECT_EQ(detect_type("<!DOCTYPE html><p>x", "a.pdf"), FileType::html);
  EXPECT_EQ(detect_type("From: a@b.c\nTo: d@e.f\nMIME-Version: 1.0\n\nHi", "x"), FileType::email);
  EXPECT_EQ(detect_type("a,b,c\n1,2,3\n4,5,6\n", "x"), FileType::csv);
  EXPECT_EQ(detect_type("# Rules\n\n- one\n- two\n", "x"), FileType::markdown);
  EXPECT_EQ(detect_type("Just words, nothing else.\n", "x"), FileType::text);
  EXPECT_EQ(detect_type(std::string_view("MZ\0\0\0\0", 6), "x.txt"), FileType::unknown);
  EXPECT_EQ(detect_type("\xD0\xCF\x11\xE0", "x.docx"), FileType::legacy_office);
}

TEST(Detect, BytesThatAreNoTextAreOfNoKind) {
  Random random(7);
  for (int file = 0; file < 200; ++file) {
    std::string bytes(600, ' ');
    for (char& byte : bytes) byte = static_cast<char>(1 + random.below(255));
    EXPECT_EQ(detect_type(bytes, "x.txt"), FileType::unknown) << file;
  }
}

TEST(Text, HasHeadingsItemsPagesAndDividedWords) {
  const auto parsed = parse_text("HOUSE RULES\n\nCats are wel-\ncome here.\n\n- one\n- two\n\fFees\n====\nPay.");
  EXPECT_THAT(shown(parsed),
              ElementsAre("#2 HOUSE RULES", "Cats are welcome here.", "* one", "* two", "#1 Fees", "Pay."));
  EXPECT_EQ(parsed.pages, 2);
  EXPECT_EQ(parsed.blocks.back().page, 2);
}

TEST(Text, IsReadInWhateverCharacterSet) {
  EXPECT_THAT(read("Die Stra\xDF"
                   "e ist sch\xF6n und \xFC"
                   "ber den Fluss f\xFChrt eine Br\xFC"
                   "cke."),
              ElementsAre("Die Straße ist schön und über den Fluss führt eine Brücke."));
  EXPECT_THAT(read(std::string_view("\xFF\xFEH\0i\0!\0", 8)), ElementsAre("Hi!"));
  EXPECT_THAT(read("\xEF\xBB\xBFHallo."), ElementsAre("Hallo."));
}

TEST(Markdown, LosesItsMarksAndKeepsItsStructure) {
  EXPECT_THAT(
      read("---\ntitle: x\n---\n# House *rules*\n\nSee [the **fees**](http://a.b/c) `now`.\n\n1. first\n2. second\n\n"
           "| Plan | Price |\n|------|-------|\n| Basic | $10 |\n| Pro | $20 |\n",
           "a.md"),
      ElementsAre("#1 House rules", "See the fees now.", "* first", "* second", "| Plan: Basic; Price: $10.",
                  "| Plan: Pro; Price: $20."));
}

TEST(Csv, RowsHaveTheirHeader) {
  EXPECT_THAT(read("Name;Fee\n\"Cat; small\";\"30 \"\"net\"\"\"\nDog;50\n", "a.csv"),
              ElementsAre("| Name: Cat; small; Fee: 30 \"net\".", "| Name: Dog; Fee: 50."));
}

TEST(Html, LeavesOutWhatStandsOnEveryPage) {
  EXPECT_THAT(
      read("<!doctype html><html><head><title>T</title><script>x()</script></head><body><nav>Home</nav>"
           "<div class='cookie-banner'>We use cookies</div><main><h1>Fees</h1><p>The fee is&nbsp;<b>30</b> dollars.</p>"
           "<ul><li>a <i>b</i></li><li><p>c</p></li></ul>"
           "<table><tr><th>Plan</th><th>Price</th></tr><tr><td>Basic</td><td>$10</td></tr></table></main>"
           "<footer>Imprint</footer></body></html>"),
      ElementsAre("#1 Fees", "The fee is 30 dollars.", "* a b", "* c", "| Plan: Basic; Price: $10."));
}

TEST(Html, TheDepthOfATreeIsBounded) {
  std::string deep = "<html><body>";
  for (int i = 0; i < 3000; ++i) deep += "<div>";
  deep += "hello";
  EXPECT_EQ(parse_file(deep, "a.html", {}).error().code, "empty");  // what lies too deep is left out
}

TEST(Email, ThePlainTextOfAMessage) {
  EXPECT_THAT(
      read("From: =?utf-8?Q?J=C3=BCrgen?= <j@x.y>\r\nSubject: =?utf-8?B?UGFya2luZw==?=\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; "
           "charset=utf-8\r\n"
           "Content-Transfer-Encoding: quoted-printable\r\n\r\nThe gara=\r\nge is f=C3=BCll.\r\n--b\r\nContent-Type: "
           "text/html\r\n\r\n<p>html</p>\r\n--b--\r\n"),
      ElementsAre("#1 Parking", "From: Jürgen <j@x.y>.", "The garage is füll."));
}

TEST(Email, BytesThatNoHeaderMayHaveBecomeText) {
  const auto lines = read("From: a@b.c\nTo: d\nSubject: G\xF4 =?utf-8?Q?=C3=\nMIME-Version: 1.0\n\nHello.");
  ASSERT_FALSE(lines.empty());
  for (const auto& line : lines) EXPECT_TRUE(is_valid_utf8(line)) << line;
}

TEST(ParseFile, SaysWhatIsWrong) {
  EXPECT_THAT(read(""), ElementsAre("error: empty"));
  EXPECT_THAT(read(" \n "), ElementsAre("error: empty"));
  EXPECT_THAT(read("<html><body><script>x</script></body></html>"), ElementsAre("error: empty"));
  EXPECT_THAT(read("{\\rtf1 x}"), ElementsAre("error: unsupported"));
  EXPECT_THAT(read("\xD0\xCF\x11\xE0 and so on"), ElementsAre("error: unsupported"));
  EXPECT_THAT(read("PK\x03\x04 word/document.xml and then nothing"), ElementsAre("error: corrupt"));
}

TEST(ParseFile, RefusesMorePiecesThanCanBeKept) {
  const Limits limits{.blocks = 4};
  EXPECT_TRUE(parse_file("# a\n\nb\n\n# c\n\nd\n", "x.md", {}, limits));
  EXPECT_EQ(parse_file("# a\n\nb\n\n# c\n\nd\n\ne\n", "x.md", {}, limits).error().code, "too_large");
}

TEST(DocumentJson, ComesBackAsItWas) {
  const ParsedDocument document{.title = "T",
                                .pages = 2,
                                .blocks = {{.kind = BlockKind::heading, .level = 2, .page = 1, .text = "A \"b\"\n"},
                                           {.kind = BlockKind::table_row, .page = 2, .text = "ü"}}};
  const auto back = from_json_text(to_json_text(document));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->pages, 2);
  EXPECT_EQ(shown(*back), shown(document));
  const auto error = from_json_text(to_json_text(refuse(ErrorKind::too_large, "too_large", "Too much.")));
  EXPECT_EQ(error.error().kind, ErrorKind::too_large);
  EXPECT_EQ(error.error().message(), "Too much.");
  EXPECT_EQ(from_json_text("nonsense").error().kind, ErrorKind::internal);
}

}  // namespace
}  // namespace offhook::knowledge::parse
