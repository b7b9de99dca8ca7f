#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/owner.hpp"
#include "store/paging.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// What an account has uploaded to be answered from.
struct Document {
  std::string id;
  std::string collection;  ///< which agents have it: an agent's name; "" is for all of them
  std::string name;        ///< as its sender calls it; one of a kind in its collection
  std::string content_hash;
  std::int64_t size_bytes = 0;
  std::string state;       ///< of the newest upload: "queued", "parsing", "ready", "failed"
  std::string error;       ///< why the newest upload could not be read: a sentence for the sender
  std::int64_t pages = 0;  ///< of the chunks; 0 where there are no pages
  std::int64_t chunks = 0;
  std::int64_t version = 1;
  std::string upload;         ///< the file that waits to be taken in, by its name in the uploads' folder
  std::int64_t attempts = 0;  ///< how often that was begun
  UtcTime created_at{};
  UtcTime updated_at{};
};

/// A piece of a document that can be found and read by itself.
struct DocumentChunk {
  std::int64_t number = 0;  ///< from 0, in the document's order
  std::int64_t page = 0;    ///< from 1; 0 where there are no pages
  std::string heading;      ///< the headings above it, joined by " > "
  std::string body;
};

class Documents {
 public:
  Documents(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}

  /// Takes in that something was uploaded. A document of that name gets it as its next version, which waits to be read;
  /// the same content again changes nothing, and neither does a new name for content that the collection has already.
  /// `document.id` is used for a new one only. A content that could not be read is tried again. Gives the row, and the
  /// upload that nobody needs any more ("" when there is none): the one that was overtaken, or this one.
  struct Received {
    Document document;
    std::string unneeded_upload;
  };
  Result<Received> receive(const Document& document);

  /// An upload is begun to be read. nullopt: there is none under that name any more.
  Result<std::optional<Document>> begin(std::string_view id, std::string_view upload, UtcTime now);
  /// Reading it was broken off through no fault of its own: it waits again, begun as often as before, `attempts`.
  Result<void> give_back(std::string_view id, std::string_view upload, std::int64_t attempts);
  /// It has been read: these chunks take the place of the old ones. False: it was overtaken or deleted, and nothing
  /// changed.
  Result<bool> finish(std::string_view id, std::string_view upload, std::int64_t pages,
                      std::span<const DocumentChunk> chunks, UtcTime now);
  /// It cannot be read. What an earlier version said stays, and so does "ready" then; false as above.
  Result<bool> fail_upload(std::string_view id, std::string_view upload, std::string_view error, UtcTime now);

  Result<std::optional<Document>> find(std::string_view id);
  Result<Paged<Document>> list(const Page& page);
  /// With its chunks. Gives the upload that nobody needs any more. Errors: not_found.
  Result<std::string> remove(std::string_view id);

  Result<std::optional<DocumentChunk>> find_chunk(std::string_view document_id, std::int64_t number);

  /// A document and whose it is.
  struct Owned {
    Owner owner;
    Document document;
  };
  /// All that wait to be read, the oldest first.
  static Result<std::vector<Owned>> waiting(sql::Connection& db);
  /// All that have chunks.
  static Result<std::vector<Owned>> readable(sql::Connection& db);
  /// The chunks of one document in their order.
  static Result<std::vector<DocumentChunk>> chunks_of(sql::Connection& db, std::string_view document_id);

 private:
  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
