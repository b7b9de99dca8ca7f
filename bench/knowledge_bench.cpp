// Our index beside SQLite's FTS5, in the same run: natural questions of 5 to 10 words over 10,000 and 100,000 chunks of
// made-up prose, memory of the index, and how fast text pages are taken in.
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "bench/common/report.hpp"
#include "knowledge/chunker.hpp"
#include "knowledge/index.hpp"
#include "knowledge/parse/parsers.hpp"
#include "knowledge/terms.hpp"

namespace {

using namespace offhook;
using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point began) {
  return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

/// Words by Zipf's law, as languages have them: the k-th most frequent comes 1/k as often as the first.
class Prose {
 public:
  explicit Prose(std::size_t vocabulary) {
    double sum = 0;
    for (std::size_t i = 0; i < vocabulary; ++i) {
      sum += 1.0 / static_cast<double>(i + 1);
      sums_.push_back(sum);
      words_.push_back(make_word(i));
    }
  }
  const std::string& word(Random& random) const {
    const double at = random.unit() * sums_.back();
    return words_[static_cast<std::size_t>(std::ranges::lower_bound(sums_, at) - sums_.begin())];
  }
  std::string text(Random& random, std::size_t words) const {
    static constexpr const char* kSmall[] = {"the", "of", "and", "to", "a", "in", "is", "for", "on", "with"};
    std::string text;
    for (std::size_t i = 0; i < words; ++i) {
      // Two of five words of prose are function words.
      text += random.below(5) < 2 ? kSmall[random.below(10)] : word(random);
      text += i % 14 == 13 ? ". " : " ";
    }
    return text;
  }
  /// "what is the … for the …": so many words in all, as people ask.
  std::string question(Random& random, std::size_t words) const {
    static constexpr const char* kOpenings[] = {"what is the", "how much is the", "when does the", "who has the",
                                                "where is the"};
    std::string text = kOpenings[random.below(5)];
    const auto opening = static_cast<std::size_t>(std::ranges::count(text, ' ')) + 1;
    for (std::size_t i = opening; i < words; ++i) text += i == opening + 2 ? " for" : " " + word(random);
    return text;
  }

 private:
  static std::string make_word(std::size_t number) {
    static constexpr const char* kSyllables[] = {"ba", "ke", "lo",  "mi",  "nu",  "ra",  "se",  "ti",
                                                 "vo", "zu", "pra", "sto", "gle", "fin", "dor", "man"};
    std::string word;
    for (std::size_t rest = number + 17; rest > 0; rest /= 16) word += kSyllables[rest % 16];
    return word;
  }
  std::vector<double> sums_;
  std::vector<std::string> words_;
};

/// SQLite's own full-text search, as people set it up: porter stems, BM25, the question's words joined by OR.
class Fts5 {
 public:
  Fts5() {
    sqlite3_open(":memory:", &db_);
    run("CREATE VIRTUAL TABLE chunks USING fts5(body, tokenize = 'porter unicode61')");
    run("BEGIN");
    sqlite3_prepare_v2(db_, "INSERT INTO chunks (body) VALUES (?)", -1, &insert_, nullptr);
  }
  ~Fts5() {
    sqlite3_finalize(insert_);
    sqlite3_finalize(select_);
    sqlite3_close(db_);
  }
  Fts5(const Fts5&) = delete;
  Fts5& operator=(const Fts5&) = delete;
  void add(const std::string& text) {
    sqlite3_bind_text(insert_, 1, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    sqlite3_step(insert_);
    sqlite3_reset(insert_);
  }
  void finish() {
    run("COMMIT");
    run("INSERT INTO chunks (chunks) VALUES ('optimize')");
    sqlite3_prepare_v2(db_, "SELECT rowid, bm25(chunks) FROM chunks WHERE chunks MATCH ? ORDER BY rank LIMIT 5", -1,
                       &select_, nullptr);
  }
  std::size_t search(const std::string& question) {
    std::string match;
    knowledge::for_each_word(question, [&](const knowledge::Word& word) {
      if (!match.empty()) match += " OR ";
      match += '"' + std::string(word.text) + '"';
    });
    sqlite3_bind_text(select_, 1, match.data(), static_cast<int>(match.size()), SQLITE_TRANSIENT);
    std::size_t rows = 0;
    while (sqlite3_step(select_) == SQLITE_ROW) ++rows;
    sqlite3_reset(select_);
    return rows;
  }

 private:
  void run(const char* sql) { sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); }
  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
};

struct Sizes {
  std::size_t chunks;
  const char* target;
  std::size_t questions;
  std::size_t peer_questions;
};

void measure(const Sizes& sizes, const Prose& prose, bench::Report& report) {
  Random random(42);
  knowledge::SegmentBuilder builder;
  Fts5 peer;
  double built_ms = 0;
  for (std::size_t i = 0; i < sizes.chunks; ++i) {
    const std::string text = prose.text(random, 120 + random.below(80));
    const auto adding = Clock::now();
    if (i % 10 == 0) builder.begin_document("d" + std::to_string(i / 10));
    builder.add(static_cast<std::uint32_t>(i % 10), "", text, knowledge::Language::en);
    built_ms += ms_since(adding);
    peer.add(text);
  }
  const auto index = knowledge::Index().with(builder.build());
  peer.finish();

  std::vector<double> ours, theirs;
  std::size_t empty = 0;
  for (std::size_t i = 0; i < sizes.questions; ++i) {
    const std::string question = prose.question(random, 5 + random.below(6));
    auto asked = Clock::now();
    empty += index.search(question, {.limit = 5}).empty() ? 1 : 0;
    ours.push_back(ms_since(asked));
    if (i >= sizes.peer_questions) continue;
    asked = Clock::now();
    (void)peer.search(question);
    theirs.push_back(ms_since(asked));
  }
  if (empty == sizes.questions) throw std::runtime_error("no question found anything");
  std::ranges::sort(ours);
  std::ranges::sort(theirs);
  const std::string size = std::to_string(sizes.chunks);
  const std::string over = " over " + size + " chunks";
  const double p99 = bench::percentile(ours, 0.99);
  const double peer_p99 = bench::percentile(theirs, 0.99);
  report.row("p50_ms_" + size, "a question" + over + ", p50", bench::percentile(ours, 0.5), "ms");
  report.row("p99_ms_" + size, "a question" + over + ", p99", p99, "ms", sizes.target);
  report.row("fts5_p99_ms_" + size, "the same of SQLite FTS5, words joined by OR, p99", peer_p99, "ms");
  report.row("fts5_ratio_" + size, "FTS5's p99 to ours", peer_p99 / p99, "x");
  report.row("memory_mb_per_100000_" + size, "the index's memory, for 100,000 such chunks",
             static_cast<double>(index.memory_bytes()) / static_cast<double>(sizes.chunks) * 100'000 / 1e6, "MB");
  report.row("chunks_a_second_" + size, "chunks put into the index, one core",
             static_cast<double>(sizes.chunks) / built_ms * 1000, "1/s");
}

/// Pages of text through the parser, the chunker and the index: what a core does of it in a second.
void measure_ingest(const Prose& prose, bench::Report& report) {
  constexpr std::size_t kPages = 400;
  constexpr std::size_t kWordsAPage = 450;
  Random random(7);
  std::string text;
  for (std::size_t i = 0; i < kPages; ++i) text += "SECTION HEADING\n\n" + prose.text(random, kWordsAPage) + "\n\n\f";
  const auto began = Clock::now();
  auto document = knowledge::parse::parse_file(text, "pages.txt", {});
  if (!document) throw std::runtime_error("the pages cannot be read");
  knowledge::SegmentBuilder builder;
  builder.begin_document("d");
  std::uint32_t number = 0;
  const auto chunks = knowledge::cut_into_chunks(*document);
  if (!chunks) throw std::runtime_error("the pages cannot be cut");
  for (const auto& chunk : *chunks) {
    builder.add(number++, chunk.heading, chunk.body, knowledge::Language::en);
  }
  (void)builder.build();
  report.row("pages_a_second", "text pages taken in (read, cut, indexed), one core", kPages / ms_since(began) * 1000,
             "1/s", ">= 200 1/s");
}

}  // namespace

int main(int count, char** given) try {
  const bench::Arguments arguments(
      count, given,
      {{"--server", ""}, {"--questions", "2000"}, {"--peer-questions", "200"}, {"--json", ""}, {"--rows", ""}});
  bench::Report report("knowledge", arguments.text("--json"), arguments.text("--rows"));
  const Prose prose(60'000);
  const auto questions = static_cast<std::size_t>(arguments.number("--questions"));
  const auto peer_questions = static_cast<std::size_t>(arguments.number("--peer-questions"));
  measure({10'000, "<= 1 ms", questions, peer_questions}, prose, report);
  measure({100'000, "<= 5 ms", questions, peer_questions}, prose, report);
  measure_ingest(prose, report);
  report.finish();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "knowledge_bench: %s\n", error.what());
  return 1;
}
