#include "brain/extract/languages.hpp"

namespace offhook::brain::extract {
namespace {
using enum Word;
constexpr Entry kEntries[] = {{"now", now}};
constexpr Language kHindi{.code = "hi", .entries = kEntries, .endings = {}};
}  // namespace
const Language& hindi() { return kHindi; }
}  // namespace offhook::brain::extract
