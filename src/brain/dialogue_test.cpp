#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/text.hpp"
#include "brain/testing/conversation.hpp"

namespace offhook::brain::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Conversation leasing(Setup setup = {}) {
  setup.agent = "leasing";
  return {shipped_brain(), std::move(setup)};
}
Conversation banking(Setup setup = {}) {
  setup.agent = "banking";
  setup.caller_phone = "+1234567890";
  return {shipped_brain(), std::move(setup)};
}
Conversation realty() {
  return {shipped_brain(),
          {.agent = "realty",
           .caller_phone = "+919876543210",
           .greeting = "Hello, this is RealtyAssistant calling about your enquiry. Am I speaking with John?"}};
}
Conversation support() { return {shipped_brain(), {.agent = "support", .caller_phone = "+14155550123"}}; }

std::string text_at(const json::object& arguments, std::string_view name) {
  const auto* value = arguments.if_contains(name);
  return value == nullptr ? "none" : value->is_string() ? std::string(value->as_string()) : json::serialize(*value);
}

TEST(Leasing, TheDemoCallBooksATourAndQualifiesTheLead) {
  auto call = leasing();
  auto reply = call.say("Hi, I'm looking for a two-bedroom apartment.");
  EXPECT_THAT(reply.tools(), ElementsAre("check_availability"));
  EXPECT_EQ(text_at(reply.arguments("check_availability"), "bedrooms"), "2");
  EXPECT_THAT(reply.text, HasSubstr("2,450"));
  reply = call.say("I'd move in on April 1st and my budget is 2600 dollars.");
  EXPECT_EQ(text_at(reply.arguments("check_availability"), "move_in_date"), "2026-04-01");
  EXPECT_EQ(text_at(reply.arguments("check_availability"), "max_rent"), "2600");
  reply = call.say("Could I come and see it on Saturday at 2 pm?");
  EXPECT_THAT(reply.text, HasSubstr("name"));
  reply = call.say("John Doe");
  EXPECT_THAT(reply.text, HasSubstr("Saturday, March 7 at 2 PM"));
  EXPECT_THAT(reply.tools(), IsEmpty()) << "nothing is written before it is confirmed";
  reply = call.say("Yes please");
  EXPECT_THAT(reply.tools(), ElementsAre("schedule_tour"));
  EXPECT_EQ(json::serialize(reply.arguments("schedule_tour")),
            R"({"date":"2026-03-07","time":"14:00","name":"John Doe","phone":"+14155550101"})");
  EXPECT_THAT(reply.text, HasSubstr("questions"));
  reply = call.say("Sure");
  EXPECT_THAT(reply.text, HasSubstr("pets"));
  reply = call.say("no pets");
  reply = call.say("I have a job");
  EXPECT_THAT(reply.tools(), ElementsAre("qualify_lead"));
  const auto lead = reply.arguments("qualify_lead");
  EXPECT_EQ(json::serialize(lead),
            R"({"name":"John Doe","phone":"+14155550101","budget":2600,"move_in_date":"2026-04-01",)"
            R"("bedrooms":2,"pets":false,"employed":true})");
  reply = call.say("That's all, bye!");
  EXPECT_THAT(reply.tools(), ElementsAre("end_call"));
  EXPECT_THAT(reply.text, HasSubstr("Goodbye"));
}

TEST(Leasing, AYesWithAQuestionBooksNothing) {
  auto call = leasing();
  call.say("Hello, my name is Jane Roe and I'd like to book a tour on Friday at half past three.");
  EXPECT_THAT(call.say("Okay, but are pets allowed?").tools(), IsEmpty());
  EXPECT_THAT(call.say("yes please").tools(), ElementsAre("schedule_tour"));
}

TEST(Leasing, ANoFarFromAValueCorrectsNothing) {
  auto call = leasing();
  const auto reply =
      call.say("My name is Jane Roe, book a tour on Saturday at 2 pm, I have no pets, call me back on Sunday");
  EXPECT_THAT(reply.text, HasSubstr("Saturday"));
}

TEST(Leasing, EverythingInOneSentenceNeedsOnlyAYes) {
  auto call = leasing();
  auto reply = call.say("Hello, my name is Jane Roe and I'd like to book a tour on Friday at half past three.");
  EXPECT_THAT(reply.text, HasSubstr("Friday, March 6 at 3:30 PM for Jane Roe"));
  reply = call.say("that's right");
  EXPECT_EQ(text_at(reply.arguments("schedule_tour"), "time"), "15:30");
}

TEST(Leasing, TwoWishesInOneSentenceAreServedOneAfterTheOther) {
  auto call = leasing();
  const auto reply = call.say("I'm looking for a two bedroom apartment. Can I come and see it on Saturday at noon?");
  EXPECT_THAT(reply.tools(), ElementsAre("check_availability"));
  EXPECT_THAT(reply.text, HasSubstr("name"));
}

