#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vendors/vapi/call_facts.hpp"
#include "vendors/vapi/server_message.hpp"

namespace offhook::vapi {

/// Server messages as the platform sends them, for whoever stands in for it. Each gives the whole body:
/// serialize it, sign those bytes, send exactly those. Every `at` is the message's timestamp.

[[nodiscard]] json::object assistant_request(const CallFacts& facts, UtcTime at);

/// The observed layout: the list twice (toolCalls, toolCallList) with arguments as objects, and once more
/// within the tools' own configuration. Arguments that are no JSON object stay text. `tools` holds the
/// assistant's tool configurations ({"type":"function","function":{…},"server":{…}}), matched by name.
[[nodiscard]] json::object tool_calls(const CallFacts& facts, UtcTime at, const std::vector<ToolCallRequest>& calls,
                                      const json::array& tools = {});

[[nodiscard]] json::object status_update(const CallFacts& facts, UtcTime at);

/// `role` is "user" or "assistant".
[[nodiscard]] json::object transcript(const CallFacts& facts, UtcTime at, std::string_view role, std::string_view text,
                                      bool is_final);

/// `status` is "started" or "stopped"; turns count from 0.
[[nodiscard]] json::object speech_update(const CallFacts& facts, UtcTime at, std::string_view role,
                                         std::string_view status, int turn);

[[nodiscard]] json::object conversation_update(const CallFacts& facts, UtcTime at,
                                               const std::vector<ConversationEntry>& conversation);

[[nodiscard]] json::object hang(const CallFacts& facts, UtcTime at);
[[nodiscard]] json::object user_interrupted(const CallFacts& facts, UtcTime at);

/// A request for speech: raw mono PCM, signed 16-bit little-endian, at `sample_rate` Hz.
[[nodiscard]] json::object voice_request(const CallFacts& facts, UtcTime at, std::string_view text, int sample_rate);

/// What is known when a call is over, besides its facts.
struct CallReport {
  std::vector<ConversationEntry> conversation;
  std::string summary;
  std::string recording_url;         ///< mono
  std::string stereo_recording_url;  ///< caller left, assistant right
  std::string success_evaluation;    ///< "true", "8", …; empty: not evaluated
};
/// `facts` must have started_at, ended_at and ended_reason.
[[nodiscard]] json::object end_of_call_report(const CallFacts& facts, UtcTime at, const CallReport& report);

/// The conversation in the platform's shape: roles system, user, bot, tool_calls, tool_call_result.
[[nodiscard]] json::array artifact_messages(const CallFacts& facts, const std::vector<ConversationEntry>& conversation);
/// The same in OpenAI's chat shape.
[[nodiscard]] json::array openai_messages(const std::vector<ConversationEntry>& conversation);
/// "AI: …\nUser: …\n": what was said, without system and tool entries.
[[nodiscard]] std::string transcript_text(const std::vector<ConversationEntry>& conversation);

}  // namespace offhook::vapi
