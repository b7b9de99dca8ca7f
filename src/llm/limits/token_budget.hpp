#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "llm/chat_model.hpp"

namespace offhook::llm {

/// What somebody has of today's budget, for a ledger.
struct BudgetMark {
  std::string asker;
  std::int64_t day = 0;     ///< since 1970, UTC
  std::int64_t tokens = 0;  ///< spent and reserved, at most
};

/// Where marks outlive the process.
class BudgetLedger {
 public:
  virtual ~BudgetLedger() = default;
  /// Ends when the mark is durable. One that is lower than what is kept already changes nothing.
  virtual Task<void> keep(BudgetMark mark) = 0;
};

/// How many tokens each asker may have models read and write in a day. A day begins at midnight UTC.
///
/// The most that an answer can cost is reserved before it is asked for and settled with what it did cost, so at every
/// moment spent + reserved <= the budget, however many ask at the same time, as long as no answer costs more than was
/// reserved for it (see most_tokens). Hence the last part of a budget stays unused when no request is small enough.
///
/// What they keep is in memory; a BudgetLedger makes it outlive the process. Each process counts for itself.
/// Thread-safe.
class TokenBudgets {
 public:
  struct Options {
    std::int64_t per_day = 0;
    std::int64_t ahead = 0;  ///< a mark is this much higher than it must be, so that not every request needs one
    std::size_t most_askers = 100'000;  ///< remembered in a day; those beyond share one budget
  };

  /// Tokens put aside. Gone without settle() it costs nothing. Must not outlive its budgets.
  class Reservation {
   public:
    Reservation() = default;
    Reservation(Reservation&& other) noexcept;
    Reservation& operator=(Reservation&& other) noexcept;
    ~Reservation() { settle(0); }
    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;

    /// What it came to. Once; later words change nothing.
    void settle(std::int64_t tokens);

    [[nodiscard]] const std::string& asker() const { return asker_; }
    [[nodiscard]] std::int64_t tokens() const { return tokens_; }

   private:
    friend class TokenBudgets;
    TokenBudgets* budgets_ = nullptr;
    std::string asker_;
    std::int64_t day_ = 0;
    std::int64_t tokens_ = 0;
  };

  /// `clock` must outlive it.
  TokenBudgets(const Clock& clock, Options options) : clock_(clock), options_(options) {}

  /// Error: rate_limited with the code insufficient_quota, and the time to midnight.
  [[nodiscard]] Result<Reservation> reserve(const std::string& asker, std::int64_t tokens);

  struct Account {
    std::int64_t day = 0;
    std::int64_t spent = 0;
    std::int64_t reserved = 0;
    std::int64_t marked = 0;  ///< what the ledger knows of
  };

  /// The mark that has to be durable before what this asker has reserved is spent; nullopt: one is already.
  [[nodiscard]] std::optional<BudgetMark> due_mark(const std::string& asker) const;
  /// It is durable.
  void note_marked(const BudgetMark& mark);
  /// As an earlier process left it: all of the mark counts as spent. Before anybody asks.
  void restore(const BudgetMark& mark);
  /// Today's accounts as they are, for the end of a process: what is still reserved counts.
  [[nodiscard]] std::vector<BudgetMark> marks() const;

  /// Today's account.
  [[nodiscard]] Account account_of(const std::string& asker) const;

 private:
  [[nodiscard]] std::int64_t today() const;
  Account& open_account(std::string& asker, std::int64_t day);

  const Clock& clock_;
  const Options options_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Account> accounts_;
};

/// The most tokens that an answer can cost: every byte of the prompt a token (no tokenizer makes more of text than it
/// has bytes), some for the frame around each message, and all the answer may have.
[[nodiscard]] std::int64_t most_tokens(const ChatRequest& request);

/// What a provider may have written between the last piece that we read and its noticing that we left: a cancelled
/// request is gone within 50 ms, and nobody writes 5000 tokens a second.
inline constexpr std::int64_t kWrittenAhead = 256;

/// `inner`, within the budgets. What nobody counted costs the most that it can have been: an answer without its
/// provider's usage, or one that somebody left in the middle, the latter with kWrittenAhead. An answer that failed
/// before it began costs nothing. With a `ledger` (null: none) nothing is asked of `inner` before its mark is durable;
/// a ledger that fails does not stop an answer. All must outlive the model.
[[nodiscard]] std::unique_ptr<ChatModel> make_budgeted_model(ChatModel& inner, TokenBudgets& budgets,
                                                             BudgetLedger* ledger = nullptr);

}  // namespace offhook::llm
