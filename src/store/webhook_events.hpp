#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/owner.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// One message of an outside platform, stored before it is answered.
struct WebhookEvent {
  std::string id;                ///< begins with the time (make_ordered_id): retention goes by it
  std::string dedupe_key;        ///< the same for every delivery of the same message
  std::string platform_call_id;  ///< empty when the message belongs to no call
  std::string type;              ///< e.g. "status-update"
  std::string verified;          ///< how the sender proved itself: "secret", "hmac", "hmac-timestamp", "bearer", "open"
  std::string payload;           ///< the JSON text, secrets already removed
  std::optional<std::string> answer;  ///< what we answered, when the answer has content of its own
  UtcTime received_at{};
  bool processed = false;
  std::string error;             ///< why it could not be processed; for the log
  Owner owner = Owner::local();  ///< as stored; insert_if_new takes the repository's
};

/// What became of insert_if_new.
struct WebhookInsert {
  bool is_new = true;
  std::string id;                     ///< of the stored event: the new one's or the earlier one's
  std::optional<std::string> answer;  ///< the earlier delivery's
  bool processed = false;             ///< the earlier delivery's
};

/// The log of incoming webhooks.
class WebhookEvents {
 public:
  WebhookEvents(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}

  /// Stores the event unless one with its dedupe_key is there; then tells what that one was answered.
  Result<WebhookInsert> insert_if_new(const WebhookEvent& event);
  /// Marks it processed; a non-empty `error` says why that failed for good. Errors: not_found.
  Result<void> mark_processed(std::string_view id, std::string_view error = {});

  Result<std::optional<WebhookEvent>> find(std::string_view id);
  Result<std::optional<WebhookEvent>> find_by_dedupe_key(std::string_view key);
  /// Oldest first.
  Result<std::vector<WebhookEvent>> list_for_call(std::string_view platform_call_id, std::size_t limit = 1000);

 private:
  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
