#include "tools/remote_calls.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <vector>

#include "async/cancel.hpp"
#include "async/loop_groups.hpp"
#include "store/tool_journal.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

constexpr std::size_t kMaxRunning = 512;
constexpr std::size_t kMaxWaiters = 64;  // of one call
/// The call ends this much before its asker stops waiting, so that its outcome is on disk by then.
constexpr std::chrono::milliseconds kTimeToJournal{150};

/// A call in progress and everybody who waits for it.
struct Flight {
  std::vector<Promise<ToolResult>> waiters;
  std::optional<Result<ToolResult>> result;
};

/// Journal keys hold ids that callers choose: only within one account do they name the same call.
std::string flight_key(const RemoteWork& work) {
  const std::string& owner = work.context.owner.id();
  return fmt::format("{}:{}/{}", owner.size(), owner, work.key.text);
}

/// What the journal knew before the call, and the key to send with it.
struct Begun {
  std::optional<ToolResult> known;  // nothing has to be sent
  std::string idempotency_key;
};

}  // namespace

struct RemoteCalls::State {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Flight>, std::less<>> flights;  // by owner and journal key
  LoopGroups groups{kMaxRunning + 1};
  bool is_stopping = false;

  void land(const std::string& key, Result<ToolResult> result) {
    std::vector<Promise<ToolResult>> waiters;
    {
      const std::scoped_lock lock(mutex);
      const auto found = flights.find(key);
      if (found == flights.end()) return;
      found->second->result = result;
      waiters = std::move(found->second->waiters);
      flights.erase(found);
    }
    for (auto& waiter : waiters) waiter.set(result);
  }

  void wait(const std::shared_ptr<Flight>& flight, Promise<ToolResult> promise) {
    std::optional<Result<ToolResult>> ready;
    {
      const std::scoped_lock lock(mutex);
      if (flight->result) {
        ready = flight->result;
      } else if (flight->waiters.size() < kMaxWaiters) {
        flight->waiters.push_back(std::move(promise));
        return;
      }
    }
    promise.set(ready ? *ready
                      : Result<ToolResult>(fail(ErrorKind::unavailable, {}, "too many wait for one tool call")));
  }
};

namespace {

/// Ends the flight however its task ends, so that nobody waits for what will not come.
class Landing {
 public:
  using Land = std::function<void(Result<ToolResult>)>;
  explicit Landing(Land land) : land_(std::move(land)) {}
  ~Landing() {
    if (!land_) return;
    auto result = unknown_outcome("the call was broken off because the server stops");
    result.log = "a remote tool call was broken off";
    land_(std::move(result));
  }
  Landing(const Landing&) = delete;
  Landing& operator=(const Landing&) = delete;
  void operator()(Result<ToolResult> result) { std::exchange(land_, {})(std::move(result)); }

