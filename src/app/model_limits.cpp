#include "app/model_limits.hpp"

#include "async/cancel.hpp"
#include "llm/limits/concurrency.hpp"
#include "store/token_budgets.hpp"

namespace offhook::app {
namespace {

/// A mark is written for every hundredth of a budget: so much may be lost of it when a process is killed.
constexpr std::int64_t kMarksADay = 100;
/// How long an answer waits for its mark. A slow disk is no reason for silence.
constexpr std::chrono::milliseconds kMarkFor{500};

store::TokenMark row_of(const llm::BudgetMark& mark) {
  return {.asker = mark.asker, .day = mark.day, .tokens = mark.tokens};
}

std::int64_t day_of(UtcTime now) { return std::chrono::floor<std::chrono::days>(now).time_since_epoch().count(); }

}  // namespace

/// The ledger of the budgets in the database.
class ModelLimits::Ledger final : public llm::BudgetLedger {
 public:
  explicit Ledger(const Parts& parts) : parts_(parts) {}

  Task<void> keep(llm::BudgetMark mark) override {
    auto kept = co_await with_deadline(Deadline::after(parts_.clock, kMarkFor), write(parts_.store, row_of(mark)));
    if (!kept && kept.error().kind != ErrorKind::cancelled) {
      parts_.log.error("token budget not kept", {{"detail", kept.error().log_text()}});
    }
    co_return kept;
  }

 private:
  static Task<void> write(store::Store& store, store::TokenMark mark) {
    co_return co_await store.write([mark](sql::Connection& db) { return store::TokenBudgetMarks(db).raise(mark); });
  }

  const Parts parts_;
};

ModelLimits::ModelLimits(const Parts& parts, const config::Settings& settings)
    : parts_(parts),
      queue_({.places = static_cast<std::size_t>(settings.llm_concurrency),
              .most_waiting = static_cast<std::size_t>(settings.llm_queue)}),
      // Whoever has waited as long as a chain may take is better told so.
      queued_(llm::make_queued_model(parts.inner, queue_, std::chrono::milliseconds(settings.first_words_ms))) {
  parts.metrics.watch("offhook_model_answers", "Answers that models are writing",
                      [&queue = queue_] { return static_cast<double>(queue.taken()); });
  parts.metrics.watch("offhook_model_requests_waiting", "Requests that wait for a model",
                      [&queue = queue_] { return static_cast<double>(queue.waiting()); });
  outermost_ = queued_.get();
  if (settings.tokens_per_day > 0) {
    ledger_ = std::make_unique<Ledger>(parts_);
    budgets_ = std::make_unique<llm::TokenBudgets>(
        parts.clock,
        llm::TokenBudgets::Options{.per_day = settings.tokens_per_day, .ahead = settings.tokens_per_day / kMarksADay});
    budgeted_ = llm::make_budgeted_model(*outermost_, *budgets_, ledger_.get());
    outermost_ = budgeted_.get();
  }
  shared_ = std::make_unique<llm::SharedAnswers>(*outermost_);
  outermost_ = &shared_->model();
  if (settings.answer_cache_seconds > 0) {
    cache_ = std::make_unique<llm::AnswerCache>(
        parts.clock, llm::AnswerCache::Options{.keep = std::chrono::seconds(settings.answer_cache_seconds)});
    cached_ = llm::make_cached_model(*outermost_, *cache_);
    outermost_ = cached_.get();
  }
}

ModelLimits::~ModelLimits() = default;

Task<void> ModelLimits::load() {
  if (!budgets_) co_return Result<void>{};
  const std::int64_t today = day_of(parts_.clock.utc_now());
  auto marks =
      co_await parts_.store.read([today](sql::Connection& db) { return store::TokenBudgetMarks(db).of_day(today); });
  if (!marks) co_return fail(marks);
  for (const auto& mark : *marks) budgets_->restore({.asker = mark.asker, .day = mark.day, .tokens = mark.tokens});
  co_return Result<void>{};
}

Task<void> ModelLimits::close() {
  auto joined = co_await shared_->join();
  if (!joined || !budgets_) co_return joined;
  std::vector<store::TokenMark> marks;
  for (const auto& mark : budgets_->marks()) marks.push_back(row_of(mark));
  co_return co_await parts_.store.write([marks = std::move(marks)](sql::Connection& db) -> Result<void> {
    for (const auto& mark : marks) {
      if (auto set = store::TokenBudgetMarks(db).set(mark); !set) return set;
    }
    return {};
  });
}

}  // namespace offhook::app
