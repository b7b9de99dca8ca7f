#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "knowledge/indexes.hpp"
#include "store/documents.hpp"

namespace offhook::knowledge {

/// A chunk with its text, as it is cited.
struct Passage {
  std::string document_id;
  std::string name;       ///< of the document
  std::int64_t page = 0;  ///< 0 where there are no pages
  std::string heading;
  std::string text;
  double score = 0;
  double coverage = 0;  ///< as Hit has it
};

/// From which coverage on a passage counts as an answer. Measured: docs/decisions, "documents".
inline constexpr double kEnoughCoverage = 0.45;

/// The texts of what was found, as the database has them; what has been deleted since is left out.
[[nodiscard]] Result<std::vector<Passage>> read_passages(sql::Connection& db, const store::Owner& owner,
                                                         const Shelf& shelf, const std::vector<Hit>& hits);

/// An answer put together of sentences that the documents hold, word by word.
struct Answer {
  bool is_found = false;         ///< the evidence is enough; else there is no text
  std::string text;              ///< one to three sentences
  std::vector<Passage> sources;  ///< those that the sentences are from, in their order
};

/// Takes the sentences that say most about the question from the best passages. `max_bytes`: of the text. Pure.
[[nodiscard]] Answer answer_from(std::string_view question, const Shelf& shelf, const std::vector<Passage>& passages,
                                 std::size_t max_bytes = 320);

/// Where a text has words of the question (Index::read): from and to, in characters (code points). Pure.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> find_highlights(const Query& question,
                                                                               std::string_view text);

/// "the document House rules, page 3": how a source is named in speech. The name loses its ending and underscores.
[[nodiscard]] std::string say_source(const Passage& passage);

}  // namespace offhook::knowledge
