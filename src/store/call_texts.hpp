#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "store/sql/connection.hpp"

namespace offhook::store {

/// Gives every text that a call has left in the database (payloads and answers of its webhooks, transcript, tool
/// calls, summary, metadata, journal, activities) to `rewrite` and keeps what comes back when it differs. In the
/// transaction of whoever calls. Returns how many rows were changed.
Result<std::int64_t> rewrite_call_texts(sql::Connection& db, std::string_view call_id,
                                        std::string_view platform_call_id,
                                        const std::function<std::string(std::string_view)>& rewrite);

}  // namespace offhook::store