TEST(Leasing, AnUnknownCallerIsAskedForTheNumber) {
  auto call = leasing({.caller_phone = ""});
  call.say("Can I book a viewing tomorrow at 10 am? My name is Bob Stone.");
  auto reply = call.say("555 0101");
  EXPECT_THAT(reply.tools(), IsEmpty());
  reply = call.say("four one five five five five oh one oh one");
  EXPECT_THAT(reply.text, HasSubstr("Tuesday, March 3 at 10 AM"));
  reply = call.say("yes");
  EXPECT_EQ(text_at(reply.arguments("schedule_tour"), "phone"), "+14155550101");
}

TEST(Leasing, ACorrectionChangesWhatItNamesAndNothingElse) {
  auto call = leasing();
  call.say("I want a tour on Saturday at 2 pm, my name is Ann Lee");
  auto reply = call.say("no, Friday instead");
  EXPECT_THAT(reply.text, HasSubstr("Friday, March 6 at 2 PM"));
  reply = call.say("no, the time is wrong");
  EXPECT_THAT(reply.text, HasSubstr("time"));
  reply = call.say("eleven");
  EXPECT_THAT(reply.text, HasSubstr("Friday, March 6 at 11 AM"));
  reply = call.say("No.");
  EXPECT_THAT(reply.text, HasSubstr("change"));
  reply = call.say("my name is Anna Lee");
  EXPECT_THAT(reply.text, HasSubstr("Anna Lee"));
  EXPECT_THAT(call.say("yes").tools(), ElementsAre("schedule_tour"));
}

TEST(Leasing, ASideQuestionIsAnsweredAndTheTalkGoesOn) {
  auto call = leasing();
  call.say("I'd like to schedule a tour");
  const auto reply = call.say("Do you allow pets?");
  EXPECT_THAT(reply.text, HasSubstr("pets"));
  EXPECT_THAT(reply.text, HasSubstr("day"));
  EXPECT_THAT(call.say("Saturday").text, HasSubstr("time"));
}

TEST(Leasing, ATakenSlotLeadsToOneOfTheTimesOffered) {
  for (const auto& [answer, time] : std::vector<std::pair<std::string, std::string>>{{"the first one", "14:30"},
                                                                                     {"3:30 works", "15:30"},
                                                                                     {"the later one please", "15:30"},
                                                                                     {"at 4 pm", "16:00"}}) {
    auto call = leasing();
    call.tools.booked.insert("2026-03-07T14:00");
    call.say("book a tour Saturday at 2 pm, this is Bob Stone");
    auto reply = call.say("yes");
    EXPECT_THAT(reply.text, HasSubstr("taken"));
    reply = call.say(answer);
    if (reply.calls.empty()) reply = call.say("yes");
    EXPECT_EQ(text_at(reply.arguments("schedule_tour"), "time"), time) << answer;
    EXPECT_EQ(text_at(reply.arguments("schedule_tour"), "date"), "2026-03-07") << answer;
  }
}

TEST(Leasing, AnAlternativeOnAnotherDayTakesItsDayAlong) {
  auto call = leasing();
  call.say("book a tour on Sunday at 2 pm, this is Bob Stone");
  EXPECT_THAT(call.say("yes").text, HasSubstr("closed"));
  const auto reply = call.say("Monday at nine is fine");
  EXPECT_EQ(text_at(reply.arguments("schedule_tour"), "date"), "2026-03-09");
  EXPECT_EQ(text_at(reply.arguments("schedule_tour"), "time"), "09:00");
}

TEST(Leasing, WhoDoesNotWantQuestionsIsLeftInPeace) {
  auto call = leasing();
  call.say("tour on Saturday at 2 pm, my name is Ann Lee");
  EXPECT_THAT(call.say("correct").text, HasSubstr("questions"));
  EXPECT_THAT(call.say("no thanks").text, HasSubstr("else"));
  EXPECT_THAT(call.say("no").tools(), ElementsAre("end_call"));
}

TEST(Leasing, NeverMindDropsTheTour) {
  auto call = leasing();
  call.say("I'd like to schedule a tour");
  EXPECT_THAT(call.say("never mind").text, Not(HasSubstr("day")));
  EXPECT_THAT(call.say("what are your office hours?").text, HasSubstr("Monday"));
}

