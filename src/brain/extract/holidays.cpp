#include "brain/extract/holidays.hpp"

#include <cmath>

namespace offhook::brain::extract {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

sys_days fixed(int year, unsigned month, unsigned day) {
  return std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day);
}

// The nth such weekday of a month; n = -1 is the last.
sys_days nth(int year, unsigned month, unsigned weekday, int n) {
  const std::chrono::weekday day(weekday % 7);
  const auto in_month = std::chrono::year(year) / std::chrono::month(month);
  if (n < 0) return sys_days(in_month / day[std::chrono::last]);
  return sys_days(in_month / day[static_cast<unsigned>(n)]);
}

// Jean Meeus, Astronomical Algorithms, chapter 8.
sys_days easter(int year) {
  const int a = year % 19;
  const int b = year / 100;
  const int c = year % 100;
  const int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int sum = h + l - 7 * m + 114;
  return fixed(year, static_cast<unsigned>(sum / 31), static_cast<unsigned>(sum % 31 + 1));
}

// The tabular Islamic calendar (type II, astronomical epoch: 15 July 622 Julian is day -492149 of the Unix epoch).
sys_days islamic(int year, int month, int day) {
  const int count = day + static_cast<int>(std::ceil(29.5 * (month - 1))) + (year - 1) * 354 + (3 + 11 * year) / 30;
  return sys_days(days(count - 492149 - 1));
}

// The one of a month and day of the Islamic year that falls into this year (the first, when two do).
sys_days islamic_in(int gregorian, int month, int day) {
  const int about = static_cast<int>((gregorian - 622) * 1.030684) - 1;
  for (int year = about; year < about + 4; ++year) {
    const sys_days found = islamic(year, month, day);
    if (found >= fixed(gregorian, 1, 1)) return found;
  }
  return islamic(about, month, day);
}

}  // namespace

sys_days date_of(Holiday holiday, int year) {
  switch (holiday) {
    case kChristmas: return fixed(year, 12, 25);
    case kChristmasEve: return fixed(year, 12, 24);
    case kBoxingDay: return fixed(year, 12, 26);
    case kNewYear: return fixed(year, 1, 1);
    case kNewYearEve: return fixed(year, 12, 31);
    case kHalloween: return fixed(year, 10, 31);
    case kValentine: return fixed(year, 2, 14);
    case kSaintPatrick: return fixed(year, 3, 17);
    case kIndependenceDay: return fixed(year, 7, 4);
    case kEarthDay: return fixed(year, 4, 22);
    case kLaborDay: return nth(year, 9, 1, 1);
    case kWorkersDay: return fixed(year, 5, 1);
    case kMemorialDay: return nth(year, 5, 1, -1);
    case kThanksgiving: return nth(year, 11, 4, 4);
    case kBlackFriday: return nth(year, 11, 4, 4) + days(1);
    case kCyberMonday: return nth(year, 11, 4, 4) + days(4);
    case kEaster: return easter(year);
    case kEasterMonday: return easter(year) + days(1);
    case kGoodFriday: return easter(year) - days(2);
    case kAshWednesday: return easter(year) - days(46);
    case kMothersDay: return nth(year, 5, 7, 2);
    case kFathersDay: return nth(year, 6, 7, 3);
    case kMlkDay: return nth(year, 1, 1, 3);
    case kPresidentsDay: return nth(year, 2, 1, 3);
    case kColumbusDay: return nth(year, 10, 1, 2);
    case kVeteransDay: return fixed(year, 11, 11);
    case kJuneteenth: return fixed(year, 6, 19);
    case kGroundhogDay: return fixed(year, 2, 2);
    case kAprilFools: return fixed(year, 4, 1);
    case kAllSaints: return fixed(year, 11, 1);
    case kGuyFawkes: return fixed(year, 11, 5);
    case kWomensDay: return fixed(year, 3, 8);
    case kChildrensDay: return fixed(year, 6, 1);
    case kTeachersDay: return fixed(year, 9, 10);
    case kEidAlFitr: return islamic_in(year, 10, 1);
    case kEidAlAdha: return islamic_in(year, 12, 10);
    case kRamadan: return islamic_in(year, 9, 1);
    case kAshura: return islamic_in(year, 1, 10);
    case kIslamicNewYear: return islamic_in(year, 1, 1);
    case kEpiphany: return fixed(year, 1, 6);
    case kStarWarsDay: return fixed(year, 5, 4);
    case kCincoDeMayo: return fixed(year, 5, 5);
    case kPentecost: return easter(year) + days(49);
    case kPalmSunday: return easter(year) - days(7);
    case kMaundyThursday: return easter(year) - days(3);
    case kAscension: return easter(year) + days(39);
    case kCorpusChristi: return easter(year) + days(60);
    case kPiDay: return fixed(year, 3, 14);
    case kMardiGras: return easter(year) - days(47);
  }
  return fixed(year, 1, 1);
}

}  // namespace offhook::brain::extract
