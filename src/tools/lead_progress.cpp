#include "tools/lead_progress.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace offhook::tools {
namespace {

constexpr std::string_view kUnqualified = "unqualified";
constexpr std::array<std::string_view, 4> kWay = {"new", "contacted", "qualified", "tour_scheduled"};

std::size_t place_on_way(std::string_view status) {
  return static_cast<std::size_t>(std::ranges::find(kWay, status) - kWay.begin());
}

std::string_view status_of(LeadEvent event) {
  switch (event) {
    case LeadEvent::contacted: return "contacted";
    case LeadEvent::qualified: return "qualified";
    case LeadEvent::unqualified: return kUnqualified;
    case LeadEvent::tour_scheduled: return "tour_scheduled";
  }
  return "contacted";
}

}  // namespace

StatusStep next_status(std::string_view current, LeadEvent event) {
  const auto wanted = status_of(event);
  StatusStep stays{.status = std::string(current)};
  StatusStep moves{.status = std::string(wanted), .is_changed = true};
  if (current == kUnqualified) {
    if (event == LeadEvent::contacted || event == LeadEvent::unqualified) return stays;
    return {.status = std::string(wanted), .is_changed = true, .is_exception = true};
  }
  const auto here = place_on_way(current);
  if (here == kWay.size()) return stays;
  if (event == LeadEvent::unqualified) return here < place_on_way("qualified") ? moves : stays;
  return here < place_on_way(wanted) ? moves : stays;
}

}  // namespace offhook::tools