TEST(Banking, BlockingNeedsTheDateOfBirthWhenTheToolSaysSo) {
  auto call = banking();
  auto reply = call.say("Block my credit card");
  EXPECT_THAT(reply.tools(), ElementsAre("block_card"));
  EXPECT_THAT(reply.text, HasSubstr("date of birth"));
  reply = call.say("It's April 12, 1985");
  EXPECT_EQ(text_at(reply.arguments("block_card"), "date_of_birth"), "1985-04-12");
  EXPECT_THAT(reply.text, HasSubstr("4242"));
  EXPECT_EQ(call.tools.cards["4242"], "blocked");
}

TEST(Banking, AWrongDateOfBirthIsAskedForAgainAndNotForEver) {
  auto call = banking();
  call.say("I lost my card ending in 4242");
  EXPECT_THAT(call.say("May 5 1990").text, HasSubstr("birth"));
  EXPECT_THAT(call.say("May 6 1990").text, HasSubstr("birth"));
  EXPECT_THAT(call.say("May 7 1990").text, HasSubstr("pass you on to a colleague"));
  EXPECT_EQ(call.tools.cards["4242"], "active");
  EXPECT_THAT(call.say("yes please").tools(), ElementsAre("transfer_to_human"));
}

TEST(Banking, ADescribedCardIsFoundAmongSeveral) {
  auto call = banking();
  call.tools.has_one_card = false;
  call.tools.needs_second_factor = false;
  const auto reply = call.say("please freeze my debit card");
  EXPECT_THAT(reply.tools(), ElementsAre("block_card", "block_card"));
  EXPECT_EQ(call.tools.cards["1881"], "blocked");
  EXPECT_EQ(call.tools.cards["4242"], "active");
}

TEST(Banking, AnUndescribedCardIsAskedFor) {
  auto call = banking();
  call.tools.has_one_card = false;
  auto reply = call.say("my purse was stolen, block my card");
  EXPECT_THAT(reply.text, HasSubstr("date of birth"));
  reply = call.say("04/12/1985");
  EXPECT_THAT(reply.text, HasSubstr("Which card"));
  reply = call.say("one eight eight one");
  EXPECT_EQ(text_at(reply.arguments("block_card"), "last_four"), "1881");
  EXPECT_EQ(text_at(reply.arguments("block_card"), "date_of_birth"), "1985-04-12");
  EXPECT_EQ(text_at(reply.arguments("block_card"), "reason"), "stolen");
}

TEST(Banking, AWholeConversationInOneRequestWithoutSystemPromptWorks) {
  llm::ChatRequest request = banking().request();
  request.messages = {{.role = llm::Role::user, .content = "Block my credit card"}};
  const auto events = collect(shipped_brain(), request);
  ASSERT_TRUE(std::holds_alternative<llm::ToolCallReady>(events.front()));
  EXPECT_EQ(std::get<llm::ToolCallReady>(events.front()).call.name, "block_card");
  EXPECT_EQ(std::get<llm::Finished>(events.back()).reason, llm::FinishReason::tool_calls);
}

TEST(Leasing, ANameIsTakenFromNamesOnly) {
  struct Case {
    std::string_view answer;
    std::string_view name;  // empty: asked for again
  };
  for (const auto& [answer, name] :
       std::initializer_list<Case>{{"It's Ann Lee. My number is 415 555 0177.", "Ann Lee"},
                                   {"it's ann lee, and my number is 415 555 0177", "Ann Lee"},
                                   {"Sure, it's Ann.", "Ann"},
                                   {"yeah, um, Ann Lee", "Ann Lee"},
                                   {"You can put it under Ann Lee please", "Ann Lee"},
                                   {"Sure, go ahead.", ""},
                                   {"sure thing", ""},
                                   {"Okay, sounds good", ""},
                                   {"yes please do", ""},
                                   {"hold on", ""}}) {
    auto call = leasing();
    call.say("I want a tour on Saturday at 2 pm");
    const auto reply = call.say(answer);
    EXPECT_THAT(reply.text, name.empty() ? HasSubstr("name") : HasSubstr("for " + std::string(name) + ". Shall"))
        << answer;
  }
}

TEST(Leasing, TheConfirmationTakesChangesInManyWords) {
  struct Case {
    std::string_view answer;
    std::string_view read_back;
  };
  for (const auto& [answer, read_back] :
       std::initializer_list<Case>{{"yes, but make it 3 pm", "Saturday, March 7 at 3 PM"},
                                   {"Hmm, can we do 3 instead?", "Saturday, March 7 at 3 PM"},
                                   {"no, make it 4", "Saturday, March 7 at 4 PM"},
                                   {"yes but 11 would be better", "Saturday, March 7 at 11 AM"},
                                   {"actually Monday at 10 am", "Monday, March 9 at 10 AM"},
                                   {"not quite, it's Anne Leigh", "Anne Leigh"},
                                   {"the day after tomorrow please", "Wednesday, March 4 at 2 PM"}}) {
    auto call = leasing();
    call.say("Book a tour on Saturday at 2 pm for Ann Lee");
    const auto reply = call.say(answer);
    EXPECT_THAT(reply.tools(), IsEmpty()) << answer;
    EXPECT_THAT(reply.text, HasSubstr(read_back)) << answer;
    EXPECT_THAT(call.say("yes").tools(), ElementsAre("schedule_tour")) << answer;
  }
}

