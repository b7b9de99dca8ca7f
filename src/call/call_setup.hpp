#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/assistants.hpp"

namespace offhook::call {

/// Who was set up to answer a call.
struct CallSetup {
  std::string property_id;                    ///< whose number was dialled; empty: nobody's
  std::optional<store::Assistant> assistant;  ///< a stored one
};

/// The owner's stored assistant by the id that a message or request names (ours or the platform's), else the newest of
/// the property whose number was dialled. Either may be empty; `dialled` is normalised.
Result<CallSetup> find_call_setup(sql::Connection& db, const store::Owner& owner, std::string_view assistant_id,
                                  std::string_view dialled);

}  // namespace offhook::call
