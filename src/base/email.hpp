#pragma once

#include <string_view>

namespace offhook {

/// Has the text, in lower case, the form local@domain: local of RFC 5322 "atext" and single dots, at most 64
/// characters; domain of two or more labels, the last of which is letters or begins with "xn--"; 254 characters in all
/// (RFC 5321, section 4.5.3.1, and its erratum 1690)?
[[nodiscard]] bool is_email_address(std::string_view address);

}  // namespace offhook
