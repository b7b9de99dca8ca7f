#pragma once

#include <string>
#include <vector>

#include "brain/dialogue.hpp"

namespace offhook::brain {

/// Something in a dialogue that will trouble its callers.
struct Finding {
  enum class Weight {
    fault,    ///< some callers cannot be served
    warning,  ///< some will be misheard, or part of the file does nothing
  };
  Weight weight = Weight::warning;
  std::string where;  ///< "intent block", "flow book", "tool list_cards"
  std::string what;   ///< what is wrong and what to do about it, one line
};

/// A tool that the agent's file gives it.
struct OfferedTool {
  std::string name;
  std::vector<std::string> required;  ///< arguments without which it refuses
};

/// Looks for examples that mean two things, for tools, flows and slots that nobody can reach, and for questions that
/// are missing. A dialogue that load_dialogue() took can be played all the same. Findings are in the order of the
/// file's sections; the same dialogue gives the same findings.
[[nodiscard]] std::vector<Finding> check_dialogue(const Dialogue& dialogue, const std::vector<OfferedTool>& tools);

}  // namespace offhook::brain
