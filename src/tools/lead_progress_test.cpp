#include "tools/lead_progress.hpp"

#include <gtest/gtest.h>

#include <array>

namespace offhook::tools {
namespace {

using enum LeadEvent;
constexpr std::array<LeadEvent, 4> kEvents = {contacted, qualified, unqualified, tour_scheduled};

TEST(LeadProgress, EveryStatusAndEvent) {
  const struct {
    std::string_view current;
    LeadEvent event;
    std::string_view next;
    bool is_exception = false;
  } cases[] = {{"new", contacted, "contacted"},
               {"new", qualified, "qualified"},
               {"new", unqualified, "unqualified"},
               {"new", tour_scheduled, "tour_scheduled"},
               {"contacted", contacted, "contacted"},
               {"contacted", qualified, "qualified"},
               {"contacted", unqualified, "unqualified"},
               {"contacted", tour_scheduled, "tour_scheduled"},
               {"qualified", contacted, "qualified"},
               {"qualified", qualified, "qualified"},
               {"qualified", unqualified, "qualified"},
               {"qualified", tour_scheduled, "tour_scheduled"},
               {"unqualified", contacted, "unqualified"},
               {"unqualified", qualified, "qualified", true},
               {"unqualified", unqualified, "unqualified"},
               {"unqualified", tour_scheduled, "tour_scheduled", true},
               {"tour_scheduled", contacted, "tour_scheduled"},
               {"tour_scheduled", qualified, "tour_scheduled"},
               {"tour_scheduled", unqualified, "tour_scheduled"},
               {"tour_scheduled", tour_scheduled, "tour_scheduled"},
               {"leased", qualified, "leased"},
               {"lost", tour_scheduled, "lost"},
               {"", qualified, ""}};
  for (const auto& [current, event, next, is_exception] : cases) {
    const auto step = next_status(current, event);
    EXPECT_EQ(step.status, next) << current;
    EXPECT_EQ(step.is_changed, current != next) << current;
    EXPECT_EQ(step.is_exception, is_exception) << current;
  }
}

/// How far along the way a status is; the side road counts as "contacted".
int distance(std::string_view status) {
  if (status == "new") return 0;
  if (status == "contacted" || status == "unqualified") return 1;
  return status == "qualified" ? 2 : 3;
}

TEST(LeadProgress, NoSequenceOfEventsLeadsBack) {
  // Every sequence of six events, from every status on the way.
  for (const std::string_view start : {"new", "contacted", "qualified", "unqualified", "tour_scheduled"}) {
    for (int sequence = 0; sequence < 4096; ++sequence) {
      std::string status(start);
      for (int rest = sequence, i = 0; i < 6; ++i, rest /= 4) {
        const auto step = next_status(status, kEvents.at(static_cast<std::size_t>(rest % 4)));
        ASSERT_GE(distance(step.status), distance(status)) << start << " " << sequence;
        ASSERT_EQ(step.is_changed, step.status != status);
        ASSERT_EQ(step.is_exception, status == "unqualified" && step.is_changed);
        status = step.status;
      }
    }
  }
}

}  // namespace
}  // namespace offhook::tools
