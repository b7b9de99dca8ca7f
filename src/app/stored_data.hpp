#pragma once

#include <memory>

#include "app/commands/commands.hpp"
#include "app/runtime.hpp"
#include "store/store.hpp"

namespace offhook::app {

/// What a server has stored, for a command that works on it, also beside a running server.
struct StoredData {
  config::Settings settings;
  std::unique_ptr<Runtime> runtime;  ///< outlives the store
  std::unique_ptr<store::Store> store;

  /// Runs `work` (Result<T>(sql::Connection&)) in a transaction.
  template <class Work>
  auto write(Work work) {
    return runtime->home().block_on(store->write(std::move(work)));
  }
  /// The same, reading only.
  template <class Work>
  auto read(Work work) {
    return runtime->home().block_on(store->read(std::move(work)));
  }
  [[nodiscard]] UtcTime now() const { return runtime->clock().utc_now(); }
};

/// The database of the settings (DATABASE_URL, else the file in the data folder, which must be there), with its tables
/// brought up to this program. Errors: not_found, and the store's own.
[[nodiscard]] Result<StoredData> open_stored_data(const ServeFlags& flags);

}  // namespace offhook::app
