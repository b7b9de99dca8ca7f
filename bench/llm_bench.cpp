// Streamed chat completions through Offhook in front of the scripted upstream, beside the same through other
// gateways: what is added to the first token, how many streams a core carries, what a stream costs in memory, how
// many tokens and requests a core passes on, and whether memory grows. A token is one word of six bytes; the
// first token is the first delta whose content is not empty.

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/common/http_load.hpp"
#include "bench/common/report.hpp"
#include "bench/common/server_process.hpp"
#include "bench/common/stream_load.hpp"
#include "bench/common/stream_reader.hpp"

namespace {

using namespace offhook::bench;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kWordBytes = 6;
constexpr double kFirstLimitMs = 20;

/// What the upstream is asked for.
struct Script {
  std::size_t words;
  int pause_us;
};
constexpr Script kShort{.words = 8, .pause_us = 2000};       // an answer whose pauses show what is held back
constexpr Script kSpoken{.words = 100, .pause_us = 10'000};  // 100 tokens a second for a second
constexpr Script kAtOnce{.words = 8, .pause_us = 0};
constexpr Script kFlood{.words = 1000, .pause_us = 0};

/// A server that streams completions. The upstream itself is one, too.
class Gateway {
 public:
  Gateway(const BenchFolder& folder, const std::string& name, std::vector<std::string> command,
          std::vector<std::string> environment, int core = kServerCore, std::string fields = "")
      : fields_(std::move(fields)) {
    const auto own = folder.path() / name;
    std::filesystem::create_directories(own);
    server_.emplace(ServerProcess::Launch{
        .command = std::move(command), .environment = std::move(environment), .folder = own, .core = core});
  }

  [[nodiscard]] const ServerProcess& server() const { return *server_; }

  [[nodiscard]] std::string request(const Script& script) const {
    const std::string body =
        R"({"model":"leasing","stream":true,"messages":[{"role":"system","content":"You answer calls about )"
        R"(apartments."},{"role":"user","content":"Which trees grow near the house? number=00000000 words=)" +
        std::to_string(script.words) + " pause_us=" + std::to_string(script.pause_us) + R"("}]})";
    return "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + fields_ +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  [[nodiscard]] StreamLoad load(const Script& script, int streams) const {
    std::string whole = request(script);
    const std::size_t number_at = whole.find("number=") + std::string_view("number=").size();
    return {.port = server_->port(),
            .request = std::move(whole),
            .number_at = number_at,
            .answer_bytes = script.words * kWordBytes,
            .streams = streams,
            .window_begins = {},
            .window_ends = {}};
  }

 private:
  std::string fields_;
  std::optional<ServerProcess> server_;
};

/// A client with one keep-alive connection.
class Caller {
 public:
  explicit Caller(const Gateway& gateway)
      : request_(gateway.request(kShort)), socket_(connect_local(gateway.server().port())) {}
  ~Caller() { ::close(socket_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  /// Streams one answer and returns the microseconds to its first words.
  [[nodiscard]] double ask() const {
    const auto start = Clock::now();
    if (::send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request_.size())) {
      throw std::runtime_error("the server closed the connection");
    }
    double first_us = 0;
    StreamReader reader;
    while (!reader.is_over()) {
      std::array<char, 16 * 1024> bytes;
      const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
      if (count <= 0) throw std::runtime_error("the stream was cut off");
      reader.feed({bytes.data(), static_cast<std::size_t>(count)});
      if (first_us == 0 && reader.word_bytes() > 0) {
        first_us = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
      }
    }
    if (!reader.is_done() || reader.word_bytes() != kShort.words * kWordBytes) {
      throw std::runtime_error("not the upstream's words, or not all of them: " + std::to_string(reader.word_bytes()) +
                               " bytes");
    }
    return first_us;
  }

 private:
  std::string request_;
  int socket_;
};

struct FirstToken {
  std::vector<double> direct_us, through_us, added_us;  // sorted
  double cpu_us = 0;                                    // processor time of the gateway a stream
};

/// One stream at a time, directly and through the gateway in turn.
FirstToken first_token(const Gateway& upstream, const Gateway& gateway, int streams) {
  const Caller directly(upstream);
  const Caller through(gateway);
  for (int i = 0; i < 20; ++i) (void)directly.ask(), (void)through.ask();  // connections, caches
  FirstToken found;
  const double cpu_before = gateway.server().cpu_seconds();
  for (int i = 0; i < streams; ++i) {
    found.direct_us.push_back(directly.ask());
    found.through_us.push_back(through.ask());
    found.added_us.push_back(found.through_us.back() - found.direct_us.back());
  }
  found.cpu_us = (gateway.server().cpu_seconds() - cpu_before) * 1e6 / streams;
  for (auto* values : {&found.direct_us, &found.through_us, &found.added_us}) std::ranges::sort(*values);
  return found;
}

/// A number of streams at a time, and what they met.
struct Step {
  StreamResult result;
  double cpu_seconds = 0;  // of the gateway, in the window
  double memory_mb = 0;    // resident, at the window's end

