#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "llm/chat_model.hpp"

namespace offhook::llm {

/// How many tokens each asker may have models read and write in a day. A day begins at midnight UTC.
///
/// The most that an answer can cost is reserved before it is asked for and settled with what it did cost, so at every
/// moment spent + reserved <= the budget, however many ask at the same time, as long as no answer costs more than was
/// reserved for it (see most_tokens). Hence the last part of a budget stays unused when no request is small enough.
///
/// In memory: a restart begins the day anew, and each process counts for itself. Thread-safe.
class TokenBudgets {
 public:
  struct Options {
    std::int64_t per_day = 0;
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
  };
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

/// `inner`, within the budgets. An answer that somebody left in the middle costs its prompt and what was said, both
/// estimated; one that failed before it began costs nothing. Both must outlive the model.
[[nodiscard]] std::unique_ptr<ChatModel> make_budgeted_model(ChatModel& inner, TokenBudgets& budgets);

}  // namespace offhook::llm
