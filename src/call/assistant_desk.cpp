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
  auto platform_id = co_await platform_.create_assistant(owner, configuration_of(wish, parts_), deadline);
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
  json::object configuration = configuration_of(after, parts_);
  bool is_there = before.platform == platform_.name() && !before.platform_id.empty();
  if (is_there) {
    auto pushed = co_await platform_.update_assistant(owner, before.platform_id, configuration, deadline);
    if (!pushed && pushed.error().kind != ErrorKind::not_found)
      co_return fail(platform_failed(std::move(pushed.error())));
    is_there = pushed.has_value();  // somebody removed it there: it is made anew
  }
  if (!is_there) {
    auto made = co_await platform_.create_assistant(owner, std::move(configuration), deadline);
    if (!made) co_return fail(platform_failed(std::move(made.error())));
    after.platform = platform_.name();
    after.platform_id = std::move(*made);
  }
  auto stored =
      co_await store_.write([owner, after](sql::Connection& db) { return store::Assistants(db, owner).update(after); });
  if (!stored) {
    auto undone = is_there ? co_await platform_.update_assistant(owner, before.platform_id,
                                                                 configuration_of(before, parts_), deadline)
                           : co_await platform_.remove_assistant(owner, after.platform_id, deadline);
    if (!undone)
      log_.error("assistant not taken back", {{"id", after.platform_id}, {"detail", undone.error().log_text()}});
    co_return fail(stored);
  }
  warn(after);
  co_return after;
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
  auto made = co_await platform_.create_assistant(owner, configuration_of(assistant, parts_), deadline);
  if (!made) co_return fail(platform_failed(std::move(made.error())));
  assistant.platform = platform_.name();
  assistant.platform_id = std::move(*made);
  auto stored = co_await store_.write(
      [owner, assistant](sql::Connection& db) { return store::Assistants(db, owner).update(assistant); });
  if (!stored) co_return fail(stored);
  co_return assistant;
}

}  // namespace offhook::call
