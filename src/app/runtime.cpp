#include "app/runtime.hpp"

#include <boost/asio/basic_signal_set.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>

namespace offhook::app {

namespace {

/// The machine's clock, shown as if it had been `start` when this was made.
class ShiftedClock final : public Clock {
 public:
  explicit ShiftedClock(UtcTime start) : shift_(start - RealClock().utc_now()) {}
  [[nodiscard]] Instant now() const override { return RealClock().now(); }
  [[nodiscard]] UtcTime utc_now() const override { return RealClock().utc_now() + shift_; }

 private:
  std::chrono::microseconds shift_;
};

}  // namespace

Runtime::Runtime(std::size_t loops) : clock_(std::make_unique<RealClock>()) {
  for (std::size_t i = 0; i < loops; ++i) loops_.push_back(std::make_unique<Loop>(*clock_, entropy_seed()));
}

Runtime::Runtime(std::size_t loops, UtcTime start, std::uint64_t seed) : clock_(std::make_unique<ShiftedClock>(start)) {
  for (std::size_t i = 0; i < loops; ++i) loops_.push_back(std::make_unique<Loop>(*clock_, seed + i));
}

Runtime::~Runtime() = default;

std::vector<Loop*> Runtime::loops() {
  std::vector<Loop*> all;
  for (const auto& loop : loops_) all.push_back(loop.get());
  return all;
}

Result<void> Runtime::run(Task<void> main_task) {
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < loops_.size(); ++i) threads.emplace_back([&loop = *loops_[i]] { loop.run(); });
  auto result = home().block_on(std::move(main_task));
  for (std::size_t i = 1; i < loops_.size(); ++i) loops_[i]->stop();
  return result;
}

struct StopSignal::Signals {
  explicit Signals(Loop& loop) : set(loop.executor(), SIGINT, SIGTERM) {}
  asio::basic_signal_set<Executor> set;
};

StopSignal::StopSignal(Loop& loop) : signals_(std::make_unique<Signals>(loop)) {}
StopSignal::~StopSignal() = default;

void StopSignal::release() {
  boost::system::error_code ignored;
  signals_->set.clear(ignored);
}

Task<void> StopSignal::wait() {
  boost::system::error_code error;
  co_await signals_->set.async_wait(asio::redirect_error(use_task, error));
  if (error) co_return fail(ErrorKind::cancelled);
  co_return Result<void>{};
}

}  // namespace offhook::app
