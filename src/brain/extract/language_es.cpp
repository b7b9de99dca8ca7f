#include "brain/extract/languages.hpp"

namespace offhook::brain::extract {
namespace {
using enum Word;
constexpr Entry kEntries[] = {{"now", now}};
constexpr Language kSpanish{.code = "es", .entries = kEntries, .endings = {}};
}  // namespace
const Language& spanish() { return kSpanish; }
}  // namespace offhook::brain::extract
