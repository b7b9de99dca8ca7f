#pragma once

#include <string>

#include "tools/remote/http_plan.hpp"

namespace offhook::tools::remote {

/// What came back from a server, or did not.
struct HttpOutcome {
  int status = 0;  ///< 0: no answer
  std::string content_type;
  std::string body;
  bool is_body_whole = true;  ///< false: cut off, or larger than the plan allows
  bool was_sent = true;       ///< false: certainly nothing left
  std::string detail;         ///< what went wrong, for the log; no URL, no header, no body
};

/// Does this status leave open whether the request had its effect? (No answer, 408, 500, 502, 504.)
[[nodiscard]] bool is_ambiguous_status(int status);

/// May the same request do better in a moment? (No answer, 408, 425, 429, 500, 502, 503, 504.)
[[nodiscard]] bool is_worth_retrying(const HttpOutcome& outcome);

/// What a call came to. Pure.
///
///     2xx                    done; an answer that cannot be read does not undo it
///     3xx, 4xx, 501, 503     answered: a refusal
///     408, 500, 502, 504,    a read: a refusal; a write: unknown, unless the tool is idempotent or the
///     or no answer           plan has a sentence for exactly this status
[[nodiscard]] RemoteAnswer read_http_outcome(const HttpPlan& plan, const HttpOutcome& outcome);

/// A template filled from a JSON answer, as one spoken line; nullopt when a place has no single value.
[[nodiscard]] std::optional<std::string> fill_answer(const TextTemplate& text, const json::value& answer);

/// The part of an answer that the model gets, at most some kilobytes: the paths of `wanted`, or all of it.
[[nodiscard]] json::value answer_for_model(const json::value& answer, const std::vector<std::string>& wanted);

}  // namespace offhook::tools::remote
