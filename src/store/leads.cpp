#include "store/leads.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_SELECT_LEAD \
  "SELECT id, name, phone, email, source, status, score, metadata, created_at, updated_at FROM leads"

Lead read_lead(const sql::Row& row) {
  return {.id = row.string(0),
          .name = row.string(1),
          .phone = row.string(2),
          .email = row.string(3),
          .source = row.string(4),
          .status = row.string(5),
          .score = row.optional_integer(6),
          .metadata = row.string(7),
          .created_at = row.time(8),
          .updated_at = row.time(9)};
}

Activity read_activity(const sql::Row& row) {
  return {.id = row.string(0),
          .lead_id = row.string(1),
          .call_id = row.string(2),
          .kind = row.string(3),
          .text = row.string(4),
          .at = row.time(5)};
}

}  // namespace

Result<void> Leads::insert(const Lead& lead) {
  return rows::insert(
      db_,
      "INSERT INTO leads (id, owner_id, name, phone, email, source, status, score, metadata, created_at, "
      "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      {lead.id, owner_.id(), lead.name, lead.phone, lead.email, lead.source, lead.status, lead.score, lead.metadata,
       lead.created_at, lead.updated_at},
      "lead");
}

Result<void> Leads::update(const Lead& lead) {
  return rows::update(db_,
                      "UPDATE leads SET name = ?, phone = ?, email = ?, source = ?, status = ?, score = ?, "
                      "metadata = ?, updated_at = ? WHERE id = ? AND owner_id = ?",
                      {lead.name, lead.phone, lead.email, lead.source, lead.status, lead.score, lead.metadata,
                       lead.updated_at, lead.id, owner_.id()},
                      "lead");
}

Result<std::optional<Lead>> Leads::find(std::string_view id) {
  return rows::find(db_, OFFHOOK_SELECT_LEAD " WHERE id = ? AND owner_id = ?", {id, owner_.id()}, read_lead);
}

Result<std::optional<Lead>> Leads::find_by_phone(std::string_view phone) {
  return rows::find(db_,
                    OFFHOOK_SELECT_LEAD " WHERE owner_id = ? AND phone = ? ORDER BY created_at DESC, id DESC LIMIT 1",
                    {owner_.id(), phone}, read_lead);
}

Result<Paged<Lead>> Leads::list(const LeadFilter& filter, const Page& page) {
  rows::Select select(OFFHOOK_SELECT_LEAD);
  select.where("owner_id = ?", owner_.id())
      .where_given("status = ?", filter.status)
      .where_given("source = ?", filter.source)
      .where_given("phone = ?", filter.phone);
  return rows::page(db_, std::move(select), page, "created_at", read_lead,
                    [](const Lead& lead) { return Position{lead.created_at, lead.id}; });
}

Result<void> Activities::insert(const Activity& activity) {
  if (auto owned = rows::require_owned(db_, "SELECT 1 FROM leads WHERE id = ? AND owner_id = ?", activity.lead_id,
                                       owner_.id(), "lead");
      !owned) {
    return owned;
  }
  return rows::insert(
      db_,
      "INSERT INTO activities (id, owner_id, lead_id, call_id, kind, note, happened_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT DO NOTHING",
      {activity.id, owner_.id(), activity.lead_id, activity.call_id, activity.kind, activity.text, activity.at},
      "activity");
}

Result<void> Activities::put(const Activity& activity) {
  auto done = db_.execute(
      "INSERT INTO activities (id, owner_id, lead_id, call_id, kind, note, happened_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (id) DO UPDATE SET note = excluded.note, happened_at = excluded.happened_at "
      "WHERE activities.owner_id = excluded.owner_id",
      {activity.id, owner_.id(), activity.lead_id, activity.call_id, activity.kind, activity.text, activity.at});
  if (!done) return fail(done);
  return {};
}

Result<Paged<Activity>> Activities::list(std::string_view lead_id, const Page& page) {
  rows::Select select("SELECT id, lead_id, call_id, kind, note, happened_at FROM activities");
  select.where("owner_id = ?", owner_.id()).where_given("lead_id = ?", lead_id);
  return rows::page(db_, std::move(select), page, "happened_at", read_activity,
                    [](const Activity& activity) { return Position{activity.at, activity.id}; });
}

#undef OFFHOOK_SELECT_LEAD

}  // namespace offhook::store
