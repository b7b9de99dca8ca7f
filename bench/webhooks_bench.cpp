// A burst of signed server messages, each answered only when it is durably stored: status updates and
// transcripts of about 3 KB, all different, twenty to a call. Beside it, in turn with it, the leanest server that
// does the same (peers/bare_webhook.cpp) and the one that an ordinary team writes (peers/fastapi_webhook.py).

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/common/bare_store.hpp"
#include "bench/common/http_load.hpp"
#include "bench/common/report.hpp"
#include "bench/common/server_process.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace {

using namespace offhook::bench;
namespace crypto = offhook::crypto;

constexpr const char* kSecret = "bench-webhook-secret";
constexpr std::size_t kMessageBytes = 3000;

/// What is said in a call to an apartment house: most of it without numbers.
constexpr std::string_view kSaid[] = {"Thank you for calling Sunset Apartments. How can I help you today?",
                                      "Hi, I'm looking for a place with two bedrooms.",
                                      "Sure. When would you like to move in?",
                                      "Somewhere in the spring, I think. We are flexible.",
                                      "And what is your monthly budget?",
                                      "We would like to stay below 2500 if that is possible.",
                                      "There is one on the second floor that would suit you. Shall I book a tour?",
                                      "Yes, please. Could we come on Saturday afternoon?",
                                      "Saturday at two is free. May I have your name?",
                                      "It's Ann Lee, with a double e."};

/// Writes one message after another, signed as Vapi signs them: hex HMAC-SHA256 of the body.
class Messages {
 public:
  /// What a call is answered with, asked for a call that nobody has heard of.
  const std::string& next_question() {
    const int call = number_++;
    return sign(R"({"message":{"type":"assistant-request","timestamp":)" + std::to_string(1'763'650'000'000 + call) +
                R"(,"call":{"id":"6a1f2c3d-2222-4e5f-8a9b-)" + padded(call) +
                R"(","type":"inboundPhoneCall"},"customer":{"number":"+15551230000"},)"
                R"("phoneNumber":{"id":"a7c3","number":"+15557654321"}}})");
  }

  const std::string& next() {
    const int call = number_ / 20;
    const long timestamp = 1'763'650'000'000 + number_;
    std::string body = R"({"message":{"timestamp":)" + std::to_string(timestamp);
    if (number_ % 20 == 0) {
      body += R"(,"type":"status-update","status":"in-progress")";
    } else {
      body += R"(,"type":"transcript","transcriptType":"final","role":")";
      body += number_ % 2 == 0 ? "user" : "assistant";
      body += R"(","transcript":")" + std::string(kSaid[number_ % std::size(kSaid)]) + "\"";
    }
    body += R"(,"call":{"id":"6a1f2c3d-1111-4e5f-8a9b-)" + padded(call) +
            R"(","orgId":"0f6c1d0e-7c1b-4d0b-9a55-1c6c8e6f0001","createdAt":"2025-11-20T14:46:38.000Z",)"
            R"("updatedAt":"2025-11-20T14:46:40.000Z","type":"inboundPhoneCall","status":"in-progress"},)"
            R"("customer":{"number":"+15551230000"},"phoneNumber":{"id":"a7c3","number":"+15557654321"},)"
            R"("assistant":{"name":"Sunset Apartments","firstMessage":"Hello!","model":{"provider":"custom-llm",)"
            R"("model":"leasing","messages":[{"role":"system","content":")";
    constexpr std::string_view kEnd = R"("}]}}}})";
    constexpr std::string_view kSentence = "You answer calls about apartments, politely and in short sentences. ";
    while (body.size() + kEnd.size() + kSentence.size() < kMessageBytes) body += kSentence;
    body += kEnd;
    bytes_ = body.size();
    ++number_;
    return sign(body);
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  const std::string& sign(const std::string& body) {
    request_ = "POST /vapi/webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\nx-vapi-signature: " + crypto::to_hex(key_.sign(body)) + "\r\n\r\n" +
               body;
    return request_;
  }

  static std::string padded(int call) {
    const std::string digits = std::to_string(call);
    return std::string(12 - digits.size(), '0') + digits;
  }

  crypto::HmacKey key_{crypto::HashAlgorithm::sha256, kSecret};
  int number_ = 0;
  std::size_t bytes_ = kMessageBytes;
  std::string request_;
};

/// A server that takes the messages, and what was measured of it.
class Contender {
 public:
  Contender(const BenchFolder& folder, const std::string& name, std::vector<std::string> command)
      : folder_(folder.path() / name) {
    std::filesystem::create_directories(folder_ / "data");
    server_.emplace(ServerProcess::Launch{.command = std::move(command),
                                          .environment = {"PATH=/usr/bin:/bin", "OFFHOOK_LOOPS=1", "OFFHOOK_LOG=error",
                                                          std::string("VAPI_WEBHOOK_SECRET=") + kSecret},
                                          .folder = folder_});
  }

