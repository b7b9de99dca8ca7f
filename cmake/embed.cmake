# offhook_embed(target symbol FILES...) puts files into the program: "embedded/<symbol>.hpp" then declares
#   std::span<const offhook::EmbeddedFile> offhook::embedded::<symbol>();
# in the order given, each with its file name and content.
function(offhook_embed target symbol)
  set(out "${CMAKE_CURRENT_BINARY_DIR}/embedded")
  set(entries "")
  set(arrays "")
  set(index 0)
  foreach(path IN LISTS ARGN)
    get_filename_component(absolute "${path}" ABSOLUTE)
    get_filename_component(name "${path}" NAME)
    # ccache does not look into #embed: the hash in the source tells it that a file has changed.
    file(SHA256 "${absolute}" hash)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${absolute}")
    string(APPEND arrays "// sha256 ${hash}\nconstexpr char kFile${index}[] = {\n#embed \"${absolute}\" if_empty(' ')\n};\n")
    string(APPEND entries "    {\"${name}\", std::string_view(kFile${index}, sizeof kFile${index})},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(CONFIGURE OUTPUT "${out}/${symbol}.hpp" CONTENT
"#pragma once

#include <span>

#include \"base/embedded_file.hpp\"

namespace offhook::embedded {
std::span<const EmbeddedFile> ${symbol}();
}
")
  file(CONFIGURE OUTPUT "${out}/${symbol}.cpp" CONTENT
"#include \"embedded/${symbol}.hpp\"

namespace offhook::embedded {
namespace {
${arrays}
constexpr EmbeddedFile kFiles[] = {
${entries}};
}
std::span<const EmbeddedFile> ${symbol}() { return kFiles; }
}
")
  set_source_files_properties("${out}/${symbol}.cpp" PROPERTIES
    COMPILE_OPTIONS "-Wno-c23-extensions" OBJECT_DEPENDS "${ARGN}")
  target_sources(${target} PRIVATE "${out}/${symbol}.cpp")
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
endfunction()
