#include "brain/extract/languages.hpp"

#include "brain/extract/holidays.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;

constexpr Entry kEntries[] = {
    // numbers
    {"zero", small, 0}, {"nought", small, 0}, {"naught", small, 0}, {"one", small, 1}, {"two", small, 2}, {"three", small, 3},
    {"four", small, 4}, {"five", small, 5}, {"six", small, 6}, {"seven", small, 7}, {"eight", small, 8},
    {"nine", small, 9}, {"ten", small, 10}, {"eleven", small, 11}, {"twelve", small, 12}, {"thirteen", small, 13},
    {"fourteen", small, 14}, {"fifteen", small, 15}, {"sixteen", small, 16}, {"seventeen", small, 17},
    {"eighteen", small, 18}, {"nineteen", small, 19}, {"twenty", small, 20}, {"thirty", small, 30},
    {"forty", small, 40}, {"fourty", small, 40}, {"fifty", small, 50}, {"sixty", small, 60}, {"seventy", small, 70},
    {"eighty", small, 80}, {"ninety", small, 90},
    {"hundred", hundred, 100}, {"hundreds", hundred, 100},
    {"thousand", scale, 1e3}, {"thousands", scale, 1e3}, {"grand", scale_mark, 1e3}, {"lakh", scale, 1e5},
    {"lakhs", scale, 1e5}, {"lac", scale, 1e5}, {"lacs", scale, 1e5}, {"million", scale, 1e6}, {"millions", scale, 1e6},
    {"crore", scale, 1e7}, {"crores", scale, 1e7}, {"billion", scale, 1e9}, {"billions", scale, 1e9},
    {"trillion", scale, 1e12}, {"trillions", scale, 1e12},
    {"k", scale_mark, 1e3}, {"m", scale_mark, 1e6}, {"mm", scale_mark, 1e6}, {"mil", scale_mark, 1e6}, {"mln", scale_mark, 1e6},
    {"bn", scale_mark, 1e9}, {"bln", scale_mark, 1e9}, {"b", scale_mark, 1e9}, {"g", scale_mark, 1e9}, {"tn", scale_mark, 1e12},
    {"tln", scale_mark, 1e12}, {"t", scale_mark, 1e12},
    {"dozen", dozen, 12}, {"dozens", dozen, 12}, {"doz", dozen, 12}, {"dozs", dozen, 12},
    {"first", ordinal, 1}, {"second", ordinal, 2}, {"third", ordinal, 3}, {"fourth", ordinal, 4}, {"fifth", ordinal, 5},
    {"sixth", ordinal, 6}, {"seventh", ordinal, 7}, {"eighth", ordinal, 8}, {"ninth", ordinal, 9}, {"nineth", ordinal, 9},
    {"tenth", ordinal, 10}, {"eleventh", ordinal, 11}, {"twelfth", ordinal, 12}, {"thirteenth", ordinal, 13},
    {"fourteenth", ordinal, 14}, {"fifteenth", ordinal, 15}, {"sixteenth", ordinal, 16}, {"seventeenth", ordinal, 17},
    {"eighteenth", ordinal, 18}, {"nineteenth", ordinal, 19}, {"twentieth", ordinal, 20}, {"thirtieth", ordinal, 30},
    {"fortieth", ordinal, 40}, {"fiftieth", ordinal, 50}, {"sixtieth", ordinal, 60}, {"seventieth", ordinal, 70},
    {"eightieth", ordinal, 80}, {"ninetieth", ordinal, 90}, {"hundredth", ordinal, 100}, {"thousandth", ordinal, 1e3},
    {"millionth", ordinal, 1e6}, {"billionth", ordinal, 1e9}, {"trillionth", ordinal, 1e12},
    {"thirds", ordinals, 3}, {"fourths", ordinals, 4}, {"quarters", ordinals, 4}, {"halves", ordinals, 2},
    {"fifths", ordinals, 5}, {"sixths", ordinals, 6}, {"sevenths", ordinals, 7}, {"eighths", ordinals, 8},
    {"ninths", ordinals, 9}, {"tenths", ordinals, 10}, {"elevenths", ordinals, 11}, {"twelfths", ordinals, 12},
    {"twentieths", ordinals, 20}, {"thirtieths", ordinals, 30}, {"hundredths", ordinals, 100}, {"firsts", ordinals, 1},
    {"thousandths", ordinals, 1e3}, {"millionths", ordinals, 1e6}, {"billionths", ordinals, 1e9},
    {"trillionths", ordinals, 1e12}, {"thirteenths", ordinals, 13}, {"fourteenths", ordinals, 14}, {"fifteenths", ordinals, 15},
    {"sixteenths", ordinals, 16}, {"half", part, 0.5}, {"quarter", part, 0.25}, {"½", part, 0.5}, {"¼", part, 0.25}, {"¾", part, 0.75},
    {"and a half", plus_part, 0.5}, {"and one half", plus_part, 0.5}, {"and half", plus_part, 0.5}, {"and a quarter", plus_part, 0.25}, {"and one quarter", plus_part, 0.25},
    {"and three quarters", plus_part, 0.75}, {"a few", few, 3}, {"few", few, 3}, {"a couple", few, 2}, {"a couple of", few, 2},
    {"couple", few, 2}, {"couple of", few, 2}, {"several", few, 3}, {"a", a, 1}, {"an", a, 1}, {"point", point}, {"minus", minus},
    {"negative", minus}, {"and", and_}, {"&", and_},
    // calendar
    {"january", month, 1}, {"jan", month, 1}, {"february", month, 2}, {"feb", month, 2}, {"march", month, 3}, {"mar", month, 3},
    {"april", month, 4}, {"apr", month, 4}, {"may", month, 5}, {"june", month, 6}, {"jun", month, 6}, {"july", month, 7},
    {"jul", month, 7}, {"august", month, 8}, {"aug", month, 8}, {"september", month, 9}, {"sept", month, 9}, {"sep", month, 9},
    {"october", month, 10}, {"oct", month, 10}, {"november", month, 11}, {"nov", month, 11}, {"december", month, 12}, {"dec", month, 12},
    {"monday", weekday, 1}, {"mon", weekday, 1}, {"tuesday", weekday, 2}, {"tue", weekday, 2}, {"tues", weekday, 2},
    {"wednesday", weekday, 3}, {"wed", weekday, 3}, {"weds", weekday, 3}, {"thursday", weekday, 4}, {"thu", weekday, 4},
    {"thur", weekday, 4}, {"thurs", weekday, 4}, {"friday", weekday, 5}, {"fri", weekday, 5}, {"saturday", weekday, 6},
    {"sat", weekday, 6}, {"sunday", weekday, 7}, {"sun", weekday, 7},
    {"mondays", weekdays, 1}, {"tuesdays", weekdays, 2}, {"wednesdays", weekdays, 3}, {"thursdays", weekdays, 4},
    {"fridays", weekdays, 5}, {"saturdays", weekdays, 6}, {"sundays", weekdays, 7},
    {"today", day_offset, 0}, {"otd", day_offset, 0}, {"tomorrow", day_offset, 1}, {"tmrw", day_offset, 1}, {"tmr", day_offset, 1},
    {"tomorow", day_offset, 1}, {"yesterday", day_offset, -1}, {"day after tomorrow", day_offset, 2}, {"day before yesterday", day_offset, -2},
    {"second", unit, kSecond}, {"seconds", unit, kSecond}, {"sec", unit, kSecond}, {"secs", unit, kSecond},
    {"minute", unit, kMinute}, {"minutes", unit, kMinute}, {"min", unit, kMinute}, {"mins", unit, kMinute},
    {"hour", unit, kHour}, {"hours", unit, kHour}, {"hr", unit, kHour}, {"hrs", unit, kHour},
    {"day", unit, kDay}, {"days", unit, kDay}, {"night", unit, kNight}, {"nights", unit, kNight},
    {"week", unit, kWeek}, {"weeks", unit, kWeek}, {"wk", unit, kWeek}, {"wks", unit, kWeek}, {"fortnight", unit, kFortnight}, {"fortnights", unit, kFortnight},
    {"weekend", unit, kWeekend}, {"weekends", unit, kWeekend}, {"month", unit, kMonth}, {"months", unit, kMonth},
    {"quarter", unit, kQuarter}, {"quarters", unit, kQuarter}, {"year", unit, kYear}, {"years", unit, kYear}, {"yr", unit, kYear}, {"yrs", unit, kYear},
    {"calendar year", unit, kYear}, {"decade", unit, kDecade}, {"decades", unit, kDecade}, {"century", unit, kCentury}, {"centuries", unit, kCentury},
    {"weekday", unit, kWorkday}, {"weekdays", unit, kWorkday}, {"business day", unit, kWorkday}, {"business days", unit, kWorkday},
    {"working day", unit, kWorkday}, {"working days", unit, kWorkday}, {"workday", unit, kWorkday}, {"work day", unit, kWorkday}, {"workdays", unit, kWorkday},
    {"workweek", unit, kWorkweek}, {"work week", unit, kWorkweek}, {"working week", unit, kWorkweek}, {"workweeks", unit, kWorkweek},
    {"s", units_only, kSecond}, {"m", units_only, kMinute}, {"h", units_only, kHour}, {"d", units_only, kDay}, {"w", units_only, kWeek}, {"y", units_only, kYear},
    {"christmas", holiday, kChristmas}, {"xmas", holiday, kChristmas}, {"christmas day", holiday, kChristmas}, {"christmas eve", holiday, kChristmasEve},
    {"boxing day", holiday, kBoxingDay}, {"new year", holiday, kNewYear}, {"new years", holiday, kNewYear}, {"new year day", holiday, kNewYear}, {"new years day", holiday, kNewYear},
    {"new year eve", holiday, kNewYearEve}, {"new years eve", holiday, kNewYearEve}, {"halloween", holiday, kHalloween}, {"valentine", holiday, kValentine}, {"valentine day", holiday, kValentine}, {"valentines day", holiday, kValentine},
    {"valentines", holiday, kValentine}, {"saint patrick", holiday, kSaintPatrick}, {"saint patricks day", holiday, kSaintPatrick}, {"saint patrick day", holiday, kSaintPatrick}, {"st patrick day", holiday, kSaintPatrick},
    {"st . patrick day", holiday, kSaintPatrick}, {"independence day", holiday, kIndependenceDay}, {"earth day", holiday, kEarthDay}, {"labor day", holiday, kLaborDay},
    {"labour day", holiday, kLaborDay}, {"international workers day", holiday, kWorkersDay}, {"workers day", holiday, kWorkersDay}, {"may day", holiday, kWorkersDay},
    {"memorial day", holiday, kMemorialDay}, {"thanksgiving", holiday, kThanksgiving}, {"thanksgiving day", holiday, kThanksgiving}, {"black friday", holiday, kBlackFriday},
    {"cyber monday", holiday, kCyberMonday}, {"easter", holiday, kEaster}, {"easter sunday", holiday, kEaster}, {"easter monday", holiday, kEasterMonday}, {"good friday", holiday, kGoodFriday},
    {"ash wednesday", holiday, kAshWednesday}, {"mother day", holiday, kMothersDay}, {"mothers day", holiday, kMothersDay}, {"father day", holiday, kFathersDay}, {"fathers day", holiday, kFathersDay},
    {"martin luther king day", holiday, kMlkDay}, {"martin luther king jr day", holiday, kMlkDay}, {"mlk day", holiday, kMlkDay}, {"presidents day", holiday, kPresidentsDay}, {"president day", holiday, kPresidentsDay}, {"washington birthday", holiday, kPresidentsDay},
    {"columbus day", holiday, kColumbusDay}, {"veterans day", holiday, kVeteransDay}, {"veteran day", holiday, kVeteransDay}, {"juneteenth", holiday, kJuneteenth},
    {"groundhog day", holiday, kGroundhogDay}, {"april fools", holiday, kAprilFools}, {"april fool day", holiday, kAprilFools}, {"april fools day", holiday, kAprilFools}, {"fool day", holiday, kAprilFools}, {"fools day", holiday, kAprilFools},
    {"all saints day", holiday, kAllSaints}, {"all hallows day", holiday, kAllSaints}, {"guy fawkes day", holiday, kGuyFawkes}, {"guy fawkes night", holiday, kGuyFawkes}, {"bonfire night", holiday, kGuyFawkes},
    {"women day", holiday, kWomensDay}, {"womens day", holiday, kWomensDay}, {"children day", holiday, kChildrensDay}, {"teacher day", holiday, kTeachersDay}, {"teachers day", holiday, kTeachersDay},
    {"eid al fitr", holiday, kEidAlFitr}, {"eid al - fitr", holiday, kEidAlFitr}, {"eid ul fitr", holiday, kEidAlFitr}, {"eid al adha", holiday, kEidAlAdha}, {"eid al - adha", holiday, kEidAlAdha}, {"ramadan", holiday, kRamadan}, {"ashura", holiday, kAshura}, {"islamic new year", holiday, kIslamicNewYear}, {"epiphany", holiday, kEpiphany},
    {"star wars day", holiday, kStarWarsDay}, {"cinco de mayo", holiday, kCincoDeMayo}, {"pentecost", holiday, kPentecost}, {"palm sunday", holiday, kPalmSunday}, {"maundy thursday", holiday, kMaundyThursday}, {"ascension day", holiday, kAscension}, {"corpus christi", holiday, kCorpusChristi}, {"pi day", holiday, kPiDay}, {"mardi gras", holiday, kMardiGras},
    {"spring", season, 1}, {"summer", season, 2}, {"fall", season, 3}, {"autumn", season, 3}, {"winter", season, 4},
    {"twenties", decade, 20}, {"thirties", decade, 30}, {"forties", decade, 40}, {"fifties", decade, 50}, {"sixties", decade, 60},
    {"seventies", decade, 70}, {"eighties", decade, 80}, {"nineties", decade, 90}, {"two thousands", decade, 2000},
    {"now", now}, {"right now", now}, {"at present", now}, {"at the present time", now}, {"at this time", now}, {"at the minute", now}, {"at the moment", now}, {"at this moment", now}, {"this moment", now}, {"currently", now, 1}, {"as soon as possible", now}, {"asap", now}, {"at this minute", now}, {"at this point", now},
    // the day
    {"morning", day_part, kMorning}, {"mornings", day_part, kMorning}, {"afternoon", day_part, kAfternoon}, {"afternoons", day_part, kAfternoon},
    {"evening", day_part, kEvening}, {"evenings", day_part, kEvening}, {"night", day_part, kNightPart}, {"nights", day_part, kNightPart}, {"nighttime", day_part, kNightPart}, {"night time", day_part, kNightPart}, {"night - time", day_part, kNightPart}, {"daytime", day_part, kDaytime}, {"day time", day_part, kDaytime}, {"lunchtime", day_part, kLunch}, {"lunch time", day_part, kLunch},
    {"lunch", day_part, kLunch}, {"breakfast", day_part, kBreakfast}, {"breakfast time", day_part, kBreakfast}, {"dinner", day_part, kDinner}, {"dinnertime", day_part, kDinner}, {"dinner time", day_part, kDinner},
    {"business hours", day_part, kBusiness}, {"business hour", day_part, kBusiness}, {"office hours", day_part, kBusiness}, {"working hours", day_part, kBusiness}, {"business time", day_part, kBusiness},
    {"am", meridiem, 0}, {"pm", meridiem, 1}, {"a . m", meridiem, 0}, {"p . m", meridiem, 1}, {"a . m .", meridiem, 0}, {"p . m .", meridiem, 1}, {"a m", meridiem, 0}, {"p m", meridiem, 1}, {"am .", meridiem, 0}, {"pm .", meridiem, 1},
    {"oclock", oclock}, {"o clock", oclock}, {"sharp", oclock}, {"noon", noon, 720}, {"midday", noon, 720}, {"mid - day", noon, 720}, {"mid day", noon, 720}, {"noontime", noon, 720}, {"high noon", noon, 720}, {"midnight", noon, 0}, {"mid night", noon, 0}, {"mid - night", noon, 0}, {"twelve noon", noon, 720},
    {"past", past}, {"after", past}, {"to", to_hour}, {"till", to_hour}, {"before", to_hour}, {"tonight", tonight, 0}, {"tonite", tonight, 0},
    // modifiers
    {"this", this_}, {"current", this_, 1}, {"the current", this_, 1}, {"this current", this_, 1}, {"next", next}, {"the next", next}, {"last", last}, {"the last", last}, {"previous", prior}, {"prior", prior},
    {"past", prior, 1}, {"coming", coming}, {"upcoming", coming}, {"this coming", coming}, {"the coming", coming}, {"following", following}, {"each", each}, {"every", each}, {"all", each, 1}, {"other", other}, {"alternate", other},
    {"ago", ago}, {"prior", ago}, {"earlier", ago}, {"previously", ago}, {"back", ago}, {"later", later}, {"from now", later}, {"hence", later}, {"time", later, 9}, {"in", in}, {"within", within}, {"within the next", within}, {"within the", within}, {"before", before}, {"earlier than", before}, {"prior to", before}, {"sooner than", before}, {"no later than", before}, {"not later than", before}, {"later than", after}, {"after", after}, {"past", after, 1}, {"since", since}, {"no earlier than", since}, {"not earlier than", since}, {"as of", since}, {"on or after", since}, {"on or later than", since}, {"from and after", since}, {"as early as", since}, {"any time from", since}, {"anytime from", since}, {"starting", since, 1}, {"starting from", since, 1}, {"starting on", since, 1}, {"beginning on", since, 1}, {"until", until}, {"till", until}, {"on or before", until, 1}, {"on or earlier than", until, 1}, {"up until", until}, {"up till", until}, {"as late as", until, 1}, {"by", by}, {"around", around}, {"about", around}, {"circa", around}, {"approximately", around}, {"from", from}, {"to", to}, {"till", to}, {"until", to}, {"through", to}, {"thru", to}, {"-", to}, {"~", to}, {"up to", to}, {"between", between}, {"greater than", after}, {"more than", more_than}, {"over", more_than}, {"less than", less_than}, {"at least", more_than}, {"at most", less_than},
    {"not less than", less_than}, {"beginning of", start_of}, {"start of", start_of}, {"the beginning of", start_of}, {"the start of", start_of}, {"early", early}, {"earlier", early, 1}, {"earlier in", early, 1}, {"earlier this", early, 2}, {"early in", early}, {"mid", mid_of}, {"mid -", mid_of}, {"the mid", mid_of}, {"middle of", mid_of}, {"the middle of", mid_of}, {"end of", end_of}, {"the end of", end_of}, {"late", late}, {"later", late, 1}, {"later in", late, 1}, {"late in", late},
    {"of", of}, {"in", of, 1}, {"the", the}, {"at", at}, {"@", at}, {"at around", at}, {"around", at, 1}, {"at about", at}, {"about", at, 1}, {"on", on}, {"for", for_}, {"starting", starting}, {"starting from", starting}, {"starting on", starting}, {"beginning", starting}, {"beginning on", starting}, {"from", starting}, {"all", all}, {"whole", all}, {"full", all}, {"entire", all}, {"year", year_word}, {"the year", year_word}, {"year of", year_word}, {"the year of", year_word}, {"cy", year_word}, {"calendar year", year_word},
    {"week of", week_of}, {"the week of", week_of}, {"w / c", week_of}, {"week commencing", week_of}, {"the week commencing", week_of}, {"week beginning", week_of}, {"the week beginning", week_of}, {"week starting", week_of}, {"week beginning on", week_of}, {"the week starting", week_of}, {"week with", week_of}, {"the week with", week_of},
    {"once a", once_a}, {"one a", once_a}, {"once per", once_a}, {"daily", frequency, kDay}, {"everyday", frequency, kDay}, {"weekly", frequency, kWeek}, {"biweekly", frequency, 100 + kWeek}, {"bi - weekly", frequency, 100 + kWeek}, {"fortnightly", frequency, 100 + kWeek}, {"monthly", frequency, kMonth}, {"bimonthly", frequency, 100 + kMonth}, {"bi - monthly", frequency, 100 + kMonth}, {"quarterly", frequency, kQuarter}, {"yearly", frequency, kYear}, {"annually", frequency, kYear}, {"annual", frequency, kYear}, {"semiannual", frequency, kHalfYear}, {"semiannually", frequency, kHalfYear}, {"semi - annual", frequency, kHalfYear}, {"semi - annually", frequency, kHalfYear}, {"hourly", frequency, kHour},
    {"or later", equals_or, 1}, {"and later", equals_or, 1}, {"or after", equals_or, 1}, {"and after", equals_or, 1}, {"or earlier", equals_or, -1}, {"or before", equals_or, -1}, {"and before", equals_or, -1},
};

constexpr Language kEnglish{.code = "en", .entries = kEntries, .endings = {}};

}  // namespace

const Language& english() { return kEnglish; }

}  // namespace offhook::brain::extract
