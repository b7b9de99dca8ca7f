#include "base/phone.hpp"

#include <phonenumbers/phonenumberutil.h>

#include <map>
#include <utility>

#include "base/text.hpp"

namespace offhook {

namespace {

constexpr std::size_t kRemembered = 1024;

std::string normalize(const std::string& given, const std::string& region) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  const auto& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber parsed;
  if (util.Parse(given, region, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR || !util.IsPossibleNumber(parsed)) {
    return given;
  }
  std::string e164;
  util.Format(parsed, PhoneNumberUtil::E164, &e164);
  return e164;
}

}  // namespace

std::string normalize_phone(std::string_view number, std::string_view region) {
  // The same few numbers come with every message of a call, and parsing one takes some 10 us.
  thread_local std::map<std::pair<std::string, std::string>, std::string> known;
  std::pair<std::string, std::string> key(trim(number), region);
  if (const auto found = known.find(key); found != known.end()) return found->second;
  if (known.size() >= kRemembered) known.clear();
  std::string result = normalize(key.first, key.second);
  known.emplace(std::move(key), result);
  return result;
}

}  // namespace offhook