TEST(Leasing, APartOfTheDayAnswersTheQuestionForTheTime) {
  auto call = leasing();
  call.say("I'd like a tour on Friday, my name is Ann Lee");
  EXPECT_THAT(call.say("in the afternoon").text, HasSubstr("Friday, March 6 at 2 PM"));
}

TEST(Leasing, WhoOnlySaysTheNameIsAskedWhatForAndNotWhatElse) {
  auto call = leasing();
  const auto reply = call.say("Hi, this is Ann Lee");
  EXPECT_THAT(reply.text, HasSubstr("Ann Lee. How can I help you?"));
}

TEST(Leasing, ABudgetNamedInPassingIsNoWishForATour) {
  auto call = leasing();
  const auto reply =
      call.say("um, yeah, hi, so, my name's Ann, I'm looking for, uh, like a two bedroom, maybe around 3000");
  EXPECT_THAT(reply.tools(), ElementsAre("check_availability"));
}

TEST(Banking, ADateOfBirthIsUnderstoodInManyForms) {
  for (const std::string_view answer :
       {"April 12th, 1985", "12 April 1985", "4/12/1985", "04/12/85", "1985-04-12", "it's 04 12 1985",
        "twelfth of April nineteen eighty-five", "twelfth of April nineteen eighty five", "april twelve eighty five",
        "I was born on the 12th of April 1985", "Sure, April 12th 1985."}) {
    auto call = banking();
    call.say("Block my credit card");
    EXPECT_EQ(text_at(call.say(answer).arguments("block_card"), "date_of_birth"), "1985-04-12") << answer;
  }
}

TEST(Banking, ADateOfBirthMayComeInTwoHalves) {
  for (const auto& [first, second] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"April 12", "1985"}, {"I was born in 1985", "on April 12"}}) {
    auto call = banking();
    call.say("Block my credit card");
    auto reply = call.say(first);
    EXPECT_THAT(reply.tools(), IsEmpty()) << "the tool is not asked again without news";
    EXPECT_THAT(reply.text, HasSubstr("birth"));
    EXPECT_EQ(text_at(call.say(second).arguments("block_card"), "date_of_birth"), "1985-04-12") << first;
  }
}

TEST(Banking, AWrongDateOfBirthIsForgotten) {
  auto call = banking();
  call.say("I lost my card");
  call.say("May 5 1990");
  const auto reply = call.say("what loans do you offer?");
  EXPECT_THAT(reply.tools().front(), "loan_options");
  for (const auto& made : reply.calls) EXPECT_FALSE(made.arguments.contains("date_of_birth")) << made.name;
}

TEST(Banking, AskingWhyIsAnsweredAndAskingWhetherBlocksNothing) {
  auto call = banking();
  call.say("Block my credit card");
  EXPECT_THAT(call.say("why do you need that?").text, HasSubstr("birth"));
  EXPECT_THAT(call.say("April 12 1985").tools(), ElementsAre("block_card"));
  for (const std::string_view line : {"is it blocked now?", "so it's blocked?", "was it blocked", "did that work?"}) {
    EXPECT_THAT(call.say(line).tools(), ElementsAre("card_status")) << line;
  }
}

TEST(Leasing, AnEmailIsReadBackBeforeTheTourIsBookedAndWhenAsked) {
  auto call = leasing();
  call.say("I'd like to schedule a tour on Friday at 11 am, my name is Ann Lee");
  EXPECT_THAT(call.say("My email is ann_lee at example dot com").text,
              HasSubstr("the email address ann underscore lee at example dot com."));
  const auto again = call.say("did you get my email right?");
  EXPECT_EQ(text_at(again.arguments("collect"), "value"), "ann_lee@example.com");
  EXPECT_EQ(text_at(call.say("yes").arguments("schedule_tour"), "email"), "ann_lee@example.com");
}

TEST(Banking, UnblockingIsAskedForAndRefused) {
  auto call = banking();
  const auto reply = call.say("I found my card again, can you unblock it?");
  EXPECT_THAT(reply.tools(), ElementsAre("unblock_card"));
  EXPECT_THAT(reply.text, HasSubstr("colleague"));
}

