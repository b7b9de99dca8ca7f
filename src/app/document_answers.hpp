#pragma once

#include "knowledge/document_desk.hpp"
#include "tools/document_search.hpp"

namespace offhook::app {

/// What tools and agents look things up with: the documents of the desk.
class DocumentAnswers final : public tools::DocumentSearch {
 public:
  explicit DocumentAnswers(const knowledge::DocumentDesk& desk) : desk_(desk) {}
  [[nodiscard]] bool has_documents() const override;
  Result<tools::DocumentAnswer> answer(sql::Connection& db, const tools::DocumentQuestion& question) const override;

 private:
  const knowledge::DocumentDesk& desk_;
};

}  // namespace offhook::app