 private:
  Land land_;
};

Result<Begun> begin(sql::Connection& db, const RemoteWork& work, const std::string& fresh_key) {
  store::ToolJournal journal(db, work.context.owner);
  auto known = journal.find(work.key.text, work.context.now);
  if (!known) return fail(known);
  if (*known && (*known)->state == store::JournalState::finished) {
    auto result = from_journal_text((*known)->result);
    if (!result) return fail(result);
    return Begun{.known = std::move(*result)};
  }
  if (*known && !work.tool->is_idempotent) {
    return Begun{.known = unknown_outcome("it was begun before and broken off; it is not sent again")};
  }
  if (*known) return Begun{.idempotency_key = (*known)->idempotency_key};
  const store::JournalEntry entry{.key = work.key.text,
                                  .call_id = work.context.call_id,
                                  .tool = work.tool->name,
                                  .arguments = work.journalled_arguments,
                                  .ok = false,
                                  .created_at = work.context.now,
                                  .expires_at = work.key.expires_at,
                                  .state = store::JournalState::started,
                                  .idempotency_key = fresh_key};
  auto is_new = journal.insert(entry);
  if (!is_new) return fail(is_new);
  // Another process was faster by a moment: what it does is not ours to repeat.
  if (!*is_new) return fail(ErrorKind::conflict, {}, "another server has begun this tool call");
  return Begun{.idempotency_key = fresh_key};
}

/// What the journal keeps of an outcome; nullopt: the row goes, and the call may be made anew.
enum class Keep { finish, forget, leave };

Keep what_to_keep(const RemoteWork& work, const RemoteAnswer& answer) {
  switch (answer.fate) {
    case Fate::not_sent: return Keep::forget;
    case Fate::unknown: return work.tool->is_idempotent ? Keep::leave : Keep::finish;
    case Fate::answered: break;
  }
  return answer.result.ok || work.key.issued_by_platform ? Keep::finish : Keep::forget;
}

Result<bool> keep(sql::Connection& db, const RemoteWork& work, Keep what, const ToolResult& result) {
  store::ToolJournal journal(db, work.context.owner);
  switch (what) {
    case Keep::finish: return journal.finish(work.key.text, to_journal_text(result), result.ok);
    case Keep::forget: return journal.forget_started(work.key.text);
    case Keep::leave: break;
  }
  return true;
}

Task<ToolResult> send_once(store::Store& store, std::shared_ptr<const RemoteWork> work) {
  Loop& loop = co_await this_loop();
  const Instant start = loop.clock().now();
  const std::string fresh_key = make_uuid(loop.random());
  auto begun = co_await store.write([work, fresh_key](sql::Connection& db) { return begin(db, *work, fresh_key); });
  if (!begun) co_return fail(begun);
  if (begun->known) co_return std::move(*begun->known);

  RemoteRequest request{.context = work->context,
                        .arguments = work->arguments,
                        .idempotency_key = std::move(begun->idempotency_key),
                        .deadline = {start + work->tool->time_limit - kTimeToJournal}};
  auto answer = co_await work->tool->remote(std::move(request));
  if (!answer && answer.error().kind == ErrorKind::cancelled) co_return fail(answer);
  if (!answer) {
    // A handler says itself what became of the call; when it fails, nobody knows.
    answer = RemoteAnswer{.result = unknown_outcome("the call broke off"), .fate = Fate::unknown};
    answer->result.log = "a remote tool's handler failed";
  }
  redact_cards(answer->result);
  const Keep what = what_to_keep(*work, *answer);
  if (what != Keep::leave) {
    auto kept = co_await store.write(
        [work, what, result = answer->result](sql::Connection& db) { return keep(db, *work, what, result); });
    // Not on disk: it stays started, and must not be answered as if it were done.
    if (!kept) co_return fail(kept);
  }
  co_return std::move(answer->result);
}

Task<void> fly(store::Store& store, std::shared_ptr<const RemoteWork> work, std::shared_ptr<Landing> landing) {
  auto result = co_await send_once(store, std::move(work));
  if (!result && result.error().kind == ErrorKind::cancelled) co_return fail(result);  // landing says what it means
  (*landing)(std::move(result));
  co_return Result<void>{};
}

}  // namespace

RemoteCalls::RemoteCalls() : state_(std::make_shared<State>()) {}
RemoteCalls::~RemoteCalls() = default;

Task<ToolResult> RemoteCalls::run(store::Store& store, std::shared_ptr<const RemoteWork> work, Deadline deadline) {
  Loop& loop = co_await this_loop();
  std::shared_ptr<Flight> flight;
  const std::string key = flight_key(*work);
  {
    const std::scoped_lock lock(state_->mutex);
    const auto running = state_->flights.find(key);
    if (running != state_->flights.end()) {
      flight = running->second;
    } else {
      if (state_->is_stopping || state_->flights.size() >= kMaxRunning) {
        co_return fail(ErrorKind::unavailable, {}, "no more remote tool calls are taken now");
      }
      flight = std::make_shared<Flight>();
      state_->flights.emplace(key, flight);
      auto landing = std::make_shared<Landing>([state = std::weak_ptr(state_), key](Result<ToolResult> result) {
        if (const auto alive = state.lock()) alive->land(key, std::move(result));
      });
      // Never refused here: stop() has said so first, and the flights are counted.
      static_cast<void>(state_->groups.spawn(loop, "remote tool", fly(store, work, std::move(landing))));
    }
  }
  auto arrived = suspend<ToolResult>(
      [state = state_, flight](Promise<ToolResult> promise) { state->wait(flight, std::move(promise)); });
  co_return co_await with_deadline(deadline, std::move(arrived));
}

Task<void> RemoteCalls::stop(Deadline deadline) {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->is_stopping = true;
  }
  co_return co_await state_->groups.stop(deadline);
}

ToolResult unknown_outcome(std::string detail) {
  return refusal("unknown_outcome",
                 "I'm sorry, I can't tell whether that went through. Somebody should check before it is tried again.",
                 {{"detail", std::move(detail)}});
}

}  // namespace offhook::tools
