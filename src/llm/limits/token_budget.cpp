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
                                       json::serialize(*tool.parameters).size()) +
             frame;
  }
  if (const auto& schema = request.response_format.schema; !schema.empty()) {
    bytes += static_cast<std::int64_t>(json::serialize(schema).size());
  }
  return bytes;
}

class BudgetedStream final : public ChatStream {
 public:
  /// `most_of_prompt`: the part of the reservation that is not for the answer.
  BudgetedStream(std::unique_ptr<ChatStream> inner, TokenBudgets::Reservation reservation, std::int64_t most_of_prompt)
      : inner_(std::move(inner)), reservation_(std::move(reservation)), most_of_prompt_(most_of_prompt) {}
  ~BudgetedStream() override { reservation_.settle(std::min(seen() + kWrittenAhead, reservation_.tokens())); }
  BudgetedStream(const BudgetedStream&) = delete;
  BudgetedStream& operator=(const BudgetedStream&) = delete;

  std::string_view model() const override { return inner_->model(); }
  bool is_ready() const override { return inner_->is_ready(); }
  Task<ChatEvent> next(Deadline by) override {
    auto event = co_await inner_->next(by);
    if (!event) co_return event;
    if (const auto* delta = std::get_if<TextDelta>(&*event)) {
      written_bytes_ += delta->text.size();
    } else if (const auto* called = std::get_if<ToolCallReady>(&*event)) {
      written_bytes_ += called->call.name.size() + called->call.arguments.size();
    } else if (const auto* end = std::get_if<Finished>(&*event)) {
      const std::int64_t counted = std::int64_t{end->usage.prompt_tokens} + end->usage.completion_tokens;
      const std::int64_t used = end->usage.estimated ? std::min(seen(), reservation_.tokens()) : counted;
      reservation_.settle(end->is_free ? 0 : used);
    }
    co_return event;
  }

 private:
  /// The most tokens that what we saw can be: no tokenizer makes more of text than it has bytes.
  [[nodiscard]] std::int64_t seen() const { return most_of_prompt_ + static_cast<std::int64_t>(written_bytes_); }

  std::unique_ptr<ChatStream> inner_;
  TokenBudgets::Reservation reservation_;
  std::int64_t most_of_prompt_;
  std::size_t written_bytes_ = 0;
};

class BudgetedModel final : public ChatModel {
 public:
  BudgetedModel(ChatModel& inner, TokenBudgets& budgets, BudgetLedger* ledger)
      : inner_(inner), budgets_(budgets), ledger_(ledger) {}
  std::string_view name() const override { return inner_.name(); }

  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    auto reservation = budgets_.reserve(request.asker, most_tokens(request));
    if (!reservation) co_return fail(reservation);
    if (ledger_ != nullptr) {
      if (auto mark = budgets_.due_mark(reservation->asker())) {
        auto kept = co_await ledger_->keep(*mark);
        if (!kept && kept.error().kind == ErrorKind::cancelled) co_return fail(kept);
        if (kept) budgets_.note_marked(*mark);
      }
    }
    const std::int64_t most_of_prompt = reservation->tokens() - request.max_tokens;
    auto stream = co_await inner_.open_stream(std::move(request));
    if (!stream) co_return fail(stream);
    co_return std::unique_ptr<ChatStream>(
        std::make_unique<BudgetedStream>(std::move(*stream), std::move(*reservation), most_of_prompt));
  }

 private:
  ChatModel& inner_;
  TokenBudgets& budgets_;
  BudgetLedger* ledger_;
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

std::optional<BudgetMark> TokenBudgets::due_mark(const std::string& asker) const {
  const std::int64_t day = today();
  const std::scoped_lock lock(mutex_);
  const auto found = accounts_.find(asker);
  if (found == accounts_.end() || found->second.day != day) return std::nullopt;
  const Account& account = found->second;
  const std::int64_t taken = account.spent + account.reserved;
  if (taken <= account.marked) return std::nullopt;
  return BudgetMark{
      .asker = asker, .day = day, .tokens = std::max(taken, std::min(options_.per_day, taken + options_.ahead))};
}

void TokenBudgets::note_marked(const BudgetMark& mark) {
  const std::scoped_lock lock(mutex_);
  const auto found = accounts_.find(mark.asker);
  if (found == accounts_.end() || found->second.day != mark.day) return;
  found->second.marked = std::max(found->second.marked, mark.tokens);
}

void TokenBudgets::restore(const BudgetMark& mark) {
  if (mark.day != today()) return;
  std::string asker = mark.asker;
  const std::scoped_lock lock(mutex_);
  Account& account = open_account(asker, mark.day);
  account.spent += mark.tokens;
  account.marked = account.spent;
}

std::vector<BudgetMark> TokenBudgets::marks() const {
  const std::int64_t day = today();
  std::vector<BudgetMark> marks;
  const std::scoped_lock lock(mutex_);
  for (const auto& [asker, account] : accounts_) {
    if (account.day == day) marks.push_back({asker, day, account.spent + account.reserved});
  }
  return marks;
}

TokenBudgets::Account TokenBudgets::account_of(const std::string& asker) const {
  const std::int64_t day = today();
  const std::scoped_lock lock(mutex_);
  const auto found = accounts_.find(asker);
  if (found == accounts_.end() || found->second.day != day) return {.day = day};
  return found->second;
}

std::int64_t most_tokens(const ChatRequest& request) { return bytes_of(request, kFrameTokens) + request.max_tokens; }

std::unique_ptr<ChatModel> make_budgeted_model(ChatModel& inner, TokenBudgets& budgets, BudgetLedger* ledger) {
  return std::make_unique<BudgetedModel>(inner, budgets, ledger);
}

}  // namespace offhook::llm
