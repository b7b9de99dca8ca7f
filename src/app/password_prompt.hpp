#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

namespace offhook::app {

/// A password from whoever runs a command: asked for twice on a terminal, without echo; else the first line of
/// standard input. Errors: invalid_argument (the two differ, or nothing was given).
[[nodiscard]] Result<Secret> read_password();

}  // namespace offhook::app
