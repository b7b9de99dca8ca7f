#include "brain/testing/conversation.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "async/loop.hpp"
#include "base/civil_time.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"
#include "brain/dates.hpp"

namespace offhook::brain::testing {
namespace {

struct AgentFacts {
  std::string_view agent;
  std::string_view time_zone;
  std::string_view tools;     // run inside the turn
  std::string_view platform;  // offered through the platform
};
constexpr auto kAgents = std::to_array<AgentFacts>({
    {"leasing", "America/Los_Angeles", "check_availability schedule_tour collect transfer_to_human end_call",
     "qualify_lead"},
    {"banking", "America/New_York",
     "list_cards card_status block_card unblock_card loan_options transfer_to_human end_call", ""},
    {"realty", "Asia/Kolkata", "qualify_lead schedule_callback send_dtmf transfer_to_human end_call", ""},
    {"support", "America/New_York",
     "get_customer_info book_appointment reschedule_appointment cancel_appointment schedule_callback "
     "transfer_to_human transfer_call end_call",
     ""},
});

// Argument names and types as in the design's table.
constexpr auto kSchemas = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"check_availability", "move_in_date:string bedrooms:integer max_rent:number pets:boolean property_id:string"},
    {"schedule_tour",
     "date:string time:string name:string phone:string email:string property_id:string unit_id:string"},
    {"qualify_lead",
     "name:string phone:string budget:number move_in_date:string bedrooms:integer pets:boolean employed:boolean "
     "location:string property_type:string timeline:string financing:string"},
    {"transfer_to_human", "reason:string"},
    {"list_cards", ""},
    {"card_status", "last_four:string"},
    {"block_card", "last_four:string reason:string date_of_birth:string"},
    {"unblock_card", "last_four:string kind:string"},
    {"loan_options", "kind:string"},
    {"get_customer_info", "customer_id:string"},
    {"book_appointment", "customer_id:string date:string time:string"},
    {"reschedule_appointment", "appointment_id:string date:string time:string"},
    {"cancel_appointment", "appointment_id:string"},
    {"schedule_callback", "phone:string at:string reason:string"},
    {"end_call", ""},
    {"transfer_call", "destination:string"},
    {"send_dtmf", "digits:string"},
    {"collect", "kind:string value:string spell:boolean"},
});

const AgentFacts& facts_of(std::string_view agent) {
  for (const auto& facts : kAgents) {
    if (facts.agent == agent) return facts;
  }
  static constexpr AgentFacts kUnknown{"", "UTC", "transfer_to_human end_call", ""};
  return kUnknown;
}

std::string text_of(const json::object& arguments, std::string_view name) {
  const auto* value = arguments.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::string answer(bool ok, std::string speakable, json::object data = {}) {
  data["ok"] = ok;
  data["speakable"] = speakable;
  return json::serialize(data);
}

std::string when(const json::object& arguments) {
  using namespace std::chrono_literals;
  const auto date = parse_date(text_of(arguments, "date"));
  const auto time = parse_time_of_day(text_of(arguments, "time"));
  if (!date || !time) throw std::logic_error("a tool was called without a date or a time");
  return spoken_date(*date, 2026y / 3 / 2) + " at " + spoken_time(*time);
}

bool is_sunday(const std::string& date) {
  const auto day = parse_date(date);
  return day && std::chrono::weekday(std::chrono::sys_days(*day)) == std::chrono::Sunday;
}

UtcTime now() { return *parse_rfc3339("2026-03-02T17:00:00Z"); }

}  // namespace

std::vector<std::string> Reply::tools() const {
  std::vector<std::string> names;
  for (const auto& call : calls) names.push_back(call.name);
  return names;
}

json::object Reply::arguments(std::string_view tool) const {
  for (const auto& call : calls) {
    if (call.name == tool) return call.arguments;
  }
  return {};
}

