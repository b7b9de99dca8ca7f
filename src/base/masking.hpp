#pragma once

#include <string>
#include <string_view>

namespace offhook {

/// The only forms in which personal data reaches a log. Each takes a view and gives a text that helps to
/// tell two callers apart but not to call them back.

/// "+14155550101" becomes "+1*******101"; fewer than seven digits become "***".
[[nodiscard]] std::string mask_phone(std::string_view number);
/// "John Doe" becomes "J*** D***".
[[nodiscard]] std::string mask_name(std::string_view name);
/// "ann@example.test" becomes "a***@e***".
[[nodiscard]] std::string mask_email(std::string_view address);

/// Types that a log field accepts; they mask themselves when they are written.
struct MaskedPhone {
  std::string_view number;
};
struct MaskedName {
  std::string_view name;
};
struct MaskedEmail {
  std::string_view address;
};
/// What somebody said: only its length in bytes is logged.
struct MaskedSpeech {
  std::string_view text;
};

}  // namespace offhook
