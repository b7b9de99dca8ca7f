#include "brain/extract/languages.hpp"

namespace offhook::brain::extract {
namespace {
using enum Word;
constexpr Entry kEntries[] = {{"now", now}};
constexpr Language kTurkish{.code = "tr", .entries = kEntries, .endings = {}};
}  // namespace
const Language& turkish() { return kTurkish; }
}  // namespace offhook::brain::extract
