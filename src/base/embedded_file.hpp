#pragma once

#include <string_view>

namespace offhook {

/// A file that was put into the program when it was built (cmake/embed.cmake).
struct EmbeddedFile {
  std::string_view name;  ///< without directories
  std::string_view content;
};

}  // namespace offhook
