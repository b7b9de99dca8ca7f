#include "knowledge/parse/document_json.hpp"

#include <array>

#include "base/text.hpp"
#include "json/json.hpp"

namespace offhook::knowledge::parse {
namespace {

constexpr std::array kErrorKinds{ErrorKind::invalid_argument, ErrorKind::too_large, ErrorKind::unsupported_media,
                                 ErrorKind::internal};

std::unexpected<Error> not_ours() {
  return fail(ErrorKind::internal, {}, "offhook-parse wrote something that is no document");
}

}  // namespace

std::string to_json_text(const Result<ParsedDocument>& document) {
  if (!document) {
    const Error& error = document.error();
    return json::serialize(
        json::object{{"error", {{"kind", to_string(error.kind)}, {"code", error.code}, {"message", error.message()}}}});
  }
  json::array blocks;
  for (const auto& block : document->blocks) {
    blocks.push_back(
        json::array{static_cast<int>(block.kind), block.level, block.page,
                    is_valid_utf8(block.text) ? std::string_view(block.text) : std::string_view("\uFFFD")});
  }
  return json::serialize(json::object{{"title", is_valid_utf8(document->title) ? document->title : ""},
                                      {"pages", document->pages},
                                      {"blocks", std::move(blocks)}});
}

Result<ParsedDocument> from_json_text(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed) return not_ours();
  if (const auto* error = find_object(*parsed, "error")) {
    const json::value whole(*error);
    Error made{.kind = ErrorKind::internal,
               .client = std::string(find_string(whole, "message").value_or("")),
               .code = std::string(find_string(whole, "code").value_or(""))};
    for (const ErrorKind kind : kErrorKinds) {
      if (find_string(whole, "kind") == to_string(kind)) made.kind = kind;
    }
    return fail(std::move(made));
  }
  const auto* blocks = find_array(*parsed, "blocks");
  if (blocks == nullptr) return not_ours();
  ParsedDocument document{.title = std::string(find_string(*parsed, "title").value_or("")),
                          .pages = static_cast<int>(find_number(*parsed, "pages").value_or(0)),
                          .blocks = {}};
  document.blocks.reserve(blocks->size());
  for (const auto& item : *blocks) {
    const auto* fields = item.if_array();
    if (fields == nullptr || fields->size() != 4 || !(*fields)[0].is_int64() || !(*fields)[1].is_int64() ||
        !(*fields)[2].is_int64() || !(*fields)[3].is_string()) {
      return not_ours();
    }
    const std::int64_t kind = (*fields)[0].get_int64();
    if (kind < 0 || kind > static_cast<int>(BlockKind::table_row)) return not_ours();
    document.blocks.push_back({.kind = static_cast<BlockKind>(kind),
                               .level = static_cast<int>((*fields)[1].get_int64()),
                               .page = static_cast<int>((*fields)[2].get_int64()),
                               .text = to_std_string((*fields)[3])});
  }
  return document;
}

}  // namespace offhook::knowledge::parse
