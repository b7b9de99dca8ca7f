#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "async/event.hpp"
#include "async/loop.hpp"

namespace offhook::app {

/// The loops of a server in real time, one a thread; the first runs on the caller's.
class Runtime {
 public:
  /// By the machine's clock, with randomness from the system.
  explicit Runtime(std::size_t loops);
  /// Time that runs as fast as real time but began at `start`; the first loop's randomness from `seed`.
  Runtime(std::size_t loops, UtcTime start, std::uint64_t seed);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  [[nodiscard]] const Clock& clock() const { return *clock_; }
  [[nodiscard]] std::vector<Loop*> loops();
  [[nodiscard]] Loop& home() { return *loops_.front(); }

  /// Runs `main_task` on the home loop to its end, the other loops beside it.
  Result<void> run(Task<void> main_task);

 private:
  std::unique_ptr<Clock> clock_;
  std::vector<std::unique_ptr<Loop>> loops_;
};

/// Hears when the process is asked to stop (SIGINT, SIGTERM), from the moment it exists.
class StopSignal {
 public:
  explicit StopSignal(Loop& loop);
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  /// Ends when the signal has come.
  Task<void> wait();
  /// Leaves the next signal to the system, which ends the process at once. Not while somebody waits.
  void release();

 private:
  struct Signals;
  std::unique_ptr<Signals> signals_;
};

}  // namespace offhook::app
