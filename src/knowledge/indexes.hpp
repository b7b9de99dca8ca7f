#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/index.hpp"
#include "store/documents.hpp"

namespace offhook::knowledge {

/// What is searched for whom.
struct SearchScope {
  std::string agent;                   ///< whose collections: its own, and the one for all; empty: every collection
  std::vector<std::string> documents;  ///< only these; empty: all
  std::size_t limit = 5;
};

/// All documents of one account, at one moment. Immutable.
struct Shelf {
  struct Entry {
    std::string name;
    std::string collection;
    std::int64_t version = 1;
    UtcTime updated_at{};
  };
  Index index;
  std::map<std::string, Entry, std::less<>> documents;  ///< by id

  [[nodiscard]] std::vector<Hit> search(std::string_view question, const SearchScope& scope) const;
};

/// The shelf of each account. Readers take a snapshot and never wait; changes are made one after the other and put in
/// place whole. Thread-safe.
class Indexes {
 public:
  /// Never null: an account without documents has an empty shelf.
  [[nodiscard]] std::shared_ptr<const Shelf> shelf(const store::Owner& owner) const;

  /// These chunks are the document from now on; older ones of it are gone.
  void put(const store::Owner& owner, const store::Document& document, const std::vector<store::DocumentChunk>& chunks);
  void remove(const store::Owner& owner, std::string_view document_id);

  /// Puts many documents of one account in at once: for a start.
  struct Content {
    store::Document document;
    std::vector<store::DocumentChunk> chunks;
  };
  void load(const store::Owner& owner, const std::vector<Content>& contents);

  /// Every document, with whose it is.
  [[nodiscard]] std::vector<std::pair<store::Owner, std::string>> all() const;
  /// Has nobody any document?
  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  using Shelves = std::map<std::string, std::shared_ptr<const Shelf>, std::less<>>;
  void replace(const store::Owner& owner, std::shared_ptr<const Shelf> shelf);

  std::mutex changing_;  // one change at a time; readers do not take it
  std::atomic<std::shared_ptr<const Shelves>> shelves_{std::make_shared<const Shelves>()};
};

}  // namespace offhook::knowledge
