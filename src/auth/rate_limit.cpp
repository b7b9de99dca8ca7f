#include "auth/rate_limit.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace offhook::auth {

void RateLimit::refill(Bucket& bucket) const {
  const Instant now = clock_.now();
  const double seconds = std::chrono::duration<double>(now - bucket.filled_at).count();
  bucket.tokens = std::min(options_.burst, bucket.tokens + seconds * options_.per_hour / 3600.0);
  bucket.filled_at = now;
}

RateLimit::Bucket& RateLimit::bucket_of(std::string_view key) {
  const Bucket full{.tokens = options_.burst, .filled_at = clock_.now()};
  Bucket& bucket = buckets_.try_emplace(std::string(key), full).first->second;
  refill(bucket);
  return bucket;
}

RateLimit::Taken RateLimit::take(std::string_view key) {
  const std::scoped_lock lock(mutex_);
  if (buckets_.size() >= options_.max_keys && !buckets_.contains(std::string(key))) make_room();
  Bucket& bucket = bucket_of(key);
  const double per_second = options_.per_hour / 3600.0;
  Taken taken{.is_allowed = bucket.tokens >= 1, .limit = static_cast<int>(options_.burst)};
  if (taken.is_allowed) {
    bucket.tokens -= 1;
  } else {
    taken.retry_after = std::chrono::seconds(static_cast<std::int64_t>(std::ceil((1 - bucket.tokens) / per_second)));
  }
  taken.remaining = static_cast<int>(bucket.tokens);
  taken.reset = std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>((options_.burst - bucket.tokens) / per_second));
  return taken;
}

std::chrono::seconds RateLimit::wait_for(std::string_view key) {
  const std::scoped_lock lock(mutex_);
  const auto known = buckets_.find(std::string(key));
  if (known == buckets_.end()) return std::chrono::seconds(0);
  Bucket& bucket = known->second;
  refill(bucket);
  if (bucket.tokens >= 1) return std::chrono::seconds(0);
  return std::chrono::seconds(static_cast<int>(std::ceil((1 - bucket.tokens) * 3600.0 / options_.per_hour)));
}

void RateLimit::spend(std::string_view key) {
  const std::scoped_lock lock(mutex_);
  if (buckets_.size() >= options_.max_keys && !buckets_.contains(std::string(key))) make_room();
  Bucket& bucket = bucket_of(key);
  bucket.tokens = std::max(0.0, bucket.tokens - 1);
}

void RateLimit::give_back(std::string_view key) {
  const std::scoped_lock lock(mutex_);
  const auto known = buckets_.find(std::string(key));
  if (known != buckets_.end()) known->second.tokens = std::min(options_.burst, known->second.tokens + 1);
}

void RateLimit::make_room() {
  for (auto& [key, bucket] : buckets_) refill(bucket);
  std::erase_if(buckets_, [this](const auto& entry) { return entry.second.tokens >= options_.burst; });
  if (buckets_.size() < options_.max_keys) return;
  // Everybody is being limited: a part of them goes, so that the next ones need not look again.
  std::vector<std::pair<double, std::string>> by_tokens;
  for (const auto& [key, bucket] : buckets_) by_tokens.emplace_back(bucket.tokens, key);
  const std::size_t count = std::max<std::size_t>(1, by_tokens.size() / 8);
  const auto last = by_tokens.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::nth_element(by_tokens, last - 1, std::ranges::greater{}, &std::pair<double, std::string>::first);
  for (auto gone = by_tokens.begin(); gone != last; ++gone) buckets_.erase(gone->second);
}

}  // namespace offhook::auth
