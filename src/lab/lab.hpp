#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/agent_book.hpp"
#include "agent/turn.hpp"
#include "call/assistant_config.hpp"
#include "exchange/exchange.hpp"
#include "lab/scenario.hpp"

namespace offhook::lab {

/// A whole Offhook that a scenario is played on, in virtual or real time.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual Loop& loop() = 0;
  virtual exchange::Exchange& exchange() = 0;
  virtual store::Store& store() = 0;
  virtual const agent::AgentBook& agents() = 0;
  virtual const tools::ToolRegistry& tools() = 0;
  virtual const call::Doorways& doorways() = 0;
  /// Runs a task on the stage to its end.
  virtual Result<void> run(Task<void> task) = 0;
};

/// How a stage is wanted.
struct StageWish {
  std::uint64_t seed = 1;
  agent::ToolObserver* observer = nullptr;
};
using StageFactory = std::function<Result<std::unique_ptr<Stage>>(const StageWish&)>;

/// One utterance with everything that belongs to it.
struct PlayedTurn {
  bool is_caller = false;
  std::string text;
  std::int64_t at_ms = 0;  ///< since the call was answered
  std::vector<std::string> tools;
  std::optional<double> first_token_ms;
  std::optional<double> first_audio_ms;
};

/// One scenario that was played.
struct PlayedCall {
  std::string scenario;
  std::string agent;
  std::string ended_reason;
  std::vector<PlayedTurn> turns;
  std::vector<std::string> failures;  ///< expectations that were not met, in words; empty: passed
  std::int64_t length_ms = 0;
  std::string recording;  ///< path of the WAV file; empty: no sound
  [[nodiscard]] bool passed() const { return failures.empty(); }
};

struct PlayOptions {
  std::uint64_t seed = 1;
  bool with_sound = false;
  bool is_paced = true;
};

/// Plays a scenario on a fresh stage and holds it against its expectations.
[[nodiscard]] Result<PlayedCall> play_scenario(const StageFactory& make_stage, const Scenario& scenario,
                                               const PlayOptions& options);

/// The calls as the documented JSON, and as JUnit XML.
[[nodiscard]] std::string to_json_text(std::uint64_t seed, const std::vector<PlayedCall>& calls);
[[nodiscard]] std::string to_junit(const std::vector<PlayedCall>& calls);

}  // namespace offhook::lab
