#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/owner.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// What is known of a call when nobody with an account stands behind a message. Empty means unknown.
struct CallClues {
  std::string platform_call_id;
  std::string assistant_id;
  std::string dialled_number;  ///< normalised
  std::string property_id;
};

/// Whose call it is: the owner of the stored call; else of the exchange's call or assistant of that id; else
/// of the stored assistant, by its id at the platform or ours; else of the property with the dialled number (of
/// several, the oldest); else of the property; else Owner::local(). What the server itself wrote down comes before what
/// the message says.
Result<Owner> owner_of_call(sql::Connection& db, const CallClues& clues);

/// The owner of a stored call, by our id or the platform's: for those who run this server, whose calls they all
/// are. nullopt when there is none.
Result<std::optional<Owner>> owner_of_stored_call(sql::Connection& db, std::string_view id);

}  // namespace offhook::store