TEST(Support, BillsGoToTheBillingDepartmentWhenTheCallerAgrees) {
  auto call = support();
  EXPECT_THAT(call.say("I want a refund").tools(), IsEmpty());
  const auto reply = call.say("yes please");
  EXPECT_EQ(text_at(reply.arguments("transfer_call"), "destination"), "billing");
  auto other = support();
  other.say("I want a refund");
  EXPECT_THAT(other.say("no thanks").tools(), IsEmpty());
}

TEST(Realty, TerseAnswersQualifyTheLead) {
  struct Case {
    std::vector<std::string_view> answers;
    std::string_view arguments;
  };
  for (
      const auto& [answers, arguments] : std::vector<Case>{
          {{"yes", "Pune", "flat", "80 lakhs", "3 months", "loan"},
           R"({"phone":"+919876543210","budget":8000000,"move_in_date":"2026-06-02","location":"Pune","property_type":"flat","timeline":"2026-06-02","financing":"loan"})"},
          {{"Yes, who is calling?", "Pune", "2bhk", "80", "3-4 months", "own funds"},
           R"({"phone":"+919876543210","budget":8000000,"move_in_date":"2026-07-02","bedrooms":2,"location":"Pune","property_type":"flat","timeline":"2026-07-02","financing":"own funds"})"},
          {{"This is John", "okay", "in Baner", "a villa", "I don't have a fixed budget", "next year", "bank loan"},
           R"({"name":"John","phone":"+919876543210","move_in_date":"2027-01-01","location":"in Baner","property_type":"villa","timeline":"2027-01-01","financing":"loan"})"},
          {{"yeah", "Wakad", "plot", "1 crore", "in the next three months or so", "cash"},
           R"({"phone":"+919876543210","budget":10000000,"move_in_date":"2026-06-02","location":"Wakad","property_type":"plot","timeline":"2026-06-02","financing":"own funds"})"}}) {
    auto call = realty();
    Reply reply;
    for (const auto answer : answers) reply = call.say(answer);
    EXPECT_EQ(json::serialize(reply.arguments("qualify_lead")), arguments) << answers[0];
  }
}

TEST(Realty, TheLeadIsQualifiedQuestionByQuestion) {
  auto call = realty();
  EXPECT_THAT(call.say("Yes, this is he").text, HasSubstr("area"));
  EXPECT_THAT(call.say("Pune").text, HasSubstr("flat"));
  EXPECT_THAT(call.say("a 2 bhk flat").text, HasSubstr("budget"));
  EXPECT_THAT(call.say("50 to 60 lakhs").text, HasSubstr("60 lakh rupees"));
  EXPECT_THAT(call.say("in six months").text, HasSubstr("loan"));
  const auto reply = call.say("with a home loan");
  EXPECT_EQ(
      json::serialize(reply.arguments("qualify_lead")),
      R"({"phone":"+919876543210","budget":6000000,"move_in_date":"2026-09-02","bedrooms":2,"location":"Pune","property_type":"flat","timeline":"2026-09-02","financing":"loan"})");
}

TEST(Realty, AMachineThatAsksForAKeyGetsIt) {
  auto call = realty();
  EXPECT_EQ(text_at(call.say("For John, press three.").arguments("send_dtmf"), "digits"), "3");
  EXPECT_EQ(text_at(call.say("Press four for sales.").arguments("send_dtmf"), "digits"), "4");
  EXPECT_THAT(call.say("Speaking.").text, HasSubstr("area"));
}

TEST(Realty, TheWrongPersonIsLeftAlone) {
  for (const std::string line : {"No, wrong number.", "No.", "He doesn't live here", "nobody by that name here"}) {
    auto call = realty();
    const auto reply = call.say(line);
    EXPECT_THAT(reply.text, HasSubstr("sorry")) << line;
    EXPECT_THAT(reply.tools(), ElementsAre("end_call")) << line;
  }
}

TEST(Realty, ABusyLeadIsCalledBack) {
  auto call = realty();
  const auto reply = call.say("I'm driving, call me tomorrow at 5");
  EXPECT_EQ(text_at(reply.arguments("schedule_callback"), "at"), "2026-03-03T17:00");
  EXPECT_EQ(reply.tools().back(), "end_call");
}

TEST(Realty, WhatIsNotKnownIsLeftOut) {
  auto call = realty();
  call.say("speaking");
  call.say("Mumbai");
  call.say("a plot");
  call.say("I don't know");
  call.say("not sure yet");
  const auto reply = call.say("cash");
  EXPECT_EQ(json::serialize(reply.arguments("qualify_lead")),
            R"({"phone":"+919876543210","location":"Mumbai","property_type":"plot","financing":"own funds"})");
}

