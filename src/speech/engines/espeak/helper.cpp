#include "speech/engines/espeak/helper.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace offhook::speech::espeak {

namespace {

bool is_would_block(const boost::system::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace

Utterance::~Utterance() {
  if (helper_) helper_->abandon(*this);
}

Task<void> Utterance::wait_for_news() {
  while (frames_.empty() && !has_ended_) {
    news_.reset();
    auto told = co_await news_.wait();
    if (!told) co_return told;  // cancelled
  }
  co_return Result<void>{};
}

Task<void> Utterance::begin(SpeakCommand command) {
  if (const auto helper = helper_) helper->speak(command);  // a copy: a death in speak() resets helper_
  auto told = co_await wait_for_news();
  if (told && frames_.empty() && error_) co_return fail(*error_);
  co_return told;
}

Task<std::vector<std::int16_t>> Utterance::next() {
  if (auto told = co_await wait_for_news(); !told) co_return fail(told.error());
  if (frames_.empty()) {
    if (error_) co_return fail(*error_);
    co_return std::vector<std::int16_t>{};
  }
  auto frame = std::move(frames_.front());
  frames_.pop_front();
  buffered_bytes_ -= frame.size() * sizeof(std::int16_t);
  if (helper_) helper_->frame_taken(buffered_bytes_);
  co_return frame;
}

Result<std::shared_ptr<Helper>> Helper::start(Loop& loop, const EspeakOptions& options, Owner& owner) {
  std::vector<std::string> arguments;
  if (!options.data_path.empty()) arguments.push_back(options.data_path.string());
  auto process = HelperProcess::start(options.helper_path, arguments);
  if (!process) return fail(process);
  auto helper = std::make_shared<Helper>(loop, options, owner, std::move(*process));
  helper->read_more();
  return helper;
}

Helper::Helper(Loop& loop, const EspeakOptions& options, Owner& owner, HelperProcess process)
    : loop_(loop),
      options_(options),
      owner_(&owner),
      process_(std::move(process)),
      socket_(loop.executor(), asio::local::stream_protocol(), process_.release_socket()),
      deadline_(loop.timers()) {
  socket_.non_blocking(true);
}

bool Helper::check_alive() {
  char byte = 0;
  const ssize_t count = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))) return true;
  die({.kind = ErrorKind::unavailable, .log = "the speech helper ended while idle"});
  return false;
}

std::unique_ptr<Utterance> Helper::reserve() {
  state_ = State::reserved;
  auto utterance = std::make_unique<Utterance>(shared_from_this());
  utterance_ = utterance.get();
  return utterance;
}

void Helper::stop() {
  owner_ = nullptr;
  die({.kind = ErrorKind::unavailable, .log = "the speech engine was shut down"});
}

void Helper::speak(const SpeakCommand& command) {
  state_ = State::speaking;
  start_waiting(options_.utterance_limit);
  send(encode_speak(++id_, command));
}

void Helper::abandon(const Utterance& utterance) {
  if (utterance_ != &utterance) return;
  const auto self = shared_from_this();  // the utterance may hold the last reference
  utterance_ = nullptr;
  if (state_ == State::reserved) {
    state_ = State::idle;
    if (owner_ != nullptr) owner_->on_idle();
    return;
  }
  state_ = State::draining;
  stop_waiting();
  start_waiting(options_.utterance_limit);
  send(encode(MessageType::cancel, id_));
  if (std::exchange(is_held_up_, false)) read_more();
}

void Helper::frame_taken(std::size_t bytes_left) {
  if (!is_held_up_ || bytes_left > options_.read_ahead_bytes / 2) return;
  is_held_up_ = false;
  start_waiting(allowance_);
  read_more();
}

void Helper::send(std::string bytes) {
  outbox_ += bytes;
  if (!is_writing_) write_more();
}

