#include "config/settings.hpp"

#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::config {
namespace {

Result<void> complain(std::string what) { return fail(ErrorKind::invalid_argument, std::move(what)); }

template <class Number>
Result<Number> read_number(std::string_view text, Number low, Number high) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high) {
    return fail(ErrorKind::invalid_argument,
                fmt::format("must be a whole number from {} to {}, not '{}'", low, high, text));
  }
  return value;
}

Result<void> read_url(std::string& target, std::string_view value) {
  if (!value.starts_with("http://") && !value.starts_with("https://")) {
    return complain(fmt::format("must be an http:// or https:// URL, not '{}'", value));
  }
  while (value.ends_with('/')) value.remove_suffix(1);
  target = value;
  return {};
}

Result<void> read_choice(std::string& target, std::string_view value, std::initializer_list<std::string_view> choices) {
  for (const auto choice : choices) {
    if (choice == value) {
      target = value;
      return {};
    }
  }
  std::string list;
  for (const auto choice : choices) list.append(list.empty() ? "" : ", ").append(choice);
  return complain(fmt::format("must be one of {}, not '{}'", list, value));
}

std::string show_secret(bool is_set) { return is_set ? "(set)" : "(not set)"; }

SettingRow secret_row(std::string_view name, std::string_view sentence, Secret Settings::* member) {
  return {.name = name,
          .sentence = sentence,
          .is_secret = true,
          .apply = [member](Settings& s, std::string_view v) -> Result<void> {
            s.*member = Secret(std::string(v));
            return {};
          },
          .show = [member](const Settings& s) { return show_secret(!(s.*member).empty()); }};
}

SettingRow text_row(std::string_view name, std::string_view sentence, std::string Settings::* member,
                    std::string_view default_text = "") {
  return {.name = name,
          .sentence = sentence,
          .default_text = default_text,
          .apply = [member](Settings& s, std::string_view v) -> Result<void> {
            s.*member = v;
            return {};
          },
          .show = [member](const Settings& s) { return s.*member; }};
}

SettingRow url_row(std::string_view name, std::string_view sentence, std::string Settings::* member,
                   std::string_view default_text = "") {
  auto row = text_row(name, sentence, member, default_text);
  row.apply = [member](Settings& s, std::string_view v) { return read_url(s.*member, v); };
  return row;
}

SettingRow number_row(std::string_view name, std::string_view sentence, int Settings::* member,
                      std::string_view default_text, int low, int high) {
  return {.name = name,
          .sentence = sentence,
          .default_text = default_text,
          .apply = [member, low, high](Settings& s, std::string_view v) -> Result<void> {
            auto number = read_number(v, low, high);
            if (!number) return fail(number);
            s.*member = *number;
            return {};
          },
          .show = [member](const Settings& s) { return std::to_string(s.*member); }};
}

SettingRow hmac_row(std::string_view name, std::string_view sentence, std::string HmacPlan::* member,
                    std::string_view default_text, std::initializer_list<std::string_view> choices = {}) {
  return {.name = name,
          .sentence = sentence,
          .default_text = default_text,
          .apply = [member, list = std::vector<std::string_view>(choices)](Settings& s,
                                                                           std::string_view v) -> Result<void> {
            for (const auto choice : list) {
              if (choice == v) {
                s.hmac.*member = v;
                return {};
              }
            }
            if (!list.empty()) return complain(fmt::format("'{}' is not one of the known values", v));
            s.hmac.*member = v;
            return {};
          },
          .show = [member](const Settings& s) { return s.hmac.*member; }};
}

Result<void> read_ports(Settings& s, std::string_view value) {
  s.ports.clear();
  for (const auto part : split(value, ',')) {
    auto port = read_number<int>(trim(part), 0, 65535);
    if (!port) return fail(port);
    s.ports.push_back(static_cast<std::uint16_t>(*port));
  }
  return {};
}

Result<void> read_api_keys(Settings& s, std::string_view value) {
  s.api_keys.clear();
  for (const auto part : split(value, ',')) {
    const auto key = trim(part);
    if (key.size() < 8) return complain("each key must have at least 8 characters");
    if (key.starts_with("ohk_")) return complain("keys that begin with 'ohk_' are made by 'offhook key create'");
    s.api_keys.emplace_back(std::string(key));
  }
  return {};
}

