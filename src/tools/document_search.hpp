#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/json.hpp"
#include "store/owner.hpp"
#include "store/sql/connection.hpp"

namespace offhook::tools {

/// What to look for in whose documents.
struct DocumentQuestion {
  std::string text;
  store::Owner owner;
  std::string agent;                   ///< whose collections are searched
  std::vector<std::string> documents;  ///< ids; empty: all of them
};

/// What the documents say.
struct DocumentAnswer {
  bool is_found = false;  ///< they hold enough to answer
  std::string text;       ///< sentences of theirs, one to three; empty unless found
  std::string source;     ///< "the document House rules, page 3": where the text is from
  json::array passages;   ///< [{"document_id","name","page","heading","text","score"}], the best first, found or not
};

/// Looks things up in the documents of accounts. What implements it is elsewhere. Thread-safe.
class DocumentSearch {
 public:
  virtual ~DocumentSearch() = default;
  /// Is there anything to look up for anybody? Without that, nobody is offered to.
  [[nodiscard]] virtual bool has_documents() const = 0;
  /// Quick: an index in memory, and the rows of what was found. Errors: the database's.
  virtual Result<DocumentAnswer> answer(sql::Connection& db, const DocumentQuestion& question) const = 0;
};

/// The documents that an assistant was given (by our id or the platform's); none when it was given none, or there is no
/// such assistant.
[[nodiscard]] Result<std::vector<std::string>> documents_of_assistant(sql::Connection& db, const store::Owner& owner,
                                                                      std::string_view assistant_id);

}  // namespace offhook::tools
