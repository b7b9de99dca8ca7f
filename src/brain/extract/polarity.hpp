#pragma once

#include <cstddef>
#include <optional>

#include "brain/extract/lexicon.hpp"

namespace offhook::brain::extract {

/// A yes or a no in a text.
struct PolarityFound {
  bool is_yes = false;
  std::size_t begin = 0;  ///< byte offset in the text
  std::size_t end = 0;
};

/// The word that answers: "uh yeah sure" yes, "not really" no, "agree, it is not ok" no. A negated yes outweighs an
/// earlier yes; of others the first counts. In English, Turkish, Spanish and Hindi (both scripts).
[[nodiscard]] std::optional<PolarityFound> find_polarity(std::string_view text, const Pieces& pieces);

}  // namespace offhook::brain::extract
