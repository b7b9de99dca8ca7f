#include "auth/rate_limit.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>
#include <vector>

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

RateLimit::Taken RateLimit::take(std::string_view key) {
  const std::scoped_lock lock(mutex_);
  if (buckets_.size() >= options_.max_keys && !buckets_.contains(std::string(key))) make_room();
  Bucket& bucket = refill(key);
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
  const Instant now = clock_.now();
  const double per_second = options_.per_hour / 3600.0;
  const auto tokens_now = [&](const Bucket& bucket) {
    return bucket.tokens + std::chrono::duration<double>(now - bucket.filled_at).count() * per_second;
  };
  std::erase_if(buckets_, [&](const auto& entry) { return tokens_now(entry.second) >= options_.burst; });
  if (buckets_.size() < options_.max_keys) return;
  // Everybody is being limited. The fuller half goes: whoever is nearly through with a limit stays in it.
  std::vector<double> levels;
  levels.reserve(buckets_.size());
  for (const auto& [key, bucket] : buckets_) levels.push_back(tokens_now(bucket));
  const auto middle = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 2);
  std::nth_element(levels.begin(), middle, levels.end());
  std::size_t most = levels.size() - levels.size() / 2;
  std::erase_if(buckets_, [&, level = *middle](const auto& entry) {
    if (most == 0 || tokens_now(entry.second) < level) return false;
    --most;
    return true;
  });
}

std::string network_of(const std::string& address) {
  in6_addr bytes{};
  if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1 || IN6_IS_ADDR_V4MAPPED(&bytes)) return address;
  std::fill(std::begin(bytes.s6_addr) + 8, std::end(bytes.s6_addr), std::uint8_t{0});
  char text[INET6_ADDRSTRLEN];
  return std::string(inet_ntop(AF_INET6, &bytes, text, sizeof text)) + "/64";
}

}  // namespace offhook::auth
