#include "app/demo_call.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/phone.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"
#include "store/tours.hpp"

namespace offhook::app {
namespace {

constexpr const char* kScenario = "leasing_books_a_tour";
constexpr const char* kTourWords = "Saturday at 2 pm";  // as the scenario says it

std::string spoken_time(std::chrono::minutes time) {
  const auto hour = time.count() / 60;
  const auto minute = time.count() % 60;
  const auto shown = hour % 12 == 0 ? 12 : hour % 12;
  return minute == 0 ? fmt::format("{} {}", shown, hour < 12 ? "am" : "pm")
                     : fmt::format("{}:{:02} {}", shown, minute, hour < 12 ? "am" : "pm");
}

std::string spoken_date(std::chrono::year_month_day date) {
  static constexpr const char* kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                            "July",    "August",   "September", "October", "November", "December"};
  return fmt::format("{} {}", kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<unsigned>(date.day()));
}

/// A time for the tour that is still free: the demo may have been here before.
Result<std::string> free_tour_time(sql::Connection& db, const agent::AgentDefinition& agent, UtcTime now) {
  const auto today = std::chrono::sys_days(agent.time_zone.to_civil(now).date);
  auto taken = store::Tours(db, store::Owner::local()).taken(agent.property_id, now, now + std::chrono::days(60));
  if (!taken) return fail(taken);
  bool is_first_saturday = true;
  for (int days = 1; days <= 56; ++days) {
    const std::chrono::year_month_day date{today + std::chrono::days(days)};
    if (std::chrono::weekday(std::chrono::sys_days(date)) != std::chrono::Saturday) continue;
    for (const int minute : {840, 870, 780, 810, 660, 690, 720, 750}) {
      const std::chrono::minutes time(minute);
      const UtcTime starts = agent.time_zone.to_utc({.date = date, .time_of_day = time});
      if (std::find(taken->begin(), taken->end(), starts) != taken->end()) continue;
      const bool is_plain = is_first_saturday && days < 7;
      return fmt::format("{} at {}", is_plain ? "Saturday" : spoken_date(date), spoken_time(time));
    }
    is_first_saturday = false;
  }
  return fail(ErrorKind::conflict,
              "every Saturday of the next weeks is booked: start again with another --data folder");
}

/// GET on our own REST API; anything but 200 is a failure.
Task<json::value> get(Server& server, std::string path) {
  Loop& loop = co_await this_loop();
  net::ClientRequest request{.url = server.urls().front() + path,
                             .deadline = Deadline::after(loop.clock(), std::chrono::seconds(10))};
  if (!server.settings().api_keys.empty()) {
    request.headers.emplace_back("Authorization", "Bearer " + std::string(server.settings().api_keys.front().reveal()));
  }
  auto response = co_await server.client().send(std::move(request));
  if (!response) co_return fail(response);
  if (response->head.status != 200)
    co_return fail(ErrorKind::bad_gateway, fmt::format("GET {} answered {}", path, response->head.status));
  co_return parse_json(response->body);
}

std::string text_at(const json::value& value, std::string_view key) {
  return std::string(find_string(value, key).value_or(""));
}

/// Which tour at which time: a caller who calls again moves the tour they have.
std::string booking_of(const json::value& tour) { return text_at(tour, "id") + " " + text_at(tour, "starts_at"); }

/// Collects what was found and what was missing.
class Findings {
 public:
  explicit Findings(Printer& printer) : printer_(printer) {}
  void check(bool is_there, const std::string& what) {
    if (is_there) {
      printer_.good(what);
    } else {
      printer_.bad("missing: " + what);
      ++missing_;
    }
  }
  [[nodiscard]] int missing() const { return missing_; }