/// The fault is told without the value, which may hold a password.
Result<void> read_database_url(Settings& s, std::string_view value) {
  if (!value.starts_with("postgres://") && !value.starts_with("postgresql://")) {
    return complain("must be a postgres:// or postgresql:// URL");
  }
  s.database_url = Secret(std::string(value));
  return {};
}

Result<void> read_jwt_secrets(Settings& s, std::string_view value) {
  s.jwt_secrets.clear();
  for (const auto part : split(value, ',')) {
    const auto key = trim(part);
    if (key.size() < 32)
      return complain("each key must have at least 32 bytes, as HS256 wants (RFC 7518, section 3.2)");
    s.jwt_secrets.emplace_back(std::string(key));
  }
  return {};
}

Result<void> read_registration(Settings& s, std::string_view value) {
  std::string choice;
  if (auto read = read_choice(choice, value, {"open", "closed"}); !read) return read;
  s.is_registration_open = choice == "open";
  return {};
}

Result<void> read_log(Settings& s, std::string_view value) {
  for (const auto part : split(value, ',')) {
    std::string ignored;
    if (!read_choice(ignored, trim(part), {"debug", "info", "warning", "error", "off", "json"})) {
      return complain(
          fmt::format("must be debug, info, warning, error or off, with ',json' for JSON lines, not '{}'", value));
    }
  }
  s.log = value;
  return {};
}

/// "chat=60,crm=600"
Result<void> read_rate_limits(Settings& s, std::string_view value) {
  s.rate_limits.clear();
  for (const auto part : split(value, ',')) {
    const auto equals = part.find('=');
    std::string name;
    auto known = read_choice(name, trim(part.substr(0, equals)), {"chat", "crm", "webhook", "voice"});
    if (!known || equals == std::string_view::npos) {
      return complain(
          fmt::format("must be a list such as 'chat=60,crm=600' of chat, crm, webhook and voice, not '{}'", value));
    }
    auto number = read_number<int>(trim(part.substr(equals + 1)), 1, 1'000'000);
    if (!number) return fail(number);
    s.rate_limits[name] = *number;
  }
  return {};
}

std::string show_rate_limits(const Settings& s) {
  std::string text;
  for (const auto& [name, limit] : s.rate_limits)
    text.append(fmt::format("{}{}={}", text.empty() ? "" : ",", name, limit));
  return text;
}

/// "on", "off", or seconds.
Result<void> read_answer_cache(Settings& s, std::string_view value) {
  constexpr int kAnHour = 3600;
  for (const auto word : {"on", "true", "yes", "1"}) {
    if (iequals(value, word)) return s.answer_cache_seconds = kAnHour, Result<void>{};
  }
  for (const auto word : {"off", "false", "no", "0"}) {
    if (iequals(value, word)) return s.answer_cache_seconds = 0, Result<void>{};
  }
  auto seconds = read_number<int>(value, 2, 7 * 24 * kAnHour);
  if (!seconds)
    return complain(fmt::format("must be on, off or a number of seconds from 2 to 604800, not '{}'", value));
  s.answer_cache_seconds = *seconds;
  return {};
}