TEST(Support, DayTimeAndNumberComeInAnyOrderAndManyForms) {
  struct Case {
    std::vector<std::string_view> lines;
    std::string_view read_back;
  };
  for (const auto& [lines, read_back] : std::vector<Case>{
           {{"I'd like to book an appointment", "one twenty three", "December 1st 9 am"},
            "Tuesday, December 1 at 9 AM for customer 123"},
           {{"I need a technician next Tuesday at half past nine, my customer number is 1 2 3"},
            "Tuesday, March 10 at 9:30 AM for customer 123"},
           {{"Book an appointment for customer 123 on Friday at 2 pm", "no, the number is wrong", "customer 123"},
            "Friday, March 6 at 2 PM"}}) {
    auto call = support();
    Reply reply;
    for (const auto line : lines) reply = call.say(line);
    EXPECT_THAT(reply.text, HasSubstr(read_back)) << lines.front();
    EXPECT_THAT(reply.tools(), IsEmpty()) << lines.front();
    EXPECT_THAT(call.say("yes").tools(), ElementsAre("book_appointment")) << lines.front();
  }
}

TEST(Support, AnAppointmentIsBookedMovedAndCancelled) {
  auto call = support();
  call.say("I'd like to book an appointment on Thursday at 10 am");
  auto reply = call.say("my customer number is one two three");
  EXPECT_THAT(reply.text, HasSubstr("Thursday, March 5 at 10 AM for customer 123"));
  reply = call.say("yes");
  EXPECT_EQ(json::serialize(reply.arguments("book_appointment")),
            R"({"customer_id":"123","date":"2026-03-05","time":"10:00"})");
  reply = call.say("can we move my appointment to Friday at 2?");
  EXPECT_THAT(reply.text, HasSubstr("Friday, March 6 at 2 PM"));
  reply = call.say("yes please");
  EXPECT_EQ(json::serialize(reply.arguments("reschedule_appointment")),
            R"({"appointment_id":"AP-10013","date":"2026-03-06","time":"14:00"})")
      << "the code was read out by ourselves";
  call.say("cancel my appointment");
  reply = call.say("yes");
  EXPECT_EQ(text_at(reply.arguments("cancel_appointment"), "appointment_id"), "AP-10013");
}

TEST(Support, AnUnknownCustomerIsAskedAgain) {
  auto call = support();
  call.say("look up my account please");
  auto reply = call.say("999");
  EXPECT_THAT(reply.text, HasSubstr("customer number"));
  reply = call.say("123");
  EXPECT_THAT(reply.text, HasSubstr("Maria Lopez"));
}

TEST(Everyone, CanRepeatHelpAndPassOn) {
  for (const std::string agent : {"leasing", "banking", "support"}) {
    Conversation call(shipped_brain(), {.agent = agent});
    const auto help = call.say("what can you do?");
    EXPECT_THAT(call.say("sorry, what did you say?").text, HasSubstr(help.text)) << agent;
    EXPECT_THAT(call.say("I want to talk to a human").tools(), ElementsAre("transfer_to_human")) << agent;
  }
}

TEST(Everyone, NeverSaysTheSameTwiceInARow) {
  for (const std::string agent : {"leasing", "banking", "realty", "support", "nobody"}) {
    Conversation call(shipped_brain(), {.agent = agent});
    std::string last;
    for (int i = 0; i < 8; ++i) {
      const auto reply = call.say("blargh frobnicate wibble");
      EXPECT_NE(reply.text, last) << agent;
      EXPECT_FALSE(reply.text.empty()) << agent;
      last = reply.text;
    }
  }
}

TEST(Everyone, SilenceIsAskedAboutTwiceAndTheQuestionStands) {
  auto call = leasing();
  call.say("can I see it Saturday at 2 pm");
  EXPECT_THAT(call.say("").text, HasSubstr("still"));
  EXPECT_THAT(call.say("...").text, HasSubstr("still"));
  EXPECT_THAT(call.say("my name is Ann Lee").text, HasSubstr("2 PM"));
  for (int turn = 0; turn < 2; ++turn) EXPECT_THAT(call.say("").tools(), IsEmpty());
  EXPECT_THAT(call.say("").tools(), ElementsAre("end_call"));
}

TEST(Everyone, WhoSwearsIsHeardAllTheSame) {
  Conversation call(shipped_brain(), {.agent = "banking"});
  EXPECT_THAT(call.say("what a load of shit").text, AllOf(HasSubstr("sorry"), HasSubstr("colleague")));
  EXPECT_THAT(call.say("no").tools(), IsEmpty());
  EXPECT_THAT(call.say("just show me my fucking cards").tools(), ElementsAre("list_cards"));
}

