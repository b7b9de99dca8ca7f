#pragma once

#include <memory>

#include "async/task.hpp"
#include "config/settings.hpp"
#include "llm/limits/answer_cache.hpp"
#include "llm/limits/fair_queue.hpp"
#include "llm/limits/single_flight.hpp"
#include "llm/limits/token_budget.hpp"

namespace offhook::app {

/// What the settings put before a model, in the order of src/llm/limits/README.md.
class ModelLimits {
 public:
  /// `inner` and `clock` must outlive it; destroy it when its loops no longer run.
  ModelLimits(llm::ChatModel& inner, const config::Settings& settings, const Clock& clock);

  [[nodiscard]] llm::ChatModel& model() const { return *outermost_; }
  /// Ends when no answer is being read for several. For a stop, when nobody asks any more.
  Task<void> join() { return shared_->join(); }

 private:
  llm::FairQueue queue_;
  std::unique_ptr<llm::ChatModel> queued_;
  std::unique_ptr<llm::TokenBudgets> budgets_;  // null: none is set
  std::unique_ptr<llm::ChatModel> budgeted_;
  std::unique_ptr<llm::SharedAnswers> shared_;
  std::unique_ptr<llm::AnswerCache> cache_;  // null: off
  std::unique_ptr<llm::ChatModel> cached_;
  llm::ChatModel* outermost_ = nullptr;
};

}  // namespace offhook::app
