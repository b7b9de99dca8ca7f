#include "tools/remote/mcp_stdio.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <csignal>

#include "async/cancel.hpp"
#include "base/text.hpp"
#include "net/http_client.hpp"
#include "tools/remote/child_process.hpp"

namespace offhook::tools::remote {
namespace {

using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using ErrorCode = boost::system::error_code;

constexpr std::size_t kMaxOutboxBytes = 4 * kMaxMcpMessageBytes;
constexpr std::size_t kMaxStderrLine = 2000;
constexpr int kMaxStderrLinesAMinute = 50;
constexpr std::chrono::milliseconds kPollInterval{20};

/// The pipes and the process. Pending operations share it, so it lives until the last one has ended.
struct Child : std::enable_shared_from_this<Child> {
  Child(Loop& home, ChildProcess started, ChildProcess::Pipes pipes)
      : loop(home),
        process(std::move(started)),
        input(home.executor(), pipes.input),
        output(home.executor(), pipes.output),
        error(home.executor(), pipes.error) {}

  Loop& loop;
  ChildProcess process;
  Descriptor input;
  Descriptor output;
  Descriptor error;
  McpTransport::Listener* listener = nullptr;
  std::function<void(std::string_view)> on_stderr;
  std::vector<Secret> secrets;
  std::string inbox;
  std::string outbox;
  std::string being_written;
  std::string stderr_line;
  bool is_input_ending = false;
  std::array<char, 32768> read_buffer{};
  std::array<char, 4096> error_buffer{};
  Instant minute{};
  int lines_in_minute = 0;

  void read_more() {
    output.async_read_some(asio::buffer(read_buffer), [self = shared_from_this()](ErrorCode failed, std::size_t count) {
      if (failed) return self->closed("its output ended");
      if (!self->take_output({self->read_buffer.data(), count})) return;
      self->read_more();
    });
  }

  bool take_output(std::string_view bytes) {
    inbox.append(bytes);
    std::size_t begin = 0;
    for (auto end = inbox.find('\n'); end != std::string::npos; end = inbox.find('\n', begin)) {
      const std::string line = inbox.substr(begin, end - begin);
      begin = end + 1;
      if (listener != nullptr && !trim(line).empty()) listener->on_message(line);
    }
    inbox.erase(0, begin);
    if (inbox.size() <= kMaxMcpMessageBytes) return true;
    process.signal_group(SIGKILL);
    closed("it wrote a line that is too long");
    return false;
  }

  void read_errors() {
    error.async_read_some(asio::buffer(error_buffer), [self = shared_from_this()](ErrorCode failed, std::size_t count) {
      if (failed) return;
      for (const char c : std::string_view(self->error_buffer.data(), count)) {
        if (c == '\n') {
          self->log_line();
        } else if (self->stderr_line.size() < kMaxStderrLine) {
          self->stderr_line.push_back(c);
        }
      }
      self->read_errors();
    });
  }

  void log_line() {
    const std::string line = std::exchange(stderr_line, {});
    const Instant now = loop.clock().now();
    if (now - minute > std::chrono::minutes(1)) {
      minute = now;
      lines_in_minute = 0;
    }
    if (++lines_in_minute > kMaxStderrLinesAMinute || trim(line).empty() || !on_stderr) return;
    on_stderr(masked_log_line(line, secrets));
  }

  void write_more() {
    if (!being_written.empty() || !input.is_open()) return;
    if (outbox.empty()) {
      if (is_input_ending) close_input();
      return;
    }
    being_written = std::exchange(outbox, {});
    write_rest();
  }

  void write_rest() {
    input.async_write_some(asio::buffer(being_written),
                           [self = shared_from_this()](ErrorCode failed, std::size_t count) {
                             if (failed) {
                               self->being_written.clear();
                               return;  // the end of its output says the rest
                             }
                             self->being_written.erase(0, count);
                             if (self->being_written.empty()) {
                               self->write_more();
                             } else {
                               self->write_rest();
                             }
                           });
  }

  void close_input() {
    ErrorCode ignored;
    input.close(ignored);
  }

  void closed(const char* why) {
    auto* told = std::exchange(listener, nullptr);
    if (told != nullptr)
      told->on_closed({.kind = ErrorKind::unavailable, .log = std::string("the MCP server: ") + why});
  }

