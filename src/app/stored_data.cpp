#include "app/stored_data.hpp"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "store/postgres_store.hpp"
#include "store/sqlite_store.hpp"

namespace offhook::app {
namespace {

/// Erasing and cleaning look through whole tables.
constexpr std::chrono::minutes kStatementLimit{5};

Result<std::unique_ptr<store::Store>> open(const config::Settings& settings, Runtime& runtime) {
  if (!settings.database_url.empty()) {
    return store::open_postgres_store(runtime.clock(), {.url = settings.database_url,
                                                        .seed = runtime.home().random().next(),
                                                        .readers = 1,
                                                        .statement_timeout = kStatementLimit});
  }
  const auto path = settings.data / "offhook.db";
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return fail(ErrorKind::not_found, fmt::format("there is no database {}", path.string()));
  return store::open_sqlite_store({.opened_at = runtime.clock().utc_now(), .path = path});
}

}  // namespace

Result<StoredData> open_stored_data(const ServeFlags& flags) {
  auto settings = flags.load();
  if (!settings) return fail(settings);
  auto runtime = std::make_unique<Runtime>(1);
  auto store = open(*settings, *runtime);
  if (!store) return fail(store);
  return StoredData{.settings = std::move(*settings), .runtime = std::move(runtime), .store = std::move(*store)};
}

}  // namespace offhook::app
