#include "store/analytics.hpp"

#include "api/lists.hpp"

namespace offhook::api {
namespace {

constexpr auto kUsualRange = std::chrono::days(30);
constexpr auto kLongestRange = std::chrono::days(366);

}  // namespace

Task<Response> show_analytics(const Services& services, Request& request) {
  auto from = query_time(request, "from");
  if (!from) co_return fail(from);
  auto to = query_time(request, "to");
  if (!to) co_return fail(to);
  // What happened this very moment counts.
  const UtcTime end = to->value_or(services.clock.utc_now() + std::chrono::microseconds(1));
  const UtcTime begin = from->value_or(end - kUsualRange);
  if (begin >= end) co_return fail(invalid_value(*from ? "from" : "to", "a time before 'to' and after 'from'"));
  if (end - begin > kLongestRange) co_return fail(invalid_value("from", "at most 366 days before 'to'"));
  auto read = co_await services.turns.store.read([owner = owner_of(request), begin, end](sql::Connection& db) {
    return store::read_analytics(db, owner, begin, end);
  });
  if (!read) co_return fail(read);
  co_return http::json_response(json::serialize(analytics_json(*read, begin, end)));
}

}  // namespace offhook::api
