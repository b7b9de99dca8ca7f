#pragma once

#include <string_view>

#include "http/message.hpp"
#include "store/owner.hpp"

namespace offhook::api {

/// Whose objects a request sees and makes.
[[nodiscard]] inline store::Owner owner_of(const http::Request& request) {
  return store::Owner(request.principal.account_id);
}

/// What calling a route takes besides a key or token that opens its door. By the path, so that a new route
/// that changes something is the owners' alone until kAgentsWrite says otherwise.
[[nodiscard]] http::Need need_of(http::Method method, std::string_view path);

}  // namespace offhook::api