  [[nodiscard]] double tokens_per_second() const {
    return static_cast<double>(result.word_bytes) / kWordBytes / result.seconds;
  }
  [[nodiscard]] double tokens_per_core_second() const {
    return static_cast<double>(result.word_bytes) / kWordBytes / cpu_seconds;
  }
  [[nodiscard]] bool is_sound() const { return result.refused == 0 && result.broken == 0; }
};

Step measure(const Gateway& gateway, StreamLoad load) {
  Step step;
  load.window_begins = [&] { step.cpu_seconds = gateway.server().cpu_seconds(); };
  load.window_ends = [&] {
    step.cpu_seconds = gateway.server().cpu_seconds() - step.cpu_seconds;
    step.memory_mb = gateway.server().memory_mb("VmRSS");
  };
  step.result = run_streams(load);
  return step;
}

struct Ladder {
  int streams = 0;                            // the most with the first token in time; 0: not even the fewest
  double first_p50_ms = 0, first_p99_ms = 0;  // at `streams`
  double kb_per_stream = 0;                   // resident, at `streams` (or at the fewest)
  double tokens_per_second = 0;               // the most of all steps
  double tokens_per_core_second = 0;          // at that step
  double cpu_share = 0;                       // at that step
  int saturated_streams = 0;                  // at that step
};

/// Climbs while the first token is in time (three tries a step: other work may have disturbed one) and then on
/// until no more tokens come through than a step below.
Ladder climb(const Gateway& gateway, const std::vector<int>& steps, std::chrono::duration<double> window) {
  Ladder found;
  (void)measure(gateway, [&] {
    StreamLoad load = gateway.load(kAtOnce, 1);
    load.requests = 50;
    return load;
  }());
  const double memory_before = gateway.server().memory_mb("VmRSS");
  bool is_in_time = true;
  for (const int streams : steps) {
    double before = found.tokens_per_second;
    bool has_passed = false;
    for (int i = 0; i < (is_in_time ? 3 : 1) && !has_passed; ++i) {
      StreamLoad load = gateway.load(kSpoken, streams);
      load.window = window;
      const Step step = measure(gateway, std::move(load));
      const auto& first = step.result.first_ms;
      const double p50 = first.empty() ? 0 : percentile(first, 0.50), p99 = first.empty() ? 0 : percentile(first, 0.99);
      has_passed = is_in_time && step.is_sound() && !first.empty() && p99 < kFirstLimitMs;
      std::fprintf(stderr, "  %5d streams: first token p50 %.2f ms, p99 %.2f ms, %.0f tokens/s, core %.0f %%%s\n",
                   streams, p50, p99, step.tokens_per_second(), 100 * step.cpu_seconds / step.result.seconds,
                   step.is_sound() ? "" : ", with broken streams");
      if (has_passed || found.kb_per_stream == 0) {
        found.kb_per_stream = (step.memory_mb - memory_before) * 1e6 / 1024 / streams;
      }
      if (has_passed) found.streams = streams, found.first_p50_ms = p50, found.first_p99_ms = p99;
      if (step.is_sound() && step.tokens_per_second() > found.tokens_per_second) {
        found.tokens_per_second = step.tokens_per_second();
        found.tokens_per_core_second = step.tokens_per_core_second();
        found.cpu_share = step.cpu_seconds / step.result.seconds;
        found.saturated_streams = streams;
      }
    }
    is_in_time = is_in_time && has_passed;
    if (!is_in_time && found.tokens_per_second < before * 1.03) break;
  }
  return found;
}

struct Growth {
  double requests_per_second = 0, requests_per_core_second = 0;
  double grown_mb = 0;  // resident memory from a quarter of the requests to the last
};

/// Short answers without pauses, 16 at a time.
Growth hammer(const Gateway& gateway, std::size_t requests) {
  const auto part = [&](std::size_t count) {
    StreamLoad load = gateway.load(kAtOnce, 16);
    load.requests = count;
    load.ramp = {};
    load.window = std::chrono::hours(1);
    Step step = measure(gateway, std::move(load));
    if (!step.is_sound()) throw std::runtime_error("short answers were refused or broken");
    return step;
  };
  const double before = part(requests / 4).memory_mb;
  const Step rest = part(requests - requests / 4);
  const auto answers = static_cast<double>(rest.result.answers);
  return {.requests_per_second = answers / rest.result.seconds,
          .requests_per_core_second = answers / rest.cpu_seconds,
          .grown_mb = rest.memory_mb - before};
}

double flood(const Gateway& gateway, std::chrono::duration<double> window) {
  StreamLoad load = gateway.load(kFlood, 16);
  load.window = window;
  const Step step = measure(gateway, std::move(load));
  if (!step.is_sound()) throw std::runtime_error("long answers were refused or broken");
  return step.tokens_per_core_second();
}

std::vector<int> numbers(const std::string& text) {
  std::vector<int> all;
  std::istringstream from(text);
  for (std::string number; std::getline(from, number, ',');) all.push_back(std::stoi(number));
  return all;
}

void report_peer(Report& report, const std::string& name, const std::string& title, const Gateway& upstream,
                 const Gateway& peer, const Ladder& ours, const Arguments& arguments, const std::string& target) {
  std::fprintf(stderr, "%s\n", title.c_str());
  const FirstToken first = first_token(upstream, peer, std::max(1, arguments.number("--streams") / 10));
  report.row(name + "_added_p50_us", title + ", added time to first token (p50)", percentile(first.added_us, 0.50),
             "us");
  report.figure(name + "_added_p99_us", percentile(first.added_us, 0.99));
  const Ladder ladder =
      climb(peer, numbers(arguments.text("--peer-steps")), std::chrono::milliseconds(arguments.number("--step-ms")));
  report.row(name + "_streams", title + ", streams with first token p99 < 20 ms", ladder.streams, "streams");
  report.figure(name + "_first_p99_ms", ladder.first_p99_ms);
  report.row(name + "_tokens_per_second", title + ", tokens a second", ladder.tokens_per_second, "/s");
  report.figure(name + "_tokens_per_core_second", ladder.tokens_per_core_second);
  report.figure(name + "_cpu_share", ladder.cpu_share);
  report.row(name + "_kb_per_stream", title + ", resident a stream", ladder.kb_per_stream, "KB");
  report.row("times_" + name, "custom LLM, tokens a second, times " + title,
             ours.tokens_per_second / ladder.tokens_per_second, "x", target);
  report.row("cpu_times_" + name, "custom LLM, tokens a core-second, times " + title,
             ours.tokens_per_core_second / ladder.tokens_per_core_second, "x");
}

}  // namespace

