#pragma once

#include <set>
#include <string>
#include <vector>

#include "eval/suites.hpp"

namespace offhook::eval {

/// A question and the passages that answer it.
struct RetrievalQuestion {
  std::string id;
  std::string text;
  std::set<std::string> relevant;
};

struct RetrievalPassage {
  std::string id;
  std::string heading;
  std::string text;
};

/// A collection of passages with questions.
struct RetrievalData {
  std::string name;
  std::vector<RetrievalPassage> passages;
  std::vector<RetrievalQuestion> questions;
};

/// `xquad.en.json`: paragraphs without their titles, each the answer to its own questions.
[[nodiscard]] Result<RetrievalData> read_xquad(const std::filesystem::path& file);
/// Cranfield as it was published (`cran.all.1400`, `cran.qry`, `cranqrel`), or as `corpus.jsonl`, `queries.jsonl` and
/// `qrels/test.tsv`. Questions are numbered by their order in `cran.qry`, as its judgements count them.
[[nodiscard]] Result<RetrievalData> read_cranfield(const std::filesystem::path& folder);
/// `documents/*.json` and `tasks/*.json`: what a task's caller wants is the question, its required documents the
/// answer.
[[nodiscard]] Result<RetrievalData> read_tau2(const std::filesystem::path& folder);

}  // namespace offhook::eval