  void close_all() {
    listener = nullptr;
    ErrorCode ignored;
    input.close(ignored);
    output.close(ignored);
    error.close(ignored);
  }
};

class StdioTransport final : public McpTransport {
 public:
  StdioTransport(Loop& loop, McpPlan plan, StdioOptions options)
      : loop_(loop), plan_(std::move(plan)), options_(std::move(options)) {}
  ~StdioTransport() override {
    if (child_) child_->close_all();
  }

  Result<void> start(Listener& listener) override {
    std::vector<std::string> environment{"PATH=" + options_.path};
    std::vector<Secret> secrets;
    for (const auto& [name, value] : plan_.environment) {
      environment.push_back(name + "=" + std::string(value.reveal()));
      secrets.push_back(value);
    }
    auto process = ChildProcess::start(plan_.command, environment, plan_.directory);
    if (!process) return fail(process);
    const auto pipes = process->release_pipes();
    child_ = std::make_shared<Child>(loop_, std::move(*process), pipes);
    child_->listener = &listener;
    child_->on_stderr = options_.on_stderr;
    child_->secrets = std::move(secrets);
    child_->read_more();
    child_->read_errors();
    return {};
  }

  Task<void> send(std::string text, Deadline, std::function<bool()>) override {
    const bool is_gone = !child_ || child_->listener == nullptr || child_->is_input_ending;
    if (is_gone || child_->outbox.size() + text.size() > kMaxOutboxBytes) {
      co_return fail(Error{.kind = ErrorKind::unavailable,
                           .log = is_gone ? "the MCP server has ended" : "the MCP server does not read"}
                         .with_code(std::string(net::kNotSent)));
    }
    child_->outbox.append(text).push_back('\n');
    child_->write_more();
    co_return Result<void>{};
  }

  void agreed(std::string_view) override {}
  [[nodiscard]] bool answers_inline() const override { return false; }

  Task<void> close() override {
    const auto child = std::exchange(child_, nullptr);
    if (!child) co_return Result<void>{};
    child->listener = nullptr;
    child->is_input_ending = true;
    child->write_more();
    const Closing closing(child);
    for (const int signal : {0, SIGTERM, SIGKILL}) {
      if (signal != 0) child->process.signal_group(signal);
      const Deadline patience = Deadline::after(loop_.clock(), options_.patience);
      while (!child->process.poll_end()) {
        if (patience.passed(loop_.clock())) break;
        (void)co_await sleep_for(kPollInterval);
      }
      if (child->process.poll_end()) break;
    }
    co_return Result<void>{};
  }

 private:
  /// Closes the pipes when close() ends, however it does.
  struct Closing {
    explicit Closing(std::shared_ptr<Child> held) : child(std::move(held)) {}
    ~Closing() { child->close_all(); }
    Closing(const Closing&) = delete;
    Closing& operator=(const Closing&) = delete;
    std::shared_ptr<Child> child;
  };

  Loop& loop_;
  McpPlan plan_;
  StdioOptions options_;
  std::shared_ptr<Child> child_;
};

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

std::unique_ptr<McpTransport> make_stdio_transport(Loop& loop, McpPlan plan, StdioOptions options) {
  return std::make_unique<StdioTransport>(loop, std::move(plan), std::move(options));
}

std::string masked_log_line(std::string_view line, const std::vector<Secret>& secrets) {
  constexpr std::size_t kLongToken = 24;
  constexpr std::size_t kDigitRun = 5;
  std::string text = is_valid_utf8(line) ? std::string(line) : "(not UTF-8)";
  for (const auto& secret : secrets) {
    if (secret.reveal().size() >= 4) text = replace_all(std::move(text), secret.reveal(), "***");
  }
  std::string masked;
  for (const auto word : split(text, ' ')) {
    if (word.find('@') != std::string_view::npos) {
      masked.append("*** ");
      continue;
    }
    // Runs of letters and digits: a long one is a token, one with many digits a number of somebody's.
    for (std::size_t at = 0; at < word.size();) {
      std::size_t end = at;
      std::size_t digits = 0;
      while (end < word.size() && is_word_character(word[end])) {
        digits += word[end] >= '0' && word[end] <= '9' ? 1 : 0;
        ++end;
      }
      if (end == at) {
        masked.push_back(static_cast<unsigned char>(word[at]) < 0x20 ? ' ' : word[at]);
        ++at;
        continue;
      }
      masked.append(digits >= kDigitRun || end - at >= kLongToken ? "***" : word.substr(at, end - at));
      at = end;
    }
    masked.push_back(' ');
  }
  return std::string(truncate_utf8(one_line(masked), 500));
}

}  // namespace offhook::tools::remote
