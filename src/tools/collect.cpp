#include <fmt/format.h>

#include "base/civil_time.hpp"
#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/results.hpp"
#include "tools/say.hpp"
#include "tools/spelling.hpp"

namespace offhook::tools {
namespace {

/// What was understood, as it is kept and as it is said.
struct Collected {
  std::string value;
  std::string spoken;
};

ToolResult read_back(std::string_view kind, Collected collected) {
  return success(fmt::format("I have {}.", collected.spoken),
                 {{"kind", kind}, {"value", std::move(collected.value)}, {"spoken", std::move(collected.spoken)}});
}

ToolResult collect_name(std::string_view value, bool spells) {
  const auto name = read_person_name(value);
  if (!name) return invalid_argument("name", "a person's name, in letters");
  return read_back("name", {*name, spells ? fmt::format("{}, {}", *name, spell_name(*name)) : *name});
}

ToolResult collect_date(std::string_view value) {
  const auto date = parse_date(value);
  if (!date) return invalid_argument("date", "a date as YYYY-MM-DD");
  return read_back("date", {to_text(*date), fmt::format("{}, {}", say_day(*date), static_cast<int>(date->year()))});
}

Result<ToolResult> run(sql::Connection&, const ToolContext& context, const json::object& arguments) {
  const auto kind = text_argument(arguments, "kind").value_or("");
  const auto value = text_argument(arguments, "value").value_or("");
  if (kind == "name") return collect_name(value, flag_argument(arguments, "spell").value_or(false));
  if (kind == "date") return collect_date(value);
  if (kind == "email") {
    const auto email = read_email(value);
    if (!email) return invalid_argument("email", "an address such as ann.lee@example.com");
    return read_back(kind, {*email, say_email(*email)});
  }
  if (kind == "number") {
    const auto digits = read_digits(value);
    if (!digits) return invalid_argument("number", "1 to 20 digits; never the number of a card");
    return read_back(kind, {*digits, say_digits(*digits)});
  }
  if (kind == "phone") {
    const auto phone = read_phone(value, context.region);
    if (!phone) return invalid_argument("phone", "a phone number of 7 to 15 digits");
    return read_back(kind, {*phone, say_phone(*phone, context.region)});
  }
  return invalid_argument("kind", "one of name, email, number, phone, date");
}

}  // namespace

Tool collect() {
  using enum Parameter::Type;
  return {.name = "collect",
          .description =
              "Check something the caller spelled or dictated, and get the sentence that reads it back. Not "
              "for what proves who they are.",
          .parameters = parameters_schema({
              {.name = "kind", .description = "name, email, number, phone or date", .required = true},
              {.name = "value", .description = "What was said; a date as YYYY-MM-DD", .required = true},
              {.name = "spell", .type = flag, .description = "Names: spell the letters, when the caller asks for it"},
          }),
          .effect = Effect::writes,
          .handler = run};
}

}  // namespace offhook::tools
