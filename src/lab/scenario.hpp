#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/embedded_file.hpp"
#include "base/result.hpp"

namespace offhook::lab {

/// What one answer has to be. Texts are compared without case.
struct TurnExpectation {
  std::vector<std::string> reply_has;
  std::vector<std::string> reply_lacks;
  std::optional<std::vector<std::string>> tools;  ///< names, in order; absent: any
};

struct ScenarioTurn {
  std::string say;
  TurnExpectation expect;
};

/// What has to be true when the call is over. Absent members are not checked.
struct CallExpectation {
  std::string ended_reason;
  std::map<std::string, std::string> lead;  ///< "phone" (to find it by), "name", "status"
  std::map<std::string, std::string> card;  ///< "last_four", "status"
  std::optional<std::size_t> tours;         ///< of the lead
  std::optional<std::size_t> appointments;  ///< of everybody
  std::optional<std::size_t> callbacks;     ///< of everybody
  std::vector<std::string> activities;      ///< kinds that the lead's history must hold
};

/// A scripted caller with expectations. Format: agents/README.md.
struct Scenario {
  std::string file;
  std::string name;
  std::string agent;
  std::string description;
  bool is_outbound = false;
  std::string caller_name;
  std::string caller_phone;
  std::vector<ScenarioTurn> turns;
  CallExpectation expect;
};

/// Reads one scenario. Errors: invalid_argument with file, line and fault.
[[nodiscard]] Result<Scenario> parse_scenario(std::string_view file, std::string_view yaml);
/// Reads all; the error lists every fault.
[[nodiscard]] Result<std::vector<Scenario>> parse_scenarios(std::span<const EmbeddedFile> files);

/// The same scenario with another caller: name, first name and phone are replaced in lines and
/// expectations too. Empty arguments change nothing.
[[nodiscard]] Scenario with_caller(Scenario scenario, const std::string& name, const std::string& phone);

}  // namespace offhook::lab
