#include "store/assistants.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_SELECT_ASSISTANT                                                                                \
  "SELECT id, platform, platform_id, property_id, agent, name, first_message, system_prompt, voice_id, model, " \
  "knowledge, functions, created_at, updated_at FROM assistants"

Assistant read_assistant(const sql::Row& row) {
  return {.id = row.string(0),
          .platform = row.string(1),
          .platform_id = row.string(2),
          .property_id = row.string(3),
          .agent = row.string(4),
          .name = row.string(5),
          .first_message = row.string(6),
          .system_prompt = row.string(7),
          .voice_id = row.string(8),
          .model = row.string(9),
          .knowledge = row.string(10),
          .functions = row.string(11),
          .created_at = row.time(12),
          .updated_at = row.time(13)};
}

}  // namespace

Result<void> Assistants::require_own_property(const Assistant& assistant) {
  if (assistant.property_id.empty()) return {};
  return rows::require_owned(db_, "SELECT 1 FROM properties WHERE id = ? AND owner_id = ?", assistant.property_id,
                             owner_.id(), "property");
}

Result<void> Assistants::insert(const Assistant& a) {
  if (auto owned = require_own_property(a); !owned) return owned;
  return rows::insert(db_,
                      "INSERT INTO assistants (id, owner_id, platform, platform_id, property_id, agent, name, "
                      "first_message, system_prompt, voice_id, model, knowledge, functions, created_at, updated_at) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                      {a.id, owner_.id(), a.platform, a.platform_id, a.property_id, a.agent, a.name, a.first_message,
                       a.system_prompt, a.voice_id, a.model, a.knowledge, a.functions, a.created_at, a.updated_at},
                      "assistant");
}

Result<void> Assistants::update(const Assistant& a) {
  if (auto owned = require_own_property(a); !owned) return owned;
  return rows::update(db_,
                      "UPDATE assistants SET platform = ?, platform_id = ?, property_id = ?, agent = ?, name = ?, "
                      "first_message = ?, system_prompt = ?, voice_id = ?, model = ?, knowledge = ?, functions = ?, "
                      "updated_at = ? WHERE id = ? AND owner_id = ?",
                      {a.platform, a.platform_id, a.property_id, a.agent, a.name, a.first_message, a.system_prompt,
                       a.voice_id, a.model, a.knowledge, a.functions, a.updated_at, a.id, owner_.id()},
                      "assistant");
}

Result<void> Assistants::set_platform(std::string_view id, std::string_view platform, std::string_view platform_id) {
  return rows::update(db_, "UPDATE assistants SET platform = ?, platform_id = ? WHERE id = ? AND owner_id = ?",
                      {platform, platform_id, id, owner_.id()}, "assistant");
}

Result<std::optional<Assistant>> Assistants::find_any(std::string_view id) {
  if (id.empty()) return std::nullopt;
  return rows::find(db_, OFFHOOK_SELECT_ASSISTANT " WHERE (id = ? OR platform_id = ?) AND owner_id = ?",
                    {id, id, owner_.id()}, read_assistant);
}

Result<std::optional<Assistant>> Assistants::find_by_property(std::string_view property_id) {
  return rows::find(
      db_, OFFHOOK_SELECT_ASSISTANT " WHERE property_id = ? AND owner_id = ? ORDER BY created_at DESC, id DESC LIMIT 1",
      {property_id, owner_.id()}, read_assistant);
}

Result<Paged<Assistant>> Assistants::list(std::string_view property_id, const Page& page) {
  rows::Select select(OFFHOOK_SELECT_ASSISTANT);
  select.where("owner_id = ?", owner_.id()).where_given("property_id = ?", property_id);
  return rows::page(db_, std::move(select), page, "created_at", read_assistant,
                    [](const Assistant& assistant) { return Position{assistant.created_at, assistant.id}; });
}

Result<void> Assistants::remove(std::string_view id) {
  return rows::update(db_, "DELETE FROM assistants WHERE id = ? AND owner_id = ?", {id, owner_.id()}, "assistant");
}

#undef OFFHOOK_SELECT_ASSISTANT

}  // namespace offhook::store
