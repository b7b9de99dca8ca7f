#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "brain/answers.hpp"
#include "brain/state.hpp"

namespace offhook::brain {

/// An intent with how sure we are of it.
struct Heard {
  const IntentSpec* intent = nullptr;
  double score = 0;
};

/// A text taken apart once, for all who read it.
struct Utterance {
  std::string text;
  Tokens tokens;
  std::vector<Mention> mentions;
  Polarity polarity = Polarity::none;
  bool is_question = false;
  std::vector<Heard> intents;  ///< of its clauses, in order, each intent once
  Heard best;                  ///< the likeliest intent of all, sure or not

  [[nodiscard]] bool has(std::string_view intent) const;
};

/// Keeps the beginning and the end of a text nobody can have spoken in one turn. All this runs on the I/O thread.
[[nodiscard]] std::string shortened(std::string text);

[[nodiscard]] Utterance hear(std::string_view text, const Situation& situation);

/// Is this score enough to act upon?
[[nodiscard]] bool is_sure(double score);

/// Is it a yes, a no or a noise, and nothing else ("um, sure, go ahead")?
[[nodiscard]] bool is_plain_answer(const Tokens& tokens);

/// Is it a yes to "shall I go ahead?"? Not one that comes with a question ("okay, but what does it cost?").
[[nodiscard]] bool is_consent(const Utterance& heard);

/// The value of `slot` in an answer to a question for it; empty when there is none.
[[nodiscard]] std::string answer_for(const SlotSpec& slot, const Utterance& heard);

/// Gives every mention, flag and choice of the utterance to the slot it is meant for. Returns the names of
/// the slots that now have a new or confirmed value. `focus`: flows whose slots are likelier.
std::vector<std::string> fill_slots(State& state, const Situation& situation, const Utterance& heard,
                                    const std::vector<std::string>& focus);

}  // namespace offhook::brain
