#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "async/event.hpp"
#include "async/loop.hpp"
#include "speech/engines/espeak/espeak_protocol.hpp"
#include "speech/engines/espeak/espeak_synthesizer.hpp"
#include "speech/engines/espeak/helper_process.hpp"

namespace offhook::speech::espeak {

class Helper;

/// The right to one utterance of one helper, and what comes out of it. Destroying it stops the helper's
/// work and gives the helper back. One loop, one reader.
class Utterance {
 public:
  explicit Utterance(std::shared_ptr<Helper> helper) : helper_(std::move(helper)) {}
  ~Utterance();
  Utterance(const Utterance&) = delete;
  Utterance& operator=(const Utterance&) = delete;

  /// Sends the command and ends when the first samples are here, or the end of an utterance without any.
  /// Errors: unavailable (the helper died), timeout.
  Task<void> begin(SpeakCommand command);
  /// The next samples at kEngineRateHz; empty at the end. What came before a failure is given out first.
  Task<std::vector<std::int16_t>> next();

 private:
  friend class Helper;
  Task<void> wait_for_news();

  std::shared_ptr<Helper> helper_;  // null once the helper has said its last word
  std::deque<std::vector<std::int16_t>> frames_;
  std::size_t buffered_bytes_ = 0;
  bool has_ended_ = false;
  std::optional<Error> error_;
  Event news_;
};

/// One helper process and its socket, on one loop. It reads all the time, so that a death is seen when it
/// happens, but stops when an utterance's reader is too far behind.
///
///     idle ─reserve─► reserved ─speak─► speaking ─done─► idle
///       ▲                │                 │ utterance destroyed: sends cancel
///       └────────────────┘                 └──► draining ─done─► idle           any of them ──► dead
///
/// While it is owed something by the process (speaking and not held up by the reader, draining), it keeps a
/// Loop::Busy, and the utterance's deadline runs.
class Helper : public std::enable_shared_from_this<Helper> {
 public:
  /// Who hears of changes. Both run on the loop and may call the helper.
  struct Owner {
    virtual ~Owner() = default;
    virtual void on_idle() = 0;
    /// worked: it died over an utterance rather than while idle. why is for the log.
    virtual void on_death(Helper& helper, bool worked, const std::string& why) = 0;
  };

  /// Starts a process. `owner` must live until stop(). Errors: unavailable.
  static Result<std::shared_ptr<Helper>> start(Loop& loop, const EspeakOptions& options, Owner& owner);
  Helper(Loop& loop, const EspeakOptions& options, Owner& owner, HelperProcess process);

  [[nodiscard]] bool is_idle() const { return state_ == State::idle; }
  /// Asks the socket: a helper killed a moment ago is found out although its end was not read yet, and
  /// is then dead (the owner hears of it).
  [[nodiscard]] bool check_alive();
  /// Only when idle.
  [[nodiscard]] std::unique_ptr<Utterance> reserve();
  /// Kills the process; a running utterance ends with `unavailable`. The owner is told nothing.
  void stop();

 private:
  friend class Utterance;
  enum class State : std::uint8_t { idle, reserved, speaking, draining, dead };

  void speak(const SpeakCommand& command);
  void abandon(const Utterance& utterance);
  void frame_taken(std::size_t bytes_left);

  void send(std::string bytes);
  void write_more();
  void read_more();
  void on_message(const Message& message);
  void finish_utterance(std::optional<Error> error);
  void start_waiting(Duration allowance);
  void stop_waiting();
  void die(Error error);

  Loop& loop_;
  const EspeakOptions& options_;
  Owner* owner_;  // null after stop()
  HelperProcess process_;
  asio::basic_stream_socket<asio::local::stream_protocol, Executor> socket_;
  State state_ = State::idle;
  Utterance* utterance_ = nullptr;  // in reserved and speaking
  std::uint32_t id_ = 0;            // of the utterance that runs, or ran last
  std::string outbox_;
  bool is_writing_ = false;
  bool is_held_up_ = false;  // the reader is behind: nothing is read
  MessageReader reader_;
  std::array<char, 32768> inbox_;
  std::optional<Loop::Busy> busy_;
  Timer deadline_;
  Duration allowance_{};  // what is left of the utterance's time when waiting began
  Instant waiting_since_;
  std::string last_words_;  // the text of an error with id 0
};

}  // namespace offhook::speech::espeak
