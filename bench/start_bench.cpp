// From starting the program to its "listening on" line, and the memory it holds when it has nothing to do.
// Started on an empty folder (tables are made) and again on the same one.

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/common/report.hpp"
#include "bench/common/server_process.hpp"

int main(int count, char** given) try {
  using namespace offhook::bench;
  const Arguments arguments(count, given,
                            {{"--server", "./offhook"},
                             {"--rounds", "10"},
                             {"--dir", std::filesystem::temp_directory_path()},
                             {"--json", ""},
                             {"--rows", ""}});
  pin_this_process(kLoadCore);
  std::vector<double> first_ms, again_ms, cpu_ms, resident_mb, own_mb;
  for (int i = -1; i < arguments.number("--rounds"); ++i) {
    const BenchFolder folder(arguments.text("--dir"));
    const ServerProcess::Launch launch{
        .command = {std::filesystem::absolute(arguments.text("--server")), "serve", "--port", "0", "--data", "data"},
        .environment = {"OFFHOOK_LOG=error"},
        .folder = folder.path()};
    const double first = ServerProcess(launch).start_ms();
    const ServerProcess again(launch);
    if (i < 0) continue;  // the first one brings the program into memory
    first_ms.push_back(first);
    again_ms.push_back(again.start_ms());
    cpu_ms.push_back(again.cpu_seconds() * 1000);
    resident_mb.push_back(again.memory_mb("VmRSS"));
    own_mb.push_back(again.memory_mb("RssAnon"));
  }

  Report report("start", arguments.text("--json"), arguments.text("--rows"));
  report.row("start_ms", "start-up", median(again_ms), "ms", "<= 100 ms");
  report.row("first_start_ms", "start-up on an empty folder", median(first_ms), "ms", "<= 100 ms");
  report.row("start_cpu_ms", "start-up, processor time", median(cpu_ms), "ms");
  report.row("resident_mb", "resident memory, idle", median(resident_mb), "MB", "<= 40 MB");
  report.figure("resident_anonymous_mb", median(own_mb));
  report.finish();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "start_bench: %s\n", error.what());
  return 1;
}
