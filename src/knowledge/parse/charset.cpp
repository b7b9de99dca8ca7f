#include <memory>

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include "base/text.hpp"
#include "knowledge/parse/parsers.hpp"

namespace offhook::knowledge::parse {
namespace {

constexpr std::size_t kSampleBytes = 64UL * 1024;

std::string convert(std::string_view bytes, const char* charset) {
  UErrorCode status = U_ZERO_ERROR;
  const std::int32_t size =
      ucnv_convert("UTF-8", charset, nullptr, 0, bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
  if (status != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(status) != 0) return {};
  std::string text(static_cast<std::size_t>(size), '\0');
  status = U_ZERO_ERROR;
  ucnv_convert("UTF-8", charset, text.data(), size, bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
  return U_FAILURE(status) != 0 ? std::string() : text;
}

/// The name of the likeliest character set.
std::string guess(std::string_view bytes) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, void (*)(UCharsetDetector*)> detector(ucsdet_open(&status), ucsdet_close);
  if (U_FAILURE(status) != 0) return "windows-1252";
  const std::string_view sample = bytes.substr(0, kSampleBytes);
  ucsdet_setText(detector.get(), sample.data(), static_cast<std::int32_t>(sample.size()), &status);
  const UCharsetMatch* match = ucsdet_detect(detector.get(), &status);
  if (U_FAILURE(status) != 0 || match == nullptr) return "windows-1252";
  const char* name = ucsdet_getName(match, &status);
  // What calls itself Latin-1 is Windows' set, which holds it.
  if (U_FAILURE(status) != 0 || std::string_view(name) == "ISO-8859-1") return "windows-1252";
  return name;
}

/// With U+FFFD for what is no UTF-8.
std::string repaired(std::string_view bytes) {
  std::string text = convert(bytes, "UTF-8");
  return text.empty() ? std::string(bytes) : text;
}

}  // namespace

std::string to_utf8(std::string_view bytes, std::string_view declared) {
  constexpr std::size_t kMost = 1UL << 30;
  bytes = bytes.substr(0, kMost);
  if (bytes.starts_with("\xEF\xBB\xBF")) return repaired(bytes.substr(3));
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return convert(bytes, "UTF-16");
  if (is_valid_utf8(bytes)) return std::string(bytes);
  // A sample that was cut in mid-character is UTF-8 all the same.
  for (std::size_t cut = 1; cut <= 3 && cut < bytes.size(); ++cut) {
    if (is_valid_utf8(bytes.substr(0, bytes.size() - cut)) && (bytes[bytes.size() - cut] & 0x80) != 0)
      return std::string(bytes.substr(0, bytes.size() - cut));
  }
  if (!declared.empty() && !iequals(declared, "utf-8")) {
    if (std::string text = convert(bytes, std::string(declared).c_str()); !text.empty()) return text;
  }
  std::string text = convert(bytes, guess(bytes).c_str());
  return text.empty() ? repaired(bytes) : text;
}

}  // namespace offhook::knowledge::parse
