#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "async/loop_groups.hpp"
#include "async/task.hpp"
#include "auth/tokens.hpp"
#include "base/clock.hpp"
#include "http/router.hpp"
#include "store/store.hpp"

namespace offhook::auth {

/// What a request presents that stands for an account, its form and signature checked already.
struct Presented {
  enum class Kind : std::uint8_t { api_key, token };
  Kind kind = Kind::api_key;
  std::string id;            ///< of the key's row, or of the user
  std::string secret;        ///< of the key; empty for a token
  std::int64_t version = 0;  ///< of the token; 0 for a key
};

/// Who stands behind tokens and account keys.
///
/// What the database says is remembered for kMemory, so that a busy caller costs a read in that time and not
/// one a request. Hence a key that is revoked, a user who is removed and a password that is changed, by
/// whichever process, are noticed after kMemory at the latest. At most `most_remembered` are kept; then the
/// stale ones are dropped, and when all are fresh, all. Thread-safe.
class Identities {
 public:
  static constexpr std::chrono::seconds kMemory{5};

  /// References must outlive it.
  Identities(store::Store& store, const Tokens& tokens, const Clock& clock, std::size_t most_remembered = 10'000)
      : store_(store), tokens_(tokens), clock_(clock), most_remembered_(most_remembered) {}

  /// Reads what a request to such a door presents; nullopt when that is nothing of this kind. Errors:
  /// unauthorized for what claims to be ours and is not.
  [[nodiscard]] Result<std::optional<Presented>> read(const http::Request& request, http::Access access) const;
  /// The principal, when it is remembered: without waiting. nullopt: ask find(). Errors: unauthorized.
  [[nodiscard]] Result<std::optional<http::Principal>> recall(const Presented& presented);
  /// The principal by the database. Errors: unauthorized, unavailable.
  Task<http::Principal> find(Presented presented);
  /// Waits until `deadline` for what is still being noted, and gives the rest up.
  Task<void> stop(Deadline deadline) { return uses_.stop(deadline); }

 private:
  /// What the database says of an id: enough to check a secret or a version against.
  struct Known {
    http::Principal principal;
    std::string secret_hash;   ///< of a key
    std::int64_t version = 0;  ///< of a user's tokens
    bool exists = false;       ///< false: no such row, or revoked
    Instant known_until{};
  };
  static Result<http::Principal> check(const Presented& presented, const Known& known);
  Task<void> note_use(std::string key_id, UtcTime now);
  Task<Known> look_up(Presented presented);
  void remember(const Presented& presented, const Known& known);

  store::Store& store_;
  const Tokens& tokens_;
  const Clock& clock_;
  const std::size_t most_remembered_;
  LoopGroups uses_{64};  ///< of keys, being noted: nobody waits for it
  std::mutex mutex_;
  std::unordered_map<std::string, Known> known_;  // by kind and id
};

/// The credential of an Authorization header (Bearer or Token); "" when there is none.
[[nodiscard]] std::string_view bearer_of(const http::Request& request);

}  // namespace offhook::auth
