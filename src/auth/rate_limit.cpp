#include "auth/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace offhook::auth {

RateLimit::Bucket& RateLimit::refill(std::string_view key) {
  const Instant now = clock_.now();
  auto [position, is_new] = buckets_.try_emplace(std::string(key), Bucket{.tokens = options_.burst, .filled_at = now});
  Bucket& bucket = position->second;
  const double seconds = std::chrono::duration<double>(now - bucket.filled_at).count();
  bucket.tokens = std::min(options_.burst, bucket.tokens + seconds * options_.per_hour / 3600.0);
  bucket.filled_at = now;
  return bucket;
}

std::chrono::seconds RateLimit::wait_for(std::string_view key) {
  const std::scoped_lock lock(mutex_);
  const auto known = buckets_.find(std::string(key));
  if (known == buckets_.end()) return std::chrono::seconds(0);
  const Bucket& bucket = refill(key);
  if (bucket.tokens >= 1) return std::chrono::seconds(0);
  return std::chrono::seconds(static_cast<int>(std::ceil((1 - bucket.tokens) * 3600.0 / options_.per_hour)));
}

void RateLimit::spend(std::string_view key) {
  const std::scoped_lock lock(mutex_);
  if (buckets_.size() >= options_.max_keys) make_room();
  Bucket& bucket = refill(key);
  bucket.tokens = std::max(0.0, bucket.tokens - 1);
}

void RateLimit::give_back(std::string_view key) {
  const std::scoped_lock lock(mutex_);
  const auto known = buckets_.find(std::string(key));
  if (known != buckets_.end()) known->second.tokens = std::min(options_.burst, known->second.tokens + 1);
}

void RateLimit::make_room() {
  for (const auto& [key, bucket] : std::unordered_map(buckets_)) refill(key);
  std::erase_if(buckets_, [this](const auto& entry) { return entry.second.tokens >= options_.burst; });
  // Everybody is being limited: forgetting all is better than growing without bound.
  if (buckets_.size() >= options_.max_keys) buckets_.clear();
}

}  // namespace offhook::auth