std::string ToolBox::run(std::string_view tool, const json::object& arguments) {
  const std::string slot = text_of(arguments, "date") + "T" + text_of(arguments, "time");
  if (tool == "check_availability") {
    const auto* bedrooms = arguments.if_contains("bedrooms");
    constexpr std::array<std::string_view, 4> kSizes{"studio ", "one-bedroom ", "two-bedroom ", "three-bedroom "};
    const std::string size(bedrooms != nullptr ? kSizes.at(static_cast<std::size_t>(bedrooms->as_int64())) : "");
    return answer(true, "I have two " + size + "apartments, at 2,450 and 2,895 dollars a month.",
                  {{"units", json::array{{{"id", "unit_1"}, {"rent", 2450}}, {{"id", "unit_2"}, {"rent", 2895}}}}});
  }
  if (tool == "schedule_tour") {
    if (is_sunday(text_of(arguments, "date"))) {
      return answer(
          false,
          "We're closed at that time. I could offer Saturday, March 7th at 3:30 pm or Monday, March 9th at 9 am.",
          {{"error", "outside_office_hours"}});
    }
    if (booked.contains(slot)) {
      return answer(false, "That time is already taken. I could offer 2:30 PM or 3:30 PM on the same day.",
                    {{"error", "slot_taken"}, {"alternatives", json::array{text_of(arguments, "date") + "T14:30"}}});
    }
    booked.insert(slot);
    return answer(true, "You're booked for " + when(arguments) + ", " + text_of(arguments, "name") + ".",
                  {{"tour_id", "tour_1"}, {"confirmation", "SUN123"}});
  }
  if (tool == "qualify_lead")
    return answer(true, "Thank you, I've noted all of that.", {{"lead_id", "lead_1"}, {"score", 80}});
  if (tool == "unblock_card") {
    return answer(false, "For your safety I can't unblock a card over the phone. A colleague can do it for you.",
                  {{"error", "not_allowed_by_voice"}});
  }
  if (tool == "transfer_call") return answer(true, "One moment, I'll transfer you.", {{"transfer", true}});
  if (tool == "send_dtmf") return answer(true, "One moment, please.", {{"dtmf", text_of(arguments, "digits")}});
  if (tool == "collect") {
    return answer(true, "I have " + text_of(arguments, "value") + ".", {{"kind", text_of(arguments, "kind")}});
  }
  if (tool == "transfer_to_human") return answer(true, "I'm passing you on to a colleague.");
  if (tool == "list_cards")
    return answer(true, "You have a credit card ending in 4242 and a debit card ending in 1881.");
  if (tool == "card_status") return answer(true, "Your card is active.");
  if (tool == "loan_options") return answer(true, "We offer loans from 5.9 percent.");
  if (tool == "block_card") {
    std::string digits = text_of(arguments, "last_four");
    if (needs_second_factor && text_of(arguments, "date_of_birth").empty()) {
      return answer(false, "To confirm it's you, what is your date of birth?",
                    {{"error", "second_factor_required"}, {"needs", "date_of_birth"}});
    }
    if (needs_second_factor && text_of(arguments, "date_of_birth") != "1985-04-12") {
      return answer(false, "I'm sorry, I couldn't verify you with that, so I can't do this for you.",
                    {{"error", "verification_failed"}});
    }
    if (digits.empty() && has_one_card) digits = "4242";
    if (digits.empty()) {
      return answer(
          false, "Which card would you like to block: the credit card ending in 4242 or the debit card ending in 1881?",
          {{"error", "last_four_required"},
           {"needs", "last_four"},
           {"cards",
            json::array{{{"last_four", "4242"}, {"kind", "credit"}}, {{"last_four", "1881"}, {"kind", "debit"}}}}});
    }
    if (!cards.contains(digits))
      return answer(false, "I don't see a card ending in " + digits + " on your account.", {{"error", "unknown_card"}});
    cards[digits] = "blocked";
    return answer(true, "Your card ending in " + digits + " is blocked now.");
  }
  if (tool == "get_customer_info") {
    if (text_of(arguments, "customer_id") != "123")
      return answer(false, "I couldn't find an account with that customer number.", {{"error", "unknown_customer"}});
    return answer(true, "I found Maria Lopez; the account is active.");
  }
  if (tool == "book_appointment" || tool == "reschedule_appointment") {
    if (booked.contains(slot))
      return answer(false, "That time is taken. 11 AM and noon are free.", {{"error", "slot_taken"}});
    booked.insert(slot);
    appointments.insert("AP-10013");
    return answer(true, "Your appointment is on " + when(arguments) + ". Your confirmation code is AP-10013.");
  }
  if (tool == "cancel_appointment") {
    if (appointments.erase(text_of(arguments, "appointment_id")) == 0) {
      return answer(false, "I couldn't find that appointment. Could you check the confirmation code?",
                    {{"error", "unknown_appointment"}});
    }
    return answer(true, "The appointment is cancelled.");
  }
  if (tool == "schedule_callback") return answer(true, "We'll call you then.");
  if (tool == "end_call") return answer(true, "Goodbye.");
  throw std::logic_error("no such tool in this test: " + std::string(tool));
}

