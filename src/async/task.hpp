#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.hpp"

namespace offhook {

namespace asio = boost::asio;

/// The one executor type: concrete, so that no operation pays for type erasure.
using Executor = asio::io_context::executor_type;

/// Work that may wait, and gives a Result<T>. It runs on the loop of whoever awaits it.
///
/// Cancellation: when the owner of a task cancels it (TaskGroup, with_deadline, CancelSource), the
/// operation it waits in ends with ErrorKind::cancelled, and a later co_await in it throws
/// boost::system::system_error(operation_aborted). Destructors run; no code after that await does.
/// Whoever spawned the task turns that exception back into ErrorKind::cancelled.
template <class T>
using Task = asio::awaitable<Result<T>, Executor>;

inline constexpr asio::use_awaitable_t<Executor> use_task{};

}  // namespace offhook
