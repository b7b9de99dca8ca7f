#include "brain/extract/languages.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;

constexpr Entry kEntries[] = {
    // numbers
    {"sıfır", small, 0}, {"bir", small, 1}, {"iki", small, 2}, {"üç", small, 3}, {"dört", small, 4}, {"dörd", small, 4}, {"beş", small, 5},
    {"altı", small, 6}, {"yedi", small, 7}, {"sekiz", small, 8}, {"dokuz", small, 9}, {"on", small, 10},
    {"yirmi", small, 20}, {"otuz", small, 30}, {"kırk", small, 40}, {"elli", small, 50}, {"altmış", small, 60}, {"yetmiş", small, 70},
    {"seksen", small, 80}, {"doksan", small, 90}, {"on bir", small, 11}, {"on iki", small, 12}, {"on üç", small, 13}, {"on dört", small, 14},
    {"on beş", small, 15}, {"on altı", small, 16}, {"on yedi", small, 17}, {"on sekiz", small, 18}, {"on dokuz", small, 19},
    {"onbir", small, 11}, {"oniki", small, 12}, {"onüç", small, 13}, {"ondört", small, 14}, {"onbeş", small, 15}, {"onaltı", small, 16},
    {"onyedi", small, 17}, {"onsekiz", small, 18}, {"ondokuz", small, 19},
    {"yüz", hundred, 100}, {"bin", scale, 1e3}, {"milyon", scale, 1e6}, {"milyar", scale, 1e9}, {"trilyon", scale, 1e12},
    {"buçuk", plus_part, 0.5}, {"çeyrek", part, 0.25}, {"yarım", part, 0.5}, {"düzine", dozen, 12}, {"birkaç", few, 3}, {"bir kaç", few, 3},
    {"virgül", point}, {"nokta", point}, {"eksi", minus}, {"ve", and_},
    {"birinci", ordinal, 1}, {"ilk", ordinal, 1}, {"ikinci", ordinal, 2}, {"üçüncü", ordinal, 3}, {"dördüncü", ordinal, 4}, {"beşinci", ordinal, 5},
    {"altıncı", ordinal, 6}, {"yedinci", ordinal, 7}, {"sekizinci", ordinal, 8}, {"dokuzuncu", ordinal, 9}, {"onuncu", ordinal, 10}, {"yirminci", ordinal, 20}, {"otuzuncu", ordinal, 30},
    // the calendar
    {"ocak", month, 1}, {"şubat", month, 2}, {"mart", month, 3}, {"nisan", month, 4}, {"mayıs", month, 5}, {"haziran", month, 6}, {"temmuz", month, 7},
    {"ağustos", month, 8}, {"eylül", month, 9}, {"ekim", month, 10}, {"kasım", month, 11}, {"aralık", month, 12},
    {"pazartesi", weekday, 1}, {"salı", weekday, 2}, {"çarşamba", weekday, 3}, {"perşembe", weekday, 4}, {"cuma", weekday, 5}, {"cumartesi", weekday, 6}, {"pazar", weekday, 7},
    {"pazartesi günü", weekday, 1}, {"salı günü", weekday, 2}, {"çarşamba günü", weekday, 3}, {"perşembe günü", weekday, 4}, {"cuma günü", weekday, 5}, {"cumartesi günü", weekday, 6}, {"pazar günü", weekday, 7},
    {"pazartesileri", weekdays, 1}, {"salıları", weekdays, 2}, {"çarşambaları", weekdays, 3}, {"perşembeleri", weekdays, 4}, {"cumaları", weekdays, 5}, {"cumartesileri", weekdays, 6}, {"pazarları", weekdays, 7},
    {"bugün", day_offset, 0}, {"bu gün", day_offset, 0}, {"yarın", day_offset, 1}, {"dün", day_offset, -1}, {"öbür gün", day_offset, 2}, {"ertesi gün", day_offset, 1}, {"evvelsi gün", day_offset, -2}, {"önceki gün", day_offset, -2}, {"yarından sonra", day_offset, 2},
    {"saniye", unit, kSecond}, {"dakika", unit, kMinute}, {"dk", unit, kMinute}, {"saat", unit, kHour}, {"gün", unit, kDay}, {"gece", unit, kNight}, {"hafta", unit, kWeek}, {"hafta sonu", unit, kWeekend}, {"haftasonu", unit, kWeekend},
    {"ay", unit, kMonth}, {"çeyrek", unit, kQuarter}, {"yıl", unit, kYear}, {"sene", unit, kYear}, {"on yıl", unit, kDecade}, {"yüzyıl", unit, kCentury}, {"iş günü", unit, kWorkday},
    {"şimdi", now}, {"şu an", now}, {"şu anda", now}, {"hemen", now}, {"ilkbahar", season, 1}, {"yaz", season, 2}, {"sonbahar", season, 3}, {"kış", season, 4},
    // the day
    {"sabah", day_part, kMorning}, {"sabahleyin", day_part, kMorning}, {"öğleden sonra", day_part, kAfternoon}, {"akşam", day_part, kEvening}, {"akşamleyin", day_part, kEvening}, {"akşamüstü", day_part, kAfternoon}, {"gece", day_part, kNightPart}, {"geceleyin", day_part, kNightPart}, {"öğlen", noon, 720}, {"öğle", noon, 720}, {"öğleyin", noon, 720}, {"gece yarısı", noon, 0}, {"bu akşam", tonight, 0}, {"bu gece", tonight, 0},
    {"geçe", past}, {"geçiyor", past}, {"var", to_hour}, {"kala", to_hour},
    // modifiers
    {"bu", this_}, {"gelecek", next}, {"önümüzdeki", next}, {"haftaya", next, 2}, {"geçen", last}, {"geçtiğimiz", last}, {"her", each}, {"önce", ago}, {"evvel", ago}, {"sonra", later}, {"içinde", later}, {"arasında", between, 9}, {"kadar", until, 9},
    {"ile", to}, {"ila", to}, {"-", to}, {"saat", at}, {"günlük", frequency, kDay}, {"haftalık", frequency, kWeek}, {"aylık", frequency, kMonth}, {"yıllık", frequency, kYear},
};

// Cases, as they hang on numbers, months and days: locative, dative, ablative, accusative, genitive.
constexpr std::string_view kEndings[] = {"ından", "inden", "undan", "ünden", "ında", "inde", "unda", "ünde", "ına", "ine", "una", "üne", "dan", "den", "tan", "ten", "nda", "nde", "nın", "nin", "nun", "nün", "yı", "yi", "yu", "yü", "da", "de", "ta", "te", "ya", "ye", "sı", "si", "su", "sü", "ın", "in", "un", "ün", "e", "a", "i", "ı", "u", "ü"};

constexpr Language kTurkish{.code = "tr", .entries = kEntries, .endings = kEndings, .is_day_first = true};

}  // namespace

const Language& turkish() { return kTurkish; }

}  // namespace offhook::brain::extract
