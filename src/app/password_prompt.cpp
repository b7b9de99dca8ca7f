#include "app/password_prompt.hpp"

#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <string>

#include <fmt/format.h>

namespace offhook::app {
namespace {

/// While it exists, the terminal shows nothing of what is typed.
class Silence {
 public:
  Silence() {
    is_on_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_on_ = is_on_ && ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~Silence() {
    if (is_on_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  termios before_{};
  bool is_on_ = false;
};

Result<std::string> read_line() {
  std::string line;
  if (!std::getline(std::cin, line)) return fail(ErrorKind::invalid_argument, "no password was given");
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Result<std::string> ask(const char* question) {
  fmt::print(stderr, "{}", question);
  const Silence silence;
  auto line = read_line();
  fmt::print(stderr, "\n");
  return line;
}

}  // namespace

Result<Secret> read_password() {
  const bool is_terminal = ::isatty(STDIN_FILENO) == 1;
  auto password = is_terminal ? ask("Password: ") : read_line();
  if (!password) return fail(password);
  if (is_terminal) {
    auto again = ask("The same again: ");
    if (!again) return fail(again);
    if (*again != *password) return fail(ErrorKind::invalid_argument, "the two passwords differ");
  }
  return Secret(std::move(*password));
}

}  // namespace offhook::app
