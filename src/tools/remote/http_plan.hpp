#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "json/json.hpp"
#include "tools/remote/text_template.hpp"
#include "tools/tool.hpp"

namespace offhook::tools::remote {

/// What is said of an answer and what of it the model gets.
struct AnswerPlan {
  TextTemplate say;                           ///< empty: a plain sentence
  std::string otherwise;                      ///< said when the answer lacks what `say` names; may be empty
  std::vector<std::string> data;              ///< paths that the model gets; empty: the whole answer
  std::map<std::string, std::string> errors;  ///< by "404", "4xx", "5xx" or "default": what is said
};

/// A header whose value may hold secrets; they are put in when the file is read.
struct HeaderPlan {
  std::string name;
  Secret text;  ///< a request-side template, secrets already in it, braces of theirs doubled
};

/// An HTTP tool as an agent file describes it (docs/user_tools.md). Checked when it was read.
struct HttpPlan {
  std::string name;
  std::string description;
  json::object parameters;
  Effect effect = Effect::writes;
  bool is_idempotent = false;
  std::string agent;

  std::string method = "POST";
  std::string origin;  ///< "https://api.example.com": scheme, host and port, without places
  TextTemplate path;   ///< from the first slash, perhaps with a query
  std::vector<std::pair<std::string, TextTemplate>> query;
  std::vector<HeaderPlan> headers;
  json::value body;  ///< null: none; strings in it are request-side templates
  Duration timeout = kToolTimeLimit;
  int retries = 0;  ///< only when nothing was sent, or it is safe to send again
  std::size_t max_response_bytes = 256 * 1024;
  bool follows_same_host = false;
  AnswerPlan answer;
};

}  // namespace offhook::tools::remote
