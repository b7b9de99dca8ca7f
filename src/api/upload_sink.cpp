#include "api/upload_sink.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "crypto/encoding.hpp"
#include "json/json.hpp"

namespace offhook::api {
namespace {

constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kMaxCollectionBytes = 100;

/// Which documents an agent has hangs on it, so it is taken as it is or not at all.
Result<std::string> checked_collection(std::string_view text) {
  if (text.size() > kMaxCollectionBytes || text.contains('\0') || !is_valid_utf8(text))
    return fail(invalid_value("collection", fmt::format("a text of at most {} bytes", kMaxCollectionBytes)));
  return one_line(text);
}

std::string kept_name(std::string_view name) {
  const std::string line = one_line(name);
  const std::string_view kept = truncate_utf8(is_valid_utf8(line) ? std::string_view(line) : "document", kMaxNameBytes);
  return kept.empty() ? "document" : std::string(kept);
}

}  // namespace

Result<std::shared_ptr<http::BodySink>> UploadSink::open(const knowledge::DocumentDesk& desk,
                                                         const http::Request& request, Random& random) {
  const std::string_view type = request.headers.get("Content-Type");
  auto sink = std::make_shared<UploadSink>(desk, random);
  const std::string kind = to_lower(trim(type.substr(0, type.find(';'))));
  // Clients that send JSON do not always say so; a form has to name its boundary.
  if (!kind.starts_with("multipart/")) {
    if (kind.empty() || kind == "application/json" || kind == "application/x-www-form-urlencoded") return sink;
    return fail(ErrorKind::unsupported_media,
                "Send files as multipart/form-data, or {\"name\",\"text\"} as application/json.");
  }
  auto parser = http::MultipartParser::create(type, *sink, {.parts = kMostFiles + 10, .part_bytes = kMaxFileBytes});
  if (!parser) return fail(parser);
  sink->parser_ = std::move(*parser);
  return sink;
}

Result<void> UploadSink::take(std::string_view piece) {
  if (parser_) return parser_->feed(piece);
  if (json_.size() + piece.size() > kMaxJsonBytes) {
    return fail(Error{.kind = ErrorKind::too_large,
                      .client = fmt::format("A JSON upload is at most {} bytes; send a file instead.", kMaxJsonBytes),
                      .code = "body_too_large"});
  }
  json_ += piece;
  return {};
}

Result<void> UploadSink::begin_file(std::string name, std::string_view field) {
  if (name.contains('\0')) return fail(invalid_value(field, "a name without a zero byte"));
  if (files_.size() >= kMostFiles) {
    return fail(Error{.kind = ErrorKind::too_large,
                      .client = fmt::format("At most {} files can be uploaded at once.", kMostFiles),
                      .code = "too_many_files"});
  }
  auto file = desk_.create_file(random_);
  if (!file) return fail(file);
  open_ = knowledge::DocumentDesk::Upload{
      .name = kept_name(name), .collection = {}, .file = std::move(*file), .content_hash = {}};
  hasher_.emplace();
  return {};
}

Result<void> UploadSink::begin_part(const http::PartHead& head) {
  is_collection_ = !head.filename && head.name == "collection";
  if (is_collection_ && std::exchange(has_collection_, true)) return fail(invalid_value("collection", "given once"));
  if (!head.filename) return {};
  return begin_file(*head.filename, "file");
}

Result<void> UploadSink::part_data(std::string_view piece) {
  if (open_) {
    hasher_->update(piece);
    return open_->file->write(piece);
  }
  // One byte too many is enough to know that it is too long.
  if (is_collection_) collection_ += piece.substr(0, kMaxCollectionBytes + 1 - collection_.size());
  return {};
}

Result<void> UploadSink::end_part() {
  if (!open_) return {};
  open_->content_hash = crypto::to_hex(hasher_->finish());
  files_.push_back(std::move(*open_));
  open_.reset();
  return {};
}

Result<void> UploadSink::add_text_document() {
  auto body = parse_json_object(json_);
  if (!body) return fail(body);
  auto name = require_string(*body, "name");
  if (!name) return fail(name);
  auto text = require_string(*body, "text");
  if (!text) return fail(text);
  if (trim(*text).empty()) return fail(invalid_value("text", "a text with something in it"));
  auto collection = optional_string(*body, "collection");
  if (!collection) return fail(collection);
  collection_ = collection->value_or("");
  if (auto begun = begin_file(*name, "name"); !begun) return begun;
  if (auto given = part_data(*text); !given) return given;
  return end_part();
}

Result<std::vector<knowledge::DocumentDesk::Upload>> UploadSink::finish() {
  if (parser_) {
    if (auto whole = parser_->finish(); !whole) return fail(whole);
  } else if (auto added = add_text_document(); !added) {
    return fail(added);
  }
  if (files_.empty()) return fail(missing_field("file"));
  auto collection = checked_collection(collection_);
  if (!collection) return fail(collection);
  for (auto& file : files_) file.collection = *collection;
  return std::move(files_);
}

}  // namespace offhook::api
