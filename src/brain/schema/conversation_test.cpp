#include "brain/schema/conversation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "brain/brain.hpp"
#include "brain/testing/conversation.hpp"

namespace offhook::brain::schema {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

json::object text(std::string_view description) { return {{"type", "string"}, {"description", description}}; }

std::vector<llm::ToolSpec> library_tools() {
  return {
      {.name = "search_books",
       .description = "Search the library's books by their author",
       .parameters = json::object{{"type", "object"},
                                  {"properties", {{"author_name", text("Name of the author")}}},
                                  {"required", {"author_name"}}}},
      {.name = "renew_loan",
       .description = "Extend the loan of a book",
       .parameters = json::object{{"type", "object"}, {"properties", json::object()}}},
      {.name = "book_room",
       .description = "Reserve a reading room",
       .parameters =
           json::object{
               {"type", "object"},
               {"properties",
                {{"date", text("Day of the visit")},
                 {"time", text("Time of the visit")},
                 {"seats", {{"type", "integer"}, {"description", "How many seats are needed"}}},
                 {"projector",
                  {{"type", "boolean"}, {"description", "Whether a projector is needed"}, {"default", false}}}}},
               {"required", {"date", "time", "seats"}}}},
      {.name = "transfer_to_human", .description = "Pass the caller on", .parameters = json::object()},
  };
}

// One call to an agent that nobody wrote a dialogue for.
class Call {
 public:
  explicit Call(bool keeps_calls = true) : keeps_calls_(keeps_calls) {}

  struct Reply {
    std::string text;
    std::vector<std::string> tools;
    json::object arguments;
  };

  Reply say(std::string_view line) {
    messages_.push_back({.role = llm::Role::user, .content = std::string(line)});
    auto turn = messages_;
    Reply reply;
    for (int step = 0; step < 5; ++step) {
      llm::ChatRequest request{.agent = "somebody's own", .messages = turn, .tools = library_tools()};
      // Monday, 2026-03-02T17:00Z.
      request.now = UtcTime(std::chrono::seconds(1772470800));
      bool has_called = false;
      reply.text.clear();
      for (const auto& event : testing::collect(testing::shipped_brain(), request)) {
        if (const auto* delta = std::get_if<llm::TextDelta>(&event)) reply.text += delta->text;
        const auto* ready = std::get_if<llm::ToolCallReady>(&event);
        if (ready == nullptr) continue;
        has_called = true;
        reply.tools.push_back(ready->call.name);
        reply.arguments = parse_json_object(ready->call.arguments).value();
        turn.push_back({.role = llm::Role::assistant, .content = {}, .tool_calls = {ready->call}});
        turn.push_back({.role = llm::Role::tool,
                        .content = answer(ready->call.name, reply.arguments),
                        .tool_call_id = ready->call.id});
      }
      if (!has_called) break;
    }
    if (keeps_calls_) messages_ = turn;
    messages_.push_back({.role = llm::Role::assistant, .content = reply.text});
    return reply;
  }

  // What another model said in our place.
  void replace_last_reply(std::string_view text) { messages_.back().content = text; }

  std::function<std::string(std::string_view, const json::object&)> answer = [](std::string_view tool,
                                                                                const json::object&) {
    if (tool == "search_books")
      return std::string(R"({"books":[{"title":"Emma","author_name":"Jane Austen"},{"title":"Persuasion"}]})");
    if (tool == "book_room") return std::string(R"({"ok":true,"message":"Room 4 is yours"})");
    return std::string("Passing you on.");
  };

