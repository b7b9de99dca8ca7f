#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "brain/schema/tracker.hpp"
#include "eval/all_suites.hpp"
#include "eval/data_files.hpp"

namespace offhook::eval {
namespace {

using namespace std::chrono_literals;

// The calls of the data were written as if on this day (a Friday).
constexpr auto kToday = 2019y / 3 / 1;

struct Service {
  std::vector<llm::ToolSpec> specs;
  std::vector<brain::schema::ToolSchema> tools;
};

// A service's intents as tools with JSON Schemas: what any OpenAI-shaped request would carry.
Service read_service(const json::object& service) {
  std::map<std::string, json::object> slots;
  for (const auto& slot : service.at("slots").as_array()) {
    json::object schema{{"type", "string"}, {"description", slot.at("description")}};
    if (slot.at("is_categorical").as_bool()) schema["enum"] = slot.at("possible_values");
    slots[std::string(slot.at("name").as_string())] = std::move(schema);
  }
  Service out;
  for (const auto& intent : service.at("intents").as_array()) {
    json::object properties;
    json::array required;
    for (const auto& name : intent.at("required_slots").as_array()) {
      properties[name.as_string()] = slots[std::string(name.as_string())];
      required.push_back(name);
    }
    for (const auto& [name, fallback] : intent.at("optional_slots").as_object()) {
      properties[name] = slots[std::string(name)];
      properties[name].as_object()["default"] = fallback;
    }
    out.specs.push_back(
        {.name = std::string(intent.at("name").as_string()),
         .description = std::string(intent.at("description").as_string()),
         .parameters = json::object{{"type", "object"}, {"properties", properties}, {"required", required}}});
  }
  out.tools = brain::schema::read_tools(out.specs);
  return out;
}

// One spelling for what is the same: "$1,290" and "1290", "5:30 pm" and "17:30", "next Monday" and the day.
std::string canonical(std::string_view value, const brain::ReadingContext& context) {
  const auto tokens = brain::tokenize(value);
  const auto mentions = brain::find_mentions(value, tokens, context);
  for (const auto& mention : mentions) {
    const bool is_whole = mention.first == 0 && mention.last == tokens.size();
    if (is_whole && (mention.kind == brain::MentionKind::date || mention.kind == brain::MentionKind::time ||
                     mention.kind == brain::MentionKind::money)) {
      return mention.value;
    }
  }
  return brain::normalize(value);
}

class SgdRun {
 public:
  explicit SgdRun(const json::array& services) {
    for (const auto& service : services) {
      services_[std::string(service.at("service_name").as_string())] = read_service(service.as_object());
    }
  }

  void play(const json::object& dialogue) {
    const auto& service = services_.at(std::string(dialogue.at("services").at(0).as_string()));
    brain::schema::Tracker tracker(service.tools, context_);
    latest_.clear();
    std::string talk;
    for (const auto& turn : dialogue.at("turns").as_array()) {
      const std::string text(turn.at("utterance").as_string());
      talk += text + " / ";
      const auto& frames = turn.at("frames").as_array();
      if (turn.at("speaker").as_string() == "USER") {
        tracker.hear(text);
        for (const auto& frame : frames) user_turn(service, tracker, frame.at("state").as_object(), talk);
      } else {
        for (const auto& frame : frames) {
          if (const auto* call = frame.as_object().if_contains("service_call"))
            made(service, tracker, call->as_object(), talk);
        }
        tracker.speak(text);
      }
    }
  }

  Report finish() && {
    const auto share = [](std::size_t part, std::size_t whole) {
      return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
    };
    report_.suite = "sgd";
    report_.cases = turns_;
    report_.figures = {{.name = "active_tool", .value = share(turns_right_, turns_), .target = 0.90},
                       {.name = "calls_with_every_argument", .value = share(calls_right_, calls_), .target = 0.60},
                       {.name = "arguments", .value = share(arguments_right_, arguments_)},
                       {.name = "calls", .value = static_cast<double>(calls_)}};
    return std::move(report_);
  }

 private:
  void user_turn(const Service& service, const brain::schema::Tracker& tracker, const json::object& state,
                 const std::string& talk) {
    const std::string wanted(state.at("active_intent").as_string());
    const auto active = tracker.active();
    const std::string got = active ? service.tools[*active].name : "NONE";
    turns_ += 1;
    turns_right_ += got == wanted ? 1 : 0;
    report_.add({.id = {}, .input = talk, .expected = wanted, .got = got, .is_right = got == wanted});
    for (const auto& [name, values] : state.at("slot_values").as_object()) {
      latest_[std::string(name)].clear();
      for (const auto& value : values.as_array())
        latest_[std::string(name)].insert(canonical(value.as_string(), context_));
    }
  }

  // The call as it was made against the one the tracker would make now: no argument wrong, missing or too many.
  void made(const Service& service, const brain::schema::Tracker& tracker, const json::object& call,
            const std::string& talk) {
    const std::string method(call.at("method").as_string());
    const auto tool = std::ranges::find(service.tools, method, &brain::schema::ToolSchema::name);
    calls_ += 1;
    if (tool == service.tools.end()) return;
    auto got = tracker.arguments(*tool);
    bool is_right = true;
    std::string wanted_text;
    std::string got_text;
    for (const auto& [name, value] : got) got_text += name + "=" + value + " ";
    for (const auto& [name, value] : call.at("parameters").as_object()) {
      const std::string key(name);
      wanted_text += key + "=" + std::string(value.as_string()) + " ";
      arguments_ += 1;
      const auto found = got.find(key);
      const std::string mine = found != got.end() ? canonical(found->second, context_) : std::string();
      const bool is_same =
          found != got.end() && (mine == canonical(value.as_string(), context_) || latest_[key].contains(mine));
      arguments_right_ += is_same ? 1 : 0;
      is_right = is_right && is_same;
      if (found != got.end()) got.erase(found);
    }
    is_right = is_right && got.empty();
    calls_right_ += is_right ? 1 : 0;
    report_.add({.id = {},
                 .input = talk,
                 .expected = method + " " + wanted_text,
                 .got = method + " " + got_text,
                 .is_right = is_right});
  }

  std::map<std::string, Service> services_;
  brain::ReadingContext context_{.moment = {.today = kToday}};
  std::map<std::string, std::set<std::string>> latest_;
  Report report_;
  std::size_t turns_ = 0;
  std::size_t turns_right_ = 0;
  std::size_t calls_ = 0;
  std::size_t calls_right_ = 0;
  std::size_t arguments_ = 0;
  std::size_t arguments_right_ = 0;
};

}  // namespace

Result<Report> run_sgd(const SuiteInput& input) {
  auto schema = read_json_file(input.data / "sgd" / "schema.json");
  if (!schema) return fail(schema);
  auto dialogues = read_json_file(input.data / "sgd" / "dialogues.json");
  if (!dialogues) return fail(dialogues);
  try {
    SgdRun run(schema->as_array());
    const auto& all = dialogues->as_array();
    for (std::size_t i = 0; i < all.size(); ++i) {
      run.play(all[i].as_object());
      if (input.progress) input.progress(static_cast<double>(i + 1) / static_cast<double>(all.size()));
    }
    return std::move(run).finish();
  } catch (const std::exception& error) {
    return fail(ErrorKind::invalid_argument, std::string("sgd: not in the layout of the data: ") + error.what());
  }
}

}  // namespace offhook::eval
