// What Offhook adds to the time to the first token of a streamed chat completion: the same request goes to
// the scripted upstream directly and through Offhook in front of it, one stream at a time, alternating.
// The first token is the first delta whose content is not empty.

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/common/http_load.hpp"
#include "bench/common/report.hpp"
#include "bench/common/server_process.hpp"

namespace {

using namespace offhook::bench;
using Clock = std::chrono::steady_clock;

bool has_words(const std::string& stream) {
  constexpr std::string_view kField = R"("content":")";
  for (std::size_t at = stream.find(kField); at != std::string::npos; at = stream.find(kField, at + 1)) {
    const std::size_t first = at + kField.size();
    if (first < stream.size() && stream[first] != '"') return true;
  }
  return false;
}

/// A client with one keep-alive connection.
class Caller {
 public:
  explicit Caller(const ServerProcess& server) : socket_(connect_local(server.port())) {}
  ~Caller() { ::close(socket_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  /// Streams one answer and returns the microseconds to its first words.
  double ask() const {
    static const std::string body =
        R"({"model":"leasing","stream":true,"messages":[{"role":"system","content":"You answer calls about )"
        R"(apartments."},{"role":"user","content":"Do you have two bedrooms for next month?"}]})";
    static const std::string request =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body;
    const auto start = Clock::now();
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
      throw std::runtime_error("the server closed the connection");
    }
    double first_us = 0;
    std::string stream;
    while (!stream.ends_with("\r\n0\r\n\r\n")) {
      std::array<char, 16 * 1024> bytes;
      const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
      if (count <= 0) throw std::runtime_error("the stream was cut off");
      stream.append(bytes.data(), static_cast<std::size_t>(count));
      if (first_us == 0 && has_words(stream)) {
        first_us = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
      }
    }
    if (first_us == 0 || stream.find("[DONE]") == std::string::npos) {
      throw std::runtime_error("not the expected stream: " + stream);
    }
    // The built-in model would answer if the upstream were not asked; its words differ.
    if (stream.find("apartments ") == std::string::npos) throw std::runtime_error("not the upstream's words");
    return first_us;
  }

 private:
  int socket_;
};

}  // namespace

int main(int count, char** given) try {
  const Arguments arguments(count, given,
                            {{"--server", "./offhook"},
                             {"--upstream", "./scripted_upstream"},
                             {"--streams", "400"},
                             {"--dir", std::filesystem::temp_directory_path()},
                             {"--json", ""},
                             {"--rows", ""}});
  const BenchFolder folder(arguments.text("--dir"));
  const ServerProcess upstream({.command = {std::filesystem::absolute(arguments.text("--upstream"))},
                                .environment = {},
                                .folder = folder.path(),
                                .core = kLoadCore});
  const ServerProcess server(
      {.command = {std::filesystem::absolute(arguments.text("--server")), "serve", "--port", "0", "--data", "data"},
       .environment = {"OFFHOOK_LOOPS=1", "OFFHOOK_LOG=error",
                       "OPENAI_BASE_URL=http://127.0.0.1:" + std::to_string(upstream.port()) + "/v1"},
       .folder = folder.path()});
  pin_this_process(kLoadCore);

  const Caller directly(upstream);
  const Caller through(server);
  for (int i = 0; i < 20; ++i) (void)directly.ask(), (void)through.ask();  // connections, caches
  std::vector<double> direct_us, through_us, added_us;
  const double cpu_before = server.cpu_seconds();
  const int streams = arguments.number("--streams");
  for (int i = 0; i < streams; ++i) {
    direct_us.push_back(directly.ask());
    through_us.push_back(through.ask());
    added_us.push_back(through_us.back() - direct_us.back());
  }
  const double cpu_us = (server.cpu_seconds() - cpu_before) * 1e6 / streams;
  for (auto* values : {&direct_us, &through_us, &added_us}) std::ranges::sort(*values);

  Report report("first_token", arguments.text("--json"), arguments.text("--rows"));
  report.row("added_p50_us", "custom LLM, added time to first token (p50)", percentile(added_us, 0.50), "us");
  report.row("added_p99_us", "custom LLM, added time to first token (p99)", percentile(added_us, 0.99), "us");
  report.row("direct_p50_us", "upstream alone, time to first token (p50)", percentile(direct_us, 0.50), "us");
  report.figure("direct_p99_us", percentile(direct_us, 0.99));
  report.figure("through_p50_us", percentile(through_us, 0.50));
  report.figure("through_p99_us", percentile(through_us, 0.99));
  report.row("cpu_us_per_stream", "custom LLM, processor time a stream of 8 words", cpu_us, "us");
  report.finish();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "first_token_bench: %s\n", error.what());
  return 1;
}
