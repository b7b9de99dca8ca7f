// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "knowledge/parse/parsers.hpp"

namespace offhook::knowledge::parse {

/// A PDF's text, page by page. Errors: "encrypted", "corrupt", "too_large", and "empty" when its pages are pictures.
[[nodiscard]] Result<ParsedDocument> parse_pdf(std::string_view bytes, const Limits& limits);

}  // namespace offhook::knowledge::parse
