#include "obs/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <functional>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace offhook::obs {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;

Family<Counter>& counters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

const Histogram::BucketBoundaries& time_buckets() {
  static const Histogram::BucketBoundaries buckets = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                      0.05,   0.1,     0.25,   0.5,   1.0,    2.5,   5.0,  10.0};
  return buckets;
}

Histogram& seconds(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, time_buckets());
}

constexpr std::size_t kMostModels = 64;

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  Family<Counter>& requests = counters(registry, "offhook_http_requests_total", "Requests answered, by status class");
  // Looked up once: the hot path must not search by label.
  std::array<Counter*, 6> requests_by_class{};
  Histogram& request_seconds =
      seconds(registry, "offhook_http_request_seconds", "From the head of a request to its answer");
  Family<Counter>& webhooks = counters(registry, "offhook_webhooks_total", "Server messages, by type and outcome");
  Family<Counter>& tool_calls = counters(registry, "offhook_tool_calls_total", "Tool calls, by tool and outcome");
  Family<Histogram>& tool_seconds =
      prometheus::BuildHistogram().Name("offhook_tool_seconds").Help("Time of tool calls, by tool").Register(registry);
  Family<Counter>& tokens = counters(registry, "offhook_tokens_total", "Tokens, by model, kind and who counted");
  Family<Counter>& cost = counters(registry, "offhook_cost_usd_total", "Dollars for tokens, by model");
  Histogram& queue_seconds = seconds(registry, "offhook_turn_queue_seconds", "A request's wait before its turn began");
  Histogram& model_seconds = seconds(registry, "offhook_turn_model_seconds", "Of a turn, waiting for models");
  Histogram& tools_seconds = seconds(registry, "offhook_turn_tools_seconds", "Of a turn, running tools");
  Histogram& overhead_seconds = seconds(registry, "offhook_turn_overhead_seconds", "Of a turn, everything else");
  std::mutex models_mutex;
  std::set<std::string, std::less<>> models;  // names that have counters
  Family<Counter>& turns = counters(registry, "offhook_turns_total", "Turns answered, by agent");
  Histogram& first_token = seconds(registry, "offhook_first_token_seconds", "From a turn's request to its first words");
  Histogram& first_audio = seconds(registry, "offhook_synthesis_first_audio_seconds", "From a text to its first audio");
  std::mutex mutex;
  std::vector<std::pair<prometheus::Gauge*, std::function<double()>>> watched;
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {
  static constexpr const char* kClasses[] = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};
  for (std::size_t i = 0; i < families_->requests_by_class.size(); ++i) {
    families_->requests_by_class[i] = &families_->requests.Add({{"class", kClasses[i]}});
  }
}

Metrics::~Metrics() = default;

void Metrics::count_request(int status, double took_seconds) {
  const int status_class = status / 100;
  families_->requests_by_class[status_class >= 1 && status_class <= 5 ? static_cast<std::size_t>(status_class) : 0]
      ->Increment();
  families_->request_seconds.Observe(took_seconds);
}

void Metrics::count_webhook(std::string_view type, std::string_view outcome) {
  families_->webhooks.Add({{"type", std::string(type)}, {"outcome", std::string(outcome)}}).Increment();
}

void Metrics::count_tokens(std::string_view model, int prompt, int completion, bool estimated,
                           std::optional<double> cost_usd) {
  std::string name(model);
  {
    const std::scoped_lock lock(families_->models_mutex);
    if (!families_->models.contains(name)) {
      if (families_->models.size() < kMostModels) {
        families_->models.insert(name);
      } else {
        name = "other";
      }
    }
  }
  const std::string who = estimated ? "true" : "false";
  families_->tokens.Add({{"model", name}, {"kind", "prompt"}, {"estimated", who}}).Increment(prompt);
  families_->tokens.Add({{"model", name}, {"kind", "completion"}, {"estimated", who}}).Increment(completion);
  if (cost_usd) families_->cost.Add({{"model", name}}).Increment(*cost_usd);
}

void Metrics::count_turn_time(double queue, double model, double tools, double overhead) {
  families_->queue_seconds.Observe(queue);
  families_->model_seconds.Observe(model);
  families_->tools_seconds.Observe(tools);
  families_->overhead_seconds.Observe(overhead);
}

void Metrics::count_tool_call(std::string_view tool, std::string_view outcome, std::optional<double> seconds) {
  if (seconds) families_->tool_seconds.Add({{"tool", std::string(tool)}}, time_buckets()).Observe(*seconds);
  families_->tool_calls.Add({{"tool", std::string(tool)}, {"outcome", std::string(outcome)}}).Increment();
}

void Metrics::count_turn(std::string_view agent, double first_token_seconds) {
  families_->turns.Add({{"agent", std::string(agent)}}).Increment();
  families_->first_token.Observe(first_token_seconds);
}

void Metrics::count_speech(double first_audio_seconds) { families_->first_audio.Observe(first_audio_seconds); }

void Metrics::watch(const char* name, const char* help, std::function<double()> read) {
  auto& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(families_->registry).Add({});
  const std::scoped_lock lock(families_->mutex);
  families_->watched.emplace_back(&gauge, std::move(read));
}

std::string Metrics::text() const {
  {
    const std::scoped_lock lock(families_->mutex);
    for (const auto& [gauge, read] : families_->watched) gauge->Set(read());
  }
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace offhook::obs
