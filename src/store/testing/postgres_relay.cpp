#include "store/testing/postgres_relay.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace offhook::store::testing {
namespace {

constexpr const char* kSocket = "/.s.PGSQL.5432";  // libpq's name for port 5432 in a folder

sockaddr_un address_of(const std::string& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder + kSocket;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("too long for a socket: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

/// A socket that is closed when it goes.
class Socket {
 public:
  explicit Socket(int handle) : handle_(handle) {}
  ~Socket() { close(handle_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int get() const { return handle_; }

 private:
  int handle_;
};

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

PostgresRelay::PostgresRelay(std::string server_folder) : server_folder_(std::move(server_folder)) {
  listener_ = socket(AF_UNIX, SOCK_STREAM, 0);
  const sockaddr_un address = address_of(folder());
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(listener_, 16) != 0) {
    throw std::runtime_error("the relay cannot listen");
  }
  accepting_ = std::thread([this] { accept_clients(); });
}

PostgresRelay::~PostgresRelay() {
  is_closing_ = true;
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  for (auto& client : clients_) client.join();
  close(listener_);
}

void PostgresRelay::cut_at(std::string text, Moment moment) {
  const std::lock_guard lock(mutex_);
  cut_text_ = std::move(text);
  cut_moment_ = moment;
}

bool PostgresRelay::is_to_cut(std::string_view bytes, Moment& moment) {
  const std::lock_guard lock(mutex_);
  if (cut_text_.empty() || bytes.find(cut_text_) == std::string_view::npos) return false;
  cut_text_.clear();
  moment = cut_moment_;
  return true;
}

void PostgresRelay::accept_clients() {
  for (;;) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    ++accepted_;
    clients_.emplace_back([this, client] { serve(client); });
  }
}

void PostgresRelay::serve(int client_handle) {
  const Socket client(client_handle);
  const Socket server(socket(AF_UNIX, SOCK_STREAM, 0));
  const sockaddr_un address = address_of(server_folder_);
  if (connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
  std::array<pollfd, 2> sockets{pollfd{client.get(), POLLIN, 0}, pollfd{server.get(), POLLIN, 0}};
  std::array<char, 16384> buffer{};
  bool cuts_at_the_answer = false;
  while (!is_closing_) {
    poll(sockets.data(), sockets.size(), 50);  // looks now and then whether it is to end
    for (const bool from_client : {true, false}) {
      if ((sockets[from_client ? 0 : 1].revents & (POLLIN | POLLHUP)) == 0) continue;
      const ssize_t count = recv(from_client ? client.get() : server.get(), buffer.data(), buffer.size(), 0);
      if (count <= 0) return;
      const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
      if (is_silent_) continue;
      if (!from_client && cuts_at_the_answer) return;
      Moment moment{};
      if (from_client && is_to_cut(bytes, moment)) {
        if (moment == Moment::before_the_server_has_it) return;
        cuts_at_the_answer = true;
      }
      if (!send_all(from_client ? server.get() : client.get(), bytes)) return;
    }
  }
}

}  // namespace offhook::store::testing
