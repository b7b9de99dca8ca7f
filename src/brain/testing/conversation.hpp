#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "brain/brain.hpp"
#include "llm/chat_model.hpp"

namespace offhook::brain::testing {

/// A call made by the brain, as a test wants to look at it.
struct MadeCall {
  std::string name;
  json::object arguments;
  std::string id;
};

/// What one caller line led to.
struct Reply {
  std::string text;
  std::vector<MadeCall> calls;

  [[nodiscard]] std::vector<std::string> tools() const;
  /// The arguments of the first call of `tool`; an empty object when there is none.
  [[nodiscard]] json::object arguments(std::string_view tool) const;
};

/// The tools of a test: small, honest stand-ins with memory (cards, booked slots, appointments), whose
/// results have the shape of the real ones. "Now" is Monday, 2026-03-02T17:00Z.
class ToolBox {
 public:
  /// {"ok","speakable",…} as JSON text.
  std::string run(std::string_view tool, const json::object& arguments);

  std::set<std::string> booked;  ///< "2026-03-07T14:00"
  std::map<std::string, std::string> cards{{"4242", "active"}, {"1881", "active"}};
  bool needs_second_factor = true;
  bool has_one_card = true;  ///< block_card without digits means 4242
  std::set<std::string> appointments;
};

struct Setup {
  std::string agent;
  std::string caller_phone = "+14155550101";
  std::string greeting;           ///< the assistant's first words; empty: none
  std::set<std::string> without;  ///< tools that are not offered
  /// A platform's history holds what was spoken, not the calls we made inside a turn.
  bool keeps_inner_calls = false;
};

/// One phone call: holds the history as a platform would and runs the tools inside the turn.
class Conversation {
 public:
  Conversation(llm::ChatModel& model, Setup setup);
  Reply say(std::string_view line);

  ToolBox tools;
  std::vector<llm::Message> messages;
  /// One answer of the model to the present messages, no tools run.
  [[nodiscard]] std::vector<llm::ChatEvent> ask() const;
  [[nodiscard]] llm::ChatRequest request() const;

 private:
  llm::ChatModel& model_;
  Setup setup_;
};

/// The brain with the agent files of this repository.
[[nodiscard]] llm::ChatModel& shipped_brain();
/// The tools an agent of this repository is offered, with their schemas.
[[nodiscard]] std::vector<llm::ToolSpec> tools_of(std::string_view agent);
/// All events of one answer.
[[nodiscard]] std::vector<llm::ChatEvent> collect(llm::ChatModel& model, llm::ChatRequest request);

}  // namespace offhook::brain::testing
