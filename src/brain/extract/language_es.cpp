#include "brain/extract/languages.hpp"

#include "brain/extract/holidays.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;

constexpr Entry kEntries[] = {
    // numbers
    {"cero", small, 0}, {"un", small, 1}, {"uno", small, 1}, {"una", small, 1}, {"dos", small, 2}, {"tres", small, 3}, {"cuatro", small, 4}, {"cinco", small, 5}, {"seis", small, 6}, {"siete", small, 7}, {"ocho", small, 8}, {"nueve", small, 9}, {"diez", small, 10},
    {"once", small, 11}, {"doce", small, 12}, {"trece", small, 13}, {"catorce", small, 14}, {"quince", small, 15}, {"dieciséis", small, 16}, {"dieciseis", small, 16}, {"diecisiete", small, 17}, {"dieciocho", small, 18}, {"diecinueve", small, 19},
    {"veinte", small, 20}, {"veintiuno", small, 21}, {"veintiún", small, 21}, {"veintiuna", small, 21}, {"veintidós", small, 22}, {"veintidos", small, 22}, {"veintitrés", small, 23}, {"veintitres", small, 23}, {"veinticuatro", small, 24}, {"veinticinco", small, 25}, {"veintiséis", small, 26}, {"veintiseis", small, 26}, {"veintisiete", small, 27}, {"veintiocho", small, 28}, {"veintinueve", small, 29},
    {"treinta", small, 30}, {"cuarenta", small, 40}, {"cincuenta", small, 50}, {"sesenta", small, 60}, {"setenta", small, 70}, {"ochenta", small, 80}, {"noventa", small, 90},
    {"cien", hundreds, 100}, {"ciento", hundreds, 100}, {"doscientos", hundreds, 200}, {"doscientas", hundreds, 200}, {"trescientos", hundreds, 300}, {"trescientas", hundreds, 300}, {"cuatrocientos", hundreds, 400}, {"cuatrocientas", hundreds, 400}, {"quinientos", hundreds, 500}, {"quinientas", hundreds, 500}, {"seiscientos", hundreds, 600}, {"seiscientas", hundreds, 600}, {"setecientos", hundreds, 700}, {"setecientas", hundreds, 700}, {"ochocientos", hundreds, 800}, {"ochocientas", hundreds, 800}, {"novecientos", hundreds, 900}, {"novecientas", hundreds, 900},
    {"mil", scale, 1e3}, {"millón", scale, 1e6}, {"millon", scale, 1e6}, {"millones", scale, 1e6}, {"mil millones", scale, 1e9}, {"billón", scale, 1e12}, {"billones", scale, 1e12},
    {"y media", plus_part, 0.5}, {"y medio", plus_part, 0.5}, {"y cuarto", plus_part, 0.25}, {"media", part, 0.5}, {"medio", part, 0.5}, {"docena", dozen, 12}, {"docenas", dozen, 12}, {"unos pocos", few, 3}, {"un par de", few, 2}, {"unas", few, 3}, {"unos", few, 3}, {"coma", point}, {"punto", point}, {"menos", minus}, {"y", and_},
    {"primero", ordinal, 1}, {"primer", ordinal, 1}, {"primera", ordinal, 1}, {"segundo", ordinal, 2}, {"segunda", ordinal, 2}, {"tercero", ordinal, 3}, {"tercer", ordinal, 3}, {"tercera", ordinal, 3}, {"cuarto", ordinal, 4}, {"cuarta", ordinal, 4}, {"quinto", ordinal, 5}, {"quinta", ordinal, 5}, {"sexto", ordinal, 6}, {"séptimo", ordinal, 7}, {"octavo", ordinal, 8}, {"noveno", ordinal, 9}, {"décimo", ordinal, 10},
    // the calendar
    {"enero", month, 1}, {"febrero", month, 2}, {"marzo", month, 3}, {"abril", month, 4}, {"mayo", month, 5}, {"junio", month, 6}, {"julio", month, 7}, {"agosto", month, 8}, {"septiembre", month, 9}, {"setiembre", month, 9}, {"octubre", month, 10}, {"noviembre", month, 11}, {"diciembre", month, 12},
    {"lunes", weekday, 1}, {"martes", weekday, 2}, {"miércoles", weekday, 3}, {"miercoles", weekday, 3}, {"jueves", weekday, 4}, {"viernes", weekday, 5}, {"sábado", weekday, 6}, {"sabado", weekday, 6}, {"domingo", weekday, 7}, {"sábados", weekdays, 6}, {"domingos", weekdays, 7},
    {"hoy", day_offset, 0}, {"mañana", day_offset, 1}, {"manana", day_offset, 1}, {"ayer", day_offset, -1}, {"pasado mañana", day_offset, 2}, {"anteayer", day_offset, -2}, {"antes de ayer", day_offset, -2},
    {"segundo", unit, kSecond}, {"segundos", unit, kSecond}, {"minuto", unit, kMinute}, {"minutos", unit, kMinute}, {"hora", unit, kHour}, {"horas", unit, kHour}, {"día", unit, kDay}, {"dia", unit, kDay}, {"días", unit, kDay}, {"dias", unit, kDay}, {"noche", unit, kNight}, {"noches", unit, kNight}, {"semana", unit, kWeek}, {"semanas", unit, kWeek}, {"quincena", unit, kFortnight}, {"fin de semana", unit, kWeekend}, {"mes", unit, kMonth}, {"meses", unit, kMonth}, {"trimestre", unit, kQuarter}, {"trimestres", unit, kQuarter}, {"año", unit, kYear}, {"años", unit, kYear}, {"década", unit, kDecade}, {"siglo", unit, kCentury},
    {"ahora", now}, {"ahora mismo", now}, {"ya", now, 1}, {"navidad", holiday, kChristmas}, {"nochebuena", holiday, kChristmasEve}, {"nochevieja", holiday, kNewYearEve}, {"año nuevo", holiday, kNewYear}, {"primavera", season, 1}, {"verano", season, 2}, {"otoño", season, 3}, {"invierno", season, 4},
    // the day
    {"mañana", day_part, kMorning}, {"por la mañana", day_part, kMorning}, {"de la mañana", day_part, kMorning}, {"la mañana", day_part, kMorning}, {"por la tarde", day_part, kAfternoon}, {"de la tarde", day_part, kAfternoon}, {"tarde", day_part, kAfternoon}, {"por la noche", day_part, kNightPart}, {"de la noche", day_part, kNightPart}, {"noche", day_part, kNightPart}, {"de la madrugada", day_part, kMorning}, {"madrugada", day_part, kMorning}, {"mediodía", noon, 720}, {"mediodia", noon, 720}, {"medianoche", noon, 0}, {"esta noche", tonight, 0}, {"esta tarde", day_part, kAfternoon}, {"am", meridiem, 0}, {"pm", meridiem, 1}, {"a . m .", meridiem, 0}, {"p . m .", meridiem, 1}, {"en punto", oclock},
    // modifiers
    {"este", this_}, {"esta", this_}, {"próximo", next}, {"próxima", next}, {"proximo", next}, {"proxima", next}, {"el próximo", next}, {"la próxima", next}, {"el proximo", next}, {"la proxima", next}, {"pasado", prior}, {"pasada", prior}, {"último", last}, {"última", last}, {"que viene", following}, {"cada", each}, {"todos los", each, 1}, {"todas las", each, 1}, {"otro", other}, {"hace", ago, 1}, {"después", later}, {"mas tarde", later}, {"más tarde", later}, {"dentro de", in}, {"en", in}, {"antes de", before}, {"antes del", before}, {"después de", after}, {"después del", after}, {"desde", since}, {"hasta", until}, {"para", by}, {"sobre", around}, {"alrededor de", around}, {"de", from}, {"desde", from}, {"del", from}, {"a", to}, {"al", to}, {"hasta", to}, {"-", to}, {"entre", between}, {"a partir de", since, 1}, {"más de", more_than}, {"menos de", less_than}, {"principios de", start_of}, {"mediados de", mid_of}, {"finales de", end_of}, {"fin de", end_of}, {"de", of}, {"del", of}, {"el", the}, {"la", the}, {"los", the}, {"las", the}, {"el día", the}, {"el dia", the}, {"a las", at}, {"a la", at}, {"a eso de las", at}, {"sobre las", at}, {"durante", for_}, {"por", for_}, {"todo el", all}, {"toda la", all}, {"diario", frequency, kDay}, {"diariamente", frequency, kDay}, {"semanal", frequency, kWeek}, {"semanalmente", frequency, kWeek}, {"mensual", frequency, kMonth}, {"mensualmente", frequency, kMonth}, {"anual", frequency, kYear}, {"anualmente", frequency, kYear},
};

constexpr Language kSpanish{.code = "es", .entries = kEntries, .endings = {}, .tens_then_units = false, .tens_and_units = true, .is_day_first = true};

}  // namespace

const Language& spanish() { return kSpanish; }

}  // namespace offhook::brain::extract
