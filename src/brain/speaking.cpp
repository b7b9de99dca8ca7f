#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <span>
#include <utility>

#include "base/civil_time.hpp"
#include "base/text.hpp"
#include "brain/state.hpp"

namespace offhook::brain {
namespace {

std::string grouped(long long value) {
  std::string digits = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

// One decimal when it is not whole: 1.2 crore.
std::string short_decimal(double value) {
  const auto tenths = std::llround(value * 10);
  return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10));
}

std::string spoken_money(double value, std::string_view region) {
  if (region == "IN") {
    if (value >= 1e7) return short_decimal(value / 1e7) + " crore rupees";
    if (value >= 1e5) return short_decimal(value / 1e5) + " lakh rupees";
    return grouped(static_cast<long long>(value)) + " rupees";
  }
  return grouped(static_cast<long long>(value)) + " dollars";
}

// "ann dot lee at example dot com"
std::string spoken_email(std::string value) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kMarks{
      {{"@", " at "}, {".", " dot "}, {"_", " underscore "}, {"-", " dash "}, {"+", " plus "}}};
  for (const auto& [mark, word] : kMarks) value = replace_all(std::move(value), mark, word);
  return value;
}

std::string spoken_value(const SlotSpec& slot, const std::string& value, const Situation& situation) {
  if (value == kAny) return "any";
  switch (slot.type) {
    case SlotType::date:
    case SlotType::birth_date: {
      const auto date = parse_date(value);
      return date ? spoken_date(*date, situation.reading.moment.today) : value;
    }
    case SlotType::time: {
      const auto time = parse_time_of_day(value);
      return time ? spoken_time(*time) : value;
    }
    case SlotType::money: return spoken_money(std::strtod(value.c_str(), nullptr), situation.reading.region);
    case SlotType::bedrooms: {
      constexpr std::array<std::string_view, 6> kNames{"studio",        "one-bedroom",  "two-bedroom",
                                                       "three-bedroom", "four-bedroom", "five-bedroom"};
      const auto count = std::strtoul(value.c_str(), nullptr, 10);
      return count < kNames.size() ? std::string(kNames[count]) : value + "-bedroom";
    }
    case SlotType::email: return spoken_email(value);
    default: return value;
  }
}

}  // namespace

const llm::ToolSpec* Situation::tool(std::string_view name) const {
  const auto found = std::ranges::find(tools, name, &llm::ToolSpec::name);
  return found == tools.end() ? nullptr : &*found;
}

bool is_known(const State& state, const Situation& situation, const SlotSpec& slot) {
  return state.slots.contains(slot.name) || (slot.from_caller && !situation.caller_phone.empty());
}

std::string spoken_slot(const State& state, const Situation& situation, const SlotSpec& slot) {
  const auto value = state.slots.find(slot.name);
  if (value != state.slots.end()) return spoken_value(slot, value->second, situation);
  return slot.from_caller ? situation.caller_phone : std::string();
}

std::string assurance_question(const FlowSpec& flow) {
  auto words = split(flow.tool, '_');
  std::string wish(words.front());
  if (words.size() > 1) wish.append(" the");
  for (const auto word : std::span(words).subspan(1)) wish.append(" ").append(word);
  return "Just to be sure: do you want me to " + wish + "?";
}

std::string render(std::string_view text, const State& state, const Situation& situation) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('{', at);
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) return out.append(text.substr(at));
    out += text.substr(at, open - at);
    const auto name = text.substr(open + 1, close - open - 1);
    if (name == "about") {
      out += join(situation.dialogue.about, " ");
    } else if (const auto* slot = situation.dialogue.slot(name)) {
      out += spoken_slot(state, situation, *slot);
    }
    at = close + 1;
  }
  return out;
}

void start_flow(State& state, const Dialogue& dialogue, const std::string& name) {
  const auto* flow = dialogue.flow(name);
  if (flow == nullptr) return;
  if (std::erase(state.flows, name) == 0 && state.finished.erase(name) > 0) {
    for (const auto& slot : flow->restart) {
      if (std::ranges::find(state.turn.filled, slot) == state.turn.filled.end()) state.slots.erase(slot);
    }
  }
  for (const auto& slot : flow->needs) state.said.erase("ask " + slot);
  state.flows.push_back(name);
  state.is_confirmed = false;
  state.alternatives.clear();
  state.declined.erase(name);
  state.slots["words"] = state.turn.words;
}

}  // namespace offhook::brain
