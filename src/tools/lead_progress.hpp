#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::tools {

/// What a conversation may do to a lead's status.
enum class LeadEvent : std::uint8_t { contacted, qualified, unqualified, tour_scheduled };

/// Where a lead stands after an event.
struct StatusStep {
  std::string status;
  bool is_changed = false;
  /// It left "unqualified", which is off the way: to be written into the lead's history.
  bool is_exception = false;

  friend bool operator==(const StatusStep&, const StatusStep&) = default;
};

/// The status that follows `current`. Pure. The way is new, contacted, qualified, tour_scheduled, and a lead
/// never goes back on it. "unqualified" is a side road from new and contacted; what leads back from it, new facts or
/// a tour, is an exception. Every other status (leased, lost, …) was given by a person and stays.
[[nodiscard]] StatusStep next_status(std::string_view current, LeadEvent event);

}  // namespace offhook::tools
