#include <algorithm>
#include <fstream>

#include <unistd.h>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/printing.hpp"
#include "eval/suites.hpp"

namespace offhook::app {
namespace {

struct EvalFlags {
  std::string suite;
  std::string data;
  std::string json;
  std::size_t misses = 0;
};

Result<void> write_json(const std::string& path, const eval::Report& report) {
  std::ofstream file(path, std::ios::binary);
  file << json::serialize(eval::to_json(report)) << '\n';
  file.close();
  if (!file) return fail(ErrorKind::invalid_argument, fmt::format("cannot write {}", path));
  return {};
}

int run_eval(const EvalFlags& flags) {
  const eval::Suite* suite = eval::find_suite(flags.suite);
  if (suite == nullptr) {
    std::string known;
    for (const auto& each : eval::suites()) known += fmt::format("\n  {:<12} {}", each.name, each.measures);
    fmt::print(stderr, "there is no suite '{}'; these are:{}\n", flags.suite, known);
    return kWrongUsage;
  }
  eval::SuiteInput input{.data = flags.data, .progress = {}};
  if (isatty(STDERR_FILENO) == 1) {
    input.progress = [](double share) { fmt::print(stderr, "\r{:3.0f} %\r", share * 100); };
  }
  const auto report_made = suite->run(input);
  if (!report_made) return report(report_made.error());
  fmt::print("{}", eval::to_table(*report_made));
  const auto misses = report_made->misses();
  for (std::size_t i = 0; i < std::min(flags.misses, misses.size()); ++i) {
    fmt::print("\n  {}  {}\n    wanted {}\n    got    {}\n", misses[i]->id, misses[i]->input, misses[i]->expected,
               misses[i]->got);
  }
  if (!flags.json.empty()) {
    if (auto written = write_json(flags.json, *report_made); !written) return report(written.error());
  }
  return kFine;
}

}  // namespace

void add_eval(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("eval", "Measure a part of Offhook on test data");
  auto flags = std::make_shared<EvalFlags>();
  command->add_option("suite", flags->suite, "Which suite; an unknown one lists them")->required();
  command->add_option("--data", flags->data, "The folder of the data, outside the project")->required();
  command->add_option("--json", flags->json, "Also write the figures to this file");
  command->add_option("--misses", flags->misses, "Print so many cases that were answered wrongly");
  command->callback([flags, &exit_code] { exit_code = run_eval(*flags); });
}

}  // namespace offhook::app
