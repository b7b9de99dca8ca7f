#pragma once

#include <filesystem>
#include <memory>

#include "obs/log.hpp"
#include "speech/synthesizer.hpp"

namespace offhook::app {

/// Where a helper program lies: beside this program, or in ../libexec/offhook.
[[nodiscard]] std::filesystem::path helper_program(const char* name);

/// The voice of this server: espeak-ng in its helper.
[[nodiscard]] std::unique_ptr<speech::Synthesizer> make_voice(obs::Log& log);

}  // namespace offhook::app
