#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brain/schema/tool_choice.hpp"
#include "brain/schema/tool_schema.hpp"
#include "brain/schema/values.hpp"

namespace offhook::brain::schema {

/// What a conversation over tools that are known by their schemas has come to: which tool is meant and with which
/// arguments. Follows the messages in order; knows nothing else.
class Tracker {
 public:
  /// `tools` must outlive it.
  Tracker(std::span<const ToolSchema> tools, ReadingContext context);

  void hear(std::string_view user_text);
  void speak(std::string_view our_text);
  /// What a tool gave back: its fields may answer arguments of other tools by their names ("property_name").
  void result(const json::value& data);

  /// Number of the tool that is being talked about.
  [[nodiscard]] std::optional<std::size_t> active() const { return active_; }
  /// The arguments `tool` would be called with now; defaults included, unknown ones left out.
  [[nodiscard]] Values arguments(const ToolSchema& tool) const;
  /// Required arguments without a value, in the schema's order.
  [[nodiscard]] std::vector<const Argument*> missing(const ToolSchema& tool) const;
  /// Arguments that got a value from the caller's last words.
  [[nodiscard]] const std::set<std::string>& filled() const { return filled_; }
  /// Did the caller's last words name a tool (the one before or another)?
  [[nodiscard]] bool has_named_tool() const { return has_named_tool_; }

 private:
  void choose_tool(const Sentence& said);
  [[nodiscard]] std::set<std::string> wishes_in(const Sentence& said) const;
  [[nodiscard]] std::vector<double> judge_tools(const Sentence& said) const;
  void switch_to(std::size_t tool);
  void note_offers(const Sentence& spoken);
  [[nodiscard]] const std::string* same_elsewhere(const Argument& argument) const;
  [[nodiscard]] bool takes_offer(const ToolSchema& tool, const Argument& argument) const;

  std::span<const ToolSchema> tools_;
  ReadingContext context_;
  std::set<std::string> choice_words_;  // values of enums that are one word
  std::optional<std::size_t> active_;
  Values values_;
  Values proposed_;           // read out by us in a question, taken when nobody objects
  Values results_;            // of tools, by name of the field
  std::string offered_name_;  // the last thing we spoke of by its name
  std::set<std::string> asked_;
  std::optional<std::size_t> offered_tool_;
  bool has_asked_for_more_ = false;
  std::set<std::string> filled_;
  bool has_named_tool_ = false;
};

/// The name of what we offer in a sentence ("How about Albert Lee?"); empty: none. `known`: values that are no names.
[[nodiscard]] std::string offered_name(const Sentence& spoken, const Values& known);

}  // namespace offhook::brain::schema
