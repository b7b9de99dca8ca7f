#include "knowledge/document_desk.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "async/cancel.hpp"
#include "async/loop.hpp"
#include "knowledge/chunker.hpp"

namespace offhook::knowledge {
namespace {

/// How long an upload waits for its document to be read, before it is answered that it is on its way.
constexpr Duration kPatience = std::chrono::seconds(2);
/// So often a file may end the program, or be in hand when it ends, before it is given up.
constexpr std::int64_t kMostAttempts = 3;
constexpr std::size_t kMostIngests = 64;

/// What reading a file came to: rows and pages.
struct Taken {
  std::int64_t pages = 0;
  std::vector<store::DocumentChunk> chunks;
};

Result<Taken> take_in(const ParserOptions& parser, const std::filesystem::path& file, const std::string& name) {
  auto parsed = parse_in_process(parser, file, name);
  if (!parsed) return fail(parsed);
  auto chunks = cut_into_chunks(*parsed);
  if (!chunks) return fail(chunks);
  Taken taken{.pages = parsed->pages, .chunks = {}};
  for (auto& chunk : *chunks) {
    taken.chunks.push_back({.number = static_cast<std::int64_t>(taken.chunks.size()),
                            .page = chunk.page,
                            .heading = std::move(chunk.heading),
                            .body = std::move(chunk.body)});
  }
  if (taken.chunks.empty()) {
    return fail(ErrorKind::invalid_argument, "The file has no text in it that could be read.");
  }
  return taken;
}

}  // namespace

DocumentDesk::DocumentDesk(Parts parts, std::filesystem::path upload_folder, ParserOptions parser)
    : parts_(parts), files_(std::move(upload_folder)), parser_(std::move(parser)), running_(kMostIngests) {
  parser_.is_stopping = is_stopping_;
}

Task<void> DocumentDesk::load() {
  auto readable = co_await parts_.store.read([](sql::Connection& db) { return store::Documents::readable(db); });
  if (!readable) co_return fail(readable);
  std::vector<Indexes::Content> contents;
  for (std::size_t i = 0; i < readable->size(); ++i) {
    auto& [owner, document] = (*readable)[i];
    auto chunks = co_await parts_.store.read(
        [id = document.id](sql::Connection& db) { return store::Documents::chunks_of(db, id); });
    if (!chunks) co_return fail(chunks);
    contents.push_back({.document = std::move(document), .chunks = std::move(*chunks)});
    // They come owner by owner.
    if (i + 1 == readable->size() || (*readable)[i + 1].owner != owner) {
      indexes_.load(owner, contents);
      contents.clear();
    }
  }
  co_return Result<void>{};
}

Task<void> DocumentDesk::carry_on() {
  if (auto given = co_await give_back_interrupted(); !given) co_return given;
  auto waiting = co_await parts_.store.read([](sql::Connection& db) { return store::Documents::waiting(db); });
  if (!waiting) co_return fail(waiting);
  std::set<std::string> wanted;
  for (const auto& [owner, document] : *waiting) wanted.insert(document.upload);
  files_.sweep(wanted);
  for (auto& [owner, document] : *waiting) {
    auto done = co_await ingest(*this, std::move(owner), std::move(document));
    if (!done && done.error().kind == ErrorKind::cancelled) co_return done;
  }
  co_return co_await follow();
}

Task<void> DocumentDesk::give_back_interrupted() {
  std::vector<store::Documents::Owned> interrupted;
  {
    const std::lock_guard lock(mutex_);
    interrupted = interrupted_;
  }
  for (const auto& [owner, document] : interrupted) {
    if (auto given = co_await give_back(owner, document); !given) co_return given;
    const std::lock_guard lock(mutex_);
    std::erase_if(interrupted_, [&](const auto& entry) { return entry.document.upload == document.upload; });
  }
  co_return Result<void>{};
}

Task<void> DocumentDesk::give_back(store::Owner owner, store::Document document) {
  return parts_.store.write([owner = std::move(owner), document = std::move(document)](sql::Connection& db) {
    return store::Documents(db, owner).give_back(document.id, document.upload, document.attempts);
  });
}

Task<void> DocumentDesk::follow() {
  // What comes in from now on is no business of the list that is read next.
  const auto before = indexes_.all();
  auto readable = co_await parts_.store.read([](sql::Connection& db) { return store::Documents::readable(db); });
  if (!readable) co_return fail(readable);
  std::map<std::string, std::set<std::string>> there;
  for (const auto& [owner, document] : *readable) {
    there[owner.id()].insert(document.id);
    const auto shelf = indexes_.shelf(owner);
    const auto known = shelf->documents.find(document.id);
    // What is on its way is put in place by whoever reads it.
    const bool is_known = known != shelf->documents.end() && known->second.updated_at >= document.updated_at;
    if (is_known || document.state != "ready") continue;
    auto chunks = co_await parts_.store.read(
        [id = document.id](sql::Connection& db) { return store::Documents::chunks_of(db, id); });
    if (!chunks) co_return fail(chunks);
    const auto rows = std::make_shared<std::vector<store::DocumentChunk>>(std::move(*chunks));
    auto indexed = co_await offload(parts_.workers, [this, whose = owner, which = document, rows]() -> Result<void> {
      indexes_.put(whose, which, *rows);
      return {};
    });
    if (!indexed) co_return fail(indexed);
  }
  std::vector<std::pair<store::Owner, std::string>> gone;
  for (const auto& [owner, id] : before) {
    if (!there[owner.id()].contains(id)) gone.emplace_back(owner, id);
  }
  if (gone.empty()) co_return Result<void>{};
  co_return co_await offload(parts_.workers, [this, gone]() -> Result<void> {
    for (const auto& [owner, id] : gone) indexes_.remove(owner, id);
    return {};
  });
}

Task<void> DocumentDesk::stop(Deadline deadline) {
  auto stopped = co_await running_.stop(deadline);
  *is_stopping_ = true;
  auto given = co_await give_back_interrupted();
  co_return stopped ? given : stopped;
}

Result<std::unique_ptr<UploadFiles::Writer>> DocumentDesk::create_file(Random& random) const {
  return files_.create(make_id(random, "upload"));
}

Task<store::Document> DocumentDesk::enter(store::Owner owner, Upload upload) {
  Loop& loop = co_await this_loop();
  const UtcTime now = parts_.clock.utc_now();
  std::shared_ptr<UploadFiles::Writer> file = std::move(upload.file);
  auto kept = co_await offload(parts_.workers, [file]() -> Result<void> { return file->keep(); });
  if (!kept) co_return fail(kept);
  store::Document row{.id = make_ordered_id(loop.random(), "doc", now),
                      .collection = std::move(upload.collection),
                      .name = std::move(upload.name),
                      .content_hash = std::move(upload.content_hash),
                      .size_bytes = static_cast<std::int64_t>(file->size()),
                      .upload = file->name(),
                      .created_at = now};
  auto received = co_await parts_.store.write(
      [owner, row](sql::Connection& db) { return store::Documents(db, owner).receive(row); });
  if (!received) {
    // A commit that nobody knows about may still have happened: the sweep finds out.
    if (received.error().kind != ErrorKind::unavailable) files_.remove(file->name());
    co_return fail(received);
  }
  files_.remove(received->unneeded_upload);
  co_return std::move(received->document);
}

Task<store::Document> DocumentDesk::ingest_now(store::Owner owner, Upload upload) {
  auto document = co_await enter(owner, std::move(upload));
  if (!document || document->upload.empty()) co_return document;
  if (auto done = co_await ingest(*this, owner, *document); !done) co_return fail(done);
  auto found = co_await parts_.store.read(
      [owner, id = document->id](sql::Connection& db) { return store::Documents(db, owner).find(id); });
  if (!found) co_return fail(found);
  co_return found->value_or(*document);
}

Task<store::Document> DocumentDesk::receive(store::Owner owner, Upload upload) {
  Loop& loop = co_await this_loop();
  auto entered = co_await enter(owner, std::move(upload));
  if (!entered || entered->upload.empty()) co_return entered;
  store::Document document = std::move(*entered);

  auto waiting = suspend<void>([this, &loop, owner, document](Promise<void> promise) {
    auto task = [](DocumentDesk& desk, store::Owner whose, store::Document which, Promise<void> told) -> Task<void> {
      auto ingested = co_await ingest(desk, std::move(whose), std::move(which));
      told.set({});
      co_return ingested;
    };
    // When too much is under way, the next sweep takes it.
    if (!running_.spawn(loop, "ingest", task(*this, owner, document, promise))) promise.set({});
  });
  auto waited = co_await with_deadline(Deadline::after(loop.clock(), kPatience), std::move(waiting));
  if (!waited && waited.error().kind == ErrorKind::cancelled) co_return fail(waited);
  auto found = co_await parts_.store.read(
      [owner, id = document.id](sql::Connection& db) { return store::Documents(db, owner).find(id); });
  if (!found) co_return fail(found);
  co_return found->value_or(document);
}

Task<void> DocumentDesk::ingest(DocumentDesk& desk, store::Owner owner, store::Document document) {
  const std::string upload = document.upload;
  {
    const std::lock_guard lock(desk.mutex_);
    if (!desk.under_way_.insert(upload).second) co_return Result<void>{};
  }
  // A task that is cancelled waits for nothing any more: what it has begun is given back by somebody else.
  struct Release {
    DocumentDesk& desk;
    const store::Documents::Owned begun;
    bool is_settled = false;
    ~Release() {
      const std::lock_guard lock(desk.mutex_);
      desk.under_way_.erase(begun.document.upload);
      if (!is_settled) desk.interrupted_.push_back(begun);
    }
  };
  Release release{.desk = desk, .begun = {.owner = owner, .document = document}};
  auto done = co_await desk.ingest_claimed(owner, document);
  release.is_settled = done.has_value();
  if (!done) {
    auto given = co_await desk.give_back(std::move(owner), std::move(document));
    release.is_settled = given.has_value();
  }
  if (!done && done.error().kind != ErrorKind::cancelled)
    desk.parts_.log.error("document not taken in", {{"upload", upload}, {"detail", done.error().log_text()}});
  co_return done;
}

Task<void> DocumentDesk::ingest_claimed(store::Owner owner, store::Document document) {
  const std::string id = document.id;
  const std::string upload = document.upload;
  const auto now = [this] { return parts_.clock.utc_now(); };
  auto begun = co_await parts_.store.write([owner, id, upload, at = now()](sql::Connection& db) {
    return store::Documents(db, owner).begin(id, upload, at);
  });
  if (!begun) co_return fail(begun);
  if (!*begun) {
    files_.remove(upload);
    co_return Result<void>{};
  }
  Result<Taken> taken = fail(Error{.kind = ErrorKind::invalid_argument,
                                   .client = "The file cannot be read: every attempt to was broken off.",
                                   .code = "corrupt"});
  document = std::move(**begun);
  if (document.attempts <= kMostAttempts) {
    taken = co_await offload(parts_.workers, [parser = parser_, path = files_.path(upload), name = document.name] {
      return take_in(parser, path, name);
    });
  }
  if (!taken) {
    const Error& error = taken.error();
    if (error.kind == ErrorKind::cancelled || error.kind == ErrorKind::unavailable) co_return fail(error);  // later
    parts_.log.info("document refused", {{"document", id}, {"detail", error.log_text()}});
    auto failed = co_await parts_.store.write(
        [owner, id, upload, text = std::string(error.message()), at = now()](sql::Connection& db) {
          return store::Documents(db, owner).fail_upload(id, upload, text, at);
        });
    if (!failed) co_return fail(failed);
    files_.remove(upload);
    co_return Result<void>{};
  }
  const auto content = std::make_shared<Taken>(std::move(*taken));
  document.updated_at = now();
  auto finished =
      co_await parts_.store.write([owner, id, upload, content, at = document.updated_at](sql::Connection& db) {
        return store::Documents(db, owner).finish(id, upload, content->pages, content->chunks, at);
      });
  if (!finished) co_return fail(finished);
  files_.remove(upload);
  if (!*finished) co_return Result<void>{};
  const std::size_t count = content->chunks.size();
  auto indexed = co_await offload(parts_.workers, [this, owner, document, content]() -> Result<void> {
    indexes_.put(owner, document, content->chunks);
    return {};
  });
  if (!indexed) co_return fail(indexed);
  // It may have been deleted between the two.
  auto still_there =
      co_await parts_.store.read([owner, id](sql::Connection& db) { return store::Documents(db, owner).find(id); });
  if (still_there && !*still_there) {
    if (auto dropped = co_await drop(owner, id); !dropped) co_return dropped;
  }
  parts_.log.info("document taken in", {{"document", id}, {"pages", content->pages}, {"chunks", count}});
  co_return Result<void>{};
}

Task<void> DocumentDesk::remove(store::Owner owner, std::string id) {
  auto removed =
      co_await parts_.store.write([owner, id](sql::Connection& db) { return store::Documents(db, owner).remove(id); });
  if (!removed) co_return fail(removed);
  files_.remove(*removed);
  // It is gone from the database, and so from every answer. That it leaves the index too may wait behind files that are
  // being read; it is done when nobody waits for it as well.
  Loop& loop = co_await this_loop();
  (void)co_await with_deadline(Deadline::after(loop.clock(), kPatience), drop(std::move(owner), std::move(id)));
  co_return Result<void>{};
}

Task<void> DocumentDesk::drop(store::Owner owner, std::string id) {
  return offload(parts_.workers, [this, owner = std::move(owner), id = std::move(id)]() -> Result<void> {
    indexes_.remove(owner, id);
    return {};
  });
}

Task<std::vector<Passage>> DocumentDesk::search(store::Owner owner, std::string question, SearchScope scope) const {
  const auto shelf = indexes_.shelf(owner);
  auto hits = shelf->search(question, scope);
  if (hits.empty()) co_return std::vector<Passage>{};
  co_return co_await parts_.store.read(
      [owner, shelf, hits = std::move(hits)](sql::Connection& db) { return read_passages(db, owner, *shelf, hits); });
}

}  // namespace offhook::knowledge
