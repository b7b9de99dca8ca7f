#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "async/loop_groups.hpp"
#include "async/task.hpp"
#include "async/workers.hpp"
#include "knowledge/answer.hpp"
#include "knowledge/indexes.hpp"
#include "knowledge/parser_process.hpp"
#include "knowledge/upload_files.hpp"
#include "obs/log.hpp"
#include "store/documents.hpp"
#include "store/store.hpp"

namespace offhook::knowledge {

/// Takes documents in, keeps their indexes, finds passages.
///
///     bytes ─► a file on the disk ─► a row "queued" ─► answered        what was answered survives a kill
///                                        └► offhook-parse ─► chunks ─► rows and the index, at once
///
/// The row is the durable job: whoever starts next carries on with what is queued or was being read. Safe for every
/// loop.
class DocumentDesk {
 public:
  struct Parts {
    store::Store& store;
    Workers& workers;  ///< for reading files and building indexes
    obs::Log& log;
    const Clock& clock;
  };
  DocumentDesk(Parts parts, std::filesystem::path upload_folder, ParserOptions parser);

  /// Builds the indexes of all accounts from the database. Before anything else.
  Task<void> load();
  /// Reads what an earlier run has left, one after the other, sweeps the folder, and follows what others have changed
  /// in the same database (`offhook ingest`, another server).
  Task<void> carry_on();
  /// Lets what is being read end until `deadline`; the rest is for the next start.
  Task<void> stop(Deadline deadline);

  struct Upload {
    std::string name;  ///< as the sender calls it
    std::string collection;
    std::unique_ptr<UploadFiles::Writer> file;  ///< complete, not yet kept
    std::string content_hash;                   ///< of its bytes
  };
  [[nodiscard]] Result<std::unique_ptr<UploadFiles::Writer>> create_file(Random& random) const;
  /// Keeps the upload, then reads it, and waits for that a little: the document may be "ready" or "failed" already.
  /// Errors: unavailable.
  Task<store::Document> receive(store::Owner owner, Upload upload);
  /// The same, and waits until it has been read.
  Task<store::Document> ingest_now(store::Owner owner, Upload upload);
  /// Errors: not_found.
  Task<void> remove(store::Owner owner, std::string id);

  /// The best passages, the best first. Errors: those of the store.
  Task<std::vector<Passage>> search(store::Owner owner, std::string question, SearchScope scope) const;

  [[nodiscard]] const Indexes& indexes() const { return indexes_; }

 private:
  /// Reads one upload, unless somebody is at it. `seconds_left` of waiting count for nothing here: it runs to its end.
  static Task<void> ingest(DocumentDesk& desk, store::Owner owner, store::Document document);
  /// The row of an upload whose bytes are on the disk.
  Task<store::Document> enter(store::Owner owner, Upload upload);
  Task<void> follow();
  /// An attempt that ended neither well nor badly counts for nothing.
  Task<void> give_back(store::Owner owner, store::Document document);
  Task<void> give_back_interrupted();
  /// Takes a document out of the index, which may be long work.
  Task<void> drop(store::Owner owner, std::string id);
  Task<void> ingest_claimed(store::Owner owner, store::Document document);

  Parts parts_;
  UploadFiles files_;
  ParserOptions parser_;
  Indexes indexes_;
  LoopGroups running_;
  std::shared_ptr<std::atomic<bool>> is_stopping_ = std::make_shared<std::atomic<bool>>(false);
  std::mutex mutex_;
  std::set<std::string> under_way_;                   // names of uploads
  std::vector<store::Documents::Owned> interrupted_;  // begun, cancelled, and not yet given back; as they were before
};

}  // namespace offhook::knowledge
