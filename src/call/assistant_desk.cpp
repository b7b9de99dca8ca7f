#include "call/assistant_desk.hpp"

#include <fmt/format.h>

#include "async/loop.hpp"
#include "base/random.hpp"

namespace offhook::call {
namespace {

std::unexpected<Error> no_such_assistant(const std::string& id) {
  return fail(ErrorKind::not_found, fmt::format("There is no assistant '{}'.", id));
}

}  // namespace

Error platform_failed(Error error) {
  if (error.kind != ErrorKind::cancelled) error.param = kPlatformFailed;
  return error;
}

void AssistantDesk::warn(const store::Assistant& assistant) {
  for (const auto& warning : warnings_for(assistant, parts_))
    log_.warning("assistant", {{"id", assistant.id}, {"detail", warning}});
}

Task<store::Assistant> AssistantDesk::create(store::Owner owner, store::Assistant wish, Deadline deadline) {
  Loop& loop = co_await this_loop();
  const auto* agent = parts_.agents.find(wish.agent);
  if (agent == nullptr) co_return fail(ErrorKind::not_found, fmt::format("There is no agent '{}'.", wish.agent));
  std::optional<store::Property> property;
  if (!wish.property_id.empty()) {
    auto found = co_await store_.read(
        [owner, id = wish.property_id](sql::Connection& db) { return store::Properties(db, owner).find(id); });
    if (!found) co_return fail(found);
    if (!*found) co_return fail(ErrorKind::not_found, fmt::format("There is no property '{}'.", wish.property_id));
    property = std::move(*found);
  }
  fill_defaults(wish, *agent, property ? &*property : nullptr);
  wish.id = make_id(loop.random(), "asst");
  wish.platform = platform_.name();
  wish.created_at = wish.updated_at = loop.clock().utc_now();
  auto configuration = configuration_of(wish, parts_);
  if (!configuration) co_return fail(configuration);
  auto platform_id = co_await platform_.create_assistant(owner, std::move(*configuration), deadline);
  if (!platform_id) co_return fail(platform_failed(std::move(platform_id.error())));
  wish.platform_id = std::move(*platform_id);
  auto stored =
      co_await store_.write([owner, wish](sql::Connection& db) { return store::Assistants(db, owner).insert(wish); });
  if (!stored) {
    if (auto removed = co_await platform_.remove_assistant(owner, wish.platform_id, deadline); !removed)
      log_.error("assistant left on the platform", {{"id", wish.platform_id}, {"detail", removed.error().log_text()}});
    co_return fail(stored);
  }
  warn(wish);
  co_return wish;
}

Task<store::Assistant> AssistantDesk::update(store::Owner owner, std::string id,
                                             std::function<Result<void>(store::Assistant&)> change, Deadline deadline) {
  Loop& loop = co_await this_loop();
  auto found =
      co_await store_.read([owner, id](sql::Connection& db) { return store::Assistants(db, owner).find_any(id); });
  if (!found) co_return fail(found);
  if (!*found) co_return no_such_assistant(id);
  const store::Assistant before = std::move(**found);
  store::Assistant after = before;
  if (auto changed = change(after); !changed) co_return fail(changed);
  after.updated_at = loop.clock().utc_now();
  auto configuration = configuration_of(after, parts_);
  if (!configuration) co_return fail(configuration);
  bool is_there = before.platform == platform_.name() && !before.platform_id.empty();
  if (is_there) {
    auto pushed = co_await platform_.update_assistant(owner, before.platform_id, *configuration, deadline);
    if (!pushed && pushed.error().kind != ErrorKind::not_found)
      co_return fail(platform_failed(std::move(pushed.error())));
    is_there = pushed.has_value();  // somebody removed it there: it is made anew
  }
  if (!is_there) {
    auto made = co_await platform_.create_assistant(owner, *configuration, deadline);
    if (!made) co_return fail(platform_failed(std::move(made.error())));
    after.platform = platform_.name();
    after.platform_id = std::move(*made);
  }
  // What was changed meanwhile stays: the change is made once more, on what is stored now.
  auto stored = co_await store_.write([owner, after, change](sql::Connection& db) -> Result<store::Assistant> {
    store::Assistants assistants(db, owner);
    auto now = assistants.find_any(after.id);
    if (!now) return fail(now);
    if (!*now) return no_such_assistant(after.id);
    if (auto changed = change(**now); !changed) return fail(changed);
    (*now)->platform = after.platform;
    (*now)->platform_id = after.platform_id;
    (*now)->updated_at = after.updated_at;
    if (auto updated = assistants.update(**now); !updated) return fail(updated);
    return std::move(**now);
  });
  if (!stored) {
    (void)co_await take_back(owner, before, after.platform_id, is_there, deadline);
    co_return fail(stored);
  }
  // Then the platform has not heard of the other change yet, or has heard of it before ours.
  auto as_stored = configuration_of(*stored, parts_);
  if (as_stored && *as_stored != *configuration) {
    auto pushed = co_await platform_.update_assistant(owner, stored->platform_id, std::move(*as_stored), deadline);
    if (!pushed)
      log_.error("assistant behind on the platform", {{"id", stored->id}, {"detail", pushed.error().log_text()}});
  }
  warn(*stored);
  co_return stored;
}

/// The database has failed: the platform's copy becomes what it was, or goes.
Task<void> AssistantDesk::take_back(store::Owner owner, store::Assistant before, std::string platform_id,
                                    bool was_there, Deadline deadline) {
  Result<void> undone;
  if (!was_there) {
    undone = co_await platform_.remove_assistant(owner, platform_id, deadline);
  } else if (auto configuration = configuration_of(before, parts_); configuration) {
    undone = co_await platform_.update_assistant(owner, before.platform_id, std::move(*configuration), deadline);
  }
  if (!undone) log_.error("assistant not taken back", {{"id", platform_id}, {"detail", undone.error().log_text()}});
  co_return Result<void>{};
}

Task<void> AssistantDesk::remove(store::Owner owner, std::string id, Deadline deadline) {
  auto found =
      co_await store_.read([owner, id](sql::Connection& db) { return store::Assistants(db, owner).find_any(id); });
  if (!found) co_return fail(found);
  if (!*found) co_return no_such_assistant(id);
  const store::Assistant assistant = std::move(**found);
  if (assistant.platform == platform_.name() && !assistant.platform_id.empty()) {
    auto removed = co_await platform_.remove_assistant(owner, assistant.platform_id, deadline);
    if (!removed && removed.error().kind != ErrorKind::not_found)
      co_return fail(platform_failed(std::move(removed.error())));
  }
  co_return co_await store_.write(
      [owner, own_id = assistant.id](sql::Connection& db) { return store::Assistants(db, owner).remove(own_id); });
}

Task<store::Assistant> AssistantDesk::bring_to_platform(store::Owner owner, store::Assistant assistant,
                                                        Deadline deadline) {
  if (assistant.platform == platform_.name() && !assistant.platform_id.empty()) co_return assistant;
  auto configuration = configuration_of(assistant, parts_);
  if (!configuration) co_return fail(configuration);
  auto made = co_await platform_.create_assistant(owner, std::move(*configuration), deadline);
  if (!made) co_return fail(platform_failed(std::move(made.error())));
  const store::Assistant before = assistant;
  assistant.platform = platform_.name();
  assistant.platform_id = std::move(*made);
  auto stored = co_await store_.write([owner, assistant](sql::Connection& db) {
    return store::Assistants(db, owner).set_platform(assistant.id, assistant.platform, assistant.platform_id);
  });
  if (!stored) {
    (void)co_await take_back(owner, before, assistant.platform_id, false, deadline);
    co_return fail(stored);
  }
  co_return assistant;
}

}  // namespace offhook::call
