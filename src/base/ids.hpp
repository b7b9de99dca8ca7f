#pragma once

#include <compare>
#include <string>
#include <utility>

namespace offhook {

/// An opaque id that cannot be swapped with an id of another kind.
template <class Tag>
struct Id {
  std::string value;
  Id() = default;
  explicit Id(std::string text) : value(std::move(text)) {}
  [[nodiscard]] bool empty() const { return value.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;
};

using CallId = Id<struct CallTag>;  ///< ours; the platform's own id is a PlatformCallId
using PlatformCallId = Id<struct PlatformCallTag>;
using LeadId = Id<struct LeadTag>;
using TourId = Id<struct TourTag>;
using PropertyId = Id<struct PropertyTag>;
using UnitId = Id<struct UnitTag>;
using CustomerId = Id<struct CustomerTag>;
using AppointmentId = Id<struct AppointmentTag>;

}  // namespace offhook
