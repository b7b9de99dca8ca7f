#pragma once

#include <memory>

#include "async/task.hpp"
#include "config/settings.hpp"
#include "llm/limits/answer_cache.hpp"
#include "llm/limits/fair_queue.hpp"
#include "llm/limits/single_flight.hpp"
#include "llm/limits/token_budget.hpp"
#include "obs/log.hpp"
#include "obs/metrics.hpp"
#include "store/store.hpp"

namespace offhook::app {

/// What the settings put before a model, in the order of src/llm/limits/README.md.
class ModelLimits {
 public:
  struct Parts {
    llm::ChatModel& inner;
    store::Store& store;  ///< keeps the token budgets
    const Clock& clock;
    obs::Log& log;
    obs::Metrics& metrics;  ///< shows the queue
  };
  /// All parts must outlive it, and nobody reads the metrics when it is gone; destroy it when its loops no longer run.
  ModelLimits(const Parts& parts, const config::Settings& settings);
  ~ModelLimits();
  ModelLimits(const ModelLimits&) = delete;
  ModelLimits& operator=(const ModelLimits&) = delete;

  [[nodiscard]] llm::ChatModel& model() const { return *outermost_; }
  /// Takes up what today's budgets were when the last process ended. Before anybody asks.
  Task<void> load();
  /// Waits for answers that are being read for several, then keeps the budgets as they are. For a stop, when nobody
  /// asks any more.
  Task<void> close();

 private:
  class Ledger;

  const Parts parts_;
  llm::FairQueue queue_;
  std::unique_ptr<llm::ChatModel> queued_;
  std::unique_ptr<Ledger> ledger_;              // null: no budget is set
  std::unique_ptr<llm::TokenBudgets> budgets_;  // null: the same
  std::unique_ptr<llm::ChatModel> budgeted_;
  std::unique_ptr<llm::SharedAnswers> shared_;
  std::unique_ptr<llm::AnswerCache> cache_;  // null: off
  std::unique_ptr<llm::ChatModel> cached_;
  llm::ChatModel* outermost_ = nullptr;
};

}  // namespace offhook::app
