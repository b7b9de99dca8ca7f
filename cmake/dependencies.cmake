# Everything comes from Debian 12 packages (script/bootstrap installs them). Headers of libraries that are
# not ours are SYSTEM includes, so their warnings are not ours either.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
find_package(ICU REQUIRED COMPONENTS i18n uc)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(speexdsp REQUIRED IMPORTED_TARGET speexdsp)
pkg_check_modules(libjwt REQUIRED IMPORTED_TARGET libjwt)
pkg_check_modules(libargon2 REQUIRED IMPORTED_TARGET libargon2)
find_library(ESPEAK_NG_LIBRARY espeak-ng REQUIRED)
find_library(STEMMER_LIBRARY stemmer REQUIRED)
pkg_check_modules(gumbo REQUIRED IMPORTED_TARGET gumbo)
pkg_check_modules(pugixml REQUIRED IMPORTED_TARGET pugixml)
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(poppler REQUIRED IMPORTED_TARGET poppler-cpp)
if(OFFHOOK_TESTS)
  find_package(GTest REQUIRED)
endif()

# Two header sets whose Debian packages cannot be installed beside the others (libphonenumber-dev
# conflicts with Boost 1.81; libvalijson-dev drags in Qt, Poco and MariaDB). script/bootstrap unpacks
# them here.
set(OFFHOOK_DEPS "${CMAKE_SOURCE_DIR}/build/deps" CACHE PATH "Unpacked header-only Debian packages")
if(NOT EXISTS "${OFFHOOK_DEPS}/usr/include/valijson")
  message(FATAL_ERROR "valijson headers are missing under ${OFFHOOK_DEPS}: run script/bootstrap")
endif()
add_library(offhook_valijson INTERFACE)
target_include_directories(offhook_valijson SYSTEM INTERFACE "${OFFHOOK_DEPS}/usr/include")

find_library(PHONENUMBER_LIBRARY NAMES libphonenumber.so.8 REQUIRED)
add_library(offhook_phonenumber INTERFACE)
target_include_directories(offhook_phonenumber SYSTEM INTERFACE "${OFFHOOK_DEPS}/usr/include")
target_link_libraries(offhook_phonenumber INTERFACE "${PHONENUMBER_LIBRARY}")

# Asio and Beast are compiled once (async/asio_impl.cpp, net/beast_impl.cpp), not in every file.
add_library(offhook_asio INTERFACE)
target_link_libraries(offhook_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(offhook_asio INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)
