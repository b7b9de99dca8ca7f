#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "agent/spoken_facts.hpp"
#include "json/json.hpp"
#include "llm/chat_model.hpp"
#include "tools/tool.hpp"

namespace offhook::agent {

/// Why a writing tool is not run.
struct Ungrounded {
  std::string argument;  ///< the one that nobody said; empty: the caller never spoke of doing this
};

/// What a conversation gives to the arguments of writing tools: the caller's words, what the assistant asked and the
/// caller confirmed, and the fields of tools' results. Texts of documents, results and system messages give nothing, so
/// what is written there cannot make a model act (docs/decisions, "Grounded calls").
class Grounds {
 public:
  struct Context {
    SpokenContext spoken;
    std::string language = "en";  ///< of the agent
    std::string caller_phone;
    std::string caller_name = {};  ///< as the platform has it
    std::string property_id;
    std::set<std::string, std::less<>> other_words = {};  ///< of the agent's reading tools' names
  };

  explicit Grounds(Context context) : context_(std::move(context)), facts_(context_.spoken), heard_(context_.spoken) {}

  /// Reads the conversation as the request brought it.
  void read(std::span<const llm::Message> conversation);
  /// A tool's result, as the model reads it.
  void add_result(std::string_view tool, std::string_view json_text);

  /// The first thing about a call that nobody said; nullopt: it may run.
  [[nodiscard]] std::optional<Ungrounded> find_ungrounded(const tools::Tool& tool, const json::object& arguments) const;
  /// The same for a tool of the platform's, of which nothing is known but its name: a number it is to dial has to be
  /// the caller's own, said by them, found by a tool, or written by whoever set the agent up (system messages).
  [[nodiscard]] std::optional<Ungrounded> find_unknown_number(const json::object& arguments) const;

 private:
  enum class Source { nothing, known, spoken };
  [[nodiscard]] Source source_of(std::string_view name, const json::value& value, const json::value* schema) const;
  [[nodiscard]] Source source_of_text(std::string_view name, const std::string& text) const;
  [[nodiscard]] bool is_of_callers_name(const std::string& text) const;
  [[nodiscard]] bool is_about(const tools::Tool& tool) const;
  [[nodiscard]] bool reads_language() const;

  Context context_;
  SpokenFacts facts_;
  SpokenFacts heard_;                         // what the assistant has said and the caller did not turn down
  std::set<std::string, std::less<>> known_;  // fields of results
  std::string instructed_;                    // the digits of system messages
  bool has_just_confirmed_ = false;           // the caller's last words said yes
};

/// The kind of refusal that such a call gets; its result tells the model to ask the caller.
inline constexpr std::string_view kNotConfirmed = "not_confirmed";
[[nodiscard]] tools::ToolResult ungrounded_result(const Ungrounded& what);

/// Does an answer to a question take what was asked: "yes", "sí", "the first one"?
[[nodiscard]] bool confirms(std::string_view answer);

/// Does it turn down what was asked?
[[nodiscard]] bool denies(std::string_view answer);

/// The words of names like "block_card", as stems.
[[nodiscard]] std::set<std::string, std::less<>> name_stems(std::string_view tool_name);

}  // namespace offhook::agent