  void run_round(int connections, std::chrono::duration<double> lasts, bool counts) {
    const double cpu_before = server_->cpu_seconds();
    const LoadResult result = run_load({.port = server_->port(),
                                        .connections = connections,
                                        .lasts = lasts,
                                        .next_request = [&]() -> const std::string& { return messages_.next(); }});
    const double cpu = server_->cpu_seconds() - cpu_before;
    if (result.refused > 0) throw std::runtime_error(folder_.filename().string() + " refused messages");
    answered += static_cast<std::int64_t>(result.latencies_ms.size());
    if (!counts) return;
    per_second.push_back(result.per_second());
    per_core_second.push_back(static_cast<double>(result.latencies_ms.size()) / cpu);
    p50.push_back(percentile(result.latencies_ms, 0.50));
    p99.push_back(percentile(result.latencies_ms, 0.99));
  }

  /// How long callers wait for their assistant (p99) while so many ask at a time, without a pause.
  double question_p99(int connections, std::chrono::duration<double> lasts) {
    const LoadResult result =
        run_load({.port = server_->port(),
                  .connections = connections,
                  .lasts = lasts,
                  .next_request = [&]() -> const std::string& { return messages_.next_question(); }});
    if (result.refused > 0) throw std::runtime_error(folder_.filename().string() + " refused questions");
    answered += static_cast<std::int64_t>(result.latencies_ms.size());
    return percentile(result.latencies_ms, 0.99);
  }

  std::vector<double> per_second, per_core_second, p50, p99;
  std::int64_t answered = 0;

 private:
  std::filesystem::path folder_;
  Messages messages_;
  std::optional<ServerProcess> server_;
};

/// The median of the rounds' ratios.
double ratio(const std::vector<double>& ours, const std::vector<double>& theirs) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / theirs[i]);
  return median(std::move(ratios));
}

}  // namespace

int main(int count, char** given) try {
  const Arguments arguments(count, given,
                            {{"--server", "./offhook"},
                             {"--bare", ""},
                             {"--fastapi", ""},
                             {"--connections", "64"},
                             {"--rounds", "7"},
                             {"--round-ms", "1000"},
                             {"--dir", std::filesystem::temp_directory_path()},
                             {"--json", ""},
                             {"--rows", ""}});
  const BenchFolder folder(arguments.text("--dir"));
  Contender ours(folder, "offhook",
                 {std::filesystem::absolute(arguments.text("--server")), "serve", "--port", "0", "--data", "data"});
  std::optional<Contender> bare, fastapi;
  if (const auto path = arguments.text("--bare"); !path.empty())
    bare.emplace(folder, "bare_webhook", std::vector<std::string>{std::filesystem::absolute(path)});
  if (const auto path = arguments.text("--fastapi"); !path.empty())
    fastapi.emplace(folder, "fastapi", std::vector<std::string>{"/usr/bin/python3", std::filesystem::absolute(path)});

  const int connections = arguments.number("--connections");
  const std::chrono::duration<double> lasts(arguments.number("--round-ms") / 1000.0);
  pin_this_process(kLoadCore);
  for (int i = -1; i < arguments.number("--rounds"); ++i) {
    const bool counts = i >= 0;  // the first one warms up
    ours.run_round(connections, lasts, counts);
    if (bare) bare->run_round(connections, lasts, counts);
    if (fastapi) fastapi->run_round(connections, lasts, counts);
  }
  constexpr int kCallsAtOnce = 64;
  const double question_p99 = ours.question_p99(kCallsAtOnce, lasts);
  if (const auto rows = stored_events(folder.path() / "offhook" / "data" / "offhook.db"); rows != ours.answered) {
    throw std::runtime_error(std::to_string(ours.answered) + " messages were answered, " + std::to_string(rows) +
                             " are stored");
  }

  Report report("webhooks", arguments.text("--json"), arguments.text("--rows"));
  report.row("per_second", "webhook, stored durably, messages a second", median(ours.per_second), "/s");
  report.row("per_core_second", "webhook, messages a core-second", median(ours.per_core_second), "/s");
  report.row("p50_ms", "webhook, latency (p50)", median(ours.p50), "ms");
  report.row("p99_ms", "webhook, latency (p99)", median(ours.p99), "ms", "< 12 ms");
  report.row("question_p99_ms", "assistant-request, latency with 64 calls at a time (p99)", question_p99, "ms",
             "< 20 ms");
  if (bare) {
    report.row("ratio_to_bare", "webhook, of the bare group-commit server", ratio(ours.per_second, bare->per_second),
               "%", ">= 60 %");
    report.row("cpu_ratio_to_bare", "webhook, of the bare server, per core-second",
               ratio(ours.per_core_second, bare->per_core_second), "%");
    report.figure("bare_per_second", median(bare->per_second));
    report.row("bare_p99_ms", "the bare server, latency (p99)", median(bare->p99), "ms");
  }
  if (fastapi) {
    report.row("times_fastapi", "webhook, times FastAPI and SQLAlchemy", ratio(ours.per_second, fastapi->per_second),
               "x", ">= 20 x");
    report.figure("fastapi_per_second", median(fastapi->per_second));
    report.row("fastapi_p99_ms", "FastAPI, latency (p99)", median(fastapi->p99), "ms");
  }
  report.figure("message_bytes", static_cast<double>(kMessageBytes));
  report.figure("messages_answered_and_stored", static_cast<double>(ours.answered));
  report.finish();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "webhooks_bench: %s\n", error.what());
  return 1;
}
