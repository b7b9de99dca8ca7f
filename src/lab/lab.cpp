#include "lab/lab.hpp"

#include <mutex>

#include <fmt/format.h>

#include "base/phone.hpp"
#include "lab/expectations.hpp"
#include "store/leads.hpp"

namespace offhook::lab {
namespace {

double to_ms(Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

/// Gathers a call turn by turn, with the tools that ran inside the agent's turns. Tools are seen on any loop.
class Gatherer final : public exchange::CallObserver, public agent::ToolObserver {
 public:
  void on_tool(std::string_view, const llm::ToolCall& call, const tools::ToolResult&) override {
    const std::scoped_lock lock(mutex_);
    tools_.push_back(call.name);
  }
  void on_turn(const exchange::HeardTurn& heard) override {
    PlayedTurn turn{.is_caller = heard.is_caller, .text = heard.text};
    turn.at_ms = std::chrono::duration_cast<std::chrono::milliseconds>(heard.at).count();
    if (!heard.is_caller) {
      const std::scoped_lock lock(mutex_);
      turn.tools = std::exchange(tools_, {});
      for (const auto& tool : heard.platform_tools) turn.tools.push_back(tool.name);
      if (heard.first_token) turn.first_token_ms = to_ms(*heard.first_token);
      if (heard.first_audio) turn.first_audio_ms = to_ms(*heard.first_audio);
    }
    turns.push_back(std::move(turn));
  }
  std::vector<PlayedTurn> turns;

 private:
  std::mutex mutex_;
  std::vector<std::string> tools_;
};

/// Outbound calls go to somebody: a lead with that phone, made when there is none.
Task<void> ensure_lead(store::Store& store, std::string name, std::string phone) {
  Loop& loop = co_await this_loop();
  store::Lead lead{
      .id = make_id(loop.random(), "lead"), .name = std::move(name), .phone = std::move(phone), .source = "outbound"};
  lead.created_at = lead.updated_at = loop.clock().utc_now();
  auto stored = co_await store.write([lead](sql::Connection& db) -> Result<void> {
    store::Leads leads(db, store::Owner::local());
    auto known = leads.find_by_phone(lead.phone);
    if (!known) return fail(known);
    if (!*known) return leads.insert(lead);
    return {};
  });
  co_return stored;
}

Task<void> play(Stage& stage, const Scenario& scenario, const PlayOptions& options, Gatherer& gatherer,
                PlayedCall& played) {
  const agent::AgentDefinition* agent = stage.agents().find(scenario.agent);
  if (agent == nullptr)
    co_return fail(ErrorKind::not_found, fmt::format("{}: there is no agent '{}'", scenario.file, scenario.agent));
  Loop& loop = stage.loop();
  exchange::CallPlan plan;
  plan.facts.id = make_uuid(loop.random());
  plan.facts.created_at = plan.facts.updated_at = loop.clock().utc_now();
  plan.facts.customer_number = normalize_phone(scenario.caller_phone, agent->region);
  if (!agent->numbers.empty()) {
    plan.facts.phone_number = agent->numbers.front();
  } else {
    // Nobody can ask our server who answers a number that is nobody's: the call comes with its assistant.
    plan.assistant = call::assistant_config(*agent, stage.tools(), stage.doorways(), {});
  }
  if (scenario.is_outbound) {
    plan.facts.type = "outboundPhoneCall";
    plan.facts.customer_name = scenario.caller_name;
    plan.assistant = call::assistant_config(*agent, stage.tools(), stage.doorways(), scenario.caller_name);
    if (auto known = co_await ensure_lead(stage.store(), scenario.caller_name, plan.facts.customer_number); !known)
      co_return known;
  }
  plan.with_sound = options.with_sound;
  plan.is_paced = options.is_paced;
  if (options.with_sound) {
    plan.recording = stage.exchange().recording_path(scenario.name);
    plan.recording_url = played.recording = plan.recording.string();
  }
  std::vector<std::string> lines;
  for (const auto& turn : scenario.turns) lines.push_back(turn.say);
  exchange::ListCaller caller(std::move(lines));
  auto record = co_await stage.exchange().play(std::move(plan), caller, gatherer);
  if (!record) co_return fail(record);
  played.ended_reason = record->facts.ended_reason;
  played.length_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(*record->facts.ended_at - *record->facts.started_at)
          .count();
  for (const auto& fault : record->faults) played.failures.push_back("on the line: " + fault);
  auto failures = co_await check_call(stage.store(), scenario.expect, agent->region, played.ended_reason);
  if (!failures) co_return fail(failures);
  played.failures.insert(played.failures.end(), failures->begin(), failures->end());
  co_return Result<void>{};
}

/// Holds each answer against the turn that asked for it.
void check_turns(const Scenario& scenario, PlayedCall& played) {
  std::vector<std::string> failures;
  std::size_t asked = 0;
  PlayedTurn answer;
  const auto judge = [&] {
    if (asked == 0) return;
    auto found = check_turn(asked, scenario.turns[asked - 1], answer);
    failures.insert(failures.end(), found.begin(), found.end());
  };
  for (const auto& turn : played.turns) {
    if (turn.is_caller) {
      judge();
      ++asked;
      answer = {};
    } else {
      answer.text.append(turn.text);
      answer.tools.insert(answer.tools.end(), turn.tools.begin(), turn.tools.end());
    }
  }
  judge();
  for (std::size_t i = asked; i < scenario.turns.size(); ++i) {
    failures.push_back(fmt::format("turn {}: '{}' was never said: the call had ended", i + 1, scenario.turns[i].say));
  }
  played.failures.insert(played.failures.begin(), failures.begin(), failures.end());
}

}  // namespace

Result<PlayedCall> play_scenario(const StageFactory& make_stage, const Scenario& scenario, const PlayOptions& options) {
  PlayedCall played{.scenario = scenario.name, .agent = scenario.agent};
  Gatherer gatherer;
  auto stage = make_stage({.seed = options.seed, .observer = &gatherer});
  if (!stage) return fail(stage);
  auto ran = (*stage)->run(play(**stage, scenario, options, gatherer, played));
  if (!ran) return fail(ran);
  played.turns = std::move(gatherer.turns);
  check_turns(scenario, played);
  return played;
}

}  // namespace offhook::lab
