#include "app/model_limits.hpp"

#include "llm/limits/concurrency.hpp"

namespace offhook::app {

ModelLimits::ModelLimits(llm::ChatModel& inner, const config::Settings& settings, const Clock& clock)
    : queue_({.places = static_cast<std::size_t>(settings.llm_concurrency),
              .most_waiting = static_cast<std::size_t>(settings.llm_queue)}),
      // Whoever has waited as long as a chain may take is better told so.
      queued_(llm::make_queued_model(inner, queue_, std::chrono::milliseconds(settings.first_words_ms))) {
  outermost_ = queued_.get();
  if (settings.tokens_per_day > 0) {
    budgets_ =
        std::make_unique<llm::TokenBudgets>(clock, llm::TokenBudgets::Options{.per_day = settings.tokens_per_day});
    budgeted_ = llm::make_budgeted_model(*outermost_, *budgets_);
    outermost_ = budgeted_.get();
  }
  shared_ = std::make_unique<llm::SharedAnswers>(*outermost_);
  outermost_ = &shared_->model();
  if (settings.answer_cache_seconds > 0) {
    cache_ = std::make_unique<llm::AnswerCache>(
        clock, llm::AnswerCache::Options{.keep = std::chrono::seconds(settings.answer_cache_seconds)});
    cached_ = llm::make_cached_model(*outermost_, *cache_);
    outermost_ = cached_.get();
  }
}

}  // namespace offhook::app
