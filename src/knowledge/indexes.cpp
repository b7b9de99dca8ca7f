#include "knowledge/indexes.hpp"

#include <algorithm>

namespace offhook::knowledge {
namespace {

constexpr std::size_t kDetectFromBytes = 4000;

/// "house_rules-2025.pdf" is found by "house rules".
std::string words_of_name(std::string_view name) {
  const std::size_t point = name.rfind('.');
  if (point != std::string_view::npos && point > 0 && name.size() - point <= 6) name = name.substr(0, point);
  std::string words(name);
  std::ranges::replace(words, '_', ' ');
  return words;
}

void add_document(SegmentBuilder& builder, const store::Document& document,
                  const std::vector<store::DocumentChunk>& chunks) {
  std::string sample;
  for (const auto& chunk : chunks) {
    sample += chunk.body + ' ';
    if (sample.size() > kDetectFromBytes) break;
  }
  const Language language = detect_language(sample);
  const std::string name = words_of_name(document.name);
  builder.begin_document(document.id);
  for (const auto& chunk : chunks) {
    builder.add(static_cast<std::uint32_t>(chunk.number), name + " . " + chunk.heading, chunk.body, language);
  }
}

Shelf::Entry entry_of(const store::Document& document) {
  return {.name = document.name,
          .collection = document.collection,
          .version = document.version,
          .updated_at = document.updated_at};
}

}  // namespace

std::vector<Hit> Shelf::search(std::string_view question, const SearchScope& scope) const {
  SearchOptions options{.limit = scope.limit, .documents = {}};
  bool is_narrowed = !scope.documents.empty();
  for (const auto& [id, entry] : documents) {
    const bool is_named = scope.documents.empty() || std::ranges::find(scope.documents, id) != scope.documents.end();
    const bool is_open = scope.agent.empty() || entry.collection.empty() || entry.collection == scope.agent;
    if (is_named && is_open) {
      options.documents.push_back(id);
    } else {
      is_narrowed = true;
    }
  }
  if (options.documents.empty()) return {};
  if (!is_narrowed) options.documents.clear();
  return index.search(question, options);
}

std::shared_ptr<const Shelf> Indexes::shelf(const store::Owner& owner) const {
  static const auto empty = std::make_shared<const Shelf>();
  const auto shelves = shelves_.load();
  const auto found = shelves->find(owner.id());
  return found == shelves->end() ? empty : found->second;
}

void Indexes::replace(const store::Owner& owner, std::shared_ptr<const Shelf> shelf) {
  auto next = std::make_shared<Shelves>(*shelves_.load());
  (*next)[owner.id()] = std::move(shelf);
  shelves_.store(std::move(next));
}

void Indexes::put(const store::Owner& owner, const store::Document& document,
                  const std::vector<store::DocumentChunk>& chunks) {
  SegmentBuilder builder;
  add_document(builder, document, chunks);
  const auto segment = builder.build();  // the long part: nobody waits for it
  const std::lock_guard lock(changing_);
  auto next = std::make_shared<Shelf>(*shelf(owner));
  // One that was overtaken while it was read comes too late.
  const auto known = next->documents.find(document.id);
  if (known != next->documents.end() && known->second.version > document.version) return;
  next->index = next->index.with(segment);
  next->documents[document.id] = entry_of(document);
  replace(owner, std::move(next));
}

void Indexes::remove(const store::Owner& owner, std::string_view document_id) {
  const std::lock_guard lock(changing_);
  auto next = std::make_shared<Shelf>(*shelf(owner));
  const auto found = next->documents.find(document_id);
  if (found == next->documents.end()) return;
  next->documents.erase(found);
  next->index = next->index.without(document_id);
  replace(owner, std::move(next));
}

void Indexes::load(const store::Owner& owner, const std::vector<Content>& contents) {
  SegmentBuilder builder;
  auto next = std::make_shared<Shelf>();
  for (const auto& content : contents) {
    add_document(builder, content.document, content.chunks);
    next->documents[content.document.id] = entry_of(content.document);
  }
  next->index = Index().with(builder.build());
  const std::lock_guard lock(changing_);
  replace(owner, std::move(next));
}

std::vector<std::pair<store::Owner, std::string>> Indexes::all() const {
  std::vector<std::pair<store::Owner, std::string>> documents;
  for (const auto& [owner, shelf] : *shelves_.load()) {
    for (const auto& [id, entry] : shelf->documents) documents.emplace_back(store::Owner(owner), id);
  }
  return documents;
}

bool Indexes::empty() const {
  const auto shelves = shelves_.load();
  return std::ranges::all_of(*shelves, [](const auto& entry) { return entry.second->documents.empty(); });
}

std::size_t Indexes::memory_bytes() const {
  std::size_t bytes = 0;
  for (const auto& [owner, shelf] : *shelves_.load()) bytes += shelf->index.memory_bytes();
  return bytes;
}

}  // namespace offhook::knowledge
