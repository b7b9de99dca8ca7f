#pragma once

#include <memory>

#include "llm/chat_model.hpp"
#include "llm/limits/fair_queue.hpp"

namespace offhook::llm {

/// `inner`, asked for at most as many answers at the same time as `queue` has places; the others wait in it by their
/// asker, until the turn's deadline and no longer than `patience`. An answer's place is free when it has been read to
/// its end, has failed, or nobody reads it any more. Errors besides inner's: unavailable with Retry-After when the
/// queue is full or the patience at an end. Both must outlive the model.
[[nodiscard]] std::unique_ptr<ChatModel> make_queued_model(ChatModel& inner, FairQueue& queue, Duration patience);

}  // namespace offhook::llm
