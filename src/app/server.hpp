#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/routes.hpp"
#include "api/services.hpp"
#include "app/document_answers.hpp"
#include "app/library.hpp"
#include "app/model_limits.hpp"
#include "app/models.hpp"
#include "app/user_tools.hpp"
#include "async/cancel.hpp"
#include "auth/accounts.hpp"
#include "auth/identities.hpp"
#include "auth/rate_limit.hpp"
#include "auth/request_limits.hpp"
#include "http/server.hpp"
#include "net/tcp.hpp"

namespace offhook::app {

/// How a server is put together.
struct ServerOptions {
  config::Settings settings;
  std::vector<Loop*> loops;  ///< the first is home: it accepts, and plays exchange calls
  bool in_memory = false;    ///< a database of its own that is gone with the server
  bool with_sample_data = false;
  bool speaks_in_memory = false;  ///< its HTTP client reaches itself over memory streams
  agent::ToolObserver* observer = nullptr;
  auth::PasswordCost password_cost;  ///< tests may have it cheaper
};

/// The composition root: the only place that builds concrete objects. Members stand in the order in which
/// they are built; each may use those above it. Destroy it when its loops no longer run.
class Server {
 public:
  /// `library` and the loops must outlive the server; so must the loops' clock. Errors: what the user can mend (data
  /// folder, settings), in one sentence each.
  [[nodiscard]] static Result<std::unique_ptr<Server>> create(const Library& library, ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds the settings' ports. Afterwards base_url() is known.
  Result<void> bind();
  /// Connects the MCP servers of the agent files, for a few seconds at most. Home loop, before accept().
  Task<void> connect_tools();
  /// Accepts on every bound port until stop(), removes what is too old to be kept and puts recordings where the
  /// database wants them: now and every hour. On the home loop.
  Task<void> accept();
  /// Stops accepting, lets running requests end (bounded by the settings), ends exchange calls. Home loop.
  Task<void> stop();

  [[nodiscard]] std::string base_url() const { return doorways_.base_url; }
  [[nodiscard]] std::vector<std::string> urls() const;
  [[nodiscard]] bool is_open() const { return is_open_; }
  [[nodiscard]] const std::vector<http::Route>& routes() const { return http_->router.routes(); }
  exchange::Exchange& exchange() { return *exchange_; }
  store::Store& store() { return *store_; }
  const tools::ToolRegistry& tools() const { return tools_; }
  const agent::AgentServices& turns() const { return *turns_; }
  obs::Log& log() { return *log_; }
  net::HttpClient& client() { return *client_; }
  const call::RecordingFiles& recordings() const { return *recordings_; }
  const call::Doorways& doorways() const { return doorways_; }
  const Library& library() const { return library_; }
  knowledge::DocumentDesk& documents() { return *documents_; }
  const Models& models() const { return *models_; }
  const config::Settings& settings() const { return options_.settings; }

 private:
  Server(const Library& library, ServerOptions options);
  Result<void> build();
  Result<void> open_store();
  Result<void> make_data_folder();
  Result<std::unique_ptr<store::Store>> open_sqlite();
  Result<void> build_guarded_client();
  void build_doors();
  void build_platform();
  Result<void> build_documents();
  Result<void> build_accounts();

  static Task<std::unique_ptr<net::ByteStream>> dial_self(Server& self);
  static Task<void> keep_retention(Server& self);
  static Task<void> keep_taking_in(Server& self);

  Loop& home() { return *options_.loops.front(); }
  http::Server& server_of(Loop& loop);

  const Library& library_;
  ServerOptions options_;
  const Clock& clock_;
  bool is_open_ = false;
  std::unique_ptr<obs::Log> log_;
  obs::Metrics metrics_;
  std::unique_ptr<net::HttpClient> client_;
  std::unique_ptr<net::HttpClient> guarded_client_;  // for URLs that accounts write; null in memory
  std::unique_ptr<speech::Synthesizer> voice_;
  std::unique_ptr<Models> models_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ModelLimits> model_limits_;
  tools::ToolRegistry tools_;
  std::unique_ptr<UserToolHost> user_tools_;  // null in virtual time: nobody outside is asked there
  std::unique_ptr<auth::Doors> doors_;
  std::unique_ptr<Workers> password_workers_;
  std::unique_ptr<auth::Passwords> passwords_;
  std::unique_ptr<auth::Tokens> tokens_;
  std::unique_ptr<auth::Identities> identities_;
  std::unique_ptr<auth::AccountDesk> accounts_;
  std::unique_ptr<vapi::SignatureVerifier> signatures_;
  std::unique_ptr<vapi::SignatureVerifier> exchange_signatures_;
  vapi::SignatureSettings exchange_signing_;
  call::Doorways doorways_;
  std::unique_ptr<exchange::Exchange> exchange_;
  std::unique_ptr<call::Platform> platform_;
  std::unique_ptr<call::AssistantDesk> assistants_;
  std::unique_ptr<call::CallDesk> calls_;
  std::unique_ptr<call::RecordingFiles> recordings_;
  std::unique_ptr<Workers> disk_workers_;  // what is read and removed on the disk by the hour
  std::unique_ptr<knowledge::DocumentDesk> documents_;
  std::unique_ptr<Workers> document_workers_;  // below the desk: what they still do for it ends before it does
  std::unique_ptr<DocumentAnswers> document_answers_;
  llm::PriceTable prices_;
  std::vector<privacy::HiddenPattern> hidden_patterns_;
  std::unique_ptr<agent::AgentServices> turns_;
  std::unique_ptr<api::Services> services_;
  auth::TrustedProxies proxies_;
  auth::RateLimit failed_attempts_;
  auth::RequestLimits limits_;
  std::unique_ptr<http::Service> http_;
  std::vector<std::pair<Loop*, std::unique_ptr<http::Server>>> servers_;
  std::vector<std::unique_ptr<net::TcpListener>> listeners_;
  CancelSource retention_;
  CancelSource taking_in_;
};

}  // namespace offhook::app
