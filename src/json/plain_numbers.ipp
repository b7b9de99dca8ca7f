#pragma once

// How doubles in our JSON are printed. Boost.JSON 1.81 prints them in exponent form only (16.015 as 1.6015E1), which is
// valid, but no person and not every program reads it gladly. Its sources are compiled in json.cpp; this file is
// included before them and takes the place of detail/impl/format.ipp, so that whatever serialises prints so, with no
// copy and no second pass. Another version of Boost needs another look at that file.

#include <boost/json/detail/config.hpp>
#include <boost/json/detail/format.hpp>
#include <boost/version.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

static_assert(BOOST_VERSION == 108100, "compare boost/json/detail/impl/format.ipp with this file");

#define format_double format_double_with_exponent
#include <boost/json/detail/impl/format.ipp>
#undef format_double

BOOST_JSON_NS_BEGIN
namespace detail {

/// Amounts, durations and scores: up to four decimals, at most 15 digits together, printed as an integer and its
/// fraction, which is much cheaper than the search for the shortest digits. Since n is exact, n / 10000.0 == value says
/// that this decimal reads back as the value; and of 15 digits no two decimals are the same double, so none is shorter.
/// Returns 0 for any other number.
inline unsigned format_usual_double(char* dest, double value) noexcept {
  constexpr double kScale = 10'000;
  const double size = std::fabs(value);
  if (!(size >= 1 / kScale && size < 1e11)) return 0;
  const auto scaled = static_cast<std::uint64_t>(size * kScale + 0.5);
  if (static_cast<double>(scaled) / kScale != size) return 0;
  char* out = dest;
  if (value < 0) *out++ = '-';
  out += format_uint64(out, scaled / 10'000);
  auto fraction = static_cast<unsigned>(scaled % 10'000);
  if (fraction == 0) return static_cast<unsigned>(out - dest);
  *out++ = '.';
  for (unsigned place = 1000; fraction > 0; place /= 10) {
    *out++ = static_cast<char>('0' + fraction / place);
    fraction %= place;
  }
  return static_cast<unsigned>(out - dest);
}

/// The shortest decimal that reads back as the same double: plain from 1e-5 up to 1e15, with an exponent beyond. A
/// whole number has no fraction (850), but for -0.0. At most 25 characters of the 27 that there are: sign, "0.0000"
/// and 17 digits and a point, or 17 digits, point and "e-308". JSON has no infinities and no NaN: they are null.
unsigned format_double(char* dest, double value) noexcept {
  if (!std::isfinite(value)) return static_cast<unsigned>(std::string_view("null").copy(dest, max_number_chars));
  if (value == 0) {
    const std::string_view zero = std::signbit(value) ? "-0.0" : "0";
    return static_cast<unsigned>(zero.copy(dest, max_number_chars));
  }
  if (const unsigned size = format_usual_double(dest, value)) return size;
  // Boost gives -D.DDDDE-X, the shortest digits that there are; only the point is elsewhere.
  char text[32];
  const char* const end = text + format_double_with_exponent(text, value);
  const char* at = text;
  char* out = dest;
  if (*at == '-') *out++ = *at++;
  char digits[20];
  int count = 0;
  for (; *at != 'E'; ++at) {
    if (*at != '.') digits[count++] = *at;
  }
  int exponent = 0;
  std::from_chars(at + 1, end, exponent);
  if (exponent < -5 || exponent >= 15) {
    *out++ = digits[0];
    if (count > 1) *out++ = '.';
    out = std::copy(digits + 1, digits + count, out);
    *out++ = 'e';
    out = std::copy(at + 1, end, out);
  } else if (exponent < 0) {
    *out++ = '0';
    *out++ = '.';
    out = std::fill_n(out, -exponent - 1, '0');
    out = std::copy(digits, digits + count, out);
  } else {
    const int whole = std::min(exponent + 1, count);
    out = std::copy(digits, digits + whole, out);
    out = std::fill_n(out, exponent + 1 - whole, '0');
    if (whole < count) *out++ = '.';
    out = std::copy(digits + whole, digits + count, out);
  }
  return static_cast<unsigned>(out - dest);
}

}  // namespace detail
BOOST_JSON_NS_END
