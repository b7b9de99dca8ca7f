#include <fmt/format.h>

#include "base/text.hpp"
#include "json/json.hpp"
#include "lab/lab.hpp"

namespace offhook::lab {
namespace {

std::string xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped.append("&amp;"); break;
      case '<': escaped.append("&lt;"); break;
      case '>': escaped.append("&gt;"); break;
      case '"': escaped.append("&quot;"); break;
      default:
        // XML 1.0 has no way to write other control characters.
        escaped.push_back(static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c);
    }
  }
  return escaped;
}

json::array names(const std::vector<std::string>& list) { return json::array(list.begin(), list.end()); }

}  // namespace

std::string to_json_text(std::uint64_t seed, const std::vector<PlayedCall>& calls) {
  json::array list;
  for (const auto& call : calls) {
    json::array turns;
    for (const auto& turn : call.turns) {
      turns.push_back(json::object{{"role", turn.is_caller ? "user" : "assistant"},
                                   {"text", turn.text},
                                   {"at_ms", turn.at_ms},
                                   {"tools", names(turn.tools)}});
    }
    list.push_back(json::object{{"scenario", call.scenario},
                                {"agent", call.agent},
                                {"passed", call.passed()},
                                {"failures", names(call.failures)},
                                {"turns", std::move(turns)},
                                {"ended_reason", call.ended_reason}});
  }
  json::object body{{"seed", seed}};
  body["calls"] = std::move(list);
  return json::serialize(body);
}

std::string to_junit(const std::vector<PlayedCall>& calls) {
  std::size_t failed = 0;
  for (const auto& call : calls) failed += call.passed() ? 0 : 1;
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"offhook simulate\" tests=\"{}\" "
      "failures=\"{}\">\n",
      calls.size(), failed);
  for (const auto& call : calls) {
    text += fmt::format("  <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", xml(call.agent), xml(call.scenario),
                        static_cast<double>(call.length_ms) / 1000);
    if (call.passed()) {
      text += "/>\n";
      continue;
    }
    text += fmt::format(">\n    <failure message=\"{}\">{}</failure>\n  </testcase>\n", xml(call.failures.front()),
                        xml(join(call.failures, "\n")));
  }
  return text + "</testsuite>\n";
}

}  // namespace offhook::lab
