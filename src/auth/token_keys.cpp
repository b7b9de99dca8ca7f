#include "auth/token_keys.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "auth/tokens.hpp"
#include "base/text.hpp"
#include "crypto/secrets.hpp"

namespace offhook::auth {
namespace {

std::unexpected<Error> cannot(const char* what, const std::filesystem::path& path, int code) {
  return fail(ErrorKind::unavailable, fmt::format("cannot {} the token key {}: {}", what, path.string(),
                                                  std::generic_category().message(code)));
}

/// Makes the file under a name of its own and gives it its place only when it is whole, and only when there is
/// none: another program may be doing the same.
Result<void> make_key_file(const std::filesystem::path& path) {
  const std::filesystem::path draft = path.string() + "." + crypto::random_token("", 8);
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return cannot("make", path, errno);
  const std::string text = crypto::random_token("") + "\n";
  const bool is_written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool is_kept = is_written && ::fsync(file) == 0;
  int problem = is_kept ? 0 : errno;
  ::close(file);
  if (is_kept && ::link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST) problem = errno;
  ::unlink(draft.c_str());
  if (problem != 0) return cannot("make", path, problem);
  return {};
}

}  // namespace

Result<Secret> keep_token_key(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    if (auto made = make_key_file(path); !made) return fail(made);
  }
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) return cannot("read", path, EIO);
  const std::string key(trim(text));
  if (key.size() < Tokens::kLeastKeyBytes) {
    return fail(
        ErrorKind::unavailable,
        fmt::format("the token key {} is too short: remove the file, or set OFFHOOK_JWT_SECRET", path.string()));
  }
  return Secret(key);
}

}  // namespace offhook::auth
