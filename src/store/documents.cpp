#include "store/documents.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_DOCUMENT_COLUMNS                                                                             \
  "id, collection, name, content_hash, size_bytes, state, error, pages, chunks, version, upload, attempts, " \
  "created_at, "                                                                                             \
  "updated_at"

Document read_document(const sql::Row& row) {
  return {.id = row.string(0),
          .collection = row.string(1),
          .name = row.string(2),
          .content_hash = row.string(3),
          .size_bytes = row.integer(4),
          .state = row.string(5),
          .error = row.string(6),
          .pages = row.integer(7),
          .chunks = row.integer(8),
          .version = row.integer(9),
          .upload = row.string(10),
          .attempts = row.integer(11),
          .created_at = row.time(12),
          .updated_at = row.time(13)};
}

Documents::Owned read_owned(const sql::Row& row) {
  return {.owner = Owner(row.string(14)), .document = read_document(row)};
}

DocumentChunk read_chunk(const sql::Row& row) {
  return {.number = row.integer(0), .page = row.integer(1), .heading = row.string(2), .body = row.string(3)};
}

Position position_of(const Document& document) { return {.created_at = document.created_at, .id = document.id}; }

}  // namespace

Result<Documents::Received> Documents::receive(const Document& d) {
  const auto find_named = [&] {
    return rows::find(
        db_, "SELECT " OFFHOOK_DOCUMENT_COLUMNS " FROM documents WHERE owner_id = ? AND collection = ? AND name = ?",
        {owner_.id(), d.collection, d.name}, read_document);
  };
  auto found = find_named();
  if (!found) return fail(found);
  if (!*found) {
    auto same = rows::find(db_,
                           "SELECT " OFFHOOK_DOCUMENT_COLUMNS
                           " FROM documents WHERE owner_id = ? AND collection = ? AND content_hash = ? ORDER BY id",
                           {owner_.id(), d.collection, d.content_hash}, read_document);
    if (!same) return fail(same);
    // Already here, or already on its way, under another name.
    if (*same) return Received{.document = std::move(**same), .unneeded_upload = d.upload};
    auto inserted = db_.execute(
        "INSERT INTO documents (id, owner_id, collection, name, content_hash, size_bytes, state, upload, created_at, "
        "updated_at) VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?) ON CONFLICT DO NOTHING",
        {d.id, owner_.id(), d.collection, d.name, d.content_hash, d.size_bytes, d.upload, d.created_at, d.created_at});
    if (!inserted) return fail(inserted);
    found = find_named();
    if (!found) return fail(found);
    if (!*found) return rows::conflict("duplicate", "document already exists");  // the id is somebody else's
    if (*inserted > 0) return Received{.document = std::move(**found), .unneeded_upload = {}};
  }
  if ((*found)->content_hash == d.content_hash)
    return Received{.document = std::move(**found), .unneeded_upload = d.upload};
  Received received{.document = std::move(**found), .unneeded_upload = {}};
  Document& known = received.document;
  received.unneeded_upload = known.upload;
  auto changed =
      rows::update(db_,
                   "UPDATE documents SET content_hash = ?, size_bytes = ?, state = 'queued', error = '', "
                   "version = version + 1, upload = ?, attempts = 0, updated_at = ? "
                   "WHERE id = ? AND owner_id = ?",
                   {d.content_hash, d.size_bytes, d.upload, d.created_at, known.id, owner_.id()}, "document");
  if (!changed) return fail(changed);
  known.content_hash = d.content_hash;
  known.size_bytes = d.size_bytes;
  known.state = "queued";
  known.error.clear();
  known.version += 1;
  known.upload = d.upload;
  known.attempts = 0;
  known.updated_at = d.created_at;
  return received;
}

Result<std::optional<Document>> Documents::begin(std::string_view id, std::string_view upload, UtcTime now) {
  auto changed = db_.execute(
      "UPDATE documents SET state = 'parsing', attempts = attempts + 1, updated_at = ? "
      "WHERE id = ? AND owner_id = ? AND upload = ? AND upload <> ''",
      {now, id, owner_.id(), upload});
  if (!changed) return fail(changed);
  if (*changed == 0) return std::nullopt;
  return find(id);
}

