#include "app/document_answers.hpp"

#include "knowledge/answer.hpp"

namespace offhook::app {
namespace {

constexpr std::size_t kPassages = 5;

}  // namespace

bool DocumentAnswers::has_documents() const { return !desk_.indexes().empty(); }

Result<tools::DocumentAnswer> DocumentAnswers::answer(sql::Connection& db,
                                                      const tools::DocumentQuestion& question) const {
  const auto shelf = desk_.indexes().shelf(question.owner);
  const auto hits =
      shelf->search(question.text, {.agent = question.agent, .documents = question.documents, .limit = kPassages});
  auto passages = knowledge::read_passages(db, question.owner, *shelf, hits);
  if (!passages) return fail(passages);
  const knowledge::Answer found = knowledge::answer_from(question.text, *shelf, *passages);
  tools::DocumentAnswer answer{.is_found = found.is_found, .text = found.text, .source = {}, .passages = {}};
  if (found.is_found) answer.source = knowledge::say_source(found.sources.front());
  for (const auto& passage : *passages) {
    json::object object{{"document_id", passage.document_id}, {"name", passage.name}};
    object["page"] = passage.page > 0 ? json::value(passage.page) : json::value(nullptr);
    object["heading"] = passage.heading;
    object["text"] = passage.text;
    object["score"] = passage.coverage;
    answer.passages.push_back(std::move(object));
  }
  return answer;
}

}  // namespace offhook::app
