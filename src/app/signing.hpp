#pragma once

#include "config/settings.hpp"
#include "vendors/vapi/signature.hpp"

namespace offhook::app {

/// How webhooks are signed, as the settings have it: the secret, and the HMAC plan when one is set.
[[nodiscard]] vapi::SignatureSettings signature_settings(const config::Settings& settings);

}  // namespace offhook::app
