#include "exchange/exchange.hpp"

#include <fmt/format.h>

#include "base/time_text.hpp"
#include "store/exchange_objects.hpp"

namespace offhook::exchange {
namespace {

constexpr std::size_t kMaxNameCharacters = 40;  // Vapi's limit on names
/// How long a call that is hung up may take to send its report.
constexpr Duration kLastWords = std::chrono::seconds(5);
/// Objects belong to accounts here; Vapi's organisation, which clients expect to read, is the same for all.
constexpr const char* kOrgId = "00000000-0000-4000-8000-000000000000";

/// A callee who has nothing prepared.
std::vector<std::string> default_callee() { return {"Hello?", "I'm sorry, I have no time right now. Goodbye."}; }

class NobodyListens final : public CallObserver {
 public:
  void on_turn(const HeardTurn&) override {}
};

Result<void> check_name(const json::object& fields) {
  auto name = optional_string(fields, "name");
  if (!name) return fail(ErrorKind::invalid_argument, "name must be a string");
  if (name->has_value() && (*name)->size() > kMaxNameCharacters) {
    return fail(ErrorKind::invalid_argument,
                fmt::format("name must be shorter than or equal to {} characters", kMaxNameCharacters));
  }
  return {};
}

Result<void> check_assistant(const json::object& fields) {
  if (auto named = check_name(fields); !named) return named;
  for (const char* field : {"model", "voice", "transcriber", "server", "metadata"}) {
    const auto* value = fields.if_contains(field);
    if (value != nullptr && !value->is_object() && !value->is_null()) {
      return fail(ErrorKind::invalid_argument, fmt::format("{} must be an object", field));
    }
  }
  for (const char* field : {"firstMessage", "endCallMessage", "voicemailMessage"}) {
    const auto* value = fields.if_contains(field);
    if (value != nullptr && !value->is_string() && !value->is_null()) {
      return fail(ErrorKind::invalid_argument, fmt::format("{} must be a string", field));
    }
  }
  return {};
}

Error no_such(std::string_view kind, std::string_view id) {
  return {.kind = ErrorKind::not_found,
          .client = fmt::format("Couldn't Find {}: {}", kind == "call" ? "Call" : "Assistant", id)};
}

void stamp(json::object& body, const std::string& id, UtcTime created_at, UtcTime updated_at) {
  body["id"] = id;
  body["orgId"] = kOrgId;
  body["createdAt"] = to_rfc3339(created_at);
  body["updatedAt"] = to_rfc3339(updated_at);
}

}  // namespace

Exchange::Exchange(Loop& home, store::Store& store, Lines lines, obs::Log& log, std::filesystem::path recordings)
    : home_(home),
      store_(store),
      lines_(std::move(lines)),
      log_(log),
      recordings_(std::move(recordings)),
      calls_(home, [&log](std::string_view name, const Error& error) {
        log.error("exchange call failed", {.call_id = std::string(name)}, {{"detail", error.log_text()}});
      }) {}

std::filesystem::path Exchange::recording_path(const std::string& call_id) const {
  return recordings_ / (call_id + ".wav");
}

Task<void> Exchange::put(store::Owner owner, std::string kind, std::string id, json::object body, UtcTime created_at,
                         UtcTime updated_at) {
  store::ExchangeObject object{.kind = std::move(kind),
                               .id = std::move(id),
                               .body = json::serialize(body),
                               .created_at = created_at,
                               .updated_at = updated_at};
  co_return co_await store_.write([owner = std::move(owner), object = std::move(object)](sql::Connection& db) {
    return store::ExchangeObjects(db, owner).put(object);
  });
}

Task<json::object> Exchange::find(store::Owner owner, std::string kind, std::string id) {
  auto found = co_await store_.read(
      [owner, kind, id](sql::Connection& db) { return store::ExchangeObjects(db, owner).find(kind, id); });
  if (!found) co_return fail(found);
  if (!*found) co_return fail(no_such(kind, id));
  co_return parse_json_object((*found)->body);
}

Task<json::array> Exchange::list(store::Owner owner, std::string kind, store::Page page) {
  auto found = co_await store_.read(
      [owner, kind, page](sql::Connection& db) { return store::ExchangeObjects(db, owner).list(kind, page); });
  if (!found) co_return fail(found);
  json::array bodies;
  for (const auto& object : found->items) {
    auto body = parse_json_object(object.body);
    if (!body) co_return fail(body);
    bodies.push_back(std::move(*body));
  }
  co_return bodies;
}

Task<json::object> Exchange::create_assistant(store::Owner owner, json::object fields) {
  if (auto checked = check_assistant(fields); !checked) co_return fail(checked);
  Loop& loop = co_await this_loop();
  const UtcTime now = loop.clock().utc_now();
  const std::string id = make_uuid(loop.random());
  stamp(fields, id, now, now);
  if (auto stored = co_await put(owner, "assistant", id, fields, now, now); !stored) co_return fail(stored);
  co_return fields;
}

Task<json::object> Exchange::update_assistant(store::Owner owner, std::string id, json::object fields) {
  if (auto checked = check_assistant(fields); !checked) co_return fail(checked);
  Loop& loop = co_await this_loop();
  const UtcTime now = loop.clock().utc_now();
  // Read and written in one transaction, so that two changes at once both stay.
  co_return co_await store_.write([owner, id, fields, now](sql::Connection& db) -> Result<json::object> {
    store::ExchangeObjects objects(db, owner);
    auto found = objects.find("assistant", id);
    if (!found) return fail(found);
    if (!*found) return fail(no_such("assistant", id));
    auto body = parse_json_object((*found)->body);
    if (!body) return fail(body);
    for (const auto& [key, value] : fields) (*body)[key] = value;
    stamp(*body, id, (*found)->created_at, now);
    (*found)->body = json::serialize(*body);
    (*found)->updated_at = now;
    if (auto stored = objects.put(**found); !stored) return fail(stored);
    return std::move(*body);
  });
}

Task<json::object> Exchange::remove_assistant(store::Owner owner, std::string id) {
  auto body = co_await find(owner, "assistant", id);
  if (!body) co_return fail(body);
  auto removed = co_await store_.write(
      [owner, id](sql::Connection& db) { return store::ExchangeObjects(db, owner).remove("assistant", id); });
  if (!removed) co_return fail(removed);
  co_return body;
}

Task<json::object> Exchange::create_call(store::Owner owner, json::object fields) {
  if (is_stopping_) co_return fail(ErrorKind::unavailable, "The server is stopping.");
  if (auto named = check_name(fields); !named) co_return fail(named);
  const json::value value(fields);
  CallPlan plan;
  plan.owner = owner;
  if (const auto* assistant = find_object(value, "assistant")) {
    plan.assistant = *assistant;
  } else if (const auto id = find_string(value, "assistantId")) {
    auto found = co_await find(owner, "assistant", std::string(*id));
    if (!found) co_return fail(found);
    plan.assistant = std::move(*found);
    plan.facts.assistant_id = *id;
  } else {
    co_return fail(ErrorKind::invalid_argument, "Need Either `assistantId`, `assistant`, `squadId`, Or `squad`.");
  }
  const auto number = find_string_at(value, {"customer", "number"});
  if (!number || number->empty())
    co_return fail(ErrorKind::invalid_argument, "Need Either `customerId` Or `customer`.");

  Loop& loop = co_await this_loop();
  const UtcTime now = loop.clock().utc_now();
  plan.facts.id = make_uuid(loop.random());
  plan.facts.org_id = kOrgId;
  plan.facts.type = "outboundPhoneCall";
  plan.facts.status = "queued";
  plan.facts.created_at = plan.facts.updated_at = now;
  plan.facts.customer_number = *number;
  plan.facts.customer_name = std::string(find_string_at(value, {"customer", "name"}).value_or(""));
  if (const auto* metadata = find_object(value, "metadata")) plan.facts.metadata = *metadata;
  json::object body = vapi::call_object(plan.facts);
  for (const auto& [key, field] : fields) {
    if (!body.contains(key)) body[key] = field;
  }
  if (auto stored = co_await put(owner, "call", plan.facts.id, body, now, now); !stored) co_return fail(stored);
  asio::post(home_.executor(), [this, plan = std::move(plan)]() mutable {
    const std::string id = plan.facts.id;
    if (is_stopping_) return calls_.spawn(id, give_up(std::move(plan)));
    // Entered at once: a hang-up that comes next finds it, however long the call takes to begin.
    calls_.spawn(id, run_in_background(std::move(plan), std::make_shared<Live>(live_, id)));
  });
  co_return body;
}

Task<json::object> Exchange::end_call(store::Owner owner, std::string id) {
  auto call = co_await find(std::move(owner), "call", id);
  if (!call) co_return fail(call);
  asio::post(home_.executor(), [this, id] {
    if (const auto live = live_->find(id); live != live_->end()) live->second->cancel();
  });
  co_return call;
}

/// A call that came while the last ones were being ended: it never rang.
Task<void> Exchange::give_up(CallPlan plan) {
  auto body = co_await find(plan.owner, "call", plan.facts.id);
  if (!body) co_return fail(body);
  const UtcTime now = home_.clock().utc_now();
  (*body)["status"] = "ended";
  (*body)["endedReason"] = "manually-canceled";
  (*body)["updatedAt"] = (*body)["endedAt"] = to_rfc3339(now);
  co_return co_await put(plan.owner, "call", plan.facts.id, std::move(*body), plan.facts.created_at, now);
}

Task<void> Exchange::run_in_background(CallPlan plan, std::shared_ptr<Live> live) {
  ListCaller callee(default_callee());
  NobodyListens nobody;
  auto record = co_await play(std::move(plan), callee, nobody, &live->hang_up);
  if (!record) co_return fail(record);
  for (const auto& fault : record->faults)
    log_.warning("exchange call", {.call_id = record->facts.id}, {{"fault", fault}});
  co_return Result<void>{};
}

Task<CallRecord> Exchange::play(CallPlan plan, Caller& caller, CallObserver& observer, CancelSource* hang_up) {
  const UtcTime created = plan.facts.created_at;
  const store::Owner owner = plan.owner;
  // The call object as it was created: later states keep its extra fields.
  json::object base;
  if (auto stored = co_await find(owner, "call", plan.facts.id)) base = std::move(*stored);
  auto store_facts = [this, owner, created, base](const vapi::CallFacts& facts) {
    json::object body = base;
    for (auto& [key, value] : vapi::call_object(facts)) body[key] = value;
    return put(owner, "call", facts.id, std::move(body), created, facts.updated_at);
  };
  auto record = co_await play_call(lines_, std::move(plan), caller,
                                   {.observer = observer, .on_facts = store_facts, .hang_up = hang_up});
  if (!record) co_return fail(record);
  json::object body = base;
  for (auto& [key, value] : vapi::call_object(record->facts)) body[key] = value;
  for (const char* field : {"artifact", "analysis", "costs", "cost"}) {
    if (const auto* value = record->final_report.if_contains(field)) body[field] = *value;
  }
  if (auto stored = co_await put(owner, "call", record->facts.id, std::move(body), created, record->facts.updated_at);
      !stored)
    co_return fail(stored);
  co_return record;
}

Task<void> Exchange::stop(Deadline deadline) {
  is_stopping_ = true;
  auto ended = co_await with_deadline(deadline, calls_.join());
  if (ended) co_return ended;
  for (const auto& [id, call] : std::map(*live_)) call->cancel();
  Loop& loop = co_await this_loop();
  ended = co_await with_deadline(Deadline::after(loop.clock(), kLastWords), calls_.join());
  if (ended) co_return ended;
  calls_.cancel();
  co_return co_await calls_.join();
}

}  // namespace offhook::exchange
