# offhook_library(base SOURCES a.cpp ... LINK libs...)      -> library offhook_base, alias offhook::base
# offhook_tests(base SOURCES a_test.cpp ... [LINK libs...]) -> program base_test, each case a ctest labelled "unit"

function(offhook_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(offhook_${name} STATIC ${ARG_SOURCES})
  add_library(offhook::${name} ALIAS offhook_${name})
  target_include_directories(offhook_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(offhook_${name} PUBLIC ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
endfunction()

include(GoogleTest)

function(offhook_tests name)
  if(NOT OFFHOOK_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name}_test ${ARG_SOURCES})
  target_include_directories(${name}_test PRIVATE "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(${name}_test PRIVATE offhook::${name} ${ARG_LINK} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name}_test PRIVATE OFFHOOK_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  # gtest's macros compare signed and unsigned in ways -Wpedantic accepts but clang's gnu checks do not.
  target_compile_options(${name}_test PRIVATE -Wno-gnu-zero-variadic-macro-arguments)
  # One ctest entry for each program: starting a process for each case would cost more than the cases.
  add_test(NAME unit.${name} COMMAND ${name}_test --gtest_brief=1)
  set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 900)
endfunction()
