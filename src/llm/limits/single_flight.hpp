#pragma once

#include <cstddef>
#include <memory>

#include "async/task.hpp"
#include "llm/chat_model.hpp"

namespace offhook::llm {

/// Lets requests that are the same at the same time (request_key) share one answer of `inner`.
///
/// They are the same when they are of one asker, one caller and one call besides: then nobody pays for another or hears
/// what another said, and a tool that such an answer calls is in the journal under the same key for all of them.
/// Whoever comes while an answer is being written hears it from its beginning. Listeners read on their own loops, the
/// answer is read on the loop of the first. The last listener to leave cancels it.
///
/// Up to `most_bytes` of an answer are kept for those who read slowly; whoever falls further behind gets an error
/// (unavailable) in place of the next event, and nobody may join any more.
class SharedAnswers {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{256} * 1024;

  /// `inner` must outlive it; destroy it when its loops no longer run.
  explicit SharedAnswers(ChatModel& inner, std::size_t most_bytes = kMostBytes);
  ~SharedAnswers();
  SharedAnswers(const SharedAnswers&) = delete;
  SharedAnswers& operator=(const SharedAnswers&) = delete;

  [[nodiscard]] ChatModel& model();
  /// Ends when no answer is being read: a cancelled one takes a moment. For a stop, when no listener is left.
  Task<void> join();
  /// Answers being read now.
  [[nodiscard]] std::size_t in_flight() const;

 private:
  struct State;
  class Model;
  std::shared_ptr<State> state_;
  std::unique_ptr<Model> model_;
};

}  // namespace offhook::llm
