#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "base/text.hpp"
#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/leasing.hpp"
#include "tools/results.hpp"
#include "tools/say.hpp"

namespace offhook::tools {
namespace {

constexpr std::size_t kSpokenUnits = 3;  // more nobody remembers

struct Wish {
  std::optional<std::chrono::year_month_day> move_in;
  std::optional<std::int64_t> bedrooms;
  std::optional<std::int64_t> max_rent_cents;
  bool has_pets = false;
};

/// "studio", "two-bedroom apartment", "2 BR": the size that the words name.
std::optional<std::int64_t> read_unit_type(std::string_view words) {
  constexpr std::array<std::string_view, 6> kCounts = {"zero", "one", "two", "three", "four", "five"};
  const auto text = to_lower(words);
  if (text.contains("studio")) return 0;
  if (!text.contains("bed") && !text.contains("br")) return std::nullopt;
  for (std::size_t count = 0; count < kCounts.size(); ++count) {
    const auto digit = std::to_string(count);
    if (text.starts_with(kCounts.at(count)) || text.starts_with(digit)) return static_cast<std::int64_t>(count);
  }
  return std::nullopt;
}

json::array unit_array(const std::vector<store::Unit>& units) {
  json::array array;
  for (const auto& unit : units) {
    json::value rent = unit.rent_cents / 100;
    if (unit.rent_cents % 100 != 0) rent = static_cast<double>(unit.rent_cents) / 100;
    array.push_back(json::object{{"id", unit.id},
                                 {"label", unit.label},
                                 {"bedrooms", unit.bedrooms},
                                 {"rent", std::move(rent)},
                                 {"available_from", unit.available_from},
                                 {"pets_allowed", unit.pets_allowed}});
  }
  return array;
}

std::string say_label(const store::Unit& unit) {
  const bool is_number = !unit.label.empty() && unit.label.front() >= '0' && unit.label.front() <= '9';
  return is_number ? "unit " + unit.label : unit.label;
}

std::string say_unit(const store::Unit& unit, bool with_bedrooms, std::chrono::year_month_day today) {
  const auto free_from = parse_date(unit.available_from);
  return fmt::format("{}{} at {}, available {}", say_label(unit),
                     with_bedrooms ? ", " + with_article(say_bedrooms(unit.bedrooms)) + "," : "",
                     say_dollars(unit.rent_cents),
                     !free_from || *free_from <= today ? std::string("now") : say_date(*free_from, today));
}

std::string say_units(const std::vector<store::Unit>& units, bool with_bedrooms, std::chrono::year_month_day today) {
  std::vector<std::string> parts;
  for (const auto& unit : units) {
    if (parts.size() == kSpokenUnits) break;
    parts.push_back(say_unit(unit, with_bedrooms, today));
  }
  return say_list(parts, "and");
}

/// "two-bedroom apartment under 2,000 dollars that takes pets"
std::string say_wish(const Wish& wish, bool plural) {
  std::string text;
  if (wish.bedrooms) text += say_bedrooms(*wish.bedrooms) + " ";
  text += plural ? "apartments" : "apartment";
  if (wish.max_rent_cents) text += " up to " + say_dollars(*wish.max_rent_cents);
  if (wish.has_pets) text += plural ? " that take pets" : " that takes pets";
  return text;
}

/// How far a unit is from the wish; the weights say what callers give up first (waiting, then money, then
/// a room).
double distance(const store::Unit& unit, const Wish& wish) {
  double total = 0;
  if (wish.bedrooms) total += 1000.0 * static_cast<double>(std::abs(unit.bedrooms - *wish.bedrooms));
  if (wish.max_rent_cents)
    total += static_cast<double>(std::max<std::int64_t>(0, unit.rent_cents - *wish.max_rent_cents)) / 100;
  const auto free_from = parse_date(unit.available_from);
  if (wish.move_in && free_from && *free_from > *wish.move_in) {
    total +=
        10.0 * static_cast<double>((std::chrono::sys_days(*free_from) - std::chrono::sys_days(*wish.move_in)).count());
  }
  return total;
}

Result<ToolResult> offer_nearest(sql::Connection& db, const ToolContext& context, const std::string& property_id,
                                 const Wish& wish, std::chrono::year_month_day today) {
  auto units =
      store::Units(db, context.owner)
          .search({.property_id = property_id, .needs_pets_allowed = wish.has_pets, .limit = store::Page::kMaxLimit});
  if (!units) return fail(units);
  std::ranges::sort(*units, {},
                    [&](const auto& unit) { return std::tuple(distance(unit, wish), unit.rent_cents, unit.id); });
  if (units->size() > kSpokenUnits) units->resize(kSpokenUnits);
  json::object data{{"units", json::array()}, {"alternatives", unit_array(*units)}};
  const auto sorry = fmt::format("I don't have {} free for that right now.", with_article(say_wish(wish, false)));
  if (units->empty()) return success(sorry, std::move(data));
  // One is enough to say; the model sees the others.
  return success(fmt::format("{} The closest I have is {}.", sorry, say_unit(units->front(), true, today)),
                 std::move(data));
}

Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object& arguments) {
  Wish wish{.bedrooms = integer_argument(arguments, "bedrooms"),
            .has_pets = flag_argument(arguments, "pets").value_or(false)};
  if (const auto type = text_argument(arguments, "unit_type"); type && !wish.bedrooms) {
    wish.bedrooms = read_unit_type(*type);
    if (!wish.bedrooms) return invalid_argument("unit_type", "studio, one-bedroom, two-bedroom, …");
  }
  if (const auto text = text_argument(arguments, "move_in_date")) {
    wish.move_in = parse_date(*text);
    if (!wish.move_in) return invalid_argument("move_in_date", "a date as YYYY-MM-DD");
  }
  if (const auto rent = number_argument(arguments, "max_rent")) {
    wish.max_rent_cents = static_cast<std::int64_t>(*rent * 100);
  }
  const auto wanted = text_argument(arguments, "property_id");
  auto property = find_property(db, context, wanted);
  if (!property) return fail(property);
  if (!*property && wanted) return property_refusal(wanted);
  const auto property_id = *property ? (*property)->id : std::string();  // none: look everywhere
  const auto zone = *property ? TimeZone::find((*property)->time_zone).value_or(context.time_zone) : context.time_zone;
  const auto today = zone.to_civil(context.now).date;

  auto units = store::Units(db, context.owner)
                   .search({.property_id = property_id,
                            .bedrooms = wish.bedrooms,
                            .max_rent_cents = wish.max_rent_cents,
                            .needs_pets_allowed = wish.has_pets,
                            .available_by = wish.move_in ? to_text(*wish.move_in) : std::string()});
  if (!units) return fail(units);
  if (units->empty()) return offer_nearest(db, context, property_id, wish, today);
  const auto count = static_cast<std::int64_t>(units->size());
  const auto listed = say_units(*units, !wish.bedrooms, today);
  const auto intro = fmt::format("We have {} {}", say_count(count), say_wish(wish, count != 1));
  const auto speakable = units->size() > kSpokenUnits ? fmt::format("{}. The least expensive are {}.", intro, listed)
                                                      : fmt::format("{}: {}.", intro, listed);
  return success(speakable, {{"units", unit_array(*units)}});
}

}  // namespace

Tool check_availability() {
  using enum Parameter::Type;
  return {.name = "check_availability",
          .description = "Find apartments that are free, with rent and move-in date.",
          .parameters = parameters_schema({
              {.name = "move_in_date", .type = date, .description = "Latest day the apartment must be free"},
              {.name = "bedrooms", .type = integer, .description = "Number of bedrooms; 0 is a studio"},
              {.name = "max_rent", .type = number, .description = "Highest rent a month, in dollars"},
              {.name = "pets", .type = flag, .description = "Whether pets must be allowed"},
              {.name = "property_id", .description = "Property; leave out for the one that was called"},
              {.name = "unit_type", .description = "studio, one-bedroom, …, when no number of bedrooms was said"},
          }),
          .effect = Effect::reads,
          .handler = run};
}

}  // namespace offhook::tools
