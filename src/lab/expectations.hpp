#pragma once

#include "lab/lab.hpp"

namespace offhook::lab {

/// What of a turn's expectation was not met, in words.
[[nodiscard]] std::vector<std::string> check_turn(std::size_t number, const ScenarioTurn& wanted,
                                                  const PlayedTurn& reply);

/// What of the call's expectation was not met. Reads the store.
Task<std::vector<std::string>> check_call(store::Store& store, CallExpectation wanted, std::string region,
                                          std::string ended_reason);

}  // namespace offhook::lab