 private:
  bool keeps_calls_;
  std::vector<llm::Message> messages_;
};

TEST(SchemaConversation, ALookUpIsMadeAtOnceAndItsResultSpoken) {
  Call call;
  const auto asked = call.say("I'm searching for books");
  EXPECT_THAT(asked.text, HasSubstr("name of the author"));
  EXPECT_THAT(asked.tools, IsEmpty());
  const auto found = call.say("Jane Austen");
  EXPECT_THAT(found.tools, ElementsAre("search_books"));
  EXPECT_EQ(found.arguments, (json::object{{"author_name", "Jane Austen"}}));
  EXPECT_THAT(found.text, AllOf(HasSubstr("I found 2"), HasSubstr("Emma"), HasSubstr("anything else")));
}

TEST(SchemaConversation, AnEffectIsReadBackFirst) {
  for (const bool keeps_calls : {true, false}) {
    Call call(keeps_calls);
    const auto asked = call.say("I'd like to reserve a reading room on Friday");
    EXPECT_THAT(asked.text, HasSubstr("time of the visit"));
    EXPECT_THAT(call.say("at 3 pm").text, HasSubstr("seats"));
    const auto check = call.say("four");
    EXPECT_THAT(check.text, AllOf(HasSubstr("Friday, March 6"), HasSubstr("3 PM"), HasSubstr("Shall I go ahead?")));
    EXPECT_THAT(check.tools, IsEmpty());
    const auto booked = call.say("yes please");
    EXPECT_THAT(booked.tools, ElementsAre("book_room"));
    EXPECT_EQ(booked.arguments,
              (json::object{{"date", "2026-03-06"}, {"time", "15:00"}, {"seats", 4}, {"projector", false}}));
    EXPECT_THAT(booked.text, HasSubstr("Room 4 is yours."));
    EXPECT_THAT(call.say("thank you").tools, IsEmpty());
    EXPECT_THAT(call.say("no, that's all").text, HasSubstr("Goodbye"));
  }
}

TEST(SchemaConversation, ACorrectionIsReadBackAgain) {
  Call call;
  call.say("reserve a room on Friday at 3 pm with 4 seats");
  const auto changed = call.say("no, Saturday");
  EXPECT_THAT(changed.tools, IsEmpty());
  EXPECT_THAT(changed.text, AllOf(HasSubstr("Saturday, March 7"), HasSubstr("Shall I go ahead?")));
  EXPECT_EQ(call.say("yes").arguments.at("date"), "2026-03-07");
}

TEST(SchemaConversation, AYesIsNoValueOfWhatWasReadBack) {
  for (const std::string_view yes : {"yes", "Yes, wonderful", "yes, I would like that"}) {
    Call call;
    call.say("reserve a room on Friday at 3 pm with 4 seats");
    const auto booked = call.say(yes);
    EXPECT_THAT(booked.tools, ElementsAre("book_room")) << yes;
    EXPECT_EQ(booked.arguments,
              (json::object{{"date", "2026-03-06"}, {"time", "15:00"}, {"seats", 4}, {"projector", false}}))
        << yes;
  }
}

TEST(SchemaConversation, AYesToSomebodyElsesQuestionIsNoConsent) {
  Call call;
  call.say("reserve a room on Friday at 3 pm with 4 seats");
  call.replace_last_reply("Would you like to hear our house rules first?");
  const auto reply = call.say("yes");
  EXPECT_THAT(reply.tools, IsEmpty());
  EXPECT_THAT(reply.text, HasSubstr("Shall I go ahead?"));
}

TEST(SchemaConversation, AYesWithAQuestionIsNoConsent) {
  for (const std::string_view line :
       {"Okay, but what does it cost?", "okay and how much is it", "yes how much is it"}) {
    Call call;
    call.say("reserve a room on Friday at 3 pm with 4 seats");
    const auto reply = call.say(line);
    EXPECT_THAT(reply.tools, IsEmpty()) << line;
    EXPECT_THAT(reply.text, HasSubstr("Shall I go ahead?")) << line;
    const auto done = call.say("yes, do it please");
    EXPECT_THAT(done.tools, ElementsAre("book_room")) << done.text;
  }
}

TEST(SchemaConversation, AQuestionDoesNothingByItself) {
  Call call;
  EXPECT_THAT(call.say("How long is a loan?").tools, IsEmpty());
}

TEST(SchemaConversation, ANoAsksWhatToChange) {
  Call call;
  call.say("reserve a room on Friday at 3 pm with 4 seats");
  EXPECT_THAT(call.say("no").text, HasSubstr("change"));
  EXPECT_THAT(call.say("make it 5 pm").text, HasSubstr("5 PM"));
}

TEST(SchemaConversation, ASecondNoGivesItUp) {
  Call call;
  call.say("reserve a room on Friday at 3 pm with 4 seats");
  EXPECT_THAT(call.say("no").text, HasSubstr("change"));
  EXPECT_THAT(call.say("no").text, Not(HasSubstr("Shall I go ahead?")));
}

TEST(SchemaConversation, SilenceEndsTheCall) {
  Call call;
  call.say("reserve a room on Friday at 3 pm with 4 seats");
  EXPECT_THAT(call.say("").text, Not(HasSubstr("Shall I go ahead?")));
  EXPECT_THAT(call.say("yes").tools, IsEmpty()) << "that answers 'are you still there?'";
  call.say("");
  call.say("");
  EXPECT_THAT(call.say("").text, HasSubstr("bye"));
}

TEST(SchemaConversation, ARefusalSaysWhatTheToolOffersInstead) {
  Call call;
  call.answer = [](std::string_view, const json::object&) {
    return std::string(R"({"ok":false,"error":"room_taken","alternatives":[{"date":"2026-03-06","time":"16:00"}]})");
  };
  call.say("reserve a room on Friday at 3 pm with 4 seats");
  EXPECT_THAT(call.say("yes").text, AllOf(HasSubstr("didn't work"), HasSubstr("Friday, March 6 4 PM")));
  EXPECT_THAT(call.say("ok, at 4 pm").text, HasSubstr("Shall I go ahead?"));
}

TEST(SchemaConversation, APersonIsStillOnlyAWishAway) {
  Call call;
  call.say("I'd like to reserve a reading room on Friday");
  EXPECT_THAT(call.say("can I speak to a person").tools, ElementsAre("transfer_to_human"));
}

TEST(SchemaConversation, AQuestionIsGivenUpAfterThreeTimes) {
  Call call;
  call.say("reserve a room on Friday with 4 seats");
  call.say("banana");
  call.say("banana banana");
  EXPECT_THAT(call.say("bananas").text, HasSubstr("colleague"));
  EXPECT_THAT(call.say("yes").tools, ElementsAre("transfer_to_human"));
}

}  // namespace
}  // namespace offhook::brain::schema
