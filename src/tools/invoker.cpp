#include "tools/invoker.hpp"

#include <memory>

#include "async/cancel.hpp"
#include "async/loop.hpp"
#include "base/text.hpp"
#include "privacy/json_text.hpp"
#include "store/tool_journal.hpp"
#include "tools/arguments.hpp"
#include "tools/journal_key.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

constexpr std::string_view kKeyHeld = "journal_key_held";

/// Everything a run needs. The store may run it after the one who asked has left, so it owns it all.
struct Work {
  std::shared_ptr<const Tool> tool;
  ToolContext context;
  json::object arguments;
  std::optional<JournalKey> key;
};

/// What the journal keeps of the arguments: a second factor has no business there.
std::string journalled_arguments(json::object arguments) {
  arguments.erase("date_of_birth");
  return json::serialize(arguments);
}

Result<ToolResult> run_handler(sql::Connection& db, const Work& work) {
  auto result = work.tool->handler(db, work.context, work.arguments);
  if (result) redact_cards(*result);
  return result;
}

Result<ToolResult> run_journalled(sql::Connection& db, const Work& work) {
  if (!work.key) return run_handler(db, work);
  store::ToolJournal journal(db, work.context.owner);
  auto known = journal.find(work.key->text, work.context.now);
  if (!known) return fail(known);
  if (*known) return from_journal_text((*known)->result);

  auto result = run_handler(db, work);
  if (!result || (!result->ok && !work.key->issued_by_platform)) return result;
  const store::JournalEntry entry{.key = work.key->text,
                                  .call_id = work.context.call_id,
                                  .tool = work.tool->name,
                                  .arguments = journalled_arguments(work.arguments),
                                  .result = to_journal_text(*result),
                                  .ok = result->ok,
                                  .created_at = work.context.now,
                                  .expires_at = work.key->expires_at};
  auto is_new = journal.insert(entry);
  if (!is_new) return fail(is_new);
  // Somebody else was faster: undo what we did (the failure rolls back) and take their result.
  if (!*is_new) return fail(Error{.kind = ErrorKind::conflict, .code = std::string(kKeyHeld)});
  return result;
}

Task<ToolResult> run(store::Store& store, std::shared_ptr<const Work> work) {
  if (work->tool->effect == Effect::reads) {
    co_return co_await store.read([work](sql::Connection& db) { return run_handler(db, *work); });
  }
  auto result = co_await store.write([work](sql::Connection& db) { return run_journalled(db, *work); });
  if (!result && result.error().code == kKeyHeld) {
    result = co_await store.write([work](sql::Connection& db) { return run_journalled(db, *work); });
  }
  co_return result;
}

ToolResult unknown_function(std::string_view name) {
  const auto sentence = "Unknown function: " + one_line(truncate_utf8(name, 100));
  return refusal("unknown_function", sentence);
}

/// A tool that is not listed yet, since its server has not been reached. Its log text says that asking again may help.
ToolResult not_there_yet(std::string_view name) {
  auto result = refusal("unavailable", "Sorry, I can't do that at the moment. Please try again a little later.");
  result.log = "the server of " + one_line(truncate_utf8(name, 100)) + " has not been reached yet";
  return result;
}

ToolResult unreadable_arguments() {
  return refusal("invalid_argument", "Sorry, I didn't catch that.", {{"expected", "arguments must be a JSON object"}});
}

/// More argument text than this is for no remote tool; it also keeps the schemas' patterns cheap.
constexpr std::size_t kMaxRemoteArgumentBytes = 8 * 1024;

/// A remote tool that nothing names, or that only reads: sent as it is, and not remembered.
Task<ToolResult> ask_unjournalled(std::shared_ptr<const Work> work, Deadline deadline) {
  Loop& loop = co_await this_loop();
  RemoteRequest request{.context = work->context,
                        .arguments = work->arguments,
                        .idempotency_key = make_uuid(loop.random()),
                        .deadline = deadline};
  auto answer = co_await work->tool->remote(std::move(request));
  if (!answer) co_return fail(answer);
  redact_cards(answer->result);
  co_return std::move(answer->result);
}

Task<ToolResult> run_remote(store::Store& store, const ToolRegistry& registry, std::shared_ptr<const Work> work,
                            Deadline limit) {
  if (!work->key) co_return co_await with_deadline(limit, ask_unjournalled(work, limit));
  auto remote =
      std::make_shared<const RemoteWork>(RemoteWork{.tool = work->tool,
                                                    .context = work->context,
                                                    .arguments = work->arguments,
                                                    .journalled_arguments = journalled_arguments(work->arguments),
                                                    .key = *work->key});
  co_return co_await registry.remote_calls().run(store, std::move(remote), limit);
}

}  // namespace

Task<ToolResult> invoke(store::Store& store, const ToolRegistry& registry, ToolContext context, ToolCall call,
                        Deadline deadline) {
  const std::shared_ptr<const Tool> tool = registry.find(call.name, context.agent);
  if (tool == nullptr) {
    co_return registry.is_expected(call.name, context.agent) ? not_there_yet(call.name) : unknown_function(call.name);
  }
  if (tool->remote && call.arguments.size() > kMaxRemoteArgumentBytes) co_return unreadable_arguments();
  auto parsed = trim(call.arguments).empty() ? Result<json::value>(json::object()) : parse_json(call.arguments);
  if (!parsed || !(parsed->is_object() || parsed->is_null())) co_return unreadable_arguments();
  privacy::redact_cards(*parsed);  // a tool has no use for more than the last four digits
  auto arguments = registry.check(*tool, parsed->is_object() ? parsed->get_object() : json::object());
  if (!arguments) co_return std::move(arguments.error());

  Loop& loop = co_await this_loop();
  if (context.now == UtcTime{}) context.now = loop.clock().utc_now();
  context.random = Random(loop.random().next());
  auto key = tool->effect == Effect::writes ? journal_key(context, tool->name, *arguments) : std::nullopt;
  auto work = std::make_shared<const Work>(
      Work{.tool = tool, .context = std::move(context), .arguments = std::move(*arguments), .key = std::move(key)});
  const auto limit = Deadline::after(loop.clock(), tool->time_limit).sooner(deadline);
  Result<ToolResult> result = fail(ErrorKind::internal);
  if (tool->remote) {
    result = co_await run_remote(store, registry, std::move(work), limit);
  } else {
    result = co_await with_deadline(limit, run(store, std::move(work)));
  }
  if (!result && result.error().kind == ErrorKind::cancelled) co_return fail(result);
  if (!result) co_return apology(result.error());
  co_return std::move(*result);
}

}  // namespace offhook::tools
