#pragma once

#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/secret.hpp"
#include "json/json.hpp"
#include "llm/chat_model.hpp"
#include "net/http_client.hpp"
#include "vendors/vapi/call_facts.hpp"

namespace offhook::exchange {

/// What a custom LLM answered.
struct LlmReply {
  std::string text;  ///< flush marks removed
  std::vector<llm::ToolCall> tool_calls;
  llm::FinishReason reason = llm::FinishReason::stop;
  std::optional<Duration> first_token;  ///< from the request to the first words
};

/// Where a custom LLM with this `model.url` is asked: the doubling of "/chat/completions" is avoided.
[[nodiscard]] std::string completions_url(std::string url);

/// Asks an assistant's custom LLM as Vapi does: the whole conversation, streamed, with the call beside it
/// (metadataSendMode "variable"). Errors carry in `code` the ended reason that Vapi gives for them.
/// Source: Vapi, custom LLM, whose documents show URLs with and without "/chat/completions".
Task<LlmReply> ask_custom_llm(net::HttpClient& client, const json::object& assistant, const vapi::CallFacts& facts,
                              json::array messages, const Secret& api_key, Deadline deadline);

}  // namespace offhook::exchange
