#include "llm/limits/token_budget.hpp"

#include <algorithm>
#include <utility>

namespace offhook::llm {
namespace {

/// Role, separators and the like: providers count three or four a message.
constexpr std::int64_t kFrameTokens = 16;

std::int64_t bytes_of(const ChatRequest& request, std::int64_t frame) {
  std::int64_t bytes = frame;
  for (const auto& message : request.messages) {
    bytes +=
        static_cast<std::int64_t>(message.content.size() + message.name.size() + message.tool_call_id.size()) + frame;
    for (const auto& call : message.tool_calls) {
      bytes += static_cast<std::int64_t>(call.id.size() + call.name.size() + call.arguments.size()) + frame;
    }
  }
  for (const auto& tool : request.tools) {
    bytes += static_cast<std::int64_t>(tool.name.size() + tool.description.size() +
                                       json::serialize(tool.parameters).size()) +
             frame;
  }
  if (const auto& schema = request.response_format.schema; !schema.empty()) {
    bytes += static_cast<std::int64_t>(json::serialize(schema).size());
  }
  return bytes;
}

class BudgetedStream final : public ChatStream {
 public:
  BudgetedStream(std::unique_ptr<ChatStream> inner, TokenBudgets::Reservation reservation, std::int64_t prompt_tokens)
      : inner_(std::move(inner)), reservation_(std::move(reservation)), prompt_tokens_(prompt_tokens) {}
  ~BudgetedStream() override { reservation_.settle(estimate()); }
  BudgetedStream(const BudgetedStream&) = delete;
  BudgetedStream& operator=(const BudgetedStream&) = delete;

  std::string_view model() const override { return inner_->model(); }
  Task<ChatEvent> next() override {
    auto event = co_await inner_->next();
    if (!event) co_return event;
    if (const auto* delta = std::get_if<TextDelta>(&*event)) {
      written_bytes_ += delta->text.size();
    } else if (const auto* called = std::get_if<ToolCallReady>(&*event)) {
      written_bytes_ += called->call.name.size() + called->call.arguments.size();
    } else if (const auto* end = std::get_if<Finished>(&*event)) {
      // What nobody counted is never less than what we saw of it.
      const std::int64_t counted = std::int64_t{end->usage.prompt_tokens} + end->usage.completion_tokens;
      reservation_.settle(end->usage.estimated ? std::max(counted, estimate()) : counted);
    }
    co_return event;
  }

 private:
  [[nodiscard]] std::int64_t estimate() const {
    return prompt_tokens_ + static_cast<std::int64_t>((written_bytes_ + 3) / 4);
  }

  std::unique_ptr<ChatStream> inner_;
  TokenBudgets::Reservation reservation_;
  std::int64_t prompt_tokens_;
  std::size_t written_bytes_ = 0;
};

class BudgetedModel final : public ChatModel {
 public:
  BudgetedModel(ChatModel& inner, TokenBudgets& budgets) : inner_(inner), budgets_(budgets) {}
  std::string_view name() const override { return inner_.name(); }

  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    auto reservation = budgets_.reserve(request.asker, most_tokens(request));
    if (!reservation) co_return fail(reservation);
    const std::int64_t prompt_tokens = (bytes_of(request, 0) + 3) / 4;
    auto stream = co_await inner_.open_stream(std::move(request));
    if (!stream) co_return fail(stream);
    co_return std::unique_ptr<ChatStream>(
        std::make_unique<BudgetedStream>(std::move(*stream), std::move(*reservation), prompt_tokens));
  }

 private:
  ChatModel& inner_;
  TokenBudgets& budgets_;
};

}  // namespace

TokenBudgets::Reservation::Reservation(Reservation&& other) noexcept
    : budgets_(std::exchange(other.budgets_, nullptr)),
      asker_(std::move(other.asker_)),
      day_(other.day_),
      tokens_(other.tokens_) {}

TokenBudgets::Reservation& TokenBudgets::Reservation::operator=(Reservation&& other) noexcept {
  if (this != &other) {
    settle(0);
    budgets_ = std::exchange(other.budgets_, nullptr);
    asker_ = std::move(other.asker_);
    day_ = other.day_;
    tokens_ = other.tokens_;
  }
  return *this;
}

void TokenBudgets::Reservation::settle(std::int64_t tokens) {
  TokenBudgets* budgets = std::exchange(budgets_, nullptr);
  if (budgets == nullptr) return;
  const std::scoped_lock lock(budgets->mutex_);
  const auto found = budgets->accounts_.find(asker_);
  // Yesterday's was reserved from yesterday's budget.
  if (found == budgets->accounts_.end() || found->second.day != day_) return;
  found->second.reserved -= tokens_;
  found->second.spent += tokens;
}

std::int64_t TokenBudgets::today() const {
  return std::chrono::floor<std::chrono::days>(clock_.utc_now()).time_since_epoch().count();
}

TokenBudgets::Account& TokenBudgets::open_account(std::string& asker, std::int64_t day) {
  if (accounts_.size() >= options_.most_askers && !accounts_.contains(asker)) {
    std::erase_if(accounts_, [&](const auto& entry) { return entry.second.day != day; });
    if (accounts_.size() >= options_.most_askers) asker.clear();
  }
  Account& account = accounts_[asker];
  if (account.day != day) account = {.day = day};
  return account;
}

Result<TokenBudgets::Reservation> TokenBudgets::reserve(const std::string& asker, std::int64_t tokens) {
  const std::int64_t day = today();
  Reservation reservation;
  reservation.asker_ = asker;
  const std::scoped_lock lock(mutex_);
  Account& account = open_account(reservation.asker_, day);
  if (account.spent + account.reserved + tokens > options_.per_day) {
    const UtcTime midnight{std::chrono::sys_days(std::chrono::days(day + 1)).time_since_epoch()};
    return fail(Error{.kind = ErrorKind::rate_limited,
                      .client = "You have used your tokens for today, or too few are left for this request.",
                      .log = "the token budget is spent",
                      .code = "insufficient_quota",
                      .retry_after = std::chrono::ceil<std::chrono::seconds>(midnight - clock_.utc_now())});
  }
  account.reserved += tokens;
  reservation.budgets_ = this;
  reservation.day_ = day;
  reservation.tokens_ = tokens;
  return reservation;
}

TokenBudgets::Account TokenBudgets::account_of(const std::string& asker) const {
  const std::int64_t day = today();
  const std::scoped_lock lock(mutex_);
  const auto found = accounts_.find(asker);
  if (found == accounts_.end() || found->second.day != day) return {.day = day};
  return found->second;
}

std::int64_t most_tokens(const ChatRequest& request) { return bytes_of(request, kFrameTokens) + request.max_tokens; }

std::unique_ptr<ChatModel> make_budgeted_model(ChatModel& inner, TokenBudgets& budgets) {
  return std::make_unique<BudgetedModel>(inner, budgets);
}

}  // namespace offhook::llm
