#include "app/library.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "app/model_files.hpp"
#include "brain/brain.hpp"
#include "brain/model_cache.hpp"
#include "embedded/agent_files.hpp"
#include "embedded/scenario_files.hpp"

namespace offhook::app {
namespace {

/// A file of the user's, whose text the views of an EmbeddedFile point into.
struct UserFile {
  std::string name;
  std::string content;
};

Result<std::vector<UserFile>> read_folder(const std::filesystem::path& folder) {
  std::vector<UserFile> files;
  if (folder.empty()) return files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".yaml" && entry.path().extension() != ".yml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) {
      return fail(ErrorKind::unavailable, fmt::format("OFFHOOK_AGENTS: cannot read {}", entry.path().string()));
    }
    files.push_back({.name = entry.path().string(), .content = text.str()});
  }
  if (error) {
    return fail(ErrorKind::unavailable,
                fmt::format("OFFHOOK_AGENTS: cannot read the folder {}: {}", folder.string(), error.message()));
  }
  std::ranges::sort(files, {}, &UserFile::name);
  return files;
}

Result<Library> load_from(std::span<const EmbeddedFile> files, const agent::UserToolSources& sources,
                          brain::ModelCache* models) {
  auto agents = agent::AgentBook::load(files, sources);
  if (!agents) return fail(agents);
  auto brain = brain::make_brain(files, models);
  if (!brain) return fail(brain);
  auto scenarios = lab::parse_scenarios(embedded::scenario_files());
  if (!scenarios) return fail(scenarios);
  return Library{.agents = std::move(*agents),
                 .tools = tools::ToolRegistry(),
                 .brain = std::move(*brain),
                 .scenarios = std::move(*scenarios)};
}

}  // namespace

Result<Library> Library::load() { return load_from(embedded::agent_files(), {}, nullptr); }

Result<Library> Library::load(const config::Settings& settings, bool makes_folder) {
  auto own = read_folder(settings.agents_folder);
  if (!own) return fail(own);
  auto guard = net::AddressGuard::parse(settings.allow_private);
  if (!guard) {
    return fail(ErrorKind::invalid_argument, fmt::format("OFFHOOK_ALLOW_PRIVATE: {}", guard.error().message()));
  }
  const agent::UserToolSources sources{.find_secret = [&settings](std::string_view name) -> std::optional<Secret> {
                                         const auto found = settings.secrets.find(std::string(name));
                                         if (found == settings.secrets.end()) return std::nullopt;
                                         return found->second;
                                       },
                                       .guard = std::move(*guard)};
  std::vector<EmbeddedFile> files;
  std::vector<std::string> replaced;
  for (const auto& file : *own) {
    files.push_back({file.name, file.content});
    replaced.push_back(agent::agent_name_in(files.back()));
  }
  for (const auto& file : embedded::agent_files()) {
    const std::string name = agent::agent_name_in(file);
    if (std::ranges::find(replaced, name) == replaced.end()) files.push_back(file);
  }
  std::error_code error;
  const bool has_folder = makes_folder || std::filesystem::is_directory(settings.data, error);
  const auto models = has_folder ? make_model_files(settings.data / "models") : nullptr;
  return load_from(files, sources, models.get());
}

}  // namespace offhook::app
