#include "call/assistant_config.hpp"

#include "base/text.hpp"

namespace offhook::call {
namespace {

/// Our voice with the agent's language and voice in its URL: a voice-request names neither.
std::string voice_path(const agent::AgentDefinition& agent) {
  std::string path = "/vapi/tts";
  if (agent.voice_language != "en") path += "?language=" + agent.voice_language;
  if (!agent.voice_name.empty())
    path += (path.contains('?') ? "&voice=" : "?voice=") + replace_all(agent.voice_name, "+", "%2B");
  return path;
}

json::object server_at(const Doorways& doorways, std::string_view path) {
  json::object server{{"url", doorways.base_url + std::string(path)}, {"timeoutSeconds", 20}};
  if (!doorways.webhook_secret.empty()) server["secret"] = doorways.webhook_secret.reveal();
  return server;
}

}  // namespace

json::object assistant_config(const agent::AgentDefinition& agent, const tools::ToolRegistry& tools,
                              const Doorways& doorways, std::string_view caller_name) {
  json::array platform_tools;
  for (const auto& name : agent.platform_tools) {
    const auto tool = tools.find(name, agent.name);
    if (tool == nullptr) continue;
    platform_tools.push_back(json::object{
        {"type", "function"},
        {"function",
         json::object{{"name", tool->name}, {"description", tool->description}, {"parameters", tool->parameters}}},
        {"server", server_at(doorways, "/api/v1/voice/webhook")}});
  }
  platform_tools.push_back(json::object{{"type", "endCall"}});

  json::object model{{"provider", "custom-llm"},
                     {"url", doorways.base_url + "/api"},
                     {"model", agent.name},
                     {"metadataSendMode", "variable"}};
  model["messages"] = json::array{json::object{{"role", "system"}, {"content", agent.system_prompt}}};
  model["tools"] = std::move(platform_tools);

  json::object voice{
      {"provider", "custom-voice"}, {"cachingEnabled", false}, {"server", server_at(doorways, voice_path(agent))}};
  json::object assistant{{"name", agent.title}};
  assistant["firstMessage"] = agent::greeting(agent, caller_name);
  assistant["firstMessageMode"] = "assistant-speaks-first";
  assistant["model"] = std::move(model);
  assistant["voice"] = std::move(voice);
  assistant["server"] = server_at(doorways, "/api/v1/voice/webhook");
  assistant["serverMessages"] =
      json::array{"status-update", "transcript", "tool-calls", "end-of-call-report", "transfer-destination-request"};
  assistant["metadata"] = json::object{{"agent", agent.name}};
  return assistant;
}

}  // namespace offhook::call
