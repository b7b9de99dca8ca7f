#pragma once

// How every number in our JSON is printed. Boost.JSON 1.81 prints doubles in exponent form only (16.015 as 1.6015E1),
// which is valid, but no person and not every program reads it gladly. Its sources are compiled in json.cpp; this file
// is included before them and takes the place of detail/impl/format.ipp, so that whatever serialises prints so, with
// no copy and no second pass. Another version of Boost needs another look at that file.

#include <boost/json/detail/config.hpp>
#include <boost/version.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

static_assert(BOOST_VERSION == 108100, "compare boost/json/detail/impl/format.ipp with this file");

#define BOOST_JSON_DETAIL_IMPL_FORMAT_IPP
#include <boost/json/detail/format.hpp>

BOOST_JSON_NS_BEGIN
namespace detail {

unsigned format_uint64(char* dest, std::uint64_t value) noexcept {
  return static_cast<unsigned>(std::to_chars(dest, dest + max_number_chars, value).ptr - dest);
}

unsigned format_int64(char* dest, std::int64_t value) noexcept {
  return static_cast<unsigned>(std::to_chars(dest, dest + max_number_chars, value).ptr - dest);
}

/// The shortest decimal that reads back as the same double: plain from 1e-5 up to 1e15, with an exponent beyond. A
/// whole number has no fraction (850), but for -0.0. At most 25 characters of the 27 that there are: sign, "0.0000"
/// and 17 digits, or 17 digits, point and "e-308". JSON has no infinities and no NaN: they are null, as Boost's are
/// not.
unsigned format_double(char* dest, double value) noexcept {
  if (!std::isfinite(value)) {
    std::memcpy(dest, "null", 4);
    return 4;
  }
  if (value == 0) {
    const std::size_t size = std::signbit(value) ? 4 : 1;
    std::memcpy(dest, std::signbit(value) ? "-0.0" : "0", size);
    return static_cast<unsigned>(size);
  }
  const double size = std::fabs(value);
  const auto format = size >= 1e-5 && size < 1e15 ? std::chars_format::fixed : std::chars_format::scientific;
  return static_cast<unsigned>(std::to_chars(dest, dest + max_number_chars, value, format).ptr - dest);
}

}  // namespace detail
BOOST_JSON_NS_END
