#include "llm/limits/answer_cache.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "llm/limits/request_key.hpp"

namespace offhook::llm {
namespace {

class KeptStream final : public ChatStream {
 public:
  explicit KeptStream(AnswerCache::Answer answer) : answer_(std::move(answer)) {}
  std::string_view model() const override { return answer_.end.model; }
  bool is_ready() const override { return true; }
  Task<ChatEvent> next(Deadline) override {
    if (!is_said_) {
      is_said_ = true;
      co_return TextDelta{answer_.text};
    }
    co_return answer_.end;
  }

 private:
  AnswerCache::Answer answer_;
  bool is_said_ = false;
};

/// Under which keys an answer may be kept.
struct Keys {
  std::string everybodys;
  std::string own;  ///< of a known caller; "": nobody is known
  bool is_personal_question = false;
};

Keys keys_of(const ChatRequest& request) {
  Keys keys{.everybodys = heard_key(request), .own = {}};
  if (!request.caller_phone.empty()) keys.own = keys.everybodys + "\n" + request.caller_phone;
  keys.is_personal_question = std::ranges::any_of(request.messages, [](const Message& message) {
    return message.role != Role::system && may_be_personal(message.content);
  });
  return keys;
}

/// Hands an answer on and keeps it when it has come to a good end.
class KeepingStream final : public ChatStream {
 public:
  KeepingStream(std::unique_ptr<ChatStream> inner, AnswerCache& cache, Keys keys)
      : inner_(std::move(inner)), cache_(cache), keys_(std::move(keys)) {}
  std::string_view model() const override { return inner_->model(); }
  bool is_ready() const override { return inner_->is_ready(); }
  Task<ChatEvent> next(Deadline by) override {
    auto event = co_await inner_->next(by);
    if (!event) co_return event;
    if (const auto* delta = std::get_if<TextDelta>(&*event)) text_.append(delta->text);
    if (std::holds_alternative<ToolCallReady>(*event)) calls_tools_ = true;
    if (const auto* end = std::get_if<Finished>(&*event)) keep(*end);
    co_return event;
  }

 private:
  void keep(const Finished& end) {
    const bool is_whole = end.reason == FinishReason::stop && !end.is_cut_off && !trim(text_).empty();
    if (!is_whole || calls_tools_) return;
    const bool is_personal = keys_.is_personal_question || may_be_personal(text_);
    const std::string& key = is_personal ? keys_.own : keys_.everybodys;
    if (key.empty()) return;
    Finished copy = end;
    copy.is_copy = true;
    copy.queued = {};
    cache_.put(key, {.text = std::move(text_), .end = std::move(copy)});
  }

  std::unique_ptr<ChatStream> inner_;
  AnswerCache& cache_;
  Keys keys_;
  std::string text_;
  bool calls_tools_ = false;
};

class CachedModel final : public ChatModel {
 public:
  CachedModel(ChatModel& inner, AnswerCache& cache) : inner_(inner), cache_(cache) {}
  std::string_view name() const override { return inner_.name(); }

  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    // What a tool said is somebody's own, and may be another thing tomorrow.
    if (std::ranges::any_of(request.messages, [](const Message& message) { return message.role == Role::tool; })) {
      co_return co_await inner_.open_stream(std::move(request));
    }
    Keys keys = keys_of(request);
    auto kept = cache_.find(keys.everybodys);
    if (!kept && !keys.own.empty()) kept = cache_.find(keys.own);
    if (kept) co_return std::unique_ptr<ChatStream>(std::make_unique<KeptStream>(std::move(*kept)));
    auto stream = co_await inner_.open_stream(std::move(request));
    if (!stream) co_return fail(stream);
    co_return std::unique_ptr<ChatStream>(std::make_unique<KeepingStream>(std::move(*stream), cache_, std::move(keys)));
  }

 private:
  ChatModel& inner_;
  AnswerCache& cache_;
};

}  // namespace

std::size_t AnswerCache::bytes_of(const Entry& entry) {
  return 2 * entry.key.size() + entry.answer.text.size() + entry.answer.end.model.size() + sizeof(Entry);
}

void AnswerCache::drop(Entries::iterator entry) {
  bytes_ -= bytes_of(*entry);
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

std::optional<AnswerCache::Answer> AnswerCache::find(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  if (found->second->good_until <= clock_.now()) {
    drop(found->second);
    return std::nullopt;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->answer;
}

void AnswerCache::put(const std::string& key, Answer answer) {
  const std::scoped_lock lock(mutex_);
  if (const auto old = by_key_.find(key); old != by_key_.end()) drop(old->second);
  entries_.push_front({.key = key, .answer = std::move(answer), .good_until = clock_.now() + options_.keep});
  by_key_[key] = entries_.begin();
  bytes_ += bytes_of(entries_.front());
  while (entries_.size() > options_.most_answers || bytes_ > options_.most_bytes) drop(std::prev(entries_.end()));
}

std::size_t AnswerCache::size() const {
  const std::scoped_lock lock(mutex_);
  return entries_.size();
}

std::unique_ptr<ChatModel> make_cached_model(ChatModel& inner, AnswerCache& cache) {
  return std::make_unique<CachedModel>(inner, cache);
}

}  // namespace offhook::llm
