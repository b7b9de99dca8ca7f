#pragma once

#include <filesystem>
#include <optional>

#include "app/library.hpp"
#include "lab/lab.hpp"

namespace offhook::app {

/// What all stages of a simulation share.
struct StagePlan {
  const Library& library;
  bool in_real_time = false;                  ///< loopback sockets and the machine's clock
  std::optional<std::filesystem::path> data;  ///< a database on disk in place of a fresh one in memory
  std::filesystem::path recordings = "data";  ///< below it, recordings/ takes the WAV files
};

/// Makes the stages that scenarios are played on. `plan` is copied; its library must outlive the factory.
[[nodiscard]] lab::StageFactory make_stages(StagePlan plan);

/// When a simulation in virtual time begins: Monday 2026-03-02, 17:00 UTC.
[[nodiscard]] UtcTime simulation_start();

}  // namespace offhook::app
