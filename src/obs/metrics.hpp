#pragma once

#include <functional>
#include <memory>
#include <optional>
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
  /// offhook_tool_calls_total{tool,outcome} and offhook_tool_seconds{tool}. `outcome`: ok, refused, ungrounded.
  void count_tool_call(std::string_view tool, std::string_view outcome, std::optional<double> seconds = {});
  /// offhook_tokens_total{model,kind,estimated}, kind prompt or completion, and offhook_cost_usd_total{model}, unless
  /// the cost is not known. Of models beyond the first 64 names "other" is told: names come from other people's
  /// servers.
  void count_tokens(std::string_view model, int prompt, int completion, bool estimated, std::optional<double> cost_usd);
  /// Where the seconds of a turn went: offhook_turn_queue_seconds, offhook_turn_model_seconds,
  /// offhook_turn_tools_seconds, offhook_turn_overhead_seconds (the rest).
  void count_turn_time(double queue, double model, double tools, double overhead);
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
