#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "brain/extract/lexicon.hpp"

namespace offhook::brain::extract {

/// A way to reach somebody, as it stands in a text.
struct ContactFound {
  std::size_t begin = 0;  ///< byte offset in the text
  std::size_t end = 0;
  std::string value;
};

/// Telephone numbers in figures, as they are written; extensions belong to them. Figures that are a date, a decimal,
/// a network address, an account or a card are left out. `value` is the text of the number.
[[nodiscard]] std::vector<ContactFound> find_written_phones(std::string_view text);

/// A number said in words or in figures, over pauses: "five five five, double oh one two", "plus one four one five …".
/// `value` is what normalize_phone makes of it in `region` (ISO 3166-1 alpha-2). Seven figures at least.
[[nodiscard]] std::vector<ContactFound> find_spoken_phones(const Pieces& pieces, std::string_view region);

/// E-mail addresses as they are written or spoken ("john dot doe at gmail dot com", "j o e underscore 5 at …"),
/// `value` in lower case.
[[nodiscard]] std::vector<ContactFound> find_emails(std::string_view text, const Pieces& pieces);

}  // namespace offhook::brain::extract