/// A number that is left out when nothing is limited.
SettingRow limit_row(std::string_view name, std::string_view sentence, int Settings::* member) {
  auto row = number_row(name, sentence, member, "", 1, 1'000'000'000);
  row.show = [member](const Settings& s) { return s.*member == 0 ? std::string() : std::to_string(s.*member); };
  return row;
}

std::string show_ports(const Settings& s) {
  std::string text;
  for (const auto port : s.ports) text.append(text.empty() ? "" : ",").append(std::to_string(port));
  return text;
}

std::vector<SettingRow> make_table() {
  return {
      text_row("OFFHOOK_HOST", "Address to listen on.", &Settings::host, "127.0.0.1"),
      {.name = "OFFHOOK_PORT",
       .sentence = "Port to listen on, or several with commas; 0 picks a free one.",
       .default_text = "8000",
       .apply = read_ports,
       .show = show_ports},
      {.name = "OFFHOOK_DATA",
       .sentence = "Folder for the database and the recordings.",
       .default_text = "data",
       .apply = [](Settings& s, std::string_view v) -> Result<void> {
         s.data = std::filesystem::path(v);
         return {};
       },
       .show = [](const Settings& s) { return s.data.string(); }},
      {.name = "DATABASE_URL",
       .sentence =
           "PostgreSQL database, such as postgres://user:password@host/database; unset: SQLite in OFFHOOK_DATA.",
       .is_secret = true,
       .apply = read_database_url,
       .show = [](const Settings& s) { return show_secret(!s.database_url.empty()); }},
      url_row("OFFHOOK_PUBLIC_URL", "URL under which Vapi reaches this server; unset: the address it listens on.",
              &Settings::public_url),
      text_row("OFFHOOK_AGENT", "The agent that answers when nothing else says which.", &Settings::agent),
      {.name = "OFFHOOK_AGENTS",
       .sentence = "Folder of agent files (*.yaml) of your own; one named as a built-in agent replaces it.",
       .apply = [](Settings& s, std::string_view v) -> Result<void> {
         s.agents_folder = std::filesystem::path(v);
         return {};
       },
       .show = [](const Settings& s) { return s.agents_folder.string(); }},
      text_row("OFFHOOK_ALLOW_PRIVATE",
               "Private networks and hosts that user-defined tools and other accounts' assistants may call, such as "
               "'10.1.0.0/16,crm.lan'.",
               &Settings::allow_private),
      text_row("OFFHOOK_TRUSTED_PROXIES",
               "Reverse proxies, such as '127.0.0.1,10.0.0.0/8', whose X-Forwarded-For says who asks; unset: none.",
               &Settings::trusted_proxies),
      {.name = "OFFHOOK_LOG",
       .sentence = "Log level (debug, info, warning, error, off); with ',json' the lines are JSON.",
       .default_text = "info",
       .apply = read_log,
       .show = [](const Settings& s) { return s.log; }},
      text_row(
          "OFFHOOK_LLM",
          "Chain of chat models, such as 'bedrock:amazon.nova-lite-v1:0,gemini,brain'; unset: every configured one "
          "in the order openai, bedrock, anthropic, gemini, then brain.",
          &Settings::llm_chain),
      number_row("OFFHOOK_FIRST_WORDS_MS", "Milliseconds that the whole chain may take to an answer's first words.",
                 &Settings::first_words_ms, "4000", 100, 60'000),
      number_row("OFFHOOK_LLM_CONNECT_MS", "Milliseconds to connect to one model; then the next is asked.",
                 &Settings::llm_connect_ms, "1000", 10, 60'000),
      number_row("OFFHOOK_LLM_FIRST_TOKEN_MS",
                 "Milliseconds that one model has to its first token; then the next is asked.",
                 &Settings::llm_first_token_ms, "2500", 10, 60'000),
      number_row("OFFHOOK_LLM_BETWEEN_TOKENS_MS",
                 "Milliseconds of silence in mid-answer after which a closing sentence ends it.",
                 &Settings::llm_between_tokens_ms, "2500", 10, 60'000),
      number_row("OFFHOOK_LLM_HEDGE_MS",
                 "Milliseconds after which a silent model gets company: the next is asked as well; 0: never.",
                 &Settings::llm_hedge_ms, "0", 0, 60'000),
      text_row("OFFHOOK_LLM_PRICES",
               "What models cost, dollars for a million tokens read and written, such as "
               "'gpt-4o-mini=0.15/0.60,gemini-2.5-flash=0.30/2.50'; a name counts for all that begin with it. Unset: "
               "no cost is told.",
               &Settings::llm_prices),
      text_row("OFFHOOK_HIDDEN_PATTERNS",
               "Patterns, with ';;' between them, that no answer may hold, such as '\\bACME-\\d{6}\\b'; national ids "
               "and card numbers never leave anyway.",
               &Settings::hidden_patterns),
      number_row("OFFHOOK_MAX_TOKENS", "Length of an answer when the request does not say.", &Settings::max_tokens,
                 "2048", 1, 4096),
      number_row("OFFHOOK_LOOPS", "Threads that serve connections; 0 is one for each core.", &Settings::loops, "0", 0,
                 256),
      number_row("OFFHOOK_DRAIN_SECONDS", "How long running requests may go on after a stop signal.",
                 &Settings::drain_seconds, "30", 0, 3600),
      number_row("OFFHOOK_KEEP_TRANSCRIPTS_DAYS",
                 "Days after which what was said in a call goes, with its tool calls and summary; 0: never.",
                 &Settings::keep_transcripts_days, "730", 0, 36500),
      number_row("OFFHOOK_KEEP_RECORDINGS_DAYS", "Days after which recordings go, quarantined ones too; 0: never.",
                 &Settings::keep_recordings_days, "180", 0, 36500),
      number_row("OFFHOOK_KEEP_PAYLOADS_DAYS",
                 "Days after which webhooks as they came go, and with them 'offhook replay'; 0: never.",
                 &Settings::keep_payloads_days, "90", 0, 36500),
      {.name = "OFFHOOK_RATE_LIMITS",
       .sentence = "Requests a minute that one caller may make, by class, such as 'chat=60,crm=600'; unset: unlimited.",
       .apply = read_rate_limits,
       .show = show_rate_limits},
      limit_row("OFFHOOK_RATE_PER_HOUR",
                "Chat requests and failed attempts an hour of an address without a key; unset: 100, and none in open "
                "mode on this machine.",
                &Settings::rate_per_hour),
      limit_row("OFFHOOK_KEY_RATE_PER_HOUR", "Chat requests an hour of one API key; unset: unlimited.",
                &Settings::key_rate_per_hour),
      limit_row("OFFHOOK_CALLER_RATE_PER_HOUR",
                "Chat requests an hour for one caller, by phone number; unset: unlimited.",
                &Settings::caller_rate_per_hour),
      limit_row("OFFHOOK_TOKENS_PER_DAY",
                "Tokens that models may read and write for one API key, or address without one, in a day (UTC); unset: "
                "unlimited.",
                &Settings::tokens_per_day),
      number_row("OFFHOOK_LLM_CONCURRENCY", "Answers that models write at the same time; more requests wait.",
                 &Settings::llm_concurrency, "4096", 1, 100'000),
      number_row("OFFHOOK_LLM_QUEUE", "Requests that may wait for a model; more are refused with 503.",
                 &Settings::llm_queue, "1024", 0, 100'000),
      {.name = "OFFHOOK_ANSWER_CACHE",
       .sentence = "Give the same answer again to the same conversation, where nobody's own data is in it: on (for an "
                   "hour), off, or seconds.",
       .default_text = "off",
       .apply = read_answer_cache,
       .show =
           [](const Settings& s) {
             return s.answer_cache_seconds == 0 ? std::string("off") : std::to_string(s.answer_cache_seconds);
           }},
      {.name = "OFFHOOK_API_KEYS",
       .sentence = "Keys that callers present as Bearer or Token, with commas.",
       .is_secret = true,
       .apply = read_api_keys,
       .show = [](const Settings& s) { return show_secret(!s.api_keys.empty()); }},
      {.name = "OFFHOOK_JWT_SECRET",
       .sentence =
           "Keys for users' tokens, with commas: the first signs, all verify; unset: one kept in the data folder.",
       .is_secret = true,
       .apply = read_jwt_secrets,
       .show = [](const Settings& s) { return show_secret(!s.jwt_secrets.empty()); }},
      number_row("OFFHOOK_TOKEN_SECONDS", "How long a user's token is good for.", &Settings::token_seconds, "3600", 60,
                 30 * 24 * 3600),
      {.name = "OFFHOOK_REGISTRATION",
       .sentence = "May anybody register an account (open), or only the operator make them (closed)?",
       .default_text = "open",
       .apply = read_registration,
       .show = [](const Settings& s) { return std::string(s.is_registration_open ? "open" : "closed"); }},
      secret_row("VAPI_WEBHOOK_SECRET", "Secret of Vapi's server messages: X-Vapi-Secret, Bearer or HMAC key.",
                 &Settings::webhook_secret),
      secret_row("VAPI_API_KEY",
                 "Our key for Vapi's API; with it, assistants and calls go to Vapi; also accepted as Bearer on /vapi/ "
                 "and /exchange/.",
                 &Settings::vapi_api_key),
      url_row("VAPI_BASE_URL", "Base URL of Vapi's API; used with VAPI_API_KEY.", &Settings::vapi_base_url,
              "https://api.vapi.ai"),
      text_row("VAPI_PHONE_NUMBER_ID", "Vapi's id of the number that outbound calls come from.",
               &Settings::vapi_phone_number_id),
      hmac_row("OFFHOOK_HMAC_ALGORITHM", "Algorithm of signed server messages.", &HmacPlan::algorithm, "sha256",
               {"sha256", "sha512", "sha1"}),
      hmac_row("OFFHOOK_HMAC_HEADER", "Header that carries the signature.", &HmacPlan::signature_header,
               "x-vapi-signature"),
      hmac_row("OFFHOOK_HMAC_TIMESTAMP_HEADER",
               "Header that carries the signature's time; its freshness is then checked.", &HmacPlan::timestamp_header,
               ""),
      hmac_row("OFFHOOK_HMAC_PREFIX", "Text before the signature, such as 'sha256='.", &HmacPlan::prefix, ""),
      hmac_row("OFFHOOK_HMAC_FORMAT", "What is signed when a timestamp is sent.", &HmacPlan::format,
               "{timestamp}.{body}"),
      hmac_row("OFFHOOK_HMAC_ENCODING", "How the signature is written.", &HmacPlan::encoding, "hex", {"hex", "base64"}),
      secret_row("OPENAI_API_KEY", "Key for an OpenAI-compatible chat server.", &Settings::openai_api_key),
      url_row("OPENAI_BASE_URL", "Base URL of an OpenAI-compatible chat server, such as http://127.0.0.1:8080/v1.",
              &Settings::openai_base_url),
      secret_row("ANTHROPIC_API_KEY", "Key for Anthropic's API.", &Settings::anthropic_api_key),
      url_row("ANTHROPIC_BASE_URL", "Base URL of Anthropic's API, for a proxy.", &Settings::anthropic_base_url),
      secret_row("GEMINI_API_KEY", "Key for Google's Gemini API.", &Settings::gemini_api_key),
      url_row("GEMINI_BASE_URL", "Base URL of the Gemini API, for a proxy.", &Settings::gemini_base_url),
      text_row("AWS_REGION", "Region of AWS Bedrock; with it, the AWS credentials are used for Bedrock.",
               &Settings::aws_region),
      text_row("AWS_ACCESS_KEY_ID", "Access key that requests to Bedrock are signed with.",
               &Settings::aws_access_key_id),
      secret_row("AWS_SECRET_ACCESS_KEY", "Secret of that access key.", &Settings::aws_secret_access_key),
      secret_row("AWS_SESSION_TOKEN", "Session token of temporary AWS credentials.", &Settings::aws_session_token),
      secret_row("AWS_BEARER_TOKEN_BEDROCK", "Bedrock API key; with it, requests are not signed.",
                 &Settings::aws_bearer_token_bedrock),
      url_row("BEDROCK_BASE_URL", "Base URL of Bedrock's runtime API, for a proxy.", &Settings::bedrock_base_url),
  };
}

/// One value and where it came from.
struct Given {
  std::string value;
  std::string origin;
};

bool names_setting(std::string_view key, std::string_view setting) {
  if (key == setting) return true;
  const std::string lower = to_lower(setting);
  return key == lower || (lower.starts_with("offhook_") && key == std::string_view(lower).substr(8));
}

const SettingRow* find_row(std::string_view key) {
  for (const auto& row : settings_table()) {
    if (names_setting(key, row.name)) return &row;
  }
  return nullptr;
}

void read_yaml(const std::filesystem::path& path, bool must_exist, std::map<std::string, Given>& given,
               std::vector<std::string>& faults) {
  if (!std::filesystem::exists(path)) {
    if (must_exist) faults.push_back(fmt::format("{}: there is no such file", path.string()));
    return;
  }
  try {
    const YAML::Node root = YAML::LoadFile(path.string());
    if (root.IsNull()) return;
    if (!root.IsMap()) {
      faults.push_back(fmt::format("{}: must be a mapping of settings", path.string()));
      return;
    }
    for (const auto& entry : root) {
      const auto key = entry.first.as<std::string>();
      const std::string origin = fmt::format("{} line {}", path.string(), entry.first.Mark().line + 1);
      const SettingRow* row = find_row(key);
      if (row == nullptr) {
        faults.push_back(fmt::format("{}: there is no setting '{}'", origin, key));
      } else if (entry.second.IsSequence()) {
        std::vector<std::string> items;
        for (const auto& item : entry.second) items.push_back(item.as<std::string>());
        given[std::string(row->name)] = {join(items, ","), origin};
      } else if (entry.second.IsScalar()) {
        given[std::string(row->name)] = {entry.second.as<std::string>(), origin};
      } else {
        faults.push_back(fmt::format("{}: '{}' must be a value or a list", origin, key));
      }
    }
  } catch (const YAML::Exception& error) {
    faults.push_back(fmt::format("{} line {}: {}", path.string(), error.mark.line + 1, error.msg));
  }
}

constexpr std::string_view kSecretPrefix = "OFFHOOK_SECRET_";

/// KEY=value lines, '#' comments, an optional "export", optional quotes.
void read_dotenv(const std::filesystem::path& path, std::map<std::string, Given>& given,
                 std::map<std::string, Secret>& secrets) {
  std::ifstream file(path);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    std::string_view text = trim(line);
    if (text.starts_with("export ")) text = trim(text.substr(7));
    const auto equals = text.find('=');
    if (text.empty() || text.starts_with('#') || equals == std::string_view::npos) continue;
    const std::string_view key = trim(text.substr(0, equals));
    const SettingRow* row = find_row(key);
    if (row == nullptr && !key.starts_with(kSecretPrefix)) continue;  // .env files serve other programs too
    std::string_view value = trim(text.substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
      value = value.substr(1, value.size() - 2);
    }
    if (row == nullptr) {
      secrets[std::string(key.substr(kSecretPrefix.size()))] = Secret(std::string(value));
      continue;
    }
    given[std::string(row->name)] = {std::string(value), fmt::format("{} line {}", path.string(), number)};
  }
}

}  // namespace

const std::vector<SettingRow>& settings_table() {
  static const std::vector<SettingRow> table = make_table();
  return table;
}

Result<Settings> load_settings(const Sources& sources) {
  std::map<std::string, Given> given;
  std::vector<std::string> faults;
  for (const auto& [name, value] : sources.defaults) given[name] = {value, "default"};
  if (sources.config_file) {
    read_yaml(*sources.config_file, true, given, faults);
  } else {
    read_yaml(sources.working_directory / "offhook.yaml", false, given, faults);
  }
  Settings settings;
  read_dotenv(sources.working_directory / ".env", given, settings.secrets);
  const auto variables = sources.environment_names ? sources.environment_names() : std::vector<std::string>();
  for (const auto& name : variables) {
    if (!name.starts_with(kSecretPrefix)) continue;
    if (auto value = sources.environment(name)) {
      settings.secrets[name.substr(kSecretPrefix.size())] = Secret(std::move(*value));
    }
  }
  for (const auto& row : settings_table()) {
    const std::string name(row.name);
    if (!sources.environment) break;
    if (auto value = sources.environment(name)) given[name] = {std::move(*value), "environment variable"};
  }
  for (const auto& [name, value] : sources.flags) given[name] = {value, "flag"};

  for (const auto& row : settings_table()) {
    const auto found = given.find(std::string(row.name));
    if (found == given.end() || found->second.value.empty()) continue;
    if (auto applied = row.apply(settings, found->second.value); !applied) {
      faults.push_back(fmt::format("{} {}: {}", found->second.origin, row.name, applied.error().message()));
    }
  }
  if (!faults.empty()) return fail(ErrorKind::invalid_argument, join(faults, "\n"));
  return settings;
}

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

std::vector<std::string> process_environment_names() {
  std::vector<std::string> names;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    names.emplace_back(text.substr(0, text.find('=')));
  }
  return names;
}

}  // namespace offhook::config
