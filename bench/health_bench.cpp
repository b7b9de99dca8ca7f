// GET /healthz against the bare Beast server: what routes, middleware, limits, metrics and identified
// requests cost. Both answer the same body; rounds alternate; the figure that counts is requests for each
// second of the server's processor time, since it survives other work on the machine.

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/common/http_load.hpp"
#include "bench/common/report.hpp"
#include "bench/common/server_process.hpp"

namespace {

using namespace offhook::bench;

struct Round {
  double per_second = 0;
  double per_core_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

Round measure(const ServerProcess& server, int connections, double seconds) {
  static const std::string request = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  const double cpu_before = server.cpu_seconds();
  const LoadResult result = run_load({.port = server.port(),
                                      .connections = connections,
                                      .lasts = std::chrono::duration<double>(seconds),
                                      .next_request = []() -> const std::string& { return request; }});
  const double cpu = server.cpu_seconds() - cpu_before;
  if (result.refused > 0) throw std::runtime_error("the server refused requests");
  return {.per_second = result.per_second(),
          .per_core_second = static_cast<double>(result.latencies_ms.size()) / cpu,
          .p50_ms = percentile(result.latencies_ms, 0.50),
          .p99_ms = percentile(result.latencies_ms, 0.99)};
}

double median_of(const std::vector<Round>& rounds, double Round::* field) {
  std::vector<double> values;
  for (const Round& round : rounds) values.push_back(round.*field);
  return median(std::move(values));
}

}  // namespace

int main(int count, char** given) try {
  const Arguments arguments(count, given,
                            {{"--server", "./offhook"},
                             {"--bare", "./bare_http"},
                             {"--connections", "64"},
                             {"--rounds", "9"},
                             {"--round-ms", "1000"},
                             {"--dir", std::filesystem::temp_directory_path()},
                             {"--json", ""},
                             {"--rows", ""}});
  const BenchFolder folder(arguments.text("--dir"));
  const ServerProcess product(
      {.command = {std::filesystem::absolute(arguments.text("--server")), "serve", "--port", "0", "--data", "data"},
       .environment = {"OFFHOOK_LOOPS=1", "OFFHOOK_LOG=error"},
       .folder = folder.path()});
  const ServerProcess bare(
      {.command = {std::filesystem::absolute(arguments.text("--bare"))}, .environment = {}, .folder = folder.path()});
  pin_this_process(kLoadCore);

  const int connections = arguments.number("--connections");
  const double seconds = arguments.number("--round-ms") / 1000.0;
  std::vector<Round> ours, theirs;
  std::vector<double> ratios, core_ratios;
  for (int i = -1; i < arguments.number("--rounds"); ++i) {
    const Round product_round = measure(product, connections, seconds);
    const Round bare_round = measure(bare, connections, seconds);
    if (i < 0) continue;  // the first one warms up
    ours.push_back(product_round);
    theirs.push_back(bare_round);
    ratios.push_back(product_round.per_second / bare_round.per_second);
    core_ratios.push_back(product_round.per_core_second / bare_round.per_core_second);
  }

  Report report("health", arguments.text("--json"), arguments.text("--rows"));
  report.row("per_core_second_ratio", "/healthz, requests a core-second, of the bare Beast server", median(core_ratios),
             "%", ">= 60 %");
  report.row("per_second_ratio", "/healthz, requests a second, of the bare server", median(ratios), "%");
  report.row("per_core_second", "/healthz, requests a core-second", median_of(ours, &Round::per_core_second), "/s");
  report.row("per_second", "/healthz, requests a second", median_of(ours, &Round::per_second), "/s");
  report.row("p50_ms", "/healthz, latency (p50)", median_of(ours, &Round::p50_ms), "ms");
  report.row("p99_ms", "/healthz, latency (p99)", median_of(ours, &Round::p99_ms), "ms");
  report.figure("bare_per_core_second", median_of(theirs, &Round::per_core_second));
  report.figure("bare_per_second", median_of(theirs, &Round::per_second));
  report.figure("bare_p50_ms", median_of(theirs, &Round::p50_ms));
  report.figure("bare_p99_ms", median_of(theirs, &Round::p99_ms));
  report.finish();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "health_bench: %s\n", error.what());
  return 1;
}
