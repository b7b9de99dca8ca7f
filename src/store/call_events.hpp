#pragma once

#include <string_view>
#include <vector>

#include "store/webhook_events.hpp"

namespace offhook::store {

/// The webhooks of a call, oldest first, as its page shows them: without their payloads, which may be megabytes
/// together, but for that of the reports.
Result<std::vector<WebhookEvent>> events_of_call(sql::Connection& db, const Owner& owner,
                                                 std::string_view platform_call_id, std::size_t limit = 1000);

}  // namespace offhook::store