TEST(Everyone, WhoIsNotUnderstoodThreeTimesIsOfferedAPerson) {
  Conversation call(shipped_brain(), {.agent = "support"});
  call.say("penguins cannot fly");
  call.say("the moon is made of cheese");
  EXPECT_THAT(call.say("elephants never forget").text, HasSubstr("colleague"));
  EXPECT_THAT(call.say("yes please").tools(), ElementsAre("transfer_to_human"));
}

TEST(Everyone, PresenceAndRepeatKeepTheQuestion) {
  auto call = leasing();
  const std::string asked = call.say("can I see it Saturday at 2 pm").text;
  EXPECT_THAT(call.say("hello, can you hear me?").text, HasSubstr("here"));
  EXPECT_THAT(call.say("what?").text, HasSubstr("I said"));
  EXPECT_THAT(call.say("my name is Ann Lee").text, HasSubstr("2 PM"));
}

TEST(Everyone, AnUnknownAgentIsPolite) {
  Conversation call(shipped_brain(), {.agent = "nobody"});
  EXPECT_THAT(call.say("hello").text, HasSubstr("help"));
  EXPECT_THAT(call.say("can I speak to a person").tools(), ElementsAre("transfer_to_human"));
}

TEST(Model, TheStateSurvivesWithAndWithoutInnerToolMessages) {
  const std::vector<std::string> lines{"I'm looking for a two bedroom",
                                       "my budget is 2600 dollars",
                                       "can I see it Saturday at 2 pm",
                                       "Ann Lee",
                                       "yes",
                                       "the first one",
                                       "ok",
                                       "April 1",
                                       "no pets",
                                       "I'm employed",
                                       "bye"};
  auto spoken = leasing();
  auto full = leasing({.keeps_inner_calls = true});
  spoken.tools.booked.insert("2026-03-07T14:00");
  full.tools.booked.insert("2026-03-07T14:00");
  for (const auto& line : lines) {
    const auto a = spoken.say(line);
    const auto b = full.say(line);
    EXPECT_EQ(a.text, b.text) << line;
    EXPECT_EQ(a.tools(), b.tools()) << line;
  }
  EXPECT_GT(full.messages.size(), spoken.messages.size());
}

TEST(Model, TheSameRequestGivesTheSameBytes) {
  const auto transcript = [] {
    auto call = leasing();
    std::string out;
    for (const auto* line : {"two bedrooms please", "tour on Saturday at 2", "Ann Lee", "yes", "no"}) {
      const auto reply = call.say(line);
      for (const auto& made : reply.calls) out += made.id + made.name + json::serialize(made.arguments);
      out += reply.text;
    }
    return out;
  };
  EXPECT_EQ(transcript(), transcript());
}

TEST(Model, ToolCallIdsHaveTheirShapeAndDiffer) {
  auto call = banking();
  call.tools.has_one_card = false;
  call.tools.needs_second_factor = false;
  const auto reply = call.say("freeze my debit card");
  ASSERT_EQ(reply.calls.size(), 2u);
  EXPECT_NE(reply.calls[0].id, reply.calls[1].id);
  EXPECT_EQ(reply.calls[0].id.size(), 29u);
  EXPECT_TRUE(reply.calls[0].id.starts_with("call_"));
}

TEST(Model, TextComesInSeveralPiecesThatMakeOneSentence) {
  auto call = leasing();
  call.messages.push_back({.role = llm::Role::user, .content = "what are your office hours?"});
  std::string text;
  int pieces = 0;
  for (const auto& event : call.ask()) {
    if (const auto* delta = std::get_if<llm::TextDelta>(&event)) {
      EXPECT_FALSE(delta->text.empty());
      text += delta->text;
      ++pieces;
    }
  }
  EXPECT_GT(pieces, 3);
  EXPECT_THAT(text, HasSubstr("Monday to Friday"));
  EXPECT_THAT(text, Not(HasSubstr("  ")));
}

TEST(Model, AToolThatIsNotOfferedIsNeverCalled) {
  auto call = leasing({.without = {"schedule_tour", "end_call"}});
  EXPECT_THAT(call.say("book a tour Saturday at 2 pm, this is Bob Stone").tools(), IsEmpty());
  EXPECT_THAT(call.say("bye").tools(), IsEmpty());
  auto silent = leasing();
  silent.messages.push_back({.role = llm::Role::user, .content = "do you have a two bedroom?"});
  auto request = silent.request();
  request.tool_choice = llm::ToolChoice::none;
  for (const auto& event : collect(shipped_brain(), request)) {
    EXPECT_FALSE(std::holds_alternative<llm::ToolCallReady>(event));
  }
}

