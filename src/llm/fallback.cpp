#include "llm/fallback.hpp"

#include <algorithm>

#include "async/cancel.hpp"
#include "async/event.hpp"
#include "async/task_group.hpp"
#include "base/text.hpp"
#include "llm/guarded_stream.hpp"

namespace offhook::llm {
namespace {

/// Before a second round: somewhere between half of this and all of it.
constexpr std::chrono::milliseconds kPause{200};

/// An answer whose first event is there.
struct Started {
  ChatEvent first;
  std::unique_ptr<ChatStream> stream;
  CircuitBreaker::Permit permit;
  ChatModel* model = nullptr;
};

/// Has the agent said anything since the caller spoke? Then an answer may be empty: a tool hung up, say.
bool has_spoken(const std::vector<Message>& messages) {
  for (auto message = messages.rbegin(); message != messages.rend() && message->role != Role::user; ++message) {
    if (message->role == Role::assistant && !trim(message->content).empty()) return true;
  }
  return false;
}

/// One model being asked. Shared with the task that asks, which may be told to stop.
struct Attempt {
  ChainLink link;
  CircuitBreaker::Permit permit;
  Deadline limit;         ///< for the first sign of life
  Deadline latest_limit;  ///< for the first event, however much life there is before
  Result<Started> result = fail(ErrorKind::cancelled);
  bool is_done = false;
};

/// Reads up to the first event that counts.
Task<Started> read_first(std::shared_ptr<Attempt> attempt, ChatRequest request) {
  const bool may_be_empty = has_spoken(request.messages);
  auto opened = co_await with_deadline(attempt->limit, attempt->link.model->open_stream(std::move(request)));
  if (!opened) co_return fail(opened);
  Started started{.first = Working{}, .stream = std::move(*opened), .model = attempt->link.model};
  std::string blank;  // white space before the first word
  Deadline limit = attempt->limit;
  for (;;) {
    auto event = co_await started.stream->next(limit);
    if (!event) co_return fail(event);
    limit = attempt->latest_limit;
    if (std::holds_alternative<Working>(*event)) continue;
    if (auto* delta = std::get_if<TextDelta>(&*event)) {
      blank.append(delta->text);
      if (trim(delta->text).empty()) continue;
      delta->text = std::move(blank);
    } else if (std::holds_alternative<Finished>(*event) && !may_be_empty) {
      co_return fail(ErrorKind::bad_gateway, {}, "an empty answer");
    }
    started.first = std::move(*event);
    co_return started;
  }
}

/// What comes out when no model has answered. That a provider refuses our key or finds us too busy is not the caller's
/// affair: all of it is "unavailable" to them. The log was told as it happened.
Error for_caller(Error last) {
  if (last.kind != ErrorKind::cancelled) last.kind = ErrorKind::unavailable;
  last.code.clear();
  return last;
}

class FallbackModel final : public ChatModel {
 public:
  explicit FallbackModel(ChainParts parts) : parts_(std::move(parts)) {}
  std::string_view name() const override { return parts_.links.front().model->name(); }

  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    Loop& loop = co_await this_loop();
    if (parts_.budget != nullptr) parts_.budget->pay_in();
    const bool has_last_resort = parts_.links.back().breaker == nullptr;
    if (const auto on_certain = std::exchange(request.on_certain, {}); on_certain && has_last_resort) {
      if (auto told = co_await on_certain(); !told) co_return fail(told);
    }
    const Deadline words_by = Deadline::after(loop.clock(), parts_.limits.first_words).sooner(request.words_by);
    Search search{.request = std::move(request), .words_by = words_by, .waiting = parts_.links};
    auto started = co_await go_round(*this, search);
    if (!started && may_go_again(search, loop)) {
      const auto pause = std::chrono::duration_cast<Duration>(kPause * (0.5 + 0.5 * loop.random().unit()));
      if (auto slept = co_await sleep_for(pause); !slept) co_return fail(slept);
      search.waiting = std::exchange(search.worth_retrying, {});
      started = co_await go_round(*this, search);
    }
    if (!started) co_return fail(for_caller(std::move(started.error())));
    GuardedStream::Parts guarded{.first = std::move(started->first),
                                 .rest = std::move(started->stream),
                                 .permit = std::move(started->permit),
                                 .model = started->model,
                                 .between_tokens = parts_.limits.between_tokens,
                                 .language = std::move(search.request.language),
                                 .trace = std::move(search.request.trace),
                                 .on_step = parts_.on_step};
    co_return std::unique_ptr<ChatStream>(std::make_unique<GuardedStream>(std::move(guarded)));
  }

 private:
  /// The way through the chain for one request.
  struct Search {
    ChatRequest request;
    Deadline words_by;
    std::vector<ChainLink> waiting;  ///< not asked yet, in order
    std::vector<ChainLink> worth_retrying;
    Error last{.kind = ErrorKind::unavailable, .log = "every model of the chain rests"};
  };

  void tell(ChainStep step, const ChainLink& link, const Search& search, const Error& error) const {
    if (parts_.on_step) parts_.on_step(step, *link.model, search.request.trace, error);
  }

  bool may_go_again(const Search& search, Loop& loop) const {
    if (search.worth_retrying.empty() || search.last.kind == ErrorKind::cancelled) return false;
    if (loop.clock().now() + kPause >= search.words_by.at) return false;
    return parts_.budget != nullptr && parts_.budget->take_out();
  }

