#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "async/cancel.hpp"
#include "async/event.hpp"
#include "async/per_loop.hpp"
#include "base/text.hpp"
#include "net/http_client.hpp"

namespace offhook::net {
namespace {

/// What a slow reader may leave unread before the transfer is paused.
constexpr std::size_t kMaxUnreadBytes = 256 * 1024;

/// More header bytes than this are no answer but an attack.
constexpr std::size_t kMaxHeadBytes = 256 * 1024;

/// libcurl, set up once and before any thread uses it (curl_global_init is thread-safe since 7.84).
void initialise_curl() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)done;
}

Error error_from_curl(CURLcode code, const char* detail) {
  const std::string text = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return {.kind = ErrorKind::invalid_argument, .log = text};
    case CURLE_OPERATION_TIMEDOUT: return {.kind = ErrorKind::timeout, .log = text};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2: return {.kind = ErrorKind::bad_gateway, .log = text};
    default: return {.kind = ErrorKind::unavailable, .log = text};
  }
}

/// One exchange in progress.
struct Transfer {
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  char error_text[CURL_ERROR_SIZE] = {};
  std::string request_body;
  ResponseHead head;
  std::size_t head_bytes = 0;
  const AddressGuard* guard = nullptr;  // null: every address is fine
  std::string host;                     // of the URL, for the guard
  std::optional<Error> refused;         // what the guard said of an address
  std::string unread;
  bool head_done = false;
  bool finished = false;
  bool paused = false;
  CURLcode outcome = CURLE_OK;
  Event changed;

  Transfer() : easy(curl_easy_init()) {}
  ~Transfer() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// Once the answer has begun nobody sends the question again, which may be longer than all else of a transfer.
  void drop_sent_body() {
    curl_off_t sent = 0;
    curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    if (static_cast<std::size_t>(sent) == request_body.size()) std::string().swap(request_body);
  }

  void notify() {
    changed.set();
    changed.reset();
  }
};

std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.unread.size() > kMaxUnreadBytes) {
    transfer.paused = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  transfer.unread.append(bytes, count);
  transfer.notify();
  return count;
}

std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.head_bytes += count;
  if (transfer.head_bytes > kMaxHeadBytes) return 0;
  const std::string_view line = trim(std::string_view(bytes, count));
  if (line.starts_with("HTTP/")) {
    transfer.head.headers.clear();  // an interim (1xx) answer came before
  } else if (line.empty()) {
    long status = 0;
    curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
    transfer.head.status = static_cast<int>(status);
    if (status >= 200) {
      transfer.head_done = true;
      transfer.drop_sent_body();
      transfer.notify();
    }
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    transfer.head.headers.emplace_back(std::string(trim(line.substr(0, colon))),
                                       std::string(trim(line.substr(colon + 1))));
  }
  return count;
}

/// Opens a socket for libcurl unless the guard refuses the address it is to be connected to.
curl_socket_t open_guarded_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(user);
  Result<void> checked = fail(ErrorKind::forbidden, "An address of another family was refused.");
  // Copied out: the storage that libcurl passes is typed as a plain sockaddr.
  if (address->family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address->addr, sizeof v4);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&v4.sin_addr);
    checked = transfer.guard->check_address({bytes, 4}, transfer.host);
  } else if (address->family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address->addr, sizeof v6);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&v6.sin6_addr);
    checked = transfer.guard->check_address({bytes, 16}, transfer.host);
  }
  if (!checked) {
    transfer.refused = std::move(checked.error());
    return CURL_SOCKET_BAD;
  }
  // NOLINTNEXTLINE(bugprone-unused-return-value): the descriptor is libcurl's from here on
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::string host_of(const std::string& url) {
  std::string host;
  CURLU* handle = curl_url();
  char* text = nullptr;
  if (curl_url_set(handle, CURLUPART_URL, url.c_str(), 0) == CURLUE_OK &&
      curl_url_get(handle, CURLUPART_HOST, &text, 0) == CURLUE_OK) {
    host = text;
    curl_free(text);
  }
  curl_url_cleanup(handle);
  return host;
}

