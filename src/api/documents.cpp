#include "api/lists.hpp"
#include "api/upload_sink.hpp"
#include "async/loop.hpp"
#include "knowledge/answer.hpp"

namespace offhook::api {
namespace {

constexpr std::size_t kMaxQueryBytes = 2000;
constexpr std::int64_t kMostPassages = 50;

json::value or_null(std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::object passage_json(const knowledge::Passage& passage) {
  json::object object{{"document_id", passage.document_id}, {"name", passage.name}};
  object["page"] = passage.page > 0 ? json::value(passage.page) : json::value(nullptr);
  object["heading"] = or_null(passage.heading);
  object["text"] = passage.text;
  object["score"] = passage.score;
  return object;
}

}  // namespace

Result<std::shared_ptr<http::BodySink>> open_upload(const Services& services, const Request& request, Random& random) {
  return UploadSink::open(services.documents, request, random);
}

Task<Response> upload_documents(const Services& services, Request& request) {
  auto* sink = dynamic_cast<UploadSink*>(request.body_sink.get());
  if (sink == nullptr) co_return fail(missing_field("file"));
  auto uploads = sink->finish();
  if (!uploads) co_return fail(uploads);
  std::vector<store::Document> documents;
  for (auto& upload : *uploads) {
    auto received = co_await services.documents.receive(owner_of(request), std::move(upload));
    if (!received) co_return fail(received);
    documents.push_back(std::move(*received));
  }
  // "ready" with an error: an older version answers, this one could not be read.
  const bool are_ready = std::ranges::all_of(
      documents, [](const store::Document& document) { return document.state == "ready" && document.error.empty(); });
  const int status = are_ready ? 201 : 202;
  if (documents.size() == 1) co_return shown(documents.front(), status);
  json::array data;
  for (const auto& document : documents) data.push_back(to_json(document));
  co_return http::json_response(json::serialize(json::object{{"data", std::move(data)}}), status);
}

Task<Response> list_documents(const Services& services, Request& request) {
  return answer_list(services, request, [](sql::Connection& db, const store::Owner& owner, const store::Page& page) {
    return store::Documents(db, owner).list(page);
  });
}

Task<Response> show_document(const Services& services, Request& request) {
  return answer_one(services, request, "document",
                    [](sql::Connection& db, const store::Owner& owner, const std::string& id) {
                      return store::Documents(db, owner).find(id);
                    });
}

Task<Response> delete_document(const Services& services, Request& request) {
  const std::string id(request.param("id"));
  auto removed = co_await services.documents.remove(owner_of(request), id);
  if (!removed && removed.error().kind == ErrorKind::not_found) co_return no_such("document", id);
  if (!removed) co_return fail(removed);
  co_return http::json_response(json::serialize(json::object{{"id", id}, {"deleted", true}}));
}

Task<Response> search_documents(const Services& services, Request& request) {
  const Instant began = services.clock.now();
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  auto query = require_string(*body, "query");
  if (!query) co_return fail(query);
  if (query->size() > kMaxQueryBytes) co_return fail(invalid_value("query", "a question of 2000 bytes at most"));
  auto limit = optional_integer(*body, "limit");
  if (!limit) co_return fail(limit);
  if (limit->value_or(5) < 1 || limit->value_or(5) > kMostPassages) {
    co_return fail(invalid_value("limit", "a number from 1 to 50"));
  }
  auto agent = optional_string(*body, "agent");
  if (!agent) co_return fail(agent);
  knowledge::SearchScope scope{
      .agent = agent->value_or(""), .documents = {}, .limit = static_cast<std::size_t>(limit->value_or(5))};
  if (const auto* documents = body->if_contains("documents"); documents != nullptr && !documents->is_null()) {
    if (!documents->is_array()) co_return fail(wrong_type("documents", "an array of ids", *documents));
    for (const auto& id : documents->get_array()) scope.documents.push_back(to_std_string(id));
  }
  const store::Owner owner = owner_of(request);
  auto passages = co_await services.documents.search(owner, *query, scope);
  if (!passages) co_return fail(passages);
  const auto shelf = services.documents.indexes().shelf(owner);
  const knowledge::Query read = shelf->index.read(*query);
  json::array data;
  for (const auto& passage : *passages) {
    json::object object = passage_json(passage);
    json::array highlights;
    for (const auto& [begin, end] : knowledge::find_highlights(read, passage.text)) {
      highlights.push_back(json::array{begin, end});
    }
    object["highlights"] = std::move(highlights);
    data.push_back(std::move(object));
  }
  const double took_ms = std::chrono::duration<double, std::milli>(services.clock.now() - began).count();
  co_return http::json_response(json::serialize(json::object{{"data", std::move(data)}, {"took_ms", took_ms}}));
}

}  // namespace offhook::api
