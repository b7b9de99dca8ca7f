#pragma once

#include "brain/extract/lexicon.hpp"

namespace offhook::brain::extract {

/// The tables, one file a language.
[[nodiscard]] const Language& english();
[[nodiscard]] const Language& turkish();
[[nodiscard]] const Language& spanish();
[[nodiscard]] const Language& hindi();

}  // namespace offhook::brain::extract