/// libcurl's multi interface driven by one loop: it tells us which sockets and which delay to wait for.
class Multi {
 public:
  explicit Multi(Loop& loop) : loop_(loop), timer_(loop.timers()) {
    initialise_curl();
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Multi::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Multi::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    // Kept open between requests. With fewer than there are streams at a time, each new stream pays for a connection.
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 2048L);
  }
  ~Multi() {
    curl_multi_cleanup(multi_);
    for (auto& [fd, watch] : watches_) watch->descriptor.release();
  }
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  void add(Transfer& transfer) { curl_multi_add_handle(multi_, transfer.easy); }
  void remove(Transfer& transfer) { curl_multi_remove_handle(multi_, transfer.easy); }

 private:
  struct Watch {
    Watch(const Executor& executor, int fd) : descriptor(executor, fd) {}
    asio::posix::basic_stream_descriptor<Executor> descriptor;
    bool read = false;
    bool write = false;
    bool read_pending = false;
    bool write_pending = false;
  };

  static int on_socket(CURL*, curl_socket_t fd, int what, void* user, void*) {
    static_cast<Multi*>(user)->watch(fd, what);
    return 0;
  }
  static int on_timer(CURLM*, long timeout_ms, void* user) {
    auto& self = *static_cast<Multi*>(user);
    self.timer_.disarm();
    if (timeout_ms == 0) {
      // Most requests begin so: at once, but not from inside libcurl. A timer would cost another turn of the loop.
      asio::post(self.loop_.executor(), [alive = std::weak_ptr(self.alive_), &self] {
        if (!alive.expired()) self.act(CURL_SOCKET_TIMEOUT, 0);
      });
    } else if (timeout_ms > 0) {
      self.timer_.arm(self.loop_.clock().now() + std::chrono::milliseconds(timeout_ms),
                      [&self] { self.act(CURL_SOCKET_TIMEOUT, 0); });
    }
    return 0;
  }

  void watch(curl_socket_t fd, int what) {
    auto& slot = watches_[fd];
    if (what == CURL_POLL_REMOVE) {
      if (slot) slot->descriptor.release();  // ends pending waits; libcurl closes the socket itself
      watches_.erase(fd);
      return;
    }
    if (!slot) slot = std::make_shared<Watch>(loop_.executor(), fd);
    slot->read = (what & CURL_POLL_IN) != 0;
    slot->write = (what & CURL_POLL_OUT) != 0;
    wait_again(slot, fd);
  }

  void wait_again(const std::shared_ptr<Watch>& slot, int fd) {
    if (slot->read && !slot->read_pending) {
      slot->read_pending = true;
      slot->descriptor.async_wait(Watched::wait_read, [this, slot, fd](const boost::system::error_code& error) {
        slot->read_pending = false;
        ready(slot, fd, error, CURL_CSELECT_IN);
      });
    }
    if (slot->write && !slot->write_pending) {
      slot->write_pending = true;
      slot->descriptor.async_wait(Watched::wait_write, [this, slot, fd](const boost::system::error_code& error) {
        slot->write_pending = false;
        ready(slot, fd, error, CURL_CSELECT_OUT);
      });
    }
  }
  using Watched = asio::posix::descriptor_base;

  void ready(const std::shared_ptr<Watch>& slot, int fd, const boost::system::error_code& error, int event) {
    const auto here = watches_.find(fd);
    if (here == watches_.end() || here->second != slot) return;  // no longer ours
    act(fd, error ? CURL_CSELECT_ERR : event);
    const auto still = watches_.find(fd);
    if (still != watches_.end() && still->second == slot) wait_again(slot, fd);
  }

  void act(curl_socket_t fd, int event) {
    int running = 0;
    curl_multi_socket_action(multi_, fd, event, &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      transfer->outcome = message->data.result;
      transfer->finished = true;
      transfer->notify();
    }
  }

  Loop& loop_;
  Timer timer_;
  CURLM* multi_ = nullptr;
  std::map<int, std::shared_ptr<Watch>> watches_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

class CurlResponse final : public ResponseStream {
 public:
  CurlResponse(Multi& multi, Deadline deadline, const AddressGuard* guard) : multi_(multi), deadline_(deadline) {
    transfer_.guard = guard;
  }
  ~CurlResponse() override {
    if (added_) multi_.remove(transfer_);
  }

