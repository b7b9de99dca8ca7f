# Offhook is coroutines from top to bottom. g++ 12 destroys some temporaries of co_await expressions
# twice, without a warning; clang 19 was probed clean. See docs/decisions/0001-compiler.md.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR
    "Offhook needs clang 19 or newer, found ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}. "
    "Older compilers miscompile temporaries in co_await expressions. "
    "Run script/bootstrap, then script/build (or cmake --preset dev).")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

option(OFFHOOK_TESTS "Build the test programs" ON)
set(OFFHOOK_SANITIZE "" CACHE STRING "Sanitizers for every target, e.g. address,undefined or thread")

find_program(OFFHOOK_CCACHE ccache)
if(OFFHOOK_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${OFFHOOK_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${OFFHOOK_CCACHE}")
endif()

find_program(OFFHOOK_LLD NAMES ld.lld-19)
if(OFFHOOK_LLD)
  add_link_options("-fuse-ld=lld-19")
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough
                    -Wno-missing-field-initializers)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  # Line tables keep debug builds small and quick; -Og keeps the tests quick enough to run often.
  add_compile_options(-gline-tables-only -O1)
else()
  add_compile_options(-gline-tables-only)
endif()
if(OFFHOOK_SANITIZE)
  add_compile_options(-fsanitize=${OFFHOOK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${OFFHOOK_SANITIZE})
  if(OFFHOOK_SANITIZE MATCHES "address")
    add_compile_options(-fsanitize=fuzzer-no-link)  # the fuzz targets see which branches are reached
  endif()
endif()
