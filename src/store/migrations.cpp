#include "store/migrations.hpp"

#include <charconv>

#include "embedded/migrations.hpp"

namespace offhook::store {
namespace {

/// The number in front of the script's name.
int version_of(std::string_view name) {
  int version = 0;
  const std::string_view digits = name.substr(0, 4);
  std::from_chars(digits.begin(), digits.end(), version);
  return version;
}

Result<int> newest_version(sql::Connection& db) {
  int version = 0;
  auto done =
      db.query("SELECT COALESCE(MAX(version), 0) FROM schema_migrations", {}, [&](const sql::Row& row) -> Result<void> {
        version = static_cast<int>(row.integer(0));
        return {};
      });
  if (!done) return fail(done);
  return version;
}

Result<void> run_script(sql::Connection& db, const EmbeddedFile& script, UtcTime now) {
  auto done = db.run_script(script.content);
  if (!done) return done;
  auto recorded = db.execute("INSERT INTO schema_migrations (version, name, applied_at) VALUES (?, ?, ?)",
                             {version_of(script.name), script.name, now});
  if (!recorded) return fail(recorded);
  return {};
}

Result<void> in_transaction(sql::Connection& db, const EmbeddedFile& script, UtcTime now) {
  if (auto begun = db.execute("BEGIN"); !begun) return fail(begun);
  auto done = run_script(db, script, now);
  if (done) {
    auto committed = db.execute("COMMIT");
    if (committed) return {};
    done = fail(committed);
  }
  static_cast<void>(db.execute("ROLLBACK"));
  done.error().log += " (migration " + std::string(script.name) + ")";
  return done;
}

}  // namespace

Result<int> migrate(sql::Connection& db, UtcTime now) { return migrate(db, now, embedded::migrations()); }

Result<int> migrate(sql::Connection& db, UtcTime now, std::span<const EmbeddedFile> scripts) {
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    if (version_of(scripts[i].name) != static_cast<int>(i) + 1) {
      return fail(ErrorKind::internal, {}, "migration out of order: " + std::string(scripts[i].name));
    }
  }
  auto created = db.execute(
      "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
      "applied_at BIGINT NOT NULL)");
  if (!created) return fail(created);
  auto version = newest_version(db);
  if (!version) return fail(version);
  const auto known = static_cast<int>(scripts.size());
  if (*version > known) {
    return fail(ErrorKind::invalid_argument, "The database was written by a newer Offhook (its tables are at version " +
                                                 std::to_string(*version) + ", this program knows " +
                                                 std::to_string(known) +
                                                 "): start that newer program, or use another data directory.");
  }
  for (const EmbeddedFile& script : scripts.subspan(static_cast<std::size_t>(*version))) {
    if (auto done = in_transaction(db, script, now); !done) return fail(done);
  }
  return known - *version;
}

}  // namespace offhook::store