  Task<void> start(ClientRequest request) {
    CURL* easy = transfer_.easy;
    if (transfer_.guard != nullptr) {
      if (auto checked = transfer_.guard->check_url(request.url); !checked) {
        co_return fail(std::move(checked.error()).with_code(std::string(kNotSent)));
      }
      transfer_.host = host_of(request.url);
      curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &open_guarded_socket);
      curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer_);
      // A proxy would resolve and connect in our place, unchecked.
      curl_easy_setopt(easy, CURLOPT_PROXY, "");
    }
    if (request.needs_fresh_connection) {
      curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
      curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }
    transfer_.request_body = std::move(request.body);
    for (const auto& [name, value] : request.headers) {
      // libcurl wants "Name;" for a header with an empty value.
      transfer_.headers =
          curl_slist_append(transfer_.headers, (value.empty() ? name + ";" : name + ": " + value).c_str());
    }
    transfer_.headers = curl_slist_append(transfer_.headers, "Expect:");
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (!transfer_.request_body.empty() || request.method == "POST") {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer_.request_body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer_.request_body.data());
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer_.headers);
    // A proxy for the world outside is none for this machine.
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
    // Every transfer has such a buffer as long as it lasts; an event of a stream is a few hundred bytes.
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 4096L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer_.error_text);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer_);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer_);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer_);
    multi_.add(transfer_);
    added_ = true;
    Deadline until = deadline_.sooner(request.connect_by);
    while (!transfer_.head_done && !transfer_.finished) {
      auto waited = co_await transfer_.changed.wait_until(until);
      if (waited) continue;
      if (waited.error().kind == ErrorKind::timeout && until.at != deadline_.at && has_sent()) {
        until = deadline_;  // connected in time, and waiting for the answer
        continue;
      }
      co_return fail(marked(std::move(waited.error())));
    }
    if (!transfer_.head_done) co_return fail(failure());
    co_return Result<void>{};
  }

  const ResponseHead& head() const override { return transfer_.head; }

  using ResponseStream::read;
  Task<std::string> read(Deadline by) override {
    for (;;) {
      if (!transfer_.unread.empty()) {
        std::string bytes = std::exchange(transfer_.unread, {});
        if (std::exchange(transfer_.paused, false)) curl_easy_pause(transfer_.easy, CURLPAUSE_CONT);
        co_return bytes;
      }
      if (transfer_.finished) {
        if (transfer_.outcome != CURLE_OK) co_return fail(failure());
        co_return std::string{};
      }
      if (auto waited = co_await transfer_.changed.wait_until(deadline_.sooner(by)); !waited) co_return fail(waited);
    }
  }

 private:
  /// With code kNotSent when nothing of the request has left.
  Error marked(Error error) const {
    if (!has_sent()) error.code = kNotSent;
    return error;
  }
  bool has_sent() const {
    long sent_bytes = 0;
    curl_easy_getinfo(transfer_.easy, CURLINFO_REQUEST_SIZE, &sent_bytes);
    return sent_bytes > 0 || transfer_.head.status != 0;
  }
  Error failure() const {
    if (transfer_.refused && transfer_.outcome == CURLE_COULDNT_CONNECT) return marked(*transfer_.refused);
    return marked(error_from_curl(transfer_.outcome, transfer_.error_text));
  }

  Multi& multi_;
  Deadline deadline_;
  Transfer transfer_;
  bool added_ = false;
};

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(std::optional<AddressGuard> guard) : guard_(std::move(guard)) {}

  Task<std::unique_ptr<ResponseStream>> open(ClientRequest request) override {
    Loop& loop = co_await this_loop();
    Multi& multi = multis_.get(loop, [&loop] { return std::make_unique<Multi>(loop); });
    auto response = std::make_unique<CurlResponse>(multi, request.deadline, guard_ ? &*guard_ : nullptr);
    if (auto started = co_await response->start(std::move(request)); !started) co_return fail(started);
    co_return std::unique_ptr<ResponseStream>(std::move(response));
  }

 private:
  std::optional<AddressGuard> guard_;
  PerLoop<Multi> multis_;
};

}  // namespace

std::unique_ptr<HttpClient> make_curl_client() { return std::make_unique<CurlClient>(std::nullopt); }

std::unique_ptr<HttpClient> make_guarded_client(AddressGuard guard) {
  return std::make_unique<CurlClient>(std::move(guard));
}

}  // namespace offhook::net