int main(int count, char** given) try {
  const Arguments arguments(count, given,
                            {{"--server", "./offhook"},
                             {"--upstream", "./scripted_upstream"},
                             {"--fastapi", ""},
                             {"--portkey", ""},
                             {"--streams", "400"},
                             {"--steps", "100,200,400,500,600,700,800,1000,1200"},
                             {"--peer-steps", "25,50,100,150,200,300"},
                             {"--step-ms", "3000"},
                             {"--growth-requests", "40000"},
                             {"--dir", std::filesystem::temp_directory_path()},
                             {"--json", ""},
                             {"--rows", ""}});
  const BenchFolder folder(arguments.text("--dir"));
  const std::chrono::milliseconds window(arguments.number("--step-ms"));
  const Gateway upstream(folder, "upstream", {std::filesystem::absolute(arguments.text("--upstream"))}, {}, kLoadCore);
  const std::string address = "http://127.0.0.1:" + std::to_string(upstream.server().port()) + "/v1";
  pin_this_process(kLoadCore);
  Report report("llm", arguments.text("--json"), arguments.text("--rows"));

  Ladder ours;
  {
    const Gateway offhook(
        folder, "offhook",
        {std::filesystem::absolute(arguments.text("--server")), "serve", "--port", "0", "--data", "data"},
        {"OFFHOOK_LOOPS=1", "OFFHOOK_LOG=error", "OPENAI_BASE_URL=" + address});
    const FirstToken first = first_token(upstream, offhook, arguments.number("--streams"));
    report.row("added_p50_us", "custom LLM, added time to first token (p50)", percentile(first.added_us, 0.50), "us",
               "<= 250 us");
    report.row("added_p99_us", "custom LLM, added time to first token (p99)", percentile(first.added_us, 0.99), "us");
    report.row("direct_p50_us", "upstream alone, time to first token (p50)", percentile(first.direct_us, 0.50), "us");
    report.figure("direct_p99_us", percentile(first.direct_us, 0.99));
    report.figure("through_p50_us", percentile(first.through_us, 0.50));
    report.figure("through_p99_us", percentile(first.through_us, 0.99));
    report.row("cpu_us_per_stream", "custom LLM, processor time a stream of 8 words", first.cpu_us, "us");

    std::fprintf(stderr, "Offhook\n");
    ours = climb(offhook, numbers(arguments.text("--steps")), window);
    report.row("streams", "custom LLM, streams of 100 tokens/s with first token p99 < 20 ms", ours.streams, "streams",
               ">= 600");
    report.row("first_p50_ms", "custom LLM, first token with that many (p50)", ours.first_p50_ms, "ms");
    report.row("first_p99_ms", "custom LLM, first token with that many (p99)", ours.first_p99_ms, "ms", "< 20 ms");
    report.row("kb_per_stream", "custom LLM, resident a stream", ours.kb_per_stream, "KB", "<= 40 KB");
    report.row("tokens_per_second", "custom LLM, tokens a second, saturated", ours.tokens_per_second, "/s");
    report.row("tokens_per_core_second", "custom LLM, tokens a core-second, then", ours.tokens_per_core_second, "/s");
    report.figure("cpu_share", ours.cpu_share);
    report.row("flood_per_core_second", "custom LLM, tokens a core-second, upstream without pauses",
               flood(offhook, window), "/s");
  }
  {
    // A server of its own: memory that many streams have left free would hide what grows.
    const Gateway fresh(
        folder, "offhook_fresh",
        {std::filesystem::absolute(arguments.text("--server")), "serve", "--port", "0", "--data", "data"},
        {"OFFHOOK_LOOPS=1", "OFFHOOK_LOG=error", "OPENAI_BASE_URL=" + address});
    const auto requests = static_cast<std::size_t>(arguments.number("--growth-requests"));
    const Growth growth = hammer(fresh, requests);
    report.row("requests_per_second", "custom LLM, short answers a second", growth.requests_per_second, "/s");
    report.row("requests_per_core_second", "custom LLM, short answers a core-second", growth.requests_per_core_second,
               "/s");
    report.row("grown_mb", "custom LLM, memory grown in the last three quarters of " + std::to_string(requests),
               growth.grown_mb, "MB", "< 1 MB");
    report.figure("grown_bytes_per_request", growth.grown_mb * 1e6 / (static_cast<double>(requests) * 0.75));
  }
  // The upstream without anything before it: what the figures above hold of the load and the upstream themselves.
  if (ours.saturated_streams > 0) {
    std::fprintf(stderr, "the upstream alone\n");
    const Ladder direct = climb(upstream, {ours.saturated_streams}, window);
    report.figure("direct_first_p99_ms", direct.first_p99_ms);
    report.figure("direct_tokens_per_second", direct.tokens_per_second);
  }
  if (const auto path = arguments.text("--fastapi"); !path.empty()) {
    const Gateway fastapi(folder, "fastapi", {"/usr/bin/python3", std::filesystem::absolute(path)},
                          {"UPSTREAM=" + address});
    report_peer(report, "fastapi", "FastAPI and httpx", upstream, fastapi, ours, arguments, ">= 10 x");
  }
  if (const auto path = arguments.text("--portkey"); !path.empty()) {
    const Gateway portkey(
        folder, "portkey", {"/usr/bin/env", "node", std::filesystem::absolute(path)}, {}, kServerCore,
        "x-portkey-provider: openai\r\nAuthorization: Bearer none\r\nx-portkey-custom-host: " + address + "\r\n");
    report_peer(report, "portkey", "Portkey's gateway", upstream, portkey, ours, arguments, ">= 6 x");
  }
  report.finish();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "llm_bench: %s\n", error.what());
  return 1;
}
