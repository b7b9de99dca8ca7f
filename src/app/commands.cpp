#include "app/commands.hpp"

#include "app/commands/commands.hpp"

namespace offhook::app {

void add_commands(CLI::App& cli, int& exit_code) {
  add_serve(cli, exit_code);
  add_demo(cli, exit_code);
  add_simulate(cli, exit_code);
  add_chat(cli, exit_code);
  add_agent(cli, exit_code);
  add_say(cli, exit_code);
  add_eval(cli, exit_code);
  add_settings(cli, exit_code);
  add_doctor(cli, exit_code);
  add_migrate(cli, exit_code);
  add_user(cli, exit_code);
  add_key(cli, exit_code);
  add_forget(cli, exit_code);
  add_replay(cli, exit_code);
  add_retention(cli, exit_code);
  add_recordings(cli, exit_code);
  add_ingest(cli, exit_code);
  add_search(cli, exit_code);
}

}  // namespace offhook::app