void Helper::write_more() {
  is_writing_ = false;
  while (!outbox_.empty()) {
    boost::system::error_code error;
    const std::size_t count = socket_.write_some(asio::buffer(outbox_), error);
    outbox_.erase(0, count);
    if (!error) continue;
    if (!is_would_block(error)) {
      die({.kind = ErrorKind::unavailable, .log = "the speech helper does not listen: " + error.message()});
      return;
    }
    is_writing_ = true;
    socket_.async_wait(asio::socket_base::wait_write,
                       [self = shared_from_this()](const boost::system::error_code& failed) {
                         if (!failed && self->state_ != State::dead) self->write_more();
                       });
    return;
  }
}

void Helper::read_more() {
  socket_.async_read_some(
      asio::buffer(inbox_), [self = shared_from_this()](const boost::system::error_code& error, std::size_t count) {
        if (self->state_ == State::dead) return;
        if (error) {
          self->die({.kind = ErrorKind::unavailable, .log = "the speech helper ended: " + error.message()});
          return;
        }
        self->reader_.feed({self->inbox_.data(), count});
        while (const auto message = self->reader_.next()) self->on_message(*message);
        if (self->reader_.is_broken()) {
          self->die({.kind = ErrorKind::unavailable, .log = "the speech helper talks nonsense"});
        }
        if (self->state_ != State::dead && !self->is_held_up_) self->read_more();
      });
}

void Helper::on_message(const Message& message) {
  if (message.type == MessageType::error && message.id == 0) last_words_ = message.payload;
  const bool is_running = state_ == State::speaking || state_ == State::draining;
  if (!is_running || message.id != id_) return;
  if (message.type == MessageType::done) {
    finish_utterance(std::nullopt);
  } else if (message.type == MessageType::error) {
    finish_utterance(Error{.kind = ErrorKind::unavailable, .log = std::string(message.payload)});
  } else if (message.type == MessageType::audio && state_ == State::speaking) {
    auto frame = decode_audio(message.payload);
    utterance_->buffered_bytes_ += frame.size() * sizeof(std::int16_t);
    utterance_->frames_.push_back(std::move(frame));
    utterance_->news_.set();
    if (!is_held_up_ && utterance_->buffered_bytes_ > options_.read_ahead_bytes) {
      is_held_up_ = true;
      stop_waiting();
    }
  }
}

void Helper::finish_utterance(std::optional<Error> error) {
  stop_waiting();
  is_held_up_ = false;
  state_ = State::idle;
  if (auto* const utterance = std::exchange(utterance_, nullptr)) {
    utterance->has_ended_ = true;
    utterance->error_ = std::move(error);
    utterance->helper_.reset();  // never the last reference: the caller holds one
    utterance->news_.set();
  }
  if (owner_ != nullptr) owner_->on_idle();
}

void Helper::start_waiting(Duration allowance) {
  allowance_ = allowance;
  waiting_since_ = loop_.clock().now();
  busy_.emplace(loop_);
  deadline_.arm(waiting_since_ + allowance, [this] {
    die({.kind = ErrorKind::timeout, .log = "the speech helper took too long over an utterance"});
  });
}

void Helper::stop_waiting() {
  if (busy_) allowance_ -= loop_.clock().now() - waiting_since_;
  busy_.reset();
  deadline_.disarm();
}

void Helper::die(Error error) {
  if (state_ == State::dead) return;
  const auto self = shared_from_this();
  const bool worked = state_ != State::idle;
  state_ = State::dead;
  stop_waiting();
  boost::system::error_code ignored;
  socket_.close(ignored);
  error.log += " (" + process_.end() + (last_words_.empty() ? ")" : "; it said: " + last_words_ + ")");
  if (auto* const utterance = std::exchange(utterance_, nullptr)) {
    utterance->has_ended_ = true;
    utterance->error_ = error;
    utterance->helper_.reset();
    utterance->news_.set();
  }
  if (owner_ != nullptr) owner_->on_death(*this, worked, error.log);
}

}  // namespace offhook::speech::espeak
