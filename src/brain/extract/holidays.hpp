#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace offhook::brain::extract {

/// Days of the year with a name. Their dates: holidays.cpp.
enum Holiday : std::uint8_t {
  kChristmas,
  kChristmasEve,
  kBoxingDay,
  kNewYear,
  kNewYearEve,
  kHalloween,
  kValentine,
  kSaintPatrick,
  kIndependenceDay,
  kEarthDay,
  kLaborDay,
  kWorkersDay,
  kMemorialDay,
  kThanksgiving,
  kBlackFriday,
  kCyberMonday,
  kEaster,
  kEasterMonday,
  kGoodFriday,
  kAshWednesday,
  kMothersDay,
  kFathersDay,
  kMlkDay,
  kPresidentsDay,
  kColumbusDay,
  kVeteransDay,
  kJuneteenth,
  kGroundhogDay,
  kAprilFools,
  kAllSaints,
  kGuyFawkes,
  kWomensDay,
  kChildrensDay,
  kTeachersDay,
  kEidAlFitr,
  kEidAlAdha,
  kRamadan,
  kAshura,
  kIslamicNewYear,
  kEpiphany,
  kStarWarsDay,
  kCincoDeMayo,
  kPentecost,
  kPalmSunday,
  kMaundyThursday,
  kAscension,
  kCorpusChristi,
  kPiDay,
  kMardiGras
};

/// The day in that year (of the Gregorian calendar). Easter by the rule of Meeus; days of the Islamic year by
/// the tabular calendar, which may be a day from what is proclaimed.
[[nodiscard]] std::chrono::sys_days date_of(Holiday holiday, int year);

}  // namespace offhook::brain::extract