TEST(Model, AnswersWhateverAnotherModelSaidBefore) {
  auto call = leasing();
  call.messages.push_back({.role = llm::Role::user, .content = "hi there"});
  call.messages.push_back({.role = llm::Role::assistant, .content = "Welcome! Tell me, what is your move-in date?"});
  call.messages.push_back({.role = llm::Role::user, .content = "I want a tour"});
  call.messages.push_back({.role = llm::Role::assistant, .content = "Lovely. Which day works best for you?"});
  const auto reply = call.say("a tour on Saturday at 2 pm");
  EXPECT_THAT(reply.text, HasSubstr("name"));
}

TEST(Model, AnInterruptedQuestionIsStillAnswered) {
  auto call = leasing();
  call.say("I'd like a tour on Saturday at 2 pm");
  call.messages.back().content = "Got it, Saturday, March 7. May I";  // the caller broke in
  EXPECT_THAT(call.say("Ann Lee").text, HasSubstr("for Ann Lee"));
  call.say("yes");
  call.messages.back().content = "You're booked for";
  EXPECT_THAT(call.say("sure").text, HasSubstr("budget"));
}

TEST(Model, WordSaladNeverBreaksIt) {
  constexpr auto kWords = std::to_array<std::string_view>({"yes",
                                                           "no",
                                                           "tour",
                                                           "Saturday",
                                                           "2",
                                                           "pm",
                                                           "the",
                                                           "first",
                                                           "block",
                                                           "card",
                                                           "4242",
                                                           "$",
                                                           "2500",
                                                           "april",
                                                           "1985",
                                                           "my",
                                                           "name",
                                                           "is",
                                                           "John",
                                                           "?",
                                                           ".",
                                                           ",",
                                                           "not",
                                                           "instead",
                                                           "of",
                                                           "next",
                                                           "month",
                                                           "a",
                                                           "week",
                                                           "from",
                                                           "at",
                                                           "five",
                                                           "double",
                                                           "oh",
                                                           "human",
                                                           "repeat",
                                                           "bye",
                                                           "never",
                                                           "mind",
                                                           "\u00e9\u00e8",
                                                           "@",
                                                           "dot",
                                                           "com",
                                                           "{name}",
                                                           "customer",
                                                           "123",
                                                           "31st",
                                                           "feb",
                                                           "99/99",
                                                           "25:61",
                                                           "+",
                                                           "-",
                                                           "'",
                                                           "and",
                                                           "half",
                                                           "past",
                                                           "thousand",
                                                           "lakh",
                                                           "\u2019s",
                                                           "in",
                                                           "999999999999999999999"});
  Random random(7);
  for (const std::string agent : {"leasing", "banking", "realty", "support", "nobody"}) {
    for (int round = 0; round < 12; ++round) {
      Conversation call(shipped_brain(), {.agent = agent, .caller_phone = round % 2 == 0 ? "" : "+14155550101"});
      for (int turn = 0; turn < 8; ++turn) {
        std::string line;
        const auto words = 1 + random.below(12);
        for (std::uint64_t i = 0; i < words; ++i) {
          if (!line.empty()) line += ' ';
          line += kWords[random.below(kWords.size())];
        }
        const auto reply = call.say(line);
        EXPECT_FALSE(reply.text.empty() && reply.calls.empty()) << agent << ": " << line;
        EXPECT_TRUE(is_valid_utf8(reply.text)) << line;
        EXPECT_THAT(reply.text, Not(HasSubstr("{"))) << line;
      }
    }
  }
}

TEST(Model, AVeryLongLineIsReadAtItsEnds) {
  std::string line = "Hi, my name is Ann Lee.";
  while (line.size() < 8192) line += " I told you about my day and it was a day like any other";
  auto call = leasing();
  const auto reply = call.say(line + ". I'd like to book a tour on Saturday at 2 pm.");
  EXPECT_THAT(reply.text, HasSubstr("Saturday, March 7 at 2 PM for Ann Lee"));
  EXPECT_THAT(leasing().say(std::string(8192, 'x')).text, HasSubstr("."));
}

TEST(Model, AFaultyAgentFileIsRefusedWithItsName) {
  const EmbeddedFile misspelt{"bad.yaml", "name: bad\nbrain: {flows: {a: {toool: x}}}"};
  const EmbeddedFile dangling{"bad.yaml", "name: bad\nbrain: {intents: {a: {examples: [x], flow: nowhere}}}"};
  const EmbeddedFile nameless{"bad.yaml", "title: x"};
  const EmbeddedFile garbage{"bad.yaml", "a: [1"};
  for (const auto& file : {misspelt, dangling, nameless, garbage}) {
    const auto made = make_brain(std::span(&file, 1));
    ASSERT_FALSE(made.has_value()) << file.content;
    EXPECT_THAT(std::string(made.error().message()), HasSubstr("bad.yaml"));
  }
}

}  // namespace
}  // namespace offhook::brain::testing
