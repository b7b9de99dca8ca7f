#pragma once

#include <concepts>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/masking.hpp"
#include "base/trace.hpp"
#include "privacy/log_scrubber.hpp"

namespace offhook::obs {

enum class Level { debug, info, warning, error, off };

/// One key=value of a log line. Personal data has no way in but its masking type, and a Secret none.
struct Field {
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  Field(std::string_view k, bool v) : key(k), value(v ? "true" : "false"), is_literal(true) {}
  template <std::integral Integer>
  Field(std::string_view k, Integer v) : key(k), value(std::to_string(v)), is_literal(true) {}
  Field(std::string_view k, double v);
  Field(std::string_view k, MaskedPhone v) : key(k), value(mask_phone(v.number)) {}
  Field(std::string_view k, MaskedName v) : key(k), value(mask_name(v.name)) {}
  Field(std::string_view k, MaskedEmail v) : key(k), value(mask_email(v.address)) {}
  Field(std::string_view k, MaskedSpeech v) : key(k), value("(" + std::to_string(v.text.size()) + " bytes)") {}

  std::string_view key;
  std::string value;
  bool is_literal = false;  ///< a number or a truth value: no quotes in JSON
};

/// Where log lines go: key=value, or JSON objects, one a line, on standard error. Every text passes the scrubber, the
/// last line of defence behind the masking types. Thread-safe.
class Log {
 public:
  enum class Format { key_value, json };
  Log(const Clock& clock, Level level, Format format, privacy::LogScrubber scrubber = {});
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  [[nodiscard]] bool is_on(Level level) const { return level >= level_; }
  void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
    write(level, message, Trace{}, fields);
  }
  /// With the ids of the request and the call it is about first, those that are known.
  void write(Level level, std::string_view message, const Trace& trace, std::initializer_list<Field> fields);

  void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::debug, message, fields);
  }
  void debug(std::string_view message, const Trace& trace, std::initializer_list<Field> fields) {
    write(Level::debug, message, trace, fields);
  }
  void info(std::string_view message, std::initializer_list<Field> fields = {}) { write(Level::info, message, fields); }
  void info(std::string_view message, const Trace& trace, std::initializer_list<Field> fields) {
    write(Level::info, message, trace, fields);
  }
  void warning(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::warning, message, fields);
  }
  void warning(std::string_view message, const Trace& trace, std::initializer_list<Field> fields) {
    write(Level::warning, message, trace, fields);
  }
  void error(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::error, message, fields);
  }
  void error(std::string_view message, const Trace& trace, std::initializer_list<Field> fields) {
    write(Level::error, message, trace, fields);
  }

  /// The line as it would be written, without its line end.
  [[nodiscard]] std::string format(Level level, std::string_view message, const Trace& trace,
                                   std::initializer_list<Field> fields) const;

 private:
  struct Sink;
  const Clock& clock_;
  Level level_;
  Format format_;
  privacy::LogScrubber scrubber_;
  std::unique_ptr<Sink> sink_;
};

}  // namespace offhook::obs
