#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace offhook::obs {

/// Everything that is counted, in one place. Thread-safe; counting takes no lock beyond prometheus-cpp's.
/// Names follow Prometheus' conventions: base units, _total for counters.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// offhook_http_requests_total{class="2xx"} and offhook_http_request_seconds.
  void count_request(int status, double seconds);
  /// offhook_webhooks_total{type,outcome}. `type` must be one of the known message types or "unknown".
  void count_webhook(std::string_view type, std::string_view outcome);
  /// offhook_tool_calls_total{tool,outcome}.
  void count_tool_call(std::string_view tool, std::string_view outcome);
  /// offhook_turns_total{agent} and offhook_first_token_seconds.
  void count_turn(std::string_view agent, double first_token_seconds);
  /// offhook_synthesis_first_audio_seconds.
  void count_speech(double first_audio_seconds);
  /// A gauge that is read whenever somebody asks for the text: `read` must be thread-safe and callable until then.
  void watch(const char* name, const char* help, std::function<double()> read);

  /// Prometheus' text exposition format, version 0.0.4.
  [[nodiscard]] std::string text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace offhook::obs
