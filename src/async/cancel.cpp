#include "async/cancel.hpp"

#include <boost/asio/error.hpp>

namespace offhook {

Error error_from(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) return {.kind = ErrorKind::cancelled};
    return {.kind = ErrorKind::internal, .log = error.what()};
  } catch (const std::exception& error) {
    return {.kind = ErrorKind::internal, .log = error.what()};
  } catch (...) {
    return {.kind = ErrorKind::internal, .log = "an exception that is no std::exception"};
  }
}

Task<void> sleep_until(Instant due) {
  Loop& loop = co_await this_loop();
  Timer alarm(loop.timers());
  co_return co_await suspend<void>(
      [&alarm, due](Promise<void> promise) { alarm.arm(due, [promise] { promise.set({}); }); });
}

Task<void> sleep_for(Duration duration) {
  Loop& loop = co_await this_loop();
  co_return co_await sleep_until(loop.clock().now() + duration);
}

}  // namespace offhook
