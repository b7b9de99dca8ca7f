#include "knowledge/answer.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "knowledge/chunker.hpp"
#include "knowledge/terms.hpp"

namespace offhook::knowledge {
namespace {

constexpr std::size_t kPassages = 3;
constexpr std::size_t kSentences = 3;
/// A further sentence has to bring this share of the question that the ones before did not.
constexpr double kWorthMore = 0.2;
/// What a sentence of the best passage is worth beside one of the next.
constexpr double kLaterPassage = 0.85;
constexpr std::size_t kMaxSentenceBytes = 400;

struct Sentence {
  std::string_view text;
  std::size_t passage = 0;
  std::size_t place = 0;
  std::vector<bool> holds;  // which words of the question
  double score = 0;
};

/// Which words of the question a text has.
std::vector<bool> words_held(const Query& query, Analyser& analyser, std::string_view text) {
  std::vector<bool> holds(query.words.size());
  analyser.for_each(text, [&](const Term& term) {
    for (std::size_t i = 0; i < query.words.size(); ++i) {
      if (std::ranges::find(query.words[i].readings, term.stem, &Reading::stem) != query.words[i].readings.end())
        holds[i] = true;
    }
  });
  return holds;
}

double worth(const Query& query, const std::vector<bool>& holds, const std::vector<bool>& known) {
  double sum = 0;
  for (std::size_t i = 0; i < holds.size(); ++i) {
    if (holds[i] && !known[i]) sum += query.words[i].idf;
  }
  return query.total_idf > 0 ? sum / query.total_idf : 0;
}

bool asks_for_figure(std::string_view question) {
  const std::string lower = to_lower(question);
  for (const std::string_view word : {"how much", "how many", "what time", "when", "cost", "price", "fee", "how long",
                                      "hours", "wie viel", "wann", "combien", "quand", "cuánto", "cuándo"}) {
    if (lower.contains(word)) return true;
  }
  return false;
}

bool has_figure(std::string_view text) { return text.find_first_of("0123456789") != std::string_view::npos; }

std::string ended(std::string_view sentence) {
  std::string text = one_line(sentence);
  if (!text.empty() && std::string_view(".!?:").find(text.back()) == std::string_view::npos && !text.ends_with("。"))
    text += '.';
  return text;
}

}  // namespace

Result<std::vector<Passage>> read_passages(sql::Connection& db, const store::Owner& owner, const Shelf& shelf,
                                           const std::vector<Hit>& hits) {
  std::vector<Passage> passages;
  for (const auto& hit : hits) {
    const auto entry = shelf.documents.find(hit.document_id);
    auto chunk = store::Documents(db, owner).find_chunk(hit.document_id, hit.number);
    if (!chunk) return fail(chunk);
    if (!*chunk || entry == shelf.documents.end()) continue;
    passages.push_back({.document_id = hit.document_id,
                        .name = entry->second.name,
                        .page = (*chunk)->page,
                        .heading = std::move((*chunk)->heading),
                        .text = std::move((*chunk)->body),
                        .score = hit.score,
                        .coverage = hit.coverage});
  }
  return passages;
}

Answer answer_from(std::string_view question, const Shelf& shelf, const std::vector<Passage>& passages,
                   std::size_t max_bytes) {
  Answer answer;
  const auto enough = [](const Passage& passage) { return passage.coverage >= kEnoughCoverage; };
  if (std::ranges::none_of(passages, enough)) return answer;
  const Query query = shelf.index.read(question);
  const bool wants_figure = asks_for_figure(question);
  std::vector<Sentence> sentences;
  for (std::size_t i = 0; i < std::min(passages.size(), kPassages); ++i) {
    if (!enough(passages[i])) continue;
    Analyser analyser(detect_language(passages[i].text));
    // What the headings say, each sentence below them says as well, if less so.
    const auto heading = words_held(query, analyser, passages[i].heading + " " + passages[i].name);
    std::size_t place = 0;
    for (const auto text : split_sentences(passages[i].text)) {
      Sentence sentence{.text = text, .passage = i, .place = place++, .holds = words_held(query, analyser, text)};
      const double own = worth(query, sentence.holds, std::vector<bool>(sentence.holds.size()));
      const double inherited = worth(query, heading, sentence.holds);
      sentence.score = (own + 0.5 * inherited) * std::pow(kLaterPassage, static_cast<double>(i));
      if (wants_figure && has_figure(text)) sentence.score *= 1.3;
      if (text.size() > kMaxSentenceBytes) sentence.score *= 0.5;
      sentences.push_back(std::move(sentence));
    }
  }
  std::vector<const Sentence*> chosen;
  std::vector<bool> known(query.words.size());
  std::size_t size = 0;
  while (chosen.size() < kSentences) {
    const Sentence* best = nullptr;
    double best_score = 0;
    for (const auto& sentence : sentences) {
      if (std::ranges::find(chosen, &sentence) != chosen.end()) continue;
      if (!chosen.empty() && worth(query, sentence.holds, known) < kWorthMore) continue;
      if (best == nullptr || sentence.score > best_score) {
        best = &sentence;
        best_score = sentence.score;
      }
    }
    if (best == nullptr || (!chosen.empty() && size + best->text.size() > max_bytes)) break;
    chosen.push_back(best);
    size += best->text.size();
    for (std::size_t i = 0; i < known.size(); ++i) known[i] = known[i] || best->holds[i];
  }
  if (chosen.empty()) return answer;
  std::ranges::sort(chosen, {}, [](const Sentence* sentence) { return std::pair(sentence->passage, sentence->place); });
  for (const Sentence* sentence : chosen) {
    if (!answer.text.empty()) answer.text += ' ';
    answer.text += ended(sentence->text);
    const Passage& passage = passages[sentence->passage];
    const bool is_new = answer.sources.empty() || answer.sources.back().text != passage.text;
    if (is_new) answer.sources.push_back(passage);
  }
  answer.is_found = true;
  return answer;
}

std::vector<std::pair<std::size_t, std::size_t>> find_highlights(const Query& question, std::string_view text) {
  Analyser analyser(detect_language(text));
  std::vector<std::pair<std::size_t, std::size_t>> found;
  std::size_t bytes = 0, characters = 0;
  const auto characters_to = [&](std::size_t end) {
    for (; bytes < end; ++bytes) characters += (static_cast<unsigned char>(text[bytes]) & 0xC0) != 0x80 ? 1 : 0;
    return characters;
  };
  std::uint32_t last_end = 0;
  analyser.for_each(text, [&](const Term& term) {
    const bool is_asked = std::ranges::any_of(question.words, [&](const QueryWord& word) {
      return std::ranges::find(word.readings, term.stem, &Reading::stem) != word.readings.end();
    });
    if (!is_asked || term.begin < last_end) return;
    const std::size_t begin = characters_to(term.begin);
    found.emplace_back(begin, characters_to(term.end));
    last_end = term.end;
  });
  return found;
}

std::string say_source(const Passage& passage) {
  std::string name = passage.name;
  const std::size_t point = name.rfind('.');
  if (point != std::string::npos && point > 0 && name.size() - point <= 6) name.resize(point);
  std::ranges::replace(name, '_', ' ');
  std::ranges::replace(name, '-', ' ');
  std::string text = "the document " + one_line(name);
  if (passage.page > 0) text += ", page " + std::to_string(passage.page);
  return text;
}

}  // namespace offhook::knowledge
