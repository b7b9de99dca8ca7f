#include "app/server.hpp"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "app/retention.hpp"
#include "app/signing.hpp"
#include "app/voice.hpp"
#include "async/cancel.hpp"
#include "auth/token_keys.hpp"
#include "base/text.hpp"
#include "crypto/secrets.hpp"
#include "exchange/exchange_platform.hpp"
#include "net/memory_stream.hpp"
#include "store/postgres_store.hpp"
#include "store/sample_data.hpp"
#include "store/sqlite_store.hpp"
#include "store/token_budgets.hpp"
#include "store/tool_journal.hpp"

namespace offhook::app {
namespace {

/// How long a start waits for MCP servers; who is later is listed when it comes.
constexpr std::chrono::seconds kConnectToolsFor{5};
/// How long a stop waits for answers that nobody listens to any more.
constexpr std::chrono::seconds kCancelAnswersFor{2};
constexpr const char* kMemoryUrl = "http://127.0.0.1:8000";

obs::Level level_of(const std::string& log) {
  for (const auto part : split(log, ',')) {
    if (trim(part) == "debug") return obs::Level::debug;
    if (trim(part) == "warning") return obs::Level::warning;
    if (trim(part) == "error") return obs::Level::error;
    if (trim(part) == "off") return obs::Level::off;
  }
  return obs::Level::info;
}

obs::Log::Format format_of(const std::string& log) {
  return log.find("json") == std::string::npos ? obs::Log::Format::key_value : obs::Log::Format::json;
}

constexpr int kKeylessPerHour = 100;

auth::RateLimit::Options failed_attempts_of(const config::Settings& settings) {
  const double limit = settings.rate_per_hour > 0 ? settings.rate_per_hour : kKeylessPerHour;
  return {.per_hour = limit, .burst = limit};
}

auth::RequestLimitOptions request_limits_of(const config::Settings& settings) {
  auth::RequestLimitOptions options{.per_minute = settings.rate_limits,
                                    .key_per_hour = settings.key_rate_per_hour,
                                    .address_per_hour = settings.rate_per_hour,
                                    .spares_loopback = settings.rate_per_hour == 0,
                                    .caller_per_hour = settings.caller_rate_per_hour};
  // Behind a proxy on this machine, those who ask are elsewhere.
  const bool is_reached_from_outside = !auth::is_loopback(settings.host) || !settings.trusted_proxies.empty();
  if (settings.rate_per_hour == 0 && is_reached_from_outside) options.address_per_hour = kKeylessPerHour;
  return options;
}

/// A log that hides the keys of the settings wherever they turn up.
privacy::LogScrubber scrubber_for(const config::Settings& settings) {
  std::vector<Secret> secrets = settings.api_keys;
  secrets.insert(secrets.end(), {settings.webhook_secret, settings.vapi_api_key, settings.openai_api_key,
                                 settings.anthropic_api_key, settings.gemini_api_key, settings.aws_secret_access_key,
                                 settings.aws_session_token, settings.aws_bearer_token_bedrock});
  return privacy::LogScrubber(std::move(secrets));
}

}  // namespace

Server::Server(const Library& library, ServerOptions options)
    : library_(library),
      options_(std::move(options)),
      clock_(options_.loops.front()->clock()),
      tools_(library.tools),
      failed_attempts_(clock_, failed_attempts_of(options_.settings)),
      limits_(clock_, request_limits_of(options_.settings)) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::create(const Library& library, ServerOptions options) {
  std::unique_ptr<Server> server(new Server(library, std::move(options)));
  if (auto built = server->build(); !built) return fail(built);
  return server;
}

Result<void> Server::build() {
  const config::Settings& settings = options_.settings;
  log_ = std::make_unique<obs::Log>(clock_, level_of(settings.log), format_of(settings.log), scrubber_for(settings));
  if (!settings.agent.empty() && library_.agents.find(settings.agent) == nullptr) {
    return fail(ErrorKind::invalid_argument, fmt::format("OFFHOOK_AGENT: there is no agent '{}'", settings.agent));
  }
  client_ = options_.speaks_in_memory
                ? net::make_stream_client([this](std::string, std::uint16_t, Deadline) { return dial_self(*this); })
                : net::make_curl_client();
  voice_ = make_voice(*log_);
  auto models = Models::create(settings, library_, *client_, clock_, *log_);
  if (!models) return fail(models);
  models_ = std::move(*models);
  auto prices = prices_of(settings);
  if (!prices) return fail(prices);
  prices_ = std::move(*prices);
  auto hidden = hidden_patterns_of(settings);
  if (!hidden) return fail(hidden);
  hidden_patterns_ = std::move(*hidden);
  if (auto opened = open_store(); !opened) return opened;
  const ModelLimits::Parts limited{
      .inner = models_->model(), .store = *store_, .clock = clock_, .log = *log_, .metrics = metrics_};
  model_limits_ = std::make_unique<ModelLimits>(limited, settings);
  if (auto loaded = home().block_on(model_limits_->load()); !loaded) return loaded;
  if (!home().is_virtual()) {
    auto host = UserToolHost::create(home(), library_.agents.user_tools(), settings, tools_, *log_);
    if (!host) return fail(host);
    user_tools_ = std::move(*host);
  }
  auto proxies = auth::TrustedProxies::parse(settings.trusted_proxies);
  if (!proxies) {
    return fail(ErrorKind::invalid_argument, fmt::format("OFFHOOK_TRUSTED_PROXIES: {}", proxies.error().message()));
  }
  proxies_ = std::move(*proxies);
  build_doors();
  if (auto built = build_accounts(); !built) return built;
  doorways_.base_url = options_.speaks_in_memory ? kMemoryUrl : settings.public_url;
  exchange::Lines lines{.client = *client_,
                        .base_url = doorways_.base_url,
                        .public_url = settings.public_url,
                        .signatures = exchange_signing_};
  lines.signs_for_others = !settings.webhook_secret.empty();
  if (auto guarded = build_guarded_client(); !guarded) return guarded;
  lines.guarded = guarded_client_.get();
  if (!settings.api_keys.empty()) lines.api_key = settings.api_keys.front();
  exchange_ =
      std::make_unique<exchange::Exchange>(home(), *store_, std::move(lines), *log_, settings.data / "recordings");
  build_platform();
  disk_workers_ = home().is_virtual() ? make_inline_workers() : make_thread_pool("disk", 1, 32);
  recordings_ = std::make_unique<call::RecordingFiles>(settings.data / "recordings");
  if (auto built = build_documents(); !built) return built;
  turns_ = std::make_unique<agent::AgentServices>(agent::AgentServices{.store = *store_,
                                                                       .tools = tools_,
                                                                       .model = model_limits_->model(),
                                                                       .log = *log_,
                                                                       .metrics = metrics_,
                                                                       .observer = options_.observer,
                                                                       .prices = &prices_});
  turns_->documents = document_answers_.get();
  for (const auto& pattern : hidden_patterns_) turns_->hidden_patterns.push_back(&pattern);
  services_ = std::make_unique<api::Services>(api::Services{.settings = settings,
                                                            .turns = *turns_,
                                                            .agents = library_.agents,
                                                            .voice = *voice_,
                                                            .doors = *doors_,
                                                            .limits = limits_,
                                                            .accounts = *accounts_,
                                                            .signatures = *signatures_,
                                                            .exchange_signatures = *exchange_signatures_,
                                                            .doorways = doorways_,
                                                            .exchange = *exchange_,
                                                            .assistants = *assistants_,
                                                            .calls = *calls_,
                                                            .recordings = *recordings_,
                                                            .documents = *documents_,
                                                            .clock = clock_});
  const api::ChainParts chain{.proxies = proxies_,
                              .doors = *doors_,
                              .identities = *identities_,
                              .failed_attempts = failed_attempts_,
                              .limits = limits_,
                              .log = *log_,
                              .metrics = metrics_};
  http_ = std::make_unique<http::Service>(
      http::Service{.router = http::Router(api::make_routes(*services_)), .chain = api::make_chain(chain)});
  for (Loop* loop : options_.loops) {
    auto on_error = [this](std::string_view name, const Error& error) {
      log_->error("task failed", {{"task", name}, {"detail", error.log_text()}});
    };
    servers_.emplace_back(loop, std::make_unique<http::Server>(*loop, *http_, on_error));
  }
  return {};
}

/// A connection to ourselves in memory: the same bytes as on a socket, and every wait on our own clock.
Task<std::unique_ptr<net::ByteStream>> Server::dial_self(Server& self) {
  auto [near, far] = net::make_memory_stream();
  self.server_of(self.home()).accept(std::move(far));
  co_return std::move(near);
}

/// The memory client reaches this server only: nobody has to be guarded against there.
Result<void> Server::build_guarded_client() {
  if (options_.speaks_in_memory) return {};
  auto guard = net::AddressGuard::parse(options_.settings.allow_private);
  if (!guard) {
    return fail(ErrorKind::invalid_argument, fmt::format("OFFHOOK_ALLOW_PRIVATE: {}", guard.error().message()));
  }
  guarded_client_ = net::make_guarded_client(std::move(*guard));
  return {};
}

Result<void> Server::make_data_folder() {
  const std::filesystem::path& data = options_.settings.data;
  std::error_code error;
  std::filesystem::create_directories(data / "recordings", error);
  if (error) {
    return fail(ErrorKind::unavailable, fmt::format("cannot use the data folder {}: {}; choose another with --data",
                                                    data.string(), error.message()));
  }
  // What callers said, and secrets of assistants, are for the owner's eyes only.
  std::filesystem::permissions(data, std::filesystem::perms::owner_all, error);
  return {};
}

Result<std::unique_ptr<store::Store>> Server::open_sqlite() {
  store::StoreOptions options{.opened_at = clock_.utc_now()};
  options.inline_on_caller = options_.in_memory || home().is_virtual();
  if (!options_.in_memory) options.path = options_.settings.data / "offhook.db";
  auto opened = store::open_sqlite_store(options);
  if (!opened) {
    // SQLite's own words, without its code and statement.
    const std::string_view detail = opened.error().log_text();
    return fail(Error{.kind = opened.error().kind,
                      .client = fmt::format("cannot open the database {}: {}; choose another folder with --data",
                                            options.path.string(), detail.substr(0, detail.find(" (code")))});
  }
  return opened;
}

Result<void> Server::open_store() {
  if (!options_.in_memory) {
    if (auto made = make_data_folder(); !made) return made;
  }
  // Virtual time has one thread and waits for nobody outside: its database is SQLite.
  const bool is_on_postgres = !options_.settings.database_url.empty() && !options_.in_memory && !home().is_virtual();
  auto opened = is_on_postgres ? store::open_postgres_store(
                                     clock_, {.url = options_.settings.database_url, .seed = home().random().next()})
                               : open_sqlite();
  if (!opened) return fail(opened);
  store_ = std::move(*opened);
  const UtcTime now = clock_.utc_now();
  auto purged =
      home().block_on(store_->write([now](sql::Connection& db) { return store::ToolJournal::purge(db, now); }));
  if (!purged) return fail(purged);
  if (!options_.with_sample_data) return {};
  return home().block_on(store_->write([now](sql::Connection& db) { return store::load_sample_data(db, now); }));
}

void Server::build_doors() {
  const config::Settings& settings = options_.settings;
  is_open_ = settings.insecure || auth::is_loopback(settings.host);
  doors_ = std::make_unique<auth::Doors>(auth::DoorSecrets{.api_keys = settings.api_keys,
                                                           .webhook_secret = settings.webhook_secret,
                                                           .vapi_api_key = settings.vapi_api_key},
                                         is_open_);
  signatures_ = std::make_unique<vapi::SignatureVerifier>(signature_settings(settings));
  // The exchange signs even when nobody set a secret: with one of its own, which only this process knows.
  exchange_signing_ = signature_settings(settings);
  if (exchange_signing_.secret.empty()) exchange_signing_.secret = Secret(crypto::random_token("exchange_"));
  exchange_signatures_ = std::make_unique<vapi::SignatureVerifier>(exchange_signing_);
  doorways_.webhook_secret = settings.webhook_secret;
}

void Server::build_platform() {
  const config::Settings& settings = options_.settings;
  // Virtual time waits for nobody outside.
  if (settings.vapi_api_key.empty() || home().is_virtual()) {
    platform_ = exchange::make_exchange_platform(*exchange_);
  } else {
    vapi::RestOptions rest{.base_url = settings.vapi_base_url, .api_key = settings.vapi_api_key};
    rest.hidden = {settings.webhook_secret};
    platform_ = call::make_vapi_platform(*client_, std::move(rest), settings.vapi_phone_number_id);
  }
  std::set<std::string> voices;
  for (const auto& voice : voice_->voices()) voices.insert(voice.name);
  call::AssistantParts parts{.agents = library_.agents, .tools = tools_, .doorways = doorways_, .speaks = {}};
  // "en-us+f3" is a variant of "en-us".
  parts.speaks = [voices = std::move(voices)](std::string_view voice) {
    return voices.contains(std::string(voice.substr(0, voice.find('+'))));
  };
  assistants_ = std::make_unique<call::AssistantDesk>(*store_, *platform_, std::move(parts), *log_);
  calls_ = std::make_unique<call::CallDesk>(*store_, *assistants_, *log_);
}

Result<void> Server::build_documents() {
  // Reading a file waits for a process of its own, which takes a core for itself.
  document_workers_ = home().is_virtual() ? make_inline_workers() : make_thread_pool("documents", 2, 256);
  documents_ = std::make_unique<knowledge::DocumentDesk>(
      knowledge::DocumentDesk::Parts{.store = *store_, .workers = *document_workers_, .log = *log_, .clock = clock_},
      options_.settings.data / "uploads", knowledge::ParserOptions{.helper_path = helper_program("offhook-parse")});
  document_answers_ = std::make_unique<DocumentAnswers>(*documents_);
  return home().block_on(documents_->load());
}

Result<void> Server::build_accounts() {
  const config::Settings& settings = options_.settings;
  // Passwords wait for their own threads: two hashes at once are 128 MiB, and the queue is the bound on the rest.
  password_workers_ = home().is_virtual() ? make_inline_workers() : make_thread_pool("passwords", 2, 32);
  passwords_ = std::make_unique<auth::Passwords>(*password_workers_, options_.password_cost);
  std::vector<Secret> keys = settings.jwt_secrets;
  if (keys.empty() && options_.in_memory) keys.emplace_back(crypto::random_token(""));
  if (keys.empty()) {
    auto kept = auth::keep_token_key(settings.data / "token_key");
    if (!kept) return fail(kept);
    keys.push_back(std::move(*kept));
  }
  tokens_ = std::make_unique<auth::Tokens>(std::move(keys), std::chrono::seconds(settings.token_seconds));
  identities_ = std::make_unique<auth::Identities>(*store_, *tokens_, clock_);
  accounts_ = std::make_unique<auth::AccountDesk>(
      auth::AccountDesk::Parts{.store = *store_,
                               .passwords = *passwords_,
                               .tokens = *tokens_,
                               .clock = clock_,
                               .log = *log_,
                               .is_registration_open = settings.is_registration_open});
  return {};
}

http::Server& Server::server_of(Loop& loop) {
  for (auto& [owner, server] : servers_) {
    if (owner == &loop) return *server;
  }
  throw std::logic_error("a connection on a loop that serves none");
}

Result<void> Server::bind() {
  for (const std::uint16_t port : options_.settings.ports) {
    auto listener = net::TcpListener::bind(home(), options_.settings.host, port);
    if (!listener) return fail(listener);
    listeners_.push_back(std::move(*listener));
  }
  if (doorways_.base_url.empty()) doorways_.base_url = urls().front();
  exchange_->set_base_url(urls().front());
  return {};
}

std::vector<std::string> Server::urls() const {
  std::vector<std::string> urls;
  const std::string& host = options_.settings.host;
  // What listens everywhere is reached here by loopback.
  const std::string shown = host == "0.0.0.0" || host == "::"     ? "127.0.0.1"
                            : host.find(':') != std::string::npos ? "[" + host + "]"
                                                                  : host;
  for (const auto& listener : listeners_) urls.push_back(fmt::format("http://{}:{}", shown, listener->port()));
  return urls;
}

Task<void> Server::connect_tools() {
  if (!user_tools_) co_return Result<void>{};
  co_return co_await user_tools_->connect(Deadline::after(clock_, kConnectToolsFor));
}

Task<void> Server::accept() {
  TaskGroup accepting(home());
  for (auto& listener : listeners_) {
    accepting.spawn("accept",
                    listener->accept_into(options_.loops, [this](Loop& loop, std::unique_ptr<net::ByteStream> stream) {
                      server_of(loop).accept(std::move(stream));
                    }));
  }
  accepting.spawn("retention", cancellable(retention_, keep_retention(*this)));
  accepting.spawn("documents", cancellable(taking_in_, keep_taking_in(*this)));
  co_return co_await accepting.join();
}

/// What an earlier run has left, and what found no room, now and then.
Task<void> Server::keep_taking_in(Server& self) {
  constexpr auto kPause = std::chrono::minutes(1);
  for (;;) {
    auto done = co_await self.documents_->carry_on();
    if (!done && done.error().kind == ErrorKind::cancelled) co_return done;
    if (!done) self.log_->error("documents not taken in", {{"detail", done.error().log_text()}});
    if (auto slept = co_await sleep_for(kPause); !slept) co_return slept;
  }
}

/// A failure is logged and tried again an hour later: old data is no reason to stop serving.
Task<void> Server::keep_retention(Server& self) {
  constexpr auto kPause = std::chrono::hours(1);
  for (;;) {
    auto removed =
        co_await apply_retention(*self.store_, *self.recordings_, self.options_.settings, *self.disk_workers_);
    if (!removed && removed.error().kind == ErrorKind::cancelled) co_return fail(removed);
    if (!removed) {
      self.log_->error("retention failed", {{"detail", removed.error().log_text()}});
    } else {
      for (const auto& line : *removed) {
        if (line.rows > 0) self.log_->info("retention", {{"removed", line.what}, {"rows", line.rows}});
      }
    }
    const auto today = std::chrono::floor<std::chrono::days>(self.clock_.utc_now()).time_since_epoch().count();
    auto marks = co_await self.store_->write(
        [today](sql::Connection& db) { return store::TokenBudgetMarks(db).remove_before(today); });
    if (!marks && marks.error().kind == ErrorKind::cancelled) co_return fail(marks);
    if (!marks) self.log_->error("old token budgets not removed", {{"detail", marks.error().log_text()}});
    auto followed = co_await call::reconcile_recordings(*self.store_, *self.recordings_, *self.disk_workers_);
    if (!followed && followed.error().kind == ErrorKind::cancelled) co_return fail(followed);
    if (!followed) self.log_->error("recordings not reconciled", {{"detail", followed.error().log_text()}});
    if (auto slept = co_await sleep_for(kPause); !slept) co_return slept;
  }
}

namespace {

/// Drains a server on its own loop, wherever the caller is.
Task<void> drain_on(Loop& owner, http::Server& server, Deadline deadline) {
  co_return co_await suspend<void>([&owner, &server, deadline](Promise<void> promise) {
    asio::co_spawn(owner.context(), server.drain(deadline), [promise](std::exception_ptr thrown, Result<void> drained) {
      promise.set(thrown ? Result<void>(fail(error_from(thrown))) : std::move(drained));
    });
  });
}

}  // namespace

Task<void> Server::stop() {
  const Deadline deadline = Deadline::after(clock_, std::chrono::seconds(options_.settings.drain_seconds));
  // Calls under way need this server's doors to come to their end, so they end first; no new ones begin.
  (void)co_await exchange_->stop(deadline);
  retention_.cancel();
  taking_in_.cancel();
  for (auto& listener : listeners_) listener->close();
  TaskGroup draining(home());
  for (auto& [loop, server] : servers_) draining.spawn("drain", drain_on(*loop, *server, deadline));
  auto drained = co_await draining.join();
  (void)co_await with_deadline(Deadline::after(clock_, kCancelAnswersFor), model_limits_->close());
  // Nobody asks any more; what was begun outside may still come to its end.
  if (user_tools_) (void)co_await user_tools_->stop(deadline);
  (void)co_await documents_->stop(deadline);
  (void)co_await identities_->stop(deadline);
  co_return drained;
}

}  // namespace offhook::app
