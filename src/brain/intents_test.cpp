#include "brain/intents.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "brain/hearing.hpp"

namespace offhook::brain {
namespace {

Dialogue shipped_dialogue(const std::string& agent) {
  const std::string name = agent + ".yaml";
  std::ostringstream content;
  content << std::ifstream(std::filesystem::path(OFFHOOK_SOURCE_DIR) / "agents" / name).rdbuf();
  const std::string text = content.str();
  auto dialogue = load_dialogue({name, text});
  EXPECT_TRUE(dialogue.has_value()) << (dialogue ? "" : dialogue.error().message());
  return dialogue ? std::move(*dialogue) : Dialogue{};
}

struct Sentence {
  std::string_view agent;
  std::string_view text;
  std::string_view intent;  // empty: nothing we can do
};

// The sentences the weights and the threshold were chosen on.
constexpr Sentence kDevelopment[] = {
    {"leasing", "hey I wanna rent a two bed place", "availability"},
    {"leasing", "what do you guys have open", "availability"},
    {"leasing", "got any studios left", "availability"},
    {"leasing", "how expensive are your one bedrooms", "availability"},
    {"leasing", "I'd love to come by and see the unit", "tour"},
    {"leasing", "can we set something up for me to view it Friday", "tour"},
    {"leasing", "could somebody show us around", "tour"},
    {"leasing", "is my golden retriever welcome", "pet_policy"},
    {"leasing", "are cats fine", "pet_policy"},
    {"leasing", "where can my guests park", "parking"},
    {"leasing", "is the leasing office open today", "hours"},
    {"leasing", "what street are you on", "location"},
    {"leasing", "let me speak with a manager", "human"},
    {"leasing", "who won the game last night", ""},
    {"leasing", "my microwave exploded", ""},
    {"banking", "what cards do I have", "cards"},
    {"banking", "some guy grabbed my purse, lock everything", "block"},
    {"banking", "can you freeze it", "block"},
    {"banking", "does my visa still work", "status"},
    {"banking", "how much would a mortgage cost me", "loans"},
    {"banking", "what's in my checking account", "balance"},
    {"banking", "give me a live agent", "human"},
    {"banking", "play some music", ""},
    {"realty", "I'm at work, try later", "callback"},
    {"realty", "there's no one called that at this number", "wrong_person"},
    {"realty", "please stop contacting me", "not_interested"},
    {"realty", "how did you get this number", "why"},
    {"support", "please set up a visit on Monday", "book"},
    {"support", "I have to push my appointment to next week", "reschedule"},
    {"support", "I'd like to cancel the visit", "cancel_visit"},
    {"support", "somebody should give me a call tomorrow", "callback"},
    {"support", "what does my account say", "info"},
    {"support", "the invoice is too high", "billing"},
    {"leasing", "we want to relocate and need a flat", "availability"},
    {"leasing", "tell me about the two bedrooms", "availability"},
    {"leasing", "I'm hunting for an apartment", "availability"},
    {"leasing", "could I walk through one of them", "tour"},
    {"leasing", "what about heating and water", "utilities"},
    {"leasing", "is laundry on site", "amenities"},
    {"leasing", "how big is the security deposit", "deposit"},
    {"leasing", "what was that again", "repeat"},
    {"leasing", "can you tell me what you offer", "help"},
    {"leasing", "alright, take care, bye now", "goodbye"},
    {"leasing", "that's not what I wanted, forget it", "cancel"},
    {"leasing", "how old is the universe", ""},
    {"leasing", "I like turtles", ""},
    {"leasing", "what is two plus two", ""},
    {"leasing", "please order me a taxi", ""},
    {"leasing", "the weather has been strange", ""},
    {"leasing", "are you married", ""},
    {"banking", "I can't seem to find my debit card", "block"},
    {"banking", "someone used my card in another country", "block"},
    {"banking", "is there a hold on my card", "status"},
    {"banking", "why is my card not working", "status"},
    {"banking", "do you do car financing", "loans"},
    {"banking", "I want to take out a loan", "loans"},
    {"banking", "when do I get my replacement card", "new_card"},
    {"banking", "how deep is the ocean", ""},
    {"banking", "tell me about dinosaurs", ""},
    {"banking", "my shoes are wet", ""},
    {"realty", "can we talk tomorrow instead", "callback"},
    {"realty", "he doesn't live here", "wrong_person"},
    {"realty", "I don't want any property", "not_interested"},
    {"realty", "what do you want from me", "why"},
    {"realty", "how much do you charge", "fees"},
    {"realty", "cats and dogs", ""},
    {"support", "is there a free slot tomorrow", "book"},
    {"support", "can I have a later appointment", "reschedule"},
    {"support", "please drop my appointment", "cancel_visit"},
    {"support", "ring me back please", "callback"},
    {"support", "who do you have on file for me", "info"},
    {"support", "you charged me too much", "billing"},
    {"support", "it stopped working this morning", "broken"},
    {"support", "what is love", ""},
    {"support", "I want a pony", ""},
};

// Looked at while examples, threshold and rules were being chosen: a second development table.
constexpr Sentence kSeen[] = {
    {"leasing", "hello, I was wondering if you have any two bedroom units coming up", "availability"},
    {"leasing", "my wife and I are searching for a new apartment", "availability"},
    {"leasing", "anything available under two thousand dollars", "availability"},
    {"leasing", "I need to find a one bedroom by June", "availability"},
    {"leasing", "what's the monthly rent on a studio", "availability"},
    {"leasing", "are there any three bedrooms free", "availability"},
    {"leasing", "how much do your apartments go for", "availability"},
    {"leasing", "can I book a tour for tomorrow morning", "tour"},
    {"leasing", "I'd like to look at the place before deciding", "tour"},
    {"leasing", "when could I come and view the apartment", "tour"},
    {"leasing", "would it be possible to visit on the weekend", "tour"},
    {"leasing", "please schedule me for a viewing Saturday at two thirty", "tour"},
    {"leasing", "I want to check out the apartment in person", "tour"},
    {"leasing", "could you put me down for a showing", "tour"},
    {"leasing", "can I keep a dog there", "pet_policy"},
    {"leasing", "do you take pets", "pet_policy"},
    {"leasing", "is it okay if I bring two cats", "pet_policy"},
    {"leasing", "is there a place to park", "parking"},
    {"leasing", "do I get a parking spot", "parking"},
    {"leasing", "how late are you open", "hours"},
    {"leasing", "what hours is the office open on Saturday", "hours"},
    {"leasing", "what is your address", "location"},
    {"leasing", "whereabouts is the building located", "location"},
    {"leasing", "does the rent include electricity", "utilities"},
    {"leasing", "do you have a swimming pool", "amenities"},
    {"leasing", "is there a washer in the unit", "amenities"},
    {"leasing", "what's the deposit like", "deposit"},
    {"leasing", "can I talk to an actual human", "human"},
    {"leasing", "please connect me with the manager", "human"},
    {"leasing", "could you say that one more time", "repeat"},
    {"leasing", "what sort of things can you help me with", "help"},
    {"leasing", "okay, that's everything, goodbye", "goodbye"},
    {"leasing", "never mind about that", "cancel"},
    {"leasing", "is this a bot", "robot"},
    {"leasing", "do you sell used cars", ""},
    {"leasing", "what's the capital of France", ""},
    {"leasing", "I dreamed about elephants", ""},
    {"leasing", "my brother plays the trumpet", ""},
    {"banking", "I think I left my card in a taxi, please block it", "block"},
    {"banking", "somebody stole my wallet", "block"},
    {"banking", "I need my debit card frozen immediately", "block"},
    {"banking", "my card has gone missing", "block"},
    {"banking", "can you deactivate the card ending 1881", "block"},
    {"banking", "there's a purchase on my card that I didn't make", "block"},
    {"banking", "which cards are registered to me", "cards"},
    {"banking", "could you list all of my cards", "cards"},
    {"banking", "is my credit card still active", "status"},
    {"banking", "I'd like to know the status of my debit card", "status"},
    {"banking", "my card got declined at the store", "status"},
    {"banking", "what kind of loans are available", "loans"},
    {"banking", "I'm thinking about getting a mortgage", "loans"},
    {"banking", "can I borrow ten thousand dollars", "loans"},
    {"banking", "tell me my account balance", "balance"},
    {"banking", "please send a replacement for my card", "new_card"},
    {"banking", "I found my card, can you unblock it", "unblock"},
    {"banking", "put me through to an agent", "human"},
    {"banking", "what are you able to do", "help"},
    {"banking", "pizza with extra cheese", ""},
    {"banking", "how tall is Mount Everest", ""},
    {"realty", "I can't speak at the moment, call me in the evening", "callback"},
    {"realty", "could you call back tomorrow", "callback"},
    {"realty", "I'm in the middle of something", "callback"},
    {"realty", "sorry, you've got the wrong number", "wrong_person"},
    {"realty", "nobody with that name lives here", "wrong_person"},
    {"realty", "I'm not interested any more", "not_interested"},
    {"realty", "don't call this number again", "not_interested"},
    {"realty", "we already bought an apartment", "not_interested"},
    {"realty", "why are you calling me", "why"},
    {"realty", "what's this regarding", "why"},
    {"realty", "who gave you my phone number", "why"},
    {"realty", "do you take a commission", "fees"},
    {"realty", "the moon is made of cheese", ""},
    {"support", "I want to make an appointment for next Monday", "book"},
    {"support", "can you send a technician on Friday morning", "book"},
    {"support", "I'd like somebody to come out and take a look", "book"},
    {"support", "could we change my appointment to Thursday", "reschedule"},
    {"support", "something came up, I have to postpone my appointment", "reschedule"},
    {"support", "I need to cancel the appointment I have", "cancel_visit"},
    {"support", "please cancel my visit tomorrow", "cancel_visit"},
    {"support", "can I get a call back this afternoon", "callback"},
    {"support", "have someone phone me tomorrow", "callback"},
    {"support", "pull up my account please", "info"},
    {"support", "can you check my details", "info"},
    {"support", "there's a mistake on my bill", "billing"},
    {"support", "I'd like my money back", "billing"},
    {"support", "my router stopped working", "broken"},
    {"support", "do you know any good restaurants", ""},
    {"support", "purple monkeys sing at dawn", ""},
    {"leasing", "did you watch the football match", ""},
    {"leasing", "seven times eight is fifty six", ""},
    {"banking", "can you translate this into Spanish", ""},
    {"banking", "my cat caught a mouse today", ""},
    {"banking", "sing me a song", ""},
    {"realty", "blue is my favourite colour", ""},
    {"realty", "how do volcanoes work", ""},
    {"support", "I had soup for lunch", ""},
    {"support", "when was the telephone invented", ""},
    {"support", "the train was late again", ""},
};

// Written after everything was chosen, measured once, changed by nothing since. New sentences that
// somebody tunes on belong into the tables above; then this one needs fresh ones.
constexpr Sentence kHeldOut[] = {
    {"leasing", "we're after a two bedroom flat near downtown", "availability"},
    {"leasing", "do you currently have something with one bedroom", "availability"},
    {"leasing", "how much would I pay for a three bedroom", "availability"},
    {"leasing", "I'm relocating for work and need somewhere to stay", "availability"},
    {"leasing", "is there a cheaper unit", "availability"},
    {"leasing", "I'd like to set up a visit", "tour"},
    {"leasing", "can you show me the apartment on Wednesday", "tour"},
    {"leasing", "am I able to see the unit before I sign", "tour"},
    {"leasing", "let's arrange a viewing for Friday at noon", "tour"},
    {"leasing", "can I bring my two dogs", "pet_policy"},
    {"leasing", "are there restrictions on pets", "pet_policy"},
    {"leasing", "do you have parking for guests", "parking"},
    {"leasing", "when does the office close", "hours"},
    {"leasing", "how do I find you", "location"},
    {"leasing", "is heating part of the rent", "utilities"},
    {"leasing", "is there a fitness room or a gym", "amenities"},
    {"leasing", "how much deposit do I have to pay", "deposit"},
    {"leasing", "I'd like to speak with somebody from the office", "human"},
    {"leasing", "pardon me, could you repeat that", "repeat"},
    {"leasing", "alright, bye bye", "goodbye"},
    {"banking", "please lock my card, I can't find it", "block"},
    {"banking", "a thief took my credit card", "block"},
    {"banking", "I want to freeze my account card", "block"},
    {"banking", "tell me which cards I own", "cards"},
    {"banking", "has my debit card been blocked", "status"},
    {"banking", "is my card okay", "status"},
    {"banking", "which loans can I get", "loans"},
    {"banking", "I need financing for a new car", "loans"},
    {"banking", "what is the balance on my savings", "balance"},
    {"banking", "how do I get a new card", "new_card"},
    {"realty", "I'm driving at the moment", "callback"},
    {"realty", "please ring me back after six", "callback"},
    {"realty", "you must have dialed wrong", "wrong_person"},
    {"realty", "we don't need a property any longer", "not_interested"},
    {"realty", "where did you find my number", "why"},
    {"support", "book me in for Tuesday at ten", "book"},
    {"support", "can we shift the appointment by a day", "reschedule"},
    {"support", "I no longer need the appointment, cancel it", "cancel_visit"},
    {"support", "could somebody ring me this evening", "callback"},
    {"support", "what details do you have about me", "info"},
    {"support", "my last bill looks wrong", "billing"},
    {"support", "the thing is broken again", "broken"},
    {"leasing", "what year did the war end", ""},
    {"leasing", "my grandmother bakes bread", ""},
    {"leasing", "spell rhinoceros", ""},
    {"banking", "who wrote Hamlet", ""},
    {"banking", "it rained all night", ""},
    {"realty", "penguins cannot fly", ""},
    {"realty", "I painted the fence green", ""},
    {"support", "how many planets are there", ""},
    {"support", "recommend me a film", ""},
    {"support", "the bus was full of tourists", ""},
};

struct Score {
  int right = 0;
  int total = 0;
  [[nodiscard]] double share() const { return static_cast<double>(right) / total; }
};

template <std::size_t N>
Score measure(const Sentence (&table)[N], bool is_in_scope, const char* name) {
  std::map<std::string_view, Dialogue> dialogues;
  Score score;
  for (const auto& sentence : table) {
    if (sentence.intent.empty() == is_in_scope) continue;
    auto found = dialogues.find(sentence.agent);
    if (found == dialogues.end()) {
      found = dialogues.emplace(sentence.agent, shipped_dialogue(std::string(sentence.agent))).first;
    }
    using namespace std::chrono_literals;
    const Situation situation{.dialogue = found->second, .reading = {.moment = {.today = 2026y / 3 / 2}}};
    const auto heard = hear(sentence.text, situation);
    // Small talk is answered with "that's outside what I know".
    const bool is_right = is_in_scope ? heard.has(sentence.intent) : heard.intents.empty() || heard.has("small_talk");
    score.total += 1;
    score.right += is_right ? 1 : 0;
    if (!is_right) {
      std::cout << "  " << name << ": '" << sentence.text << "' wanted '" << sentence.intent << "' got '"
                << (heard.best.intent != nullptr ? heard.best.intent->name : "") << "' " << heard.best.score << "\n";
    }
  }
  std::cout << "  " << name << (is_in_scope ? " in scope: " : " out of scope: ") << score.right << " of " << score.total
            << "\n";
  return score;
}

TEST(Intents, DevelopmentSentencesAreUnderstood) {
  EXPECT_GE(measure(kDevelopment, true, "development").share(), 0.85);
  EXPECT_GE(measure(kSeen, true, "seen").share(), 0.85);
}

TEST(Intents, DevelopmentNonsenseIsLeftAlone) {
  EXPECT_GE(measure(kDevelopment, false, "development").share(), 0.80);
  EXPECT_GE(measure(kSeen, false, "seen").share(), 0.80);
}

TEST(Intents, HeldOutParaphrasesAreUnderstood) { EXPECT_GE(measure(kHeldOut, true, "held out").share(), 0.70); }

TEST(Intents, HeldOutNonsenseIsLeftAlone) { EXPECT_GE(measure(kHeldOut, false, "held out").share(), 0.70); }

TEST(Intents, EveryExampleIsRecognisedAsItsOwn) {
  for (const char* agent : {"leasing", "banking", "realty", "support"}) {
    const auto dialogue = shipped_dialogue(agent);
    for (const auto& [name, intent] : dialogue.intents) {
      for (const auto& example : intent.examples) {
        const auto tokens = tokenize(example);
        using namespace std::chrono_literals;
        const auto mentions =
            find_mentions(example, tokens, {.moment = {.today = 2026y / 1 / 1}, .region = dialogue.region});
        const auto guesses = dialogue.classifier.classify(blank_facts(tokens, 0, tokens.size(), mentions));
        ASSERT_FALSE(guesses.empty()) << agent << ": " << example;
        EXPECT_EQ(guesses.front().label, name) << agent << ": " << example;
      }
    }
  }
}

TEST(Intents, ASentenceWithTwoWishesGivesBothInOrder) {
  const auto dialogue = shipped_dialogue("leasing");
  using namespace std::chrono_literals;
  const Situation situation{.dialogue = dialogue, .reading = {.moment = {.today = 2026y / 3 / 2}}};
  const auto heard = hear("I'm looking for a two bedroom apartment. Can I come and see it on Saturday?", situation);
  ASSERT_EQ(heard.intents.size(), 2u);
  EXPECT_EQ(heard.intents[0].intent->name, "availability");
  EXPECT_EQ(heard.intents[1].intent->name, "tour");
}

TEST(Intents, FactsAreBlankedSoThatAnyDayFitsAnExample) {
  using namespace std::chrono_literals;
  const std::string text = "book a tour for March 7 at 2 pm";
  const auto tokens = tokenize(text);
  const auto mentions = find_mentions(text, tokens, {.moment = {.today = 2026y / 3 / 2}});
  EXPECT_EQ(blank_facts(tokens, 0, tokens.size(), mentions), "book a tour for xdate at xtime");
}

}  // namespace
}  // namespace offhook::brain
