#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/printing.hpp"
#include "app/stages.hpp"

namespace offhook::app {
namespace {

struct SimulateFlags {
  std::string agent;
  std::string name;
  std::string phone;
  std::vector<std::string> files;
  std::string data;
  std::string junit;
  std::uint64_t seed = 1;
  bool with_sound = false;
  bool in_real_time = false;
  bool as_json = false;
};

Result<lab::Scenario> read_scenario(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorKind::not_found, fmt::format("cannot read the scenario {}", path));
  std::ostringstream text;
  text << file.rdbuf();
  return lab::parse_scenario(path, text.str());
}

/// The scenarios that the flags mean. A name or phone alone is the outbound qualification of a lead.
Result<std::vector<lab::Scenario>> choose(const Library& library, const SimulateFlags& flags) {
  std::vector<lab::Scenario> chosen;
  for (const auto& path : flags.files) {
    auto scenario = read_scenario(path);
    if (!scenario) return fail(scenario);
    chosen.push_back(std::move(*scenario));
  }
  const bool has_caller = !flags.name.empty() || !flags.phone.empty();
  if (flags.files.empty()) {
    for (const auto& scenario : library.scenarios) {
      if (has_caller && flags.agent.empty() ? scenario.name == "realty_qualifies_lead"
                                            : flags.agent.empty() || scenario.agent == flags.agent) {
        chosen.push_back(scenario);
      }
    }
  }
  if (chosen.empty()) {
    return fail(ErrorKind::not_found, fmt::format("there is no scenario for the agent '{}'", flags.agent));
  }
  if (has_caller) {
    for (auto& scenario : chosen) scenario = lab::with_caller(std::move(scenario), flags.name, flags.phone);
  }
  return chosen;
}

void print_call(Printer& printer, const lab::PlayedCall& call) {
  printer.heading(fmt::format("{}  ({})", call.scenario, call.agent));
  for (const auto& turn : call.turns) printer.turn(turn, call.agent);
  printer.faint(fmt::format("{:>8}  ended: {}", fmt::format("{:.1f} s", static_cast<double>(call.length_ms) / 1000),
                            call.ended_reason));
  for (const auto& failure : call.failures) printer.bad(failure);
  if (!call.recording.empty()) printer.faint("recording: " + call.recording);
  printer.line();
}

int simulate(const SimulateFlags& flags) {
  const auto settings = ServeFlags{}.load();  // for the agents of the user's own
  if (!settings) return report(settings.error());
  auto library = Library::load(*settings);
  if (!library) return report(library.error());
  auto scenarios = choose(*library, flags);
  if (!scenarios) return report(scenarios.error());
  StagePlan plan{.library = *library, .in_real_time = flags.in_real_time};
  if (!flags.data.empty()) plan.data = plan.recordings = flags.data;
  if (flags.with_sound) {
    std::error_code error;
    std::filesystem::create_directories(plan.recordings / "recordings", error);
    if (error) {
      return report(
          {.kind = ErrorKind::unavailable,
           .client = fmt::format("cannot write recordings below {}: {}", plan.recordings.string(), error.message())});
    }
  }
  const auto stages = make_stages(plan);
  // In real time nobody waits for a simulated voice to finish.
  const lab::PlayOptions options{.seed = flags.seed, .with_sound = flags.with_sound, .is_paced = !flags.in_real_time};
  Printer printer(stdout);
  std::vector<lab::PlayedCall> calls;
  std::size_t failed = 0;
  for (const auto& scenario : *scenarios) {
    auto call = lab::play_scenario(stages, scenario, options);
    if (!call) return report(call.error());
    failed += call->passed() ? 0 : 1;
    if (!flags.as_json) print_call(printer, *call);
    calls.push_back(std::move(*call));
  }
  if (flags.as_json) {
    printer.line(lab::to_json_text(flags.seed, calls));
  } else if (failed == 0) {
    printer.good(fmt::format("{} of {} calls as expected (seed {})", calls.size(), calls.size(), flags.seed));
  } else {
    printer.bad(fmt::format("{} of {} calls not as expected (seed {})", failed, calls.size(), flags.seed));
  }
  if (!flags.junit.empty()) {
    std::ofstream file(flags.junit, std::ios::binary);
    file << lab::to_junit(calls);
    if (!file.flush())
      return report({.kind = ErrorKind::unavailable, .client = fmt::format("cannot write {}", flags.junit)});
  }
  return failed == 0 ? kFine : kFailed;
}

}  // namespace

void add_simulate(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("simulate", "Play scripted calls in virtual time and check what came of them");
  auto flags = std::make_shared<SimulateFlags>();
  command->add_option("--agent", flags->agent, "Only this agent's scenarios");
  command->add_option("--name", flags->name, "The caller's name");
  command->add_option("--phone", flags->phone, "The caller's phone number");
  command->add_option("--scenario", flags->files, "Scenario files to play instead of the shipped ones");
  command->add_option("--data", flags->data, "Play on the database in this folder, not on a fresh one in memory");
  command->add_option("--seed", flags->seed, "Seed of ids and randomness (default 1)");
  command->add_option("--junit", flags->junit, "Write the results as JUnit XML");
  command->add_flag("--audio", flags->with_sound, "Speak the calls and record them");
  command->add_flag("--realtime", flags->in_real_time, "Over loopback sockets, by the machine's clock");
  command->add_flag("--json", flags->as_json, "Print the calls as JSON");
  command->callback([flags, &exit_code] { exit_code = simulate(*flags); });
}

}  // namespace offhook::app
