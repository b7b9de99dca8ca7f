#pragma once

#include <list>
#include <memory>
#include <string>
#include <vector>

#include "async/loop.hpp"
#include "speech/engines/espeak/helper.hpp"

namespace offhook::speech::espeak {

/// The helpers of one loop and the queue before them. Helpers are started when they are needed; one that
/// dies over an utterance delays the next start, the more the oftener it happens, until an utterance begins
/// well again.
class HelperPool final : public Helper::Owner {
 public:
  HelperPool(Loop& loop, std::shared_ptr<const EspeakOptions> options)
      : loop_(loop), options_(std::move(options)), retry_(loop.timers()) {}

  /// Waits for a helper, hands it the command and ends when the first samples are here. A helper that dies
  /// before that is replaced, once. Errors: unavailable, cancelled.
  static Task<std::unique_ptr<Utterance>> speak(std::shared_ptr<HelperPool> pool, SpeakCommand command);

  /// Kills and reaps the helpers and refuses everything from now on. Not while the loop runs.
  void close();
  [[nodiscard]] bool is_closed() const { return is_closed_; }

  void on_idle() override { serve_waiting(); }
  void on_death(Helper& helper, bool worked, const std::string& why) override;

 private:
  using Reserved = std::unique_ptr<Utterance>;
  struct Place;

  static Task<Reserved> wait_for_turn(std::shared_ptr<HelperPool> pool);
  Reserved take_or_start();
  void note_failure(const std::string& why);
  void serve_waiting();
  void refuse_waiting(const std::string& why);
  /// Starting helpers has failed again and again, and the next try is not due.
  [[nodiscard]] bool is_down() const;

  Loop& loop_;
  std::shared_ptr<const EspeakOptions> options_;
  std::vector<std::shared_ptr<Helper>> helpers_;
  std::list<Place*> waiting_;  // first come, first served
  Timer retry_;
  std::size_t failures_ = 0;  // in a row
  Instant next_start_ = Instant::min();
  std::string last_trouble_;
  bool is_serving_ = false;
  bool is_closed_ = false;
};

}  // namespace offhook::speech::espeak
