#include "auth/request_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "auth/client_address.hpp"
#include "auth/doors.hpp"

namespace offhook::auth {
namespace {

std::unique_ptr<RateLimit> make_limit(const Clock& clock, double per_hour, double burst) {
  if (per_hour <= 0) return nullptr;
  return std::make_unique<RateLimit>(clock, RateLimit::Options{.per_hour = per_hour, .burst = burst});
}

bool has_key(const http::Principal& principal) {
  using Kind = http::Principal::Kind;
  return principal.kind == Kind::api_key || principal.kind == Kind::user || principal.kind == Kind::platform;
}

std::unexpected<Error> refuse(const RateLimit::Taken& taken, const char* whose) {
  return fail(Error{.kind = ErrorKind::rate_limited,
                    .client = fmt::format("Rate limit reached for {}: {} requests. Please try again in {}.", whose,
                                          taken.limit, duration_text(taken.retry_after)),
                    .code = "rate_limit_exceeded",
                    .retry_after = taken.retry_after});
}

/// Writes the headers, unless those of a tighter limit are there already.
void tell(http::Request& request, const RateLimit::Taken& taken) {
  constexpr std::string_view kRemaining = "x-ratelimit-remaining-requests";
  auto& headers = request.answer_headers;
  const auto told = std::ranges::find(headers, kRemaining, &std::pair<std::string, std::string>::first);
  if (told != headers.end()) {
    int remaining = 0;
    std::from_chars(told->second.data(), told->second.data() + told->second.size(), remaining);
    if (taken.is_allowed && remaining <= taken.remaining) return;
    std::erase_if(headers, [](const auto& header) { return header.first.starts_with("x-ratelimit-"); });
  }
  headers.emplace_back("x-ratelimit-limit-requests", std::to_string(taken.limit));
  headers.emplace_back(kRemaining, std::to_string(taken.remaining));
  headers.emplace_back("x-ratelimit-reset-requests", duration_text(taken.reset));
}

}  // namespace

RequestLimits::RequestLimits(const Clock& clock, const RequestLimitOptions& options)
    : by_key_(make_limit(clock, options.key_per_hour, options.key_per_hour)),
      by_address_(make_limit(clock, options.address_per_hour, options.address_per_hour)),
      by_caller_(make_limit(clock, options.caller_per_hour, options.caller_per_hour)),
      spares_loopback_(options.spares_loopback) {
  for (const auto& [name, per_minute] : options.per_minute)
    by_class_[name] = make_limit(clock, 60.0 * per_minute, per_minute);
}

std::vector<RequestLimits::Limit> RequestLimits::limits_of(const http::Request& request, http::RateClass rate) const {
  std::vector<Limit> limits;
  if (const auto found = by_class_.find(std::string(http::to_string(rate))); found != by_class_.end())
    limits.push_back({found->second.get(), asker_of(request), "this kind of request"});
  if (rate != http::RateClass::chat) return limits;
  if (has_key(request.principal)) {
    if (by_key_) limits.push_back({by_key_.get(), request.principal.name, "this key"});
  } else if (by_address_ && !(spares_loopback_ && is_loopback(request.client_address))) {
    limits.push_back({by_address_.get(), limit_key(request.client_address), "this address"});
  }
  return limits;
}

Result<void> RequestLimits::admit(http::Request& request, http::RateClass rate) {
  if (rate == http::RateClass::none) return {};
  const auto limits = limits_of(request, rate);
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const auto taken = limits[i].buckets->take(limits[i].key);
    tell(request, taken);
    if (taken.is_allowed) continue;
    for (std::size_t k = 0; k < i; ++k) limits[k].buckets->give_back(limits[k].key);
    return refuse(taken, limits[i].whose);
  }
  return {};
}

Result<void> RequestLimits::admit_caller(http::Request& request, const std::string& phone) {
  if (!by_caller_ || phone.empty()) return {};
  const auto taken = by_caller_->take(phone);
  tell(request, taken);
  if (!taken.is_allowed) return refuse(taken, "this caller");
  return {};
}

std::string asker_of(const http::Request& request) {
  return has_key(request.principal) ? request.principal.name : limit_key(request.client_address);
}

std::string duration_text(Duration duration) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  if (ms < 1000) return fmt::format("{}ms", ms);
  const auto seconds = (ms + 999) / 1000;
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m{}s", seconds / 60, seconds % 60);
  return fmt::format("{}h{}m{}s", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace offhook::auth
