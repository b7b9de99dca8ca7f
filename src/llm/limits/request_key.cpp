#include "llm/limits/request_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/civil_time.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "privacy/card_filter.hpp"
#include "privacy/digit_scan.hpp"

namespace offhook::llm {
namespace {

/// Texts one after the other, each with its length, so that no two lists of texts look the same.
class Listing {
 public:
  Listing& add(std::string_view text) {
    fmt::format_to(std::back_inserter(text_), "{}:", text.size());
    text_.append(text);
    return *this;
  }
  Listing& add(double number) { return add(fmt::format("{}", number)); }
  [[nodiscard]] std::string hash() const { return crypto::sha256_hex(text_); }

 private:
  std::string text_;
};

/// ", 14:05 in Europe/Berlin" as the agent's prompt has it now; "" when the zone is unknown.
std::string time_of_day(const ChatRequest& request) {
  const auto zone = TimeZone::find(request.time_zone);
  if (!zone) return {};
  return fmt::format(", {} in {}", to_text(zone->to_civil(request.now).time_of_day), zone->name());
}

void add_message(Listing& listing, const Message& message, const std::string& time) {
  std::string_view content = message.content;
  std::string without_time;
  if (const auto at = content.find(time);
      message.role == Role::system && !time.empty() && at != std::string_view::npos) {
    without_time.append(content.substr(0, at)).append(content.substr(at + time.size()));
    content = without_time;
  }
  listing.add(static_cast<double>(message.role)).add(content).add(message.name).add(message.tool_call_id);
  listing.add(static_cast<double>(message.tool_calls.size()));
  for (const auto& call : message.tool_calls) listing.add(call.id).add(call.name).add(call.arguments);
}

std::string heard(std::string_view text) {
  std::string out;
  for (const char c : trim(text)) {
    const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (is_space && out.ends_with(' ')) continue;
    out.push_back(is_space ? ' ' : (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return out;
}

}  // namespace

std::string request_key(const ChatRequest& request) {
  Listing listing;
  listing.add(request.agent)
      .add(request.documents_version)
      .add(request.model)
      .add(request.language)
      .add(request.time_zone);
  listing.add(request.temperature).add(request.max_tokens);
  listing.add(static_cast<double>(request.tool_choice)).add(request.required_tool);
  listing.add(request.parallel_tool_calls ? 1 : 0);
  listing.add(static_cast<double>(request.response_format.kind)).add(request.response_format.name);
  listing.add(json::serialize(request.response_format.schema)).add(request.response_format.strict ? 1 : 0);
  const std::string time = time_of_day(request);
  listing.add(static_cast<double>(request.messages.size()));
  for (const auto& message : request.messages) add_message(listing, message, time);
  listing.add(static_cast<double>(request.tools.size()));
  for (const auto& tool : request.tools) {
    // A number for the schema: to write it out for every turn would take longer than all the rest.
    listing.add(tool.name).add(tool.description).add(std::to_string(std::hash<json::object>()(*tool.parameters)));
  }
  for (const auto& stop : request.stop) listing.add(stop);
  return listing.hash();
}

std::string heard_key(ChatRequest request) {
  for (auto& message : request.messages) {
    if (message.role == Role::user) message.content = heard(message.content);
  }
  return request_key(request);
}

bool may_be_personal(std::string_view text) {
  constexpr std::size_t kEndOfANumber = 4;
  if (text.find('@') != std::string_view::npos) return true;
  if (!privacy::scan_digits(text).says_digits()) return false;
  privacy::CardFilter filter(privacy::Wording::written);
  filter.collect_runs();
  std::string without_cards = filter.push(text);
  without_cards += filter.finish();
  return without_cards != text || std::ranges::any_of(filter.other_runs(), [](const privacy::DigitRun& run) {
           return run.digits.size() >= kEndOfANumber;
         });
}

}  // namespace offhook::llm
