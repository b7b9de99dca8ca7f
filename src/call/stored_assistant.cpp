#include "call/stored_assistant.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::call {
namespace {

/// Vapi's limit on names.
constexpr std::size_t kMaxNameBytes = 40;

std::string list_text(const std::vector<std::string>& texts) {
  json::array list;
  for (const auto& text : texts) list.emplace_back(text);
  return json::serialize(list);
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

json::object voice_of(const store::Assistant& assistant, json::object ours, const AssistantParts& parts) {
  const std::string& id = assistant.voice_id;
  if (id.empty()) return ours;
  if (!parts.speaks(id)) {
    const auto colon = id.find(':');
    if (colon == std::string::npos) return {{"provider", "11labs"}, {"voiceId", id}};
    return {{"provider", id.substr(0, colon)}, {"voiceId", id.substr(colon + 1)}};
  }
  // Ours, named in the URL: a voice-request names none.
  json::value voice(std::move(ours));
  auto& server = voice.get_object()["server"].get_object();
  std::string url = to_std_string(server["url"]);
  url = url.substr(0, url.find('?'));
  server["url"] = url + "?voice=" + replace_all(id, "+", "%2B");
  return std::move(voice.get_object());
}

}  // namespace

bool lets_apartments(const agent::AgentDefinition& agent) {
  return contains(agent.tools, "check_availability") || contains(agent.platform_tools, "check_availability");
}

std::vector<std::string> texts_in(std::string_view json_list) {
  std::vector<std::string> texts;
  const auto parsed = parse_json(json_list);
  if (!parsed || !parsed->is_array()) return texts;
  for (const auto& text : parsed->get_array()) texts.push_back(to_std_string(text));
  return texts;
}

std::string hours_sentence(const std::string& office_hours) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kDays{{{"mon", "Monday"},
                                                                                {"tue", "Tuesday"},
                                                                                {"wed", "Wednesday"},
                                                                                {"thu", "Thursday"},
                                                                                {"fri", "Friday"},
                                                                                {"sat", "Saturday"},
                                                                                {"sun", "Sunday"}}};
  const auto parsed = parse_json_object(office_hours);
  if (!parsed) return {};
  std::vector<std::string> parts;
  for (const auto& [key, name] : kDays) {
    const auto* span = parsed->if_contains(key);
    if (span == nullptr) continue;
    const bool is_open = span->is_array() && span->get_array().size() == 2;
    parts.push_back(is_open ? fmt::format("{} {} to {}", name, to_std_string(span->get_array()[0]),
                                          to_std_string(span->get_array()[1]))
                            : fmt::format("{} closed", name));
  }
  return join(parts, ", ");
}

void fill_defaults(store::Assistant& assistant, const agent::AgentDefinition& agent, const store::Property* property) {
  const std::string title = property != nullptr ? property->name : agent.title;
  if (assistant.name.empty()) assistant.name = std::string(truncate_utf8(title, kMaxNameBytes));
  if (assistant.first_message.empty()) {
    // The agent's own greeting and prompt, said of this property.
    assistant.first_message = replace_all(agent::greeting(agent, ""), agent.title, title);
  }
  if (assistant.system_prompt.empty()) {
    assistant.system_prompt = agent.system_prompt;
    if (property != nullptr && property->name != agent.title && lets_apartments(agent)) {
      std::string prompt = fmt::format(
          "You are the leasing assistant of {}. You speak on the phone: one or two short sentences, no lists, no "
          "markup. Help callers to find an apartment, book tours and note down what they are looking for.\n"
          "Use check_availability before you speak of apartments or rents; never invent a unit, a price or a date. "
          "Before schedule_tour, know the day, the time and the caller's name, and repeat them for confirmation. "
          "After a tour is booked, ask for budget, move-in date, pets and employment and call qualify_lead once. When "
          "a caller asks for a person, use transfer_to_human. When the conversation is over, say goodbye and use "
          "end_call.\n",
          property->address.empty() ? property->name : property->name + ", " + property->address);
      if (const std::string hours = hours_sentence(property->office_hours); !hours.empty())
        prompt.append("Office hours: ").append(hours).append(".\n");
      assistant.system_prompt = std::move(prompt);
    } else if (property != nullptr) {
      if (property->name != agent.title)
        assistant.system_prompt.append("\nYou answer for ").append(property->name).append(".\n");
      if (!property->address.empty() && !assistant.system_prompt.contains(property->address))
        assistant.system_prompt.append("\nAddress: ").append(property->address).append(".\n");
    }
  }
  if (assistant.functions.empty()) {
    std::vector<std::string> functions = agent.tools;
    for (const auto& name : agent.platform_tools) {
      if (!contains(functions, name)) functions.push_back(name);
    }
    assistant.functions = list_text(functions);
  }
}

Result<json::object> configuration_of(const store::Assistant& assistant, const AssistantParts& parts) {
  const auto* found = parts.agents.find(assistant.agent);
  if (found == nullptr) {
    return fail(ErrorKind::not_found,
                fmt::format("The assistant '{}' has the rules of the agent '{}', which is not on this server.",
                            assistant.id, assistant.agent));
  }
  // The agent runs its own tools inside the turn; the platform is offered the others.
  agent::AgentDefinition agent = *found;
  agent.platform_tools.clear();
  for (const auto& name : texts_in(assistant.functions)) {
    if (!contains(agent.tools, name)) agent.platform_tools.push_back(name);
  }
  agent.system_prompt = assistant.system_prompt;
  json::object configuration = assistant_config(agent, parts.tools, parts.doorways, "");
  configuration["name"] = assistant.name;
  configuration["firstMessage"] = assistant.first_message;
  if (!assistant.model.empty()) configuration["model"].get_object()["model"] = assistant.model;
  configuration["voice"] = voice_of(assistant, std::move(configuration["voice"].get_object()), parts);
  json::object metadata{{"agent", agent.name}, {"assistant_id", assistant.id}};
  if (!assistant.property_id.empty()) metadata["property_id"] = assistant.property_id;
  configuration["metadata"] = std::move(metadata);
  return configuration;
}

std::vector<std::string> warnings_for(const store::Assistant& assistant, const AssistantParts& parts) {
  std::vector<std::string> warnings;
  if (parts.agents.find(assistant.agent) == nullptr) {
    warnings.push_back(fmt::format(
        "agent '{}' is not on this server: another one answers until a model of this server is set", assistant.agent));
  }
  if (!assistant.voice_id.empty() && !parts.speaks(assistant.voice_id)) {
    warnings.push_back(fmt::format(
        "voice_id '{}' is no voice of this server: the platform is given it as it is, and calls on this machine are "
        "spoken by the default voice",
        assistant.voice_id));
  }
  if (!assistant.model.empty() && parts.agents.find(assistant.model) == nullptr) {
    warnings.push_back(fmt::format(
        "model '{}' is no agent of this server: it is kept and passed on as it is, and the agent '{}' answers",
        assistant.model, assistant.agent));
  }
  return warnings;
}

}  // namespace offhook::call
