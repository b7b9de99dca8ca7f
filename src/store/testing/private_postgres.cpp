#include "store/testing/private_postgres.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <csignal>
#include <stdexcept>

#include "store/sql/postgres_connection.hpp"

namespace offhook::store::testing {
namespace {

constexpr const char* kProgram = OFFHOOK_SOURCE_DIR "/test/private_postgres";

/// Reads what the server says until it is ready. Throws with all it said when it ends before.
void wait_until_ready(int output) {
  std::string said;
  std::array<char, 4096> buffer{};
  while (said.find("ready to accept connections") == std::string::npos) {
    const ssize_t count = read(output, buffer.data(), buffer.size());
    if (count <= 0) throw std::runtime_error("the private PostgreSQL server did not start: " + said);
    said.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::string percent_encoded(const std::string& text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      encoded += c;
    } else {
      encoded += {'%', kHex[static_cast<unsigned char>(c) >> 4U], kHex[static_cast<unsigned char>(c) & 15U]};
    }
  }
  return encoded;
}

std::string url_by(const std::string& socket_folder) {
  return "postgresql://offhook@/postgres?host=" + percent_encoded(socket_folder);
}

}  // namespace

PrivatePostgres::PrivatePostgres() { start(); }

PrivatePostgres::~PrivatePostgres() { stop(); }

PrivatePostgres& PrivatePostgres::shared() {
  static PrivatePostgres server;
  return server;
}

void PrivatePostgres::start() {
  std::array<int, 2> pipe_ends{};
  if (pipe(pipe_ends.data()) != 0) throw std::runtime_error("no pipe");
  process_ = fork();
  if (process_ == 0) {
    dup2(pipe_ends[1], STDERR_FILENO);
    dup2(pipe_ends[1], STDOUT_FILENO);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    execl(kProgram, kProgram, folder_.path().c_str(), nullptr);
    _exit(127);
  }
  close(pipe_ends[1]);
  if (process_ < 0) throw std::runtime_error("no process");
  try {
    wait_until_ready(pipe_ends[0]);
  } catch (...) {
    close(pipe_ends[0]);
    throw;
  }
  close(pipe_ends[0]);  // PostgreSQL goes on when nobody reads its log
}

void PrivatePostgres::stop() {
  if (process_ <= 0) return;
  kill(process_, SIGQUIT);
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

Secret PrivatePostgres::new_url() { return new_url(folder()); }

Secret PrivatePostgres::new_url(const std::string& socket_folder) {
  const std::string schema = "test" + std::to_string(++schemas_);
  const RealClock clock;
  auto db = sql::open_postgres(clock, {.url = sql::PostgresUrl::parse(Secret(url_by(folder()))).value()}).value();
  db->execute("CREATE SCHEMA " + schema).value();
  return Secret(url_by(socket_folder) + "&options=-csearch_path%3D" + schema);
}

}  // namespace offhook::store::testing