std::vector<llm::ToolSpec> tools_of(std::string_view agent) {
  std::vector<llm::ToolSpec> out;
  const auto& facts = facts_of(agent);
  for (const auto list : {facts.tools, facts.platform}) {
    for (const auto name : split(list, ' ')) {
      if (name.empty()) continue;
      json::object properties;
      for (const auto& [tool, schema] : kSchemas) {
        if (tool != name) continue;
        for (const auto entry : split(schema, ' ')) {
          const auto colon = entry.find(':');
          if (colon != std::string_view::npos) properties[entry.substr(0, colon)] = {{"type", entry.substr(colon + 1)}};
        }
      }
      out.push_back({.name = std::string(name), .parameters = {{"type", "object"}, {"properties", properties}}});
    }
  }
  return out;
}

std::vector<llm::ChatEvent> collect(llm::ChatModel& model, llm::ChatRequest request) {
  VirtualClock clock(now());
  Loop loop(clock, 1);
  auto stream = loop.block_on(model.open_stream(std::move(request)));
  if (!stream) throw std::runtime_error("open_stream failed");
  std::vector<llm::ChatEvent> events;
  while (events.empty() || !std::holds_alternative<llm::Finished>(events.back())) {
    auto event = loop.block_on((*stream)->next({}));
    if (!event) throw std::runtime_error("the answer broke off");
    events.push_back(std::move(*event));
  }
  return events;
}

llm::ChatModel& shipped_brain() {
  static const auto brain = [] {
    static std::vector<std::pair<std::string, std::string>> files;
    std::vector<EmbeddedFile> views;
    for (const auto& facts : kAgents) {
      const auto path = std::filesystem::path(OFFHOOK_SOURCE_DIR) / "agents" / (std::string(facts.agent) + ".yaml");
      std::ostringstream content;
      content << std::ifstream(path).rdbuf();
      files.emplace_back(path.filename(), content.str());
    }
    for (const auto& [name, content] : files) views.push_back({name, content});
    auto made = make_brain(views);
    if (!made) throw std::runtime_error(std::string(made.error().message()));
    return std::move(*made);
  }();
  return *brain;
}

Conversation::Conversation(llm::ChatModel& model, Setup setup) : model_(model), setup_(std::move(setup)) {
  messages.push_back({.role = llm::Role::system, .content = "You are an assistant on the phone."});
  if (!setup_.greeting.empty()) messages.push_back({.role = llm::Role::assistant, .content = setup_.greeting});
}

llm::ChatRequest Conversation::request() const {
  llm::ChatRequest out{.agent = setup_.agent, .messages = messages};
  for (auto& tool : tools_of(setup_.agent)) {
    if (!setup_.without.contains(tool.name)) out.tools.push_back(std::move(tool));
  }
  out.now = now();
  out.time_zone = facts_of(setup_.agent).time_zone;
  out.caller_phone = setup_.caller_phone;
  return out;
}

std::vector<llm::ChatEvent> Conversation::ask() const { return collect(model_, request()); }

Reply Conversation::say(std::string_view line) {
  messages.push_back({.role = llm::Role::user, .content = std::string(line)});
  const auto platform = split(facts_of(setup_.agent).platform, ' ');
  Reply reply;
  std::size_t visible = messages.size();  // where this turn's lasting messages go
  for (int rounds = 0; rounds < 6; ++rounds) {
    llm::Message message{.role = llm::Role::assistant};
    for (auto& event : ask()) {
      if (auto* delta = std::get_if<llm::TextDelta>(&event)) message.content += delta->text;
      if (auto* ready = std::get_if<llm::ToolCallReady>(&event)) message.tool_calls.push_back(ready->call);
    }
    reply.text += message.content;
    const auto calls = message.tool_calls;
    messages.push_back(message);
    bool is_platform = false;
    for (const auto& call : calls) {
      auto arguments = parse_json_object(call.arguments);
      if (!arguments) throw std::runtime_error("arguments are no JSON object");
      reply.calls.push_back({call.name, *arguments, call.id});
      messages.push_back(
          {.role = llm::Role::tool, .content = tools.run(call.name, *arguments), .tool_call_id = call.id});
      for (const auto name : platform) is_platform = is_platform || name == call.name;
    }
    if (is_platform) visible = messages.size();
    if (!calls.empty()) continue;
    if (!setup_.keeps_inner_calls) {
      // Only what was spoken stays.
      messages.resize(visible);
      if (!reply.text.empty()) messages.push_back({.role = llm::Role::assistant, .content = reply.text});
    }
    return reply;
  }
  throw std::runtime_error("the brain calls tools without end");
}

}  // namespace offhook::brain::testing
