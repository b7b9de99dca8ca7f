#pragma once

#include <CLI/CLI.hpp>

namespace offhook::app {

/// Exit codes, the same for every command.
inline constexpr int kFine = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;

/// Adds every command to the command line; the chosen one's exit code lands in `exit_code`.
void add_commands(CLI::App& cli, int& exit_code);

}  // namespace offhook::app
