#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.hpp"
#include "store/leads.hpp"
#include "store/properties.hpp"
#include "tools/lead_progress.hpp"

namespace offhook::tools {

/// What the rules look at, gathered over all conversations with a lead.
struct LeadFacts {
  std::optional<double> budget;  ///< dollars a month, or a price
  std::optional<std::chrono::year_month_day> move_in;
  std::optional<std::int64_t> bedrooms;
  std::optional<bool> pets;
  std::optional<bool> employed;
  std::string location;  ///< empty: unknown; so are the next three
  std::string property_type;
  std::string timeline;
  std::string financing;

  /// Facts as the lead's metadata keeps them, under "qualification".
  [[nodiscard]] static LeadFacts read(const json::object& facts);
  /// Was anything said that only somebody who buys says?
  [[nodiscard]] bool are_of_a_buyer() const {
    return !location.empty() || !property_type.empty() || !timeline.empty() || !financing.empty();
  }
};

/// Points by the rules published in docs/tools.md.
struct LeadScore {
  int points = 0;      ///< 0 to 100
  json::object parts;  ///< fact → points, of the facts that brought some
  LeadEvent event = LeadEvent::contacted;
};

/// A tenant: measured by the free `units` of the wanted size (all when none is wanted), cheapest first.
[[nodiscard]] LeadScore score_tenant(const LeadFacts& facts, const std::vector<store::Unit>& units,
                                     const store::Lead& lead, std::chrono::year_month_day today);
/// A buyer: measured by how much is known and how soon it shall be.
[[nodiscard]] LeadScore score_buyer(const LeadFacts& facts, const store::Lead& lead, std::chrono::year_month_day today);

/// The last day that words such as "2026-06-01", "within three months", "in 6 weeks", "right away", "this year" or
/// "next year" leave for a purchase. nullopt for other words.
[[nodiscard]] std::optional<std::chrono::year_month_day> read_timeline(std::string_view words,
                                                                       std::chrono::year_month_day today);

/// "I'm looking in Pune, around Baner." is "Pune, around Baner": the place without what leads to it.
[[nodiscard]] std::string tidy_place(std::string_view words);

}  // namespace offhook::tools
