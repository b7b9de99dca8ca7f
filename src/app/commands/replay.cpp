#include <fmt/format.h>

#include "api/crm_json.hpp"
#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/library.hpp"
#include "app/signing.hpp"
#include "app/stored_data.hpp"
#include "async/cancel.hpp"
#include "base/time_text.hpp"
#include "call/call_log.hpp"
#include "net/http_client.hpp"
#include "store/assistants.hpp"
#include "store/owners.hpp"
#include "store/properties.hpp"
#include "store/sqlite_store.hpp"
#include "vendors/vapi/signature.hpp"

namespace offhook::app {
namespace {

constexpr Duration kAnswerLimit = std::chrono::seconds(20);  // as long as Vapi waits
constexpr std::size_t kMostEvents = 100'000;

struct ReplayFlags {
  ServeFlags common;
  std::string call_id;
  std::string to;
};

/// A call as the database has it, and the messages it was made from.
struct StoredCall {
  store::Owner owner;
  std::optional<store::Assistant> assistant;  ///< that speaks in it
  std::optional<store::Property> property;    ///< that it is about
  api::CallDetail detail;
  std::vector<store::WebhookEvent> events;
};

Result<StoredCall> read_call(sql::Connection& db, const std::string& id) {
  auto owner = store::owner_of_stored_call(db, id);
  if (!owner) return fail(owner);
  if (!*owner) return fail(ErrorKind::not_found, fmt::format("there is no call '{}'", id));
  store::Calls calls(db, **owner);
  auto call = calls.find_any(id);
  if (!call) return fail(call);
  if (!*call) return fail(ErrorKind::not_found, fmt::format("there is no call '{}'", id));
  StoredCall stored{.owner = **owner, .detail = {.call = std::move(**call)}};
  auto assistant = store::Assistants(db, **owner).find_any(stored.detail.call.assistant_id);
  if (!assistant) return fail(assistant);
  stored.assistant = std::move(*assistant);
  auto property = store::Properties(db, **owner).find(stored.detail.call.property_id);
  if (!property) return fail(property);
  stored.property = std::move(*property);
  auto transcript = calls.transcript(stored.detail.call.id);
  if (!transcript) return fail(transcript);
  auto tool_calls = calls.tool_calls(stored.detail.call.id);
  if (!tool_calls) return fail(tool_calls);
  auto recording = store::CallRecordings(db, **owner).find(stored.detail.call.id);
  if (!recording) return fail(recording);
  auto events = store::WebhookEvents(db, **owner).list_for_call(stored.detail.call.platform_id, kMostEvents);
  if (!events) return fail(events);
  stored.detail.transcript = std::move(*transcript);
  stored.detail.tool_calls = std::move(*tool_calls);
  stored.detail.recording = std::move(*recording);
  stored.events = std::move(*events);
  return stored;
}

/// What messages make of a call, as lines to compare. Our id of it and the lead it is tied to are not of their making,
/// nor is the metadata of a call that was placed here. A recording that a person released is not where messages left
/// it.
json::object made_by_messages(const api::CallDetail& detail, bool was_released) {
  json::object body = api::to_json(detail);
  if (was_released) {
    for (const char* field : {"recording_url", "recording_status", "recording_release_reason"}) body.erase(field);
  }
  for (const char* field : {"id", "lead_id", "events"}) body.erase(field);
  if (detail.call.direction == "outbound") body.erase("metadata");
  return body;
}

/// What messages refer to and do not bring along.
Result<void> put_surroundings(sql::Connection& db, const StoredCall& stored) {
  if (stored.property) {
    if (auto put = store::Properties(db, stored.owner).insert(*stored.property); !put) return put;
  }
  if (!stored.assistant) return {};
  store::Assistant assistant = *stored.assistant;
  if (!stored.property || assistant.property_id != stored.property->id) assistant.property_id.clear();
  return store::Assistants(db, stored.owner).insert(assistant);
}

Task<void> receive(store::Store& store, const agent::AgentBook& agents, store::Owner owner, store::WebhookEvent event) {
  Loop& loop = co_await this_loop();
  if (const auto wait = event.received_at - loop.clock().utc_now(); wait.count() > 0) {
    if (auto slept = co_await sleep_for(wait); !slept) co_return slept;
  }
  auto message = vapi::decode_server_message(event.payload);
  if (!message) co_return fail(message);
  call::Delivery delivery{.message = std::move(*message), .verified = event.verified};
  delivery.agent = call::agent_of(agents, delivery.message);
  delivery.owner = std::move(owner);
  auto recorded = co_await call::record_delivery(store, std::move(delivery));
  if (!recorded) co_return fail(recorded);
  co_return Result<void>{};
}

/// Plays the messages into an empty Offhook in memory, each at the time at which it came. No tool runs, nobody is
/// called and nothing is sent: the call's record is made of what was received alone.
Result<StoredCall> replay_in_memory(const config::Settings& settings, const StoredCall& stored) {
  auto library = Library::load(settings);
  if (!library) return fail(library);
  VirtualClock clock(stored.events.front().received_at);
  Loop loop(clock, 1);
  auto store = store::open_sqlite_store({.opened_at = clock.utc_now(), .inline_on_caller = true});
  if (!store) return fail(store);
  auto put = loop.block_on((*store)->write([&stored](sql::Connection& db) { return put_surroundings(db, stored); }));
  if (!put) return fail(put);
  for (const auto& event : stored.events) {
    auto received = loop.block_on(receive(**store, library->agents, stored.owner, event));
    if (!received) return fail(received);
  }
  return loop.block_on(
      (*store)->read([id = stored.detail.call.platform_id](sql::Connection& db) { return read_call(db, id); }));
}

Result<void> check_replay(const config::Settings& settings, const StoredCall& stored) {
  auto replayed = replay_in_memory(settings, stored);
  if (!replayed) return fail(replayed);
  const bool was_released = stored.detail.recording && !stored.detail.recording->release_reason.empty();
  const json::object expected = made_by_messages(stored.detail, was_released);
  const json::object got = made_by_messages(replayed->detail, was_released);
  fmt::print("{}\n", json::serialize(got));
  std::size_t differences = 0;
  for (const auto& [field, value] : expected) {
    if (got.at(field) == value) continue;
    ++differences;
    fmt::print("{} differs\n  stored   {}\n  replayed {}\n", std::string_view(field), json::serialize(value),
               json::serialize(got.at(field)));
  }
  if (differences > 0) return fail(ErrorKind::conflict, "the replayed call is not the one that is stored");
  fmt::print("{} messages replayed: the call is as it is stored\n", stored.events.size());
  return {};
}

Task<void> send(net::HttpClient& client, const config::Settings& settings, std::string url, store::WebhookEvent event) {
  Loop& loop = co_await this_loop();
  net::ClientRequest request{.method = "POST", .url = url, .body = "{\"message\":" + event.payload + "}"};
  request.headers = {{"Content-Type", "application/json"}};
  if (!settings.webhook_secret.empty()) {
    const auto path_at = url.find('/', url.find("://") + 3);
    const std::string path = path_at == std::string::npos ? "/" : url.substr(path_at);
    for (auto& header : vapi::sign(signature_settings(settings), request.body, loop.clock().utc_now(), "POST", path)) {
      request.headers.push_back(std::move(header));
    }
  }
  request.deadline = Deadline::after(loop.clock(), kAnswerLimit);
  auto response = co_await client.send(std::move(request));
  if (!response) co_return fail(response);
  fmt::print("{} {:<22} {}\n", to_rfc3339(event.received_at), event.type, response->head.status);
  if (response->head.status < 200 || response->head.status > 299) {
    co_return fail(ErrorKind::bad_gateway, fmt::format("{} answered {}", url, response->head.status));
  }
  co_return Result<void>{};
}

Result<void> replay_to(StoredData& data, const std::string& url, const StoredCall& stored) {
  const auto client = net::make_curl_client();
  for (const auto& event : stored.events) {
    if (auto sent = data.runtime->home().block_on(send(*client, data.settings, url, event)); !sent) return sent;
  }
  fmt::print("{} messages sent\n", stored.events.size());
  return {};
}

Result<void> replay(const ReplayFlags& flags) {
  auto data = open_stored_data(flags.common);
  if (!data) return fail(data);
  auto stored = data->read([id = flags.call_id](sql::Connection& db) { return read_call(db, id); });
  if (!stored) return fail(stored);
  if (stored->events.empty())
    return fail(ErrorKind::not_found, "of this call no messages are stored (see OFFHOOK_KEEP_PAYLOADS_DAYS)");
  return flags.to.empty() ? check_replay(data->settings, *stored) : replay_to(*data, flags.to, *stored);
}

}  // namespace

void add_replay(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("replay", "Play the stored messages of a call again, and compare");
  auto flags = std::make_shared<ReplayFlags>();
  command->add_option("call", flags->call_id, "The call, by our id or the platform's")->required();
  command->add_option("--to", flags->to, "Send them to this webhook, signed, in place of memory");
  command->add_option("--config", flags->common.config, "Settings file");
  command->add_option("--data", flags->common.data, "Folder for the database and recordings");
  command->callback([flags, &exit_code] {
    auto done = replay(*flags);
    exit_code = done ? kFine : report(done.error());
  });
}

}  // namespace offhook::app
