#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "async/cancel.hpp"
#include "async/task_group.hpp"
#include "exchange/phone_call.hpp"
#include "obs/log.hpp"
#include "store/owner.hpp"
#include "store/paging.hpp"
#include "store/store.hpp"

namespace offhook::exchange {

/// The telephone platform on this machine: Vapi's assistants and calls, stored here, and calls that are
/// really played over the wire. Objects keep whatever fields they were given, as Vapi's do.
/// Reading and writing objects is for any loop; calls run on the home loop.
class Exchange {
 public:
  /// References must outlive it. `recordings`: the folder for WAV files.
  Exchange(Loop& home, store::Store& store, Lines lines, obs::Log& log, std::filesystem::path recordings);

  /// kind: "assistant" or "call"; each owner has objects of their own. Errors: not_found, invalid_argument (with the
  /// field).
  Task<json::object> create_assistant(store::Owner owner, json::object fields);
  /// Replaces each top-level field given, wholesale, as Vapi's PATCH does.
  Task<json::object> update_assistant(store::Owner owner, std::string id, json::object fields);
  Task<json::object> remove_assistant(store::Owner owner, std::string id);
  Task<json::object> find(store::Owner owner, std::string kind, std::string id);
  Task<json::array> list(store::Owner owner, std::string kind, store::Page page);

  /// Stores an outbound call as queued and plays it in the background, with a callee who says hello and
  /// has no time. Fields: assistantId or assistant, customer.number, name, metadata.
  Task<json::object> create_call(store::Owner owner, json::object fields);

  /// Hangs up a call of the owner's that runs in the background: it still sends its report. One that runs no more
  /// stays as it is. Gives the call as it is stored now. Errors: not_found.
  Task<json::object> end_call(store::Owner owner, std::string id);

  /// Plays a call to its end, keeping its call object up to date. On the home loop.
  /// `hang_up`, when given, ends the call early: it still sends its report.
  Task<CallRecord> play(CallPlan plan, Caller& caller, CallObserver& observer, CancelSource* hang_up = nullptr);

  /// Takes no new calls, lets those in the background end until `deadline`, then hangs them up: their
  /// reports are still sent. On the home loop.
  Task<void> stop(Deadline deadline);

  /// Where our own server listens, once that is known. Before any call.
  void set_base_url(std::string url) { lines_.base_url = std::move(url); }
  [[nodiscard]] std::filesystem::path recording_path(const std::string& call_id) const;

 private:
  Task<void> put(store::Owner owner, std::string kind, std::string id, json::object body, UtcTime created_at,
                 UtcTime updated_at);
  /// Each call in the background by its id, to hang it up. Home loop.
  using LiveCalls = std::map<std::string, CancelSource*>;
  /// One of them, for as long as its task is there, begun or not.
  struct Live {
    Live(std::shared_ptr<LiveCalls> calls, std::string call_id) : all(std::move(calls)), id(std::move(call_id)) {
      (*all)[id] = &hang_up;
    }
    ~Live() { all->erase(id); }
    Live(const Live&) = delete;
    Live& operator=(const Live&) = delete;
    std::shared_ptr<LiveCalls> all;
    std::string id;
    CancelSource hang_up;
  };
  Task<void> run_in_background(CallPlan plan, std::shared_ptr<Live> live);
  Task<void> give_up(CallPlan plan);

  Loop& home_;
  store::Store& store_;
  Lines lines_;
  obs::Log& log_;
  std::filesystem::path recordings_;
  TaskGroup calls_;
  std::shared_ptr<LiveCalls> live_ = std::make_shared<LiveCalls>();
  std::atomic<bool> is_stopping_{false};
};

}  // namespace offhook::exchange
