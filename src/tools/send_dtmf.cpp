#include <algorithm>
#include <cstddef>

#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

constexpr std::size_t kMostKeys = 32;

/// The tones themselves are sent by whoever holds the line, on {"dtmf": keys}.
Result<ToolResult> run(sql::Connection&, const ToolContext&, const json::object& arguments) {
  auto keys = text_argument(arguments, "digits").value_or("");
  std::erase_if(keys, [](char c) { return c == ' ' || c == '-'; });
  const bool are_keys = keys.find_first_not_of("0123456789*#w") == std::string::npos;
  const bool has_tone = keys.find_first_not_of('w') != std::string::npos;
  if (!are_keys || !has_tone || keys.size() > kMostKeys) {
    return invalid_argument("digits", "1 to 32 of 0-9, *, # and w (a pause of half a second)");
  }
  return success("One moment, please.", {{"dtmf", keys}});
}

}  // namespace

Tool send_dtmf() {
  return {.name = "send_dtmf",
          .description = "Press telephone keys, to get through a menu on the other end.",
          .parameters = parameters_schema(
              {{.name = "digits", .description = "Keys 0-9, * and #; w waits half a second", .required = true}}),
          .effect = Effect::reads,
          .handler = run};
}

}  // namespace offhook::tools
