#include <csignal>
#include <cstdio>
#include <exception>

#include "app/commands.hpp"

int main(int argc, char** argv) {
  // A peer that goes away is an error of its write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App cli("Offhook: everything behind an AI phone call.", "offhook");
  cli.set_version_flag("--version", OFFHOOK_VERSION);
  cli.require_subcommand(1);
  int exit_code = offhook::app::kFine;
  offhook::app::add_commands(cli, exit_code);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    return cli.exit(wanted);  // --help, --version
  } catch (const CLI::ParseError& wrong) {
    cli.exit(wrong);
    return offhook::app::kWrongUsage;
  } catch (const std::exception& broken) {
    std::fprintf(stderr, "offhook: %s\n", broken.what());
    return offhook::app::kFailed;
  }
  return exit_code;
}
