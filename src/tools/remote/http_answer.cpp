#include "tools/remote/http_answer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/header_values.hpp"
#include "tools/remote/spoken_line.hpp"
#include "tools/remote_calls.hpp"
#include "tools/results.hpp"

namespace offhook::tools::remote {
namespace {

constexpr std::size_t kMaxModelBytes = 8 * 1024;
constexpr std::size_t kMaxSpokenValueBytes = 200;

/// The answer as JSON; plain text is a JSON string. nullopt: neither.
std::optional<json::value> read_body(const HttpOutcome& outcome) {
  if (!outcome.is_body_whole) return std::nullopt;
  const std::string type = net::media_type(outcome.content_type);
  if (type == "application/json" || type.ends_with("+json")) {
    auto parsed = parse_json(outcome.body);
    if (!parsed) return std::nullopt;
    return std::move(*parsed);
  }
  if (type == "text/plain" && is_valid_utf8(outcome.body)) return json::value(outcome.body);
  if (trim(outcome.body).empty()) return json::value(json::object());
  return std::nullopt;
}

const std::string* sentence_for(const AnswerPlan& plan, int status) {
  const auto look = [&](const std::string& key) -> const std::string* {
    const auto found = plan.errors.find(key);
    return found == plan.errors.end() ? nullptr : &found->second;
  };
  if (status > 0) {
    if (const auto* exact = look(std::to_string(status))) return exact;
    if (const auto* kind = look(fmt::format("{}xx", status / 100))) return kind;
  }
  return look("default");
}

ToolResult refuse(const HttpPlan& plan, std::string_view error, const HttpOutcome& outcome) {
  const auto* sentence = sentence_for(plan.answer, outcome.status);
  const char* plain =
      plan.effect == Effect::reads ? "I'm sorry, I couldn't look that up just now." : "I'm sorry, that didn't work.";
  json::object details;
  if (outcome.status > 0) details["status"] = outcome.status;
  return refusal(error, sentence != nullptr ? *sentence : plain, std::move(details));
}

RemoteAnswer done(const HttpPlan& plan, const HttpOutcome& outcome) {
  const auto body = read_body(outcome);
  const bool reads = plan.effect == Effect::reads;
  if (!body && reads) {
    auto result = refuse(plan, "bad_gateway", outcome);
    result.log =
        fmt::format("an answer that cannot be read: status {}, {} bytes of '{}'{}", outcome.status, outcome.body.size(),
                    one_line(truncate_utf8(outcome.content_type, 100)), outcome.is_body_whole ? "" : ", not whole");
    return {.result = std::move(result)};
  }
  auto said = body && !plan.answer.say.empty() ? fill_answer(plan.answer.say, *body) : std::nullopt;
  if (!said && !plan.answer.otherwise.empty()) said = plan.answer.otherwise;
  if (!said && body && plan.answer.say.empty() && body->is_string()) said = spoken_line(body->get_string());
  if (!said || said->empty()) said = reads ? "I found it." : "That's done.";
  json::object data{{"status", outcome.status}};
  if (body) data["response"] = answer_for_model(*body, plan.answer.data);
  return {.result = success(std::move(*said), std::move(data))};
}

}  // namespace

bool is_ambiguous_status(int status) {
  return status == 0 || status == 408 || status == 500 || status == 502 || status == 504;
}

bool is_worth_retrying(const HttpOutcome& outcome) {
  return is_ambiguous_status(outcome.status) || outcome.status == 425 || outcome.status == 429 || outcome.status == 503;
}

RemoteAnswer read_http_outcome(const HttpPlan& plan, const HttpOutcome& outcome) {
  if (!outcome.was_sent) {
    auto result = refuse(plan, "unavailable", outcome);
    result.log = outcome.detail.empty() ? "the request could not be sent" : outcome.detail;
    return {.result = std::move(result), .fate = Fate::not_sent};
  }
  if (outcome.status >= 200 && outcome.status < 300) return done(plan, outcome);
  const bool is_write = plan.effect == Effect::writes;
  if (is_write && is_ambiguous_status(outcome.status) && !plan.answer.errors.contains(std::to_string(outcome.status))) {
    auto result = unknown_outcome(outcome.status > 0 ? fmt::format("the server answered {}", outcome.status)
                                                     : "the request was sent, no answer came");
    result.log = outcome.detail.empty() ? fmt::format("status {}", outcome.status) : outcome.detail;
    return {.result = std::move(result), .fate = Fate::unknown};
  }
  if (outcome.status == 0) {
    auto result = refuse(plan, "unavailable", outcome);
    result.log = outcome.detail;
    return {.result = std::move(result)};
  }
  auto result = refuse(plan, fmt::format("http_{}", outcome.status), outcome);
  if (const auto body = read_body(outcome); body && outcome.status >= 400) {
    result.data["response"] = answer_for_model(*body, {});
  }
  // What they did wrong is for our log; a 404 is an answer like any other.
  if (outcome.status >= 500 || outcome.status < 400) {
    result.log = outcome.detail.empty() ? fmt::format("status {}", outcome.status) : outcome.detail;
  }
  return {.result = std::move(result)};
}

std::optional<std::string> fill_answer(const TextTemplate& text, const json::value& answer) {
  std::string filled;
  for (const auto& part : text.parts()) {
    if (!part.is_place) {
      filled.append(part.text);
      continue;
    }
    const json::value* value = value_at(answer, part.text);
    const auto scalar = value == nullptr ? Result<std::string>(fail(ErrorKind::not_found)) : scalar_text(*value);
    if (!scalar) return std::nullopt;
    filled.append(spoken_line(*scalar, kMaxSpokenValueBytes));
  }
  return spoken_line(filled);
}

json::value answer_for_model(const json::value& answer, const std::vector<std::string>& wanted) {
  json::value chosen = answer;
  if (!wanted.empty()) {
    json::object picked;
    for (const auto& path : wanted) {
      if (const auto* value = value_at(answer, path)) picked[path] = *value;
    }
    chosen = std::move(picked);
  }
  std::string text = json::serialize(chosen);
  if (text.size() <= kMaxModelBytes) return chosen;
  return json::object{{"truncated", true}, {"text", std::string(truncate_utf8(text, kMaxModelBytes))}};
}

}  // namespace offhook::tools::remote
