#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace offhook::config {

/// How Vapi signs a server message when a custom HMAC credential is configured there. The defaults are
/// Vapi's own (HMACAuthenticationPlan), but for the header, which integrations name x-vapi-signature.
struct HmacPlan {
  std::string algorithm = "sha256";  ///< sha256, sha512, sha1
  std::string signature_header = "x-vapi-signature";
  std::string timestamp_header;  ///< empty: x-timestamp when it is there
  std::string prefix;            ///< such as "sha256="
  std::string format = "{timestamp}.{body}";
  std::string encoding = "hex";  ///< hex, base64
  bool secret_is_base64 = false;
};

/// Everything that can be set, checked and typed. See settings_table() for names and sentences.
struct Settings {
  std::string host = "127.0.0.1";
  std::vector<std::uint16_t> ports = {8000};
  std::filesystem::path data = "data";
  std::string public_url;
  std::string agent;
  std::filesystem::path agents_folder;    ///< of the user's own agent files; empty: none
  std::string trusted_proxies;            ///< addresses and networks, see auth::TrustedProxies::parse
  std::string allow_private;              ///< networks and hosts, see net::AddressGuard::parse
  std::map<std::string, Secret> secrets;  ///< OFFHOOK_SECRET_NAME, by NAME, for user-defined tools
  std::string log = "info";
  std::string llm_chain;
  std::vector<Secret> api_keys;
  Secret database_url;              ///< empty: SQLite in the data folder
  std::vector<Secret> jwt_secrets;  ///< the first signs tokens, all verify them; empty: one kept in the data folder
  bool is_registration_open = true;
  int token_seconds = 3600;
  Secret webhook_secret;
  Secret vapi_api_key;
  std::string vapi_base_url = "https://api.vapi.ai";
  std::string vapi_phone_number_id;
  HmacPlan hmac;
  Secret openai_api_key;
  std::string openai_base_url;
  std::string openai_model = "gpt-4o-mini";
  Secret anthropic_api_key;
  std::string anthropic_base_url;  ///< this and the next two: empty: the provider's own
  Secret gemini_api_key;
  std::string gemini_base_url;
  std::string bedrock_base_url;
  std::string aws_region;
  std::string aws_access_key_id;
  Secret aws_secret_access_key;
  Secret aws_session_token;
  Secret aws_bearer_token_bedrock;
  int first_words_ms = 4000;         ///< from the caller's last word to the model's first, over the whole chain
  int llm_connect_ms = 1000;         ///< for one model, until the request has left
  int llm_first_token_ms = 2500;     ///< for one model
  int llm_between_tokens_ms = 2500;  ///< for one model
  int llm_hedge_ms = 0;              ///< ask the next model as well after this; 0: never
  std::string llm_prices;            ///< see llm::PriceTable::parse
  std::string hidden_patterns;       ///< see privacy::TextPattern, with ";;" between them
  int max_tokens = 2048;
  int rate_per_hour = 0;         ///< of an address without a key; 0: 100, and in open mode on loopback none
  int key_rate_per_hour = 0;     ///< of a key; 0: unlimited, as the next
  int caller_rate_per_hour = 0;  ///< of a caller's phone number
  int tokens_per_day = 0;        ///< of a key; 0: unlimited
  int llm_concurrency = 4096;    ///< answers that models write at the same time
  int llm_queue = 1024;          ///< requests that wait for one to end
  int answer_cache_seconds = 0;  ///< how long an answer is kept; 0: not at all
  int loops = 0;                 ///< 0: one for each core
  int drain_seconds = 30;
  int keep_transcripts_days = 730;         ///< 0: for ever
  int keep_recordings_days = 180;          ///< 0: for ever
  int keep_payloads_days = 90;             ///< 0: for ever
  std::map<std::string, int> rate_limits;  ///< requests a minute for each caller, by rate class
  bool insecure = false;                   ///< flag --insecure only

  /// Nothing configured that would tell callers apart: open on loopback, refused elsewhere.
  [[nodiscard]] bool has_keys() const { return !api_keys.empty() || !vapi_api_key.empty(); }
};

/// One row of the settings table: its documentation and how it is read.
struct SettingRow {
  std::string_view name;      ///< the environment variable; in offhook.yaml also lower case without OFFHOOK_
  std::string_view sentence;  ///< what it does, for `offhook settings` and the docs
  std::string_view default_text;
  bool is_secret = false;
  /// Reads a value; the error's client text completes "NAME: ...".
  std::function<Result<void>(Settings&, std::string_view)> apply;
  /// The value now, for `offhook settings`; secrets show only whether they are set.
  std::function<std::string(const Settings&)> show;
};
[[nodiscard]] const std::vector<SettingRow>& settings_table();

/// Where values come from, weakest first: file, .env, environment, flags.
struct Sources {
  std::optional<std::filesystem::path> config_file;  ///< given with --config: must exist
  std::filesystem::path working_directory = ".";     ///< where offhook.yaml and .env are looked for
  std::function<std::optional<std::string>(const std::string& name)> environment;
  std::function<std::vector<std::string>()> environment_names;  ///< of all variables; for OFFHOOK_SECRET_…
  std::map<std::string, std::string> flags;                     ///< by setting name
  std::map<std::string, std::string> defaults;                  ///< by setting name, in place of the table's own
};

/// Reads and checks everything. On failure the error's client text lists every fault, one a line, each
/// with the file and line, the variable or the flag that caused it.
[[nodiscard]] Result<Settings> load_settings(const Sources& sources);

/// The process's environment.
[[nodiscard]] std::optional<std::string> process_environment(const std::string& name);
[[nodiscard]] std::vector<std::string> process_environment_names();

}  // namespace offhook::config
