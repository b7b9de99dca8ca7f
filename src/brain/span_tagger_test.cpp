#include "brain/span_tagger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace offhook::brain {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const ReadingContext kContext{.moment = {.today = 2026y / 3 / 2}};

// "[from:Monday]" marks a span.
TaggedText marked(std::string_view text) {
  TaggedText out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '[') {
      out.text += text[at];
      continue;
    }
    const auto colon = text.find(':', at);
    const auto close = text.find(']', at);
    const auto value = text.substr(colon + 1, close - colon - 1);
    out.spans.push_back(
        {std::string(text.substr(at + 1, colon - at - 1)), out.text.size(), out.text.size() + value.size()});
    out.text += value;
    at = close;
  }
  return out;
}

std::vector<TaggedText> examples() {
  return {marked("what did I spend from [from:Monday] to [to:Friday]"),
          marked("payments to [company:Netflix] since [from:March 3]"),
          marked("from the [from:3rd] until the [to:10th of May]"),
          marked("how much did I pay [company:Acme]"),
          marked("did I send money to [company:Globex] please"),
          marked("show me everything until [to:Sunday]"),
          marked("what is my balance"),
          marked("I want to talk to somebody"),
          marked("payments to [company:Initech] from [from:Tuesday] to [to:Thursday]")};
}

std::vector<std::string> shown(const SpanTagger& tagger, std::string_view text) {
  std::vector<std::string> out;
  for (const auto& span : tagger.tag(text, kContext)) {
    out.push_back(span.label + ":" + std::string(text.substr(span.begin, span.end - span.begin)));
  }
  return out;
}

TEST(SpanTagger, FindsSpansOfWordsItNeverSaw) {
  const auto tagger = SpanTagger::train(examples(), kContext);
  EXPECT_THAT(shown(tagger, "payments to Hooli from Wednesday to Saturday"),
              ElementsAre("company:Hooli", "from:Wednesday", "to:Saturday"));
  EXPECT_THAT(shown(tagger, "what is my name"), IsEmpty());
}

TEST(SpanTagger, LearnsItsOwnExamples) {
  const auto tagger = SpanTagger::train(examples(), kContext);
  for (const auto& example : examples()) {
    std::vector<std::string> want;
    for (const auto& span : example.spans)
      want.push_back(span.label + ":" + example.text.substr(span.begin, span.end - span.begin));
    EXPECT_EQ(shown(tagger, example.text), want) << example.text;
  }
}

TEST(SpanTagger, OfNothingFindsNothing) {
  EXPECT_THAT(SpanTagger().tag("from Monday", kContext), IsEmpty());
  EXPECT_THAT(SpanTagger::train({}, kContext).tag("from Monday", kContext), IsEmpty());
  EXPECT_THAT(SpanTagger::train(examples(), kContext).tag("", kContext), IsEmpty());
}

}  // namespace
}  // namespace offhook::brain
