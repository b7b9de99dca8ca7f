#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "api/crm_json.hpp"
#include "api/handlers.hpp"
#include "api/tenancy.hpp"
#include "store/paging.hpp"

/// How the handlers under /api/v1 show, list and change rows of their account.
namespace offhook::api {

/// `limit` and `cursor`.
[[nodiscard]] Result<store::Page> read_page(const Request& request);
/// A query parameter, "" when absent.
[[nodiscard]] std::string query(const Request& request, std::string_view name);
/// A query parameter that is a time in RFC 3339 or a date, which means its first moment in UTC.
[[nodiscard]] Result<std::optional<UtcTime>> query_time(const Request& request, std::string_view name);
[[nodiscard]] std::unexpected<Error> no_such(std::string_view what, std::string_view id);

/// Any object that crm_json.hpp knows, as an answer.
template <class T>
Response shown(const T& object, int status = 200) {
  return http::json_response(json::serialize(to_json(object)), status);
}

template <class T>
Response list_response(const store::Paged<T>& page) {
  json::array items;
  for (const auto& item : page.items) items.push_back(to_json(item));
  json::object body;
  body["data"] = std::move(items);
  body["next_cursor"] = page.next_cursor ? json::value(*page.next_cursor) : json::value(nullptr);
  return http::json_response(json::serialize(body));
}

/// Reads one page with `list` (Result<Paged<T>>(sql::Connection&, const Owner&, const Page&)) and shows it.
template <class List>
Task<Response> answer_list(const Services& services, const Request& request, List list) {
  auto page = read_page(request);
  if (!page) co_return fail(page);
  auto found = co_await services.turns.store.read(
      [list, owner = owner_of(request), page = *page](sql::Connection& db) { return list(db, owner, page); });
  if (!found) co_return fail(found);
  co_return list_response(*found);
}

/// Reads one object with `find` (Result<std::optional<T>>(sql::Connection&, const Owner&, const std::string& id)).
template <class Find>
Task<Response> answer_one(const Services& services, const Request& request, std::string_view what, Find find) {
  const std::string id(request.param("id"));
  auto found = co_await services.turns.store.read(
      [find, owner = owner_of(request), id](sql::Connection& db) { return find(db, owner, id); });
  if (!found) co_return fail(found);
  if (!*found) co_return no_such(what, id);
  co_return shown(**found);
}

/// Runs `work` (Result<T>(sql::Connection&, const Owner&)) as a write and shows what it gives.
template <class Work>
Task<Response> answer_write(const Services& services, const Request& request, int status, Work work) {
  auto done = co_await services.turns.store.write(
      [work, owner = owner_of(request)](sql::Connection& db) { return work(db, owner); });
  if (!done) co_return fail(done);
  co_return shown(*done, status);
}

/// Changes one row of a repository by the request's body: found, changed by `change`
/// (Result<void>(const json::object& body, Row&)), written, in one transaction.
template <class Repository, class Change>
Task<Response> answer_change(const Services& services, const Request& request, std::string_view what, Change change) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  auto work = [what, id = std::string(request.param("id")), body = std::move(*body), change](
                  sql::Connection& db, const store::Owner& owner) {
    Repository rows(db, owner);
    auto found = rows.find(id);
    using Row = typename decltype(found)::value_type::value_type;
    if (!found) return Result<Row>(fail(found));
    if (!*found) return Result<Row>(no_such(what, id));
    if (auto changed = change(body, **found); !changed) return Result<Row>(fail(changed));
    if (auto stored = rows.update(**found); !stored) return Result<Row>(fail(stored));
    return Result<Row>(std::move(**found));
  };
  co_return co_await answer_write(services, request, 200, std::move(work));
}

}  // namespace offhook::api