  /// The next model that may be asked, with its limits; nothing when none is left.
  std::shared_ptr<Attempt> next_attempt(Search& search, Loop& loop) const {
    while (!search.waiting.empty()) {
      const ChainLink link = search.waiting.front();
      search.waiting.erase(search.waiting.begin());
      auto attempt = std::make_shared<Attempt>();
      attempt->link = link;
      if (link.breaker != nullptr) {
        auto permit = link.breaker->ask();
        if (!permit) {
          tell(ChainStep::skipped, link, search, {.kind = ErrorKind::unavailable, .log = "its circuit is open"});
          continue;
        }
        attempt->permit = std::move(*permit);
      }
      const auto below = static_cast<Duration::rep>(search.waiting.size());
      attempt->latest_limit = {search.words_by.at - parts_.limits.reserve * below};
      attempt->limit = Deadline::after(loop.clock(), parts_.limits.first_token).sooner(attempt->latest_limit);
      return attempt;
    }
    return nullptr;
  }

  /// Takes note of a failure: for the breaker, for a second round, for the log.
  void note_failure(Search& search, Attempt& attempt, Error error) const {
    report_failure(attempt.permit, error);
    if (is_retryable(error.kind) && error.kind != ErrorKind::rate_limited) {
      search.worth_retrying.push_back(attempt.link);
    }
    if (error.kind != ErrorKind::cancelled) tell(ChainStep::failed, attempt.link, search, error);
    search.last = std::move(error);
  }

  /// Asks the waiting models until one begins to answer.
  static Task<Started> go_round(const FallbackModel& self, Search& search) {
    Loop& loop = co_await this_loop();
    while (auto attempt = self.next_attempt(search, loop)) {
      if (self.may_hedge(search)) {
        auto raced = co_await race(self, search, std::move(attempt));
        if (raced || search.last.kind == ErrorKind::cancelled) co_return raced;
        continue;
      }
      auto started = co_await read_first(attempt, search.request);
      if (started) {
        started->permit = std::move(attempt->permit);
        co_return started;
      }
      self.note_failure(search, *attempt, std::move(started.error()));
      if (search.last.kind == ErrorKind::cancelled) break;
    }
    co_return fail(search.last);
  }

  static Task<void> run(std::shared_ptr<Attempt> attempt, ChatRequest request, std::shared_ptr<Event> changed) {
    attempt->result = co_await read_first(attempt, std::move(request));
    attempt->is_done = true;
    changed->set();
    co_return Result<void>{};
  }

  /// Asks one model and, when it is slow, the next one as well; whichever begins first wins, the other is cancelled.
  static Task<Started> race(const FallbackModel& self, Search& search, std::shared_ptr<Attempt> first) {
    Loop& loop = co_await this_loop();
    const auto changed = std::make_shared<Event>();
    TaskGroup group(loop);
    std::vector<std::shared_ptr<Attempt>> running{first};
    group.spawn("ask", run(first, search.request, changed));
    Deadline hedge_at = Deadline::after(loop.clock(), self.parts_.limits.hedge_after);
    while (!running.empty()) {
      auto waited = co_await with_deadline(hedge_at, changed->wait());
      if (!waited && waited.error().kind != ErrorKind::timeout) {
        search.last = std::move(waited.error());
        break;
      }
      changed->reset();
      if (!waited) {
        hedge_at = {};
        auto second = self.hedge(search, *first, loop);
        if (second == nullptr) continue;
        running.push_back(second);
        group.spawn("hedge", run(second, search.request, changed));
      }
      for (std::size_t i = 0; i < running.size();) {
        const auto attempt = running[i];
        if (!attempt->is_done) {
          ++i;
          continue;
        }
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
        if (attempt->result) {
          attempt->result->permit = std::move(attempt->permit);
          group.cancel();
          (void)co_await group.join();
          co_return std::move(attempt->result);
        }
        self.note_failure(search, *attempt, std::move(attempt->result.error()));
      }
    }
    co_return fail(search.last);
  }

  /// Is there a model to ask beside a slow one? The last resort is not: it would win every race.
  bool may_hedge(const Search& search) const {
    return parts_.limits.hedge_after > Duration::zero() && parts_.budget != nullptr && !search.waiting.empty() &&
           search.waiting.front().breaker != nullptr;
  }

  /// The model to ask beside a slow one, when the budget allows.
  std::shared_ptr<Attempt> hedge(Search& search, const Attempt& slow, Loop& loop) const {
    if (!may_hedge(search) || !parts_.budget->take_out()) return nullptr;
    auto attempt = next_attempt(search, loop);
    if (attempt != nullptr) {
      tell(ChainStep::hedged, slow.link, search,
           {.kind = ErrorKind::timeout, .log = "slow; the next is asked as well"});
    }
    return attempt;
  }

  ChainParts parts_;
};

/// Sends each request to its agent's chain.
class ModelByAgent final : public ChatModel {
 public:
  ModelByAgent(ChatModel& common, std::map<std::string, ChatModel*> own) : common_(common), own_(std::move(own)) {}
  std::string_view name() const override { return common_.name(); }
  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    const auto found = own_.find(request.agent);
    ChatModel& chosen = found == own_.end() ? common_ : *found->second;
    return chosen.open_stream(std::move(request));
  }

 private:
  ChatModel& common_;
  std::map<std::string, ChatModel*> own_;
};

}  // namespace

std::string_view to_string(ChainStep step) {
  switch (step) {
    case ChainStep::failed: return "failed";
    case ChainStep::skipped: return "skipped";
    case ChainStep::hedged: return "hedged";
    case ChainStep::closed: break;
  }
  return "closed";
}

std::unique_ptr<ChatModel> make_fallback_model(ChainParts parts) {
  return std::make_unique<FallbackModel>(std::move(parts));
}

std::unique_ptr<ChatModel> make_model_by_agent(ChatModel& common, std::map<std::string, ChatModel*> own) {
  return std::make_unique<ModelByAgent>(common, std::move(own));
}

}  // namespace offhook::llm