Result<void> Documents::give_back(std::string_view id, std::string_view upload, std::int64_t attempts) {
  auto changed = db_.execute(
      "UPDATE documents SET state = 'queued', attempts = ? "
      "WHERE id = ? AND owner_id = ? AND upload = ? AND upload <> '' AND state = 'parsing' AND attempts > ?",
      {attempts, id, owner_.id(), upload, attempts});
  if (!changed) return fail(changed);
  return {};
}

Result<bool> Documents::finish(std::string_view id, std::string_view upload, std::int64_t pages,
                               std::span<const DocumentChunk> chunks, UtcTime now) {
  auto changed = db_.execute(
      "UPDATE documents SET state = 'ready', error = '', pages = ?, chunks = ?, upload = '', updated_at = ? "
      "WHERE id = ? AND owner_id = ? AND upload = ? AND upload <> ''",
      {pages, static_cast<std::int64_t>(chunks.size()), now, id, owner_.id(), upload});
  if (!changed) return fail(changed);
  if (*changed == 0) return false;
  auto removed = db_.execute("DELETE FROM document_chunks WHERE document_id = ?", {id});
  if (!removed) return fail(removed);
  for (const auto& chunk : chunks) {
    auto inserted =
        db_.execute("INSERT INTO document_chunks (document_id, number, page, heading, body) VALUES (?, ?, ?, ?, ?)",
                    {id, chunk.number, chunk.page, chunk.heading, chunk.body});
    if (!inserted) return fail(inserted);
  }
  return true;
}

Result<bool> Documents::fail_upload(std::string_view id, std::string_view upload, std::string_view error, UtcTime now) {
  auto changed = db_.execute(
      "UPDATE documents SET state = CASE WHEN chunks > 0 THEN 'ready' ELSE 'failed' END, error = ?, upload = '', "
      "content_hash = '', updated_at = ? WHERE id = ? AND owner_id = ? AND upload = ? AND upload <> ''",
      {error, now, id, owner_.id(), upload});
  if (!changed) return fail(changed);
  return *changed > 0;
}

Result<std::optional<Document>> Documents::find(std::string_view id) {
  return rows::find(db_, "SELECT " OFFHOOK_DOCUMENT_COLUMNS " FROM documents WHERE id = ? AND owner_id = ?",
                    {id, owner_.id()}, read_document);
}

Result<Paged<Document>> Documents::list(const Page& page) {
  rows::Select select("SELECT " OFFHOOK_DOCUMENT_COLUMNS " FROM documents");
  select.where("owner_id = ?", owner_.id());
  return rows::page(db_, std::move(select), page, "created_at", read_document, position_of);
}

Result<std::string> Documents::remove(std::string_view id) {
  auto found = find(id);
  if (!found) return fail(found);
  if (!*found) return fail(ErrorKind::not_found, "document not found");
  auto removed = db_.execute("DELETE FROM documents WHERE id = ? AND owner_id = ?", {id, owner_.id()});
  if (!removed) return fail(removed);
  removed = db_.execute("DELETE FROM document_chunks WHERE document_id = ?", {id});
  if (!removed) return fail(removed);
  return std::move((*found)->upload);
}

Result<std::optional<DocumentChunk>> Documents::find_chunk(std::string_view document_id, std::int64_t number) {
  return rows::find(db_,
                    "SELECT c.number, c.page, c.heading, c.body FROM document_chunks c JOIN documents d "
                    "ON d.id = c.document_id WHERE c.document_id = ? AND c.number = ? AND d.owner_id = ?",
                    {document_id, number, owner_.id()}, read_chunk);
}

Result<std::vector<Documents::Owned>> Documents::waiting(sql::Connection& db) {
  return rows::all(db,
                   "SELECT " OFFHOOK_DOCUMENT_COLUMNS
                   ", owner_id FROM documents WHERE state IN ('queued', 'parsing') ORDER BY updated_at, id",
                   sql::Values{}, read_owned);
}

Result<std::vector<Documents::Owned>> Documents::readable(sql::Connection& db) {
  return rows::all(db,
                   "SELECT " OFFHOOK_DOCUMENT_COLUMNS
                   ", owner_id FROM documents WHERE chunks > 0 ORDER BY owner_id, created_at, id",
                   sql::Values{}, read_owned);
}

Result<std::vector<DocumentChunk>> Documents::chunks_of(sql::Connection& db, std::string_view document_id) {
  return rows::all(db, "SELECT number, page, heading, body FROM document_chunks WHERE document_id = ? ORDER BY number",
                   {document_id}, read_chunk);
}

}  // namespace offhook::store
