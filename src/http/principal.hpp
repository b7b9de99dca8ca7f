#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

namespace offhook::http {

/// What a user may do in their account, from the least: viewers read; agents also write what calls are
/// about (leads, tours, appointments, callbacks, calls, customers); owners do everything.
enum class Role : std::uint8_t { viewer, agent, owner };

/// What an API key may be used for. `admin` contains the others, `crm_write` contains `crm_read`.
enum class Scope : std::uint8_t { chat, voice, crm_read, crm_write, exchange, webhooks, admin };

/// A set of scopes.
class Scopes {
 public:
  Scopes() = default;
  Scopes(std::initializer_list<Scope> scopes) {
    for (const Scope scope : scopes) add(scope);
  }
  void add(Scope scope) { bits_ |= bit(scope); }
  /// Is it there, or contained in one that is?
  [[nodiscard]] bool allow(Scope scope) const {
    if ((bits_ & (bit(scope) | bit(Scope::admin))) != 0) return true;
    return scope == Scope::crm_read && (bits_ & bit(Scope::crm_write)) != 0;
  }
  /// Is it there by itself?
  [[nodiscard]] bool name(Scope scope) const { return (bits_ & bit(scope)) != 0; }
  [[nodiscard]] bool empty() const { return bits_ == 0; }

 private:
  static unsigned bit(Scope scope) { return 1U << static_cast<unsigned>(scope); }
  unsigned bits_ = 0;
};

/// What a route does to an account's objects; together with Access it says who may call it.
enum class Need : std::uint8_t {
  read,     ///< every role; crm:read
  write,    ///< what agents may change; crm:write
  manage,   ///< assistants, properties, campaigns, accounts: owners; admin
  operate,  ///< what is of the whole server, not of one account: owners of the local account; their admin keys
};

/// Who is behind a request, as the authentication middleware found out.
struct Principal {
  enum class Kind : std::uint8_t {
    nobody,
    local_owner,  ///< this machine, in open mode
    api_key,      ///< a key of OFFHOOK_API_KEYS, or of an account
    platform,     ///< the telephone platform, by its secret
    user,         ///< a person, by a token
  };
  Kind kind = Kind::nobody;
  std::string name;  ///< which key, secret or user, never its value: what logs and limits call them
  std::string account_id = "local";
  /// Everything is done for that account and no other. False for those who serve all accounts (the platform,
  /// OFFHOOK_API_KEYS, open mode): then a call's own account is meant where there is a call.
  bool is_bound = false;
  Role role = Role::viewer;  ///< of a user; what a key may do is in its scopes
  Scopes scopes;
  std::string user_id;  ///< empty unless a user
};

}  // namespace offhook::http
