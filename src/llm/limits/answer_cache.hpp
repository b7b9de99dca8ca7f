#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "llm/chat_model.hpp"

namespace offhook::llm {

/// Answers that may be given again: whole and without tool calls.
/// Bounded in number and bytes, the longest unused forgotten first. In memory; thread-safe.
class AnswerCache {
 public:
  struct Options {
    Duration keep = std::chrono::hours(1);
    std::size_t most_answers = 4096;
    std::size_t most_bytes = std::size_t{16} << 20;
  };
  struct Answer {
    std::string text;
    Finished end;
  };
  /// `clock` must outlive it.
  AnswerCache(const Clock& clock, Options options) : clock_(clock), options_(options) {}

  [[nodiscard]] std::optional<Answer> find(const std::string& key);
  void put(const std::string& key, Answer answer);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Entry {
    std::string key;
    Answer answer;
    Instant good_until{};
  };
  using Entries = std::list<Entry>;
  static std::size_t bytes_of(const Entry& entry);
  void drop(Entries::iterator entry);

  const Clock& clock_;
  const Options options_;
  mutable std::mutex mutex_;
  Entries entries_;  // the last used first
  std::unordered_map<std::string, Entries::iterator> by_key_;
  std::size_t bytes_ = 0;
};

/// `inner`, not asked again for what it has answered (heard_key). An answer is everybody's when neither it nor what the
/// caller said may be personal (may_be_personal); else it is kept for the caller's number alone, and not at all when
/// that is unknown. Nothing is kept once a tool has run, nor an answer that calls one, is cut off or stopped for
/// another reason than its end. Both must outlive the model.
[[nodiscard]] std::unique_ptr<ChatModel> make_cached_model(ChatModel& inner, AnswerCache& cache);

}  // namespace offhook::llm
