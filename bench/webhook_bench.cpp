// A burst of signed server messages, each answered only when it is durably stored: status updates and
// transcripts of about 2.75 KB, all different, twenty to a call. Beside it the bare sqlite3 loop writes
// payloads of the same size in groups of half the connections: the disk and the rows without the product.

#include <cstdio>
#include <filesystem>
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
constexpr std::size_t kMessageBytes = 2750;

/// Writes one message after another, signed as Vapi signs them: hex HMAC-SHA256 of the body.
class Messages {
 public:
  const std::string& next() {
    const int call = number_ / 20;
    const long timestamp = 1'763'650'000'000 + number_;
    std::string body = R"({"message":{"timestamp":)" + std::to_string(timestamp);
    if (number_ % 20 == 0) {
      body += R"(,"type":"status-update","status":"in-progress")";
    } else {
      body += R"(,"type":"transcript","transcriptType":"final","role":")";
      body += number_ % 2 == 0 ? "user" : "assistant";
      body +=
          R"(","transcript":"I would like to see a two bedroom apartment, number )" + std::to_string(number_) + "\"";
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
    request_ = "POST /vapi/webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\nx-vapi-signature: " + crypto::to_hex(key_.sign(body)) + "\r\n\r\n" +
               body;
    return request_;
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  static std::string padded(int call) {
    const std::string digits = std::to_string(call);
    return std::string(12 - digits.size(), '0') + digits;
  }

  crypto::HmacKey key_{crypto::HashAlgorithm::sha256, kSecret};
  int number_ = 0;
  std::size_t bytes_ = kMessageBytes;
  std::string request_;
};

}  // namespace

int main(int count, char** given) try {
  const Arguments arguments(count, given,
                            {{"--server", "./offhook"},
                             {"--connections", "64"},
                             {"--rounds", "7"},
                             {"--round-ms", "1000"},
                             {"--dir", std::filesystem::temp_directory_path()},
                             {"--json", ""},
                             {"--rows", ""}});
  const BenchFolder folder(arguments.text("--dir"));
  const ServerProcess server(
      {.command = {std::filesystem::absolute(arguments.text("--server")), "serve", "--port", "0", "--data", "data"},
       .environment = {"OFFHOOK_LOOPS=1", "OFFHOOK_LOG=error", std::string("VAPI_WEBHOOK_SECRET=") + kSecret},
       .folder = folder.path()});
  BareStore bare(folder.path() / "bare.db");

  const int connections = arguments.number("--connections");
  const std::chrono::duration<double> lasts(arguments.number("--round-ms") / 1000.0);
  Messages messages;
  std::int64_t answered = 0;
  std::vector<double> per_second, per_core_second, p50, p99, ratios, cpu_ratios, bare_per_second;
  for (int i = -1; i < arguments.number("--rounds"); ++i) {
    pin_this_process(kLoadCore);
    const double cpu_before = server.cpu_seconds();
    const LoadResult result = run_load({.port = server.port(),
                                        .connections = connections,
                                        .lasts = lasts,
                                        .next_request = [&]() -> const std::string& { return messages.next(); }});
    const double cpu = server.cpu_seconds() - cpu_before;
    if (result.refused > 0) throw std::runtime_error("the server refused messages");
    const auto stored = static_cast<double>(result.latencies_ms.size());
    answered += static_cast<std::int64_t>(result.latencies_ms.size());
    pin_this_process(kServerCore);
    const Pace loop =
        bare.write(static_cast<int>(stored), std::max(1, connections / 2), false, std::string(messages.bytes(), 'x'));
    if (i < 0) continue;  // the first one warms up
    per_second.push_back(result.per_second());
    per_core_second.push_back(stored / cpu);
    p50.push_back(percentile(result.latencies_ms, 0.50));
    p99.push_back(percentile(result.latencies_ms, 0.99));
    ratios.push_back(result.per_second() / loop.per_second);
    cpu_ratios.push_back(loop.cpu_us / (cpu * 1e6 / stored));
    bare_per_second.push_back(loop.per_second);
  }
  if (const auto rows = stored_events(folder.path() / "data" / "offhook.db"); rows != answered) {
    throw std::runtime_error(std::to_string(answered) + " messages were answered, " + std::to_string(rows) +
                             " are stored");
  }

  Report report("webhook", arguments.text("--json"), arguments.text("--rows"));
  report.row("per_second", "webhook, stored durably, messages a second", median(per_second), "/s");
  report.row("per_core_second", "webhook, messages a core-second", median(per_core_second), "/s");
  report.row("ratio", "webhook, messages a second, of the bare sqlite3 loop", median(ratios), "%");
  report.row("cpu_ratio", "webhook, messages a core-second, of the bare loop", median(cpu_ratios), "%");
  report.row("p50_ms", "webhook, latency (p50)", median(p50), "ms");
  report.row("p99_ms", "webhook, latency (p99)", median(p99), "ms");
  report.figure("bare_writes_per_s", median(bare_per_second));
  report.figure("message_bytes", static_cast<double>(messages.bytes()));
  report.figure("messages_answered_and_stored", static_cast<double>(answered));
  report.finish();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "webhook_bench: %s\n", error.what());
  return 1;
}
