#include "config/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace offhook::config {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A folder of its own for each test.
struct Folder {
  Folder() {
    std::string name = testing::TempDir() + "offhook-settings-XXXXXX";
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }
  std::filesystem::path path;
};

TEST(Settings, HaveDefaults) {
  const Folder folder;
  const auto settings = load_settings({.working_directory = folder.path}).value();
  EXPECT_EQ(settings.host, "127.0.0.1");
  EXPECT_EQ(settings.ports, std::vector<std::uint16_t>{8000});
  EXPECT_FALSE(settings.has_keys());
}

TEST(Settings, FlagsBeatTheEnvironmentWhichBeatsDotenvWhichBeatsTheFile) {
  const Folder folder;
  folder.write("offhook.yaml", "port: 1\nhost: 10.0.0.1\nagent: banking\nOFFHOOK_DATA: /from/file\n");
  folder.write(".env",
               "# comment\nexport OFFHOOK_PORT=2\nOFFHOOK_HOST='10.0.0.2'\nSOMEBODY_ELSE=1\nOFFHOOK_AGENT=leasing\n");
  Sources sources{.working_directory = folder.path};
  sources.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "OFFHOOK_PORT") return "3";
    if (name == "OFFHOOK_HOST") return "10.0.0.3";
    return std::nullopt;
  };
  sources.flags = {{"OFFHOOK_PORT", "4,8020"}};
  const auto settings = load_settings(sources).value();
  EXPECT_EQ(settings.ports, (std::vector<std::uint16_t>{4, 8020}));
  EXPECT_EQ(settings.host, "10.0.0.3");
  EXPECT_EQ(settings.agent, "leasing");
  EXPECT_EQ(settings.data, "/from/file");
}

TEST(Settings, ReportAllFaultsAtOnceWithTheirPlaces) {
  const Folder folder;
  folder.write("offhook.yaml", "port: 99999\nprot: 1\nlog: loud\n");
  Sources sources{.working_directory = folder.path};
  sources.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "OPENAI_BASE_URL") return "localhost:8080";
    if (name == "OFFHOOK_API_KEYS") return "hunter2";
    return std::nullopt;
  };
  const auto settings = load_settings(sources);
  ASSERT_FALSE(settings);
  const auto& text = settings.error().client;
  EXPECT_THAT(text, HasSubstr("line 1 OFFHOOK_PORT: must be a whole number from 0 to 65535, not '99999'"));
  EXPECT_THAT(text, HasSubstr("line 2: there is no setting 'prot'"));
  EXPECT_THAT(text, HasSubstr("line 3 OFFHOOK_LOG"));
  EXPECT_THAT(text, HasSubstr("environment variable OPENAI_BASE_URL"));
  EXPECT_THAT(text, HasSubstr("environment variable OFFHOOK_API_KEYS"));
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

TEST(Settings, ANamedFileMustExistAndBeYaml) {
  const Folder folder;
  EXPECT_FALSE(load_settings({.config_file = folder.path / "none.yaml"}));
  folder.write("bad.yaml", "port: [1\n");
  const auto settings = load_settings({.config_file = folder.path / "bad.yaml"});
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().client, HasSubstr("bad.yaml line"));
}

TEST(Settings, SecretsOfUserDefinedToolsComeFromTheEnvironmentOrDotenv) {
  const Folder folder;
  folder.write(".env", "OFFHOOK_SECRET_A=from-file\nOFFHOOK_SECRET_B='b b'\n");
  Sources sources{.working_directory = folder.path};
  sources.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "OFFHOOK_SECRET_A") return "from-environment";
    return std::nullopt;
  };
  sources.environment_names = [] { return std::vector<std::string>{"PATH", "OFFHOOK_SECRET_A", "OFFHOOK_SECRETS"}; };
  const auto settings = load_settings(sources).value();
  ASSERT_EQ(settings.secrets.size(), 2u);
  EXPECT_EQ(settings.secrets.at("A").reveal(), "from-environment");
  EXPECT_EQ(settings.secrets.at("B").reveal(), "b b");
  for (const auto& row : settings_table()) EXPECT_THAT(row.show(settings), Not(HasSubstr("from-"))) << row.name;
}

TEST(Settings, ADatabaseUrlIsForPostgresAndNeverQuoted) {
  const Folder folder;
  Sources sources{.working_directory = folder.path};
  for (const char* url : {"postgres://ann:s3cret@db/offhook", "postgresql:///offhook"}) {
    sources.flags = {{"DATABASE_URL", url}};
    EXPECT_EQ(load_settings(sources).value().database_url.reveal(), url);
  }
  for (const char* url : {"mysql://ann:s3cret@db/offhook", "s3cret", "host=db password=s3cret"}) {
    sources.flags = {{"DATABASE_URL", url}};
    const auto settings = load_settings(sources);
    ASSERT_FALSE(settings) << url;
    EXPECT_THAT(settings.error().client, HasSubstr("DATABASE_URL: must be a postgres://"));
    EXPECT_THAT(settings.error().client, Not(HasSubstr("s3cret")));
  }
}

TEST(Settings, SecretsAreShownOnlyAsSet) {
  Settings settings;
  settings.webhook_secret = Secret("whsec-very-secret");
  for (const auto& row : settings_table()) EXPECT_THAT(row.show(settings), Not(HasSubstr("very-secret"))) << row.name;
}

}  // namespace
}  // namespace offhook::config
