#include "obs/log.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/time_text.hpp"
#include "json/json.hpp"

namespace offhook::obs {
namespace {

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
    case Level::off: break;
  }
  return "off";
}

void append_quoted_if_needed(std::string& line, std::string_view value) {
  if (!value.empty() && value.find_first_of(" \"=\n\r\t\\") == std::string_view::npos) {
    line.append(value);
  } else {
    line.append(json::serialize(json::string_view(value.data(), value.size())));
  }
}

void append_trace(const Trace& trace, const auto& append) {
  if (!trace.request_id.empty()) append(Field("request_id", trace.request_id));
  if (!trace.call_id.empty()) append(Field("call_id", trace.call_id));
}

}  // namespace

Field::Field(std::string_view k, double v) : key(k), value(fmt::format("{:.3f}", v)), is_literal(true) {}

struct Log::Sink {
  spdlog::logger logger{"offhook", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

Log::Log(const Clock& clock, Level level, Format format, privacy::LogScrubber scrubber)
    : clock_(clock), level_(level), format_(format), scrubber_(std::move(scrubber)), sink_(std::make_unique<Sink>()) {
  sink_->logger.set_pattern("%v");
  sink_->logger.set_level(spdlog::level::trace);
}

Log::~Log() = default;

std::string Log::format(Level level, std::string_view message, const Trace& trace,
                        std::initializer_list<Field> fields) const {
  const std::string time = to_rfc3339(clock_.utc_now());
  const std::string scrubbed = scrubber_.scrub(message);
  message = scrubbed;
  std::string line;
  line.reserve(160);
  if (format_ == Format::json) {
    const auto text = [](std::string_view value) {
      return json::serialize(json::string_view(value.data(), value.size()));
    };
    fmt::format_to(std::back_inserter(line), R"({{"time":"{}","level":"{}","message":{})", time, name_of(level),
                   text(message));
    const auto append = [&](const Field& field) {
      fmt::format_to(std::back_inserter(line), ",{}:{}", text(field.key),
                     field.is_literal ? field.value : text(scrubber_.scrub(field.value)));
    };
    append_trace(trace, append);
    std::for_each(fields.begin(), fields.end(), append);
    line.push_back('}');
    return line;
  }
  fmt::format_to(std::back_inserter(line), "time={} level={} message=", time, name_of(level));
  append_quoted_if_needed(line, message);
  const auto append = [&](const Field& field) {
    line.append(" ").append(field.key).append("=");
    append_quoted_if_needed(line, field.is_literal ? field.value : scrubber_.scrub(field.value));
  };
  append_trace(trace, append);
  std::for_each(fields.begin(), fields.end(), append);
  return line;
}

void Log::write(Level level, std::string_view message, const Trace& trace, std::initializer_list<Field> fields) {
  if (!is_on(level) || level == Level::off) return;
  const std::string line = format(level, message, trace, fields);
  sink_->logger.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace offhook::obs
