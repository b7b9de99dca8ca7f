#pragma once

#include <memory>

#include "call/platform.hpp"
#include "exchange/exchange.hpp"

namespace offhook::exchange {

/// The exchange as the telephone platform, without a detour over HTTP. Copies of assistants are stored without the
/// secrets of their servers: the exchange signs for this server by itself, and an account's own objects must not show
/// it the secret that all accounts share. `exchange` must outlive it.
[[nodiscard]] std::unique_ptr<call::Platform> make_exchange_platform(Exchange& exchange);

}  // namespace offhook::exchange
