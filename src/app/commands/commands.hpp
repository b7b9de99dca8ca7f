#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <optional>
#include <string>

#include "app/server.hpp"
#include "config/settings.hpp"

namespace offhook::app {

/// One function a command; commands.cpp lists them.
void add_serve(CLI::App& cli, int& exit_code);
void add_demo(CLI::App& cli, int& exit_code);
void add_simulate(CLI::App& cli, int& exit_code);
void add_chat(CLI::App& cli, int& exit_code);
void add_agent(CLI::App& cli, int& exit_code);
void add_say(CLI::App& cli, int& exit_code);
void add_eval(CLI::App& cli, int& exit_code);
void add_settings(CLI::App& cli, int& exit_code);
void add_doctor(CLI::App& cli, int& exit_code);
void add_migrate(CLI::App& cli, int& exit_code);
void add_user(CLI::App& cli, int& exit_code);
void add_key(CLI::App& cli, int& exit_code);
void add_forget(CLI::App& cli, int& exit_code);
void add_replay(CLI::App& cli, int& exit_code);
void add_retention(CLI::App& cli, int& exit_code);
void add_recordings(CLI::App& cli, int& exit_code);
void add_ingest(CLI::App& cli, int& exit_code);
void add_search(CLI::App& cli, int& exit_code);

/// The flags that serve and demo share.
struct ServeFlags {
  std::string config;
  std::string host;
  std::vector<std::string> ports;
  std::string data;
  bool insecure = false;

  void add_to(CLI::App& command);
  /// The settings with these flags on top. `defaults`: by setting name, for what nobody set.
  [[nodiscard]] Result<config::Settings> load(const std::map<std::string, std::string>& defaults = {}) const;
};

/// May this server listen there? It refuses an address that others reach while its doors have no locks.
[[nodiscard]] Result<void> check_exposure(const config::Settings& settings);

/// Prints an error the way every command does, and gives the exit code for it.
int report(const Error& error);

/// How many loops a server gets.
[[nodiscard]] std::size_t loop_count(const config::Settings& settings);

}  // namespace offhook::app