 private:
  Printer& printer_;
  int missing_ = 0;
};

void check_call(Findings& findings, const json::value& call, const exchange::CallRecord& record) {
  const auto* transcript = find_array(call, "transcript");
  const auto* events = find_array(call, "events");
  const auto* tools = find_array(call, "tool_calls");
  const std::size_t lines = transcript == nullptr ? 0 : transcript->size();
  findings.check(find_string(call, "status") == "ended" && lines >= record.turns.size() - 1,
                 fmt::format("call log       {}: {}, {} lines of transcript", text_at(call, "id"),
                             text_at(call, "ended_reason"), lines));
  findings.check(
      tools != nullptr && std::any_of(tools->begin(), tools->end(),
                                      [](const auto& t) { return find_string(t, "name") == "qualify_lead"; }),
      "platform tool  qualify_lead, answered through the webhook");
  std::size_t verified = 0;
  if (events != nullptr) {
    for (const auto& event : *events) verified += find_string(event, "verified") != "open" ? 1 : 0;
  }
  findings.check(events != nullptr && !events->empty() && verified == events->size(),
                 fmt::format("server messages {} stored, {} with a valid signature",
                             events == nullptr ? 0 : events->size(), verified));
}

Task<void> read_back(Server& server, Printer& printer, const exchange::CallRecord& record,
                     std::filesystem::path recording, std::string newest_tour_before) {
  Findings findings(printer);
  auto call = co_await get(server, "/api/v1/voice/calls/" + record.facts.id);
  if (!call) co_return fail(call);
  check_call(findings, *call, record);

  auto lead = co_await get(server, "/api/v1/leads/" + text_at(*call, "lead_id"));
  if (!lead) co_return fail(lead);
  const double score = find_number(*lead, "score").value_or(-1);
  findings.check(
      score >= 0 && text_at(*lead, "status") == "tour_scheduled",
      fmt::format("lead           {}: {}, score {:.0f}", text_at(*lead, "name"), text_at(*lead, "status"), score));

  auto activities = co_await get(server, "/api/v1/leads/" + text_at(*lead, "id") + "/activities");
  if (!activities) co_return fail(activities);
  std::vector<std::string> kinds;
  if (const auto* list = find_array(*activities, "data")) {
    for (const auto& activity : *list) {
      if (text_at(activity, "call_id") == record.facts.id) kinds.push_back(text_at(activity, "kind"));
    }
  }
  const auto has = [&](const char* kind) { return std::find(kinds.begin(), kinds.end(), kind) != kinds.end(); };
  findings.check(has("tour_scheduled") && has("qualified") && has("call"),
                 fmt::format("activities     {}", join(kinds, ", ")));

  auto tours = co_await get(server, "/api/v1/tours?lead_id=" + text_at(*lead, "id"));
  if (!tours) co_return fail(tours);
  const auto* list = find_array(*tours, "data");
  const bool has_new = list != nullptr && !list->empty() && booking_of(list->front()) != newest_tour_before;
  findings.check(has_new, fmt::format("tour           {} at {}", has_new ? text_at(list->front(), "confirmation") : "-",
                                      has_new ? text_at(list->front(), "starts_at") : "-"));

  std::error_code error;
  const auto bytes = std::filesystem::file_size(recording, error);
  findings.check(!error && bytes > 100'000,
                 fmt::format("recording      {} ({:.0f} s, stereo: caller left, agent right)", recording.string(),
                             std::chrono::duration<double>(record.sound).count()));
  for (const auto& fault : record.faults) findings.check(false, "a line without faults: " + fault);
  if (findings.missing() > 0) {
    co_return fail(ErrorKind::internal, {},
                   fmt::format("{} things that the call should have left behind are missing", findings.missing()));
  }
  co_return Result<void>{};
}

}  // namespace

void DemoObserver::follow(std::string call_id) {
  const std::scoped_lock lock(mutex_);
  call_id_ = std::move(call_id);
  used_.clear();
}

void DemoObserver::on_tool(std::string_view platform_call_id, const llm::ToolCall& call,
                           const tools::ToolResult& result) {
  const std::scoped_lock lock(mutex_);
  if (call_id_.empty() || platform_call_id != call_id_) return;
  used_.push_back({call.name, call.arguments, result.speakable});
}

void DemoObserver::on_turn(const exchange::HeardTurn& heard) {
  std::vector<Used> used;
  {
    const std::scoped_lock lock(mutex_);
    if (!heard.is_caller) used = std::exchange(used_, {});
  }
  for (const auto& tool : used) printer_.tool(tool.name, tool.arguments, tool.result, false);
  for (const auto& tool : heard.platform_tools) printer_.tool(tool.name, tool.arguments, tool.result, true);
  lab::PlayedTurn turn{.is_caller = heard.is_caller,
                       .text = heard.text,
                       .at_ms = std::chrono::duration_cast<std::chrono::milliseconds>(heard.at).count()};
  if (heard.first_token) turn.first_token_ms = std::chrono::duration<double, std::milli>(*heard.first_token).count();
  if (heard.first_audio) turn.first_audio_ms = std::chrono::duration<double, std::milli>(*heard.first_audio).count();
  printer_.turn(turn, agent_);
}

Task<void> play_demo_call(Server& server, Printer& printer, DemoObserver& observer) {
  Loop& loop = co_await this_loop();
  const auto& scenarios = server.library().scenarios;
  const auto scenario =
      std::find_if(scenarios.begin(), scenarios.end(), [](const auto& s) { return s.name == kScenario; });
  if (scenario == scenarios.end())
    co_return fail(ErrorKind::internal, {}, fmt::format("the scenario {} is missing", kScenario));
  const agent::AgentDefinition& agent = *server.library().agents.find(scenario->agent);
  const UtcTime now = loop.clock().utc_now();
  auto when =
      co_await server.store().read([&agent, now](sql::Connection& db) { return free_tour_time(db, agent, now); });
  if (!when) co_return fail(when);
  auto before = co_await get(server, "/api/v1/tours?limit=1");
  if (!before) co_return fail(before);

  exchange::CallPlan plan;
  plan.facts.id = make_uuid(loop.random());
  plan.facts.created_at = plan.facts.updated_at = now;
  plan.facts.customer_number = normalize_phone(scenario->caller_phone, agent.region);
  plan.facts.phone_number = agent.numbers.front();
  plan.with_sound = true;
  plan.recording = server.exchange().recording_path(plan.facts.id);
  plan.recording_url = plan.recording.string();
  std::vector<std::string> lines;
  for (const auto& turn : scenario->turns) lines.push_back(replace_all(turn.say, kTourWords, *when));
  exchange::ListCaller caller(std::move(lines));

  printer.heading(fmt::format("An inbound call to {} ({})", agent.title, agent.numbers.front()));
  const auto recording = plan.recording;
  observer.follow(plan.facts.id);
  auto record = co_await server.exchange().play(std::move(plan), caller, observer);
  observer.follow({});
  if (!record) co_return fail(record);
  printer.faint(fmt::format("          ended: {}", record->facts.ended_reason));
  printer.line();
  printer.heading("What the call left behind, read through the REST API");
  const auto* list = find_array(*before, "data");
  const std::string newest = list == nullptr || list->empty() ? "" : booking_of(list->front());
  co_return co_await read_back(server, printer, *record, recording, newest);
}

}  // namespace offhook::app
