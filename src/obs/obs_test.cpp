#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "obs/log.hpp"
#include "obs/metrics.hpp"

namespace offhook::obs {
namespace {

using testing::HasSubstr;
using testing::Not;

const VirtualClock kClock{UtcTime{}};

TEST(Log, WritesKeyValueLines) {
  const Log log(kClock, Level::info, Log::Format::key_value);
  EXPECT_EQ(log.format(Level::info, "call ended", {.request_id = "r1", .call_id = "c1"},
                       {{"seconds", 12}, {"reason", "hung up"}}),
            "time=1970-01-01T00:00:00.000Z level=info message=\"call ended\" request_id=r1 call_id=c1 seconds=12 "
            "reason=\"hung up\"");
}

TEST(Log, WritesJsonLinesThatStayOneLine) {
  const Log log(kClock, Level::info, Log::Format::json);
  const auto line = log.format(Level::error, "a\nb", {}, {{"text", "say \"hi\"\n"}, {"ok", false}});
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_THAT(line, HasSubstr(R"("text":"say \"hi\"\n","ok":false)"));
}

TEST(Log, PersonalDataOnlyEntersMasked) {
  const Log log(kClock, Level::info, Log::Format::key_value);
  const auto line = log.format(Level::info, "caller", {},
                               {{"phone", MaskedPhone{"+14155550101"}},
                                {"name", MaskedName{"John Doe"}},
                                {"said", MaskedSpeech{"my card is lost"}}});
  EXPECT_THAT(line, Not(HasSubstr("4155550101")));
  EXPECT_THAT(line, Not(HasSubstr("John")));
  EXPECT_THAT(line, Not(HasSubstr("card")));
  EXPECT_THAT(line, HasSubstr("phone=+1*******101"));
}

TEST(Metrics, PrintsWhatWasCounted) {
  Metrics metrics;
  metrics.count_request(200, 0.001);
  metrics.count_request(404, 0.002);
  metrics.count_tool_call("schedule_tour", "ok");
  for (int i = 0; i < 100; ++i) metrics.count_tokens("model-" + std::to_string(i), 3, 2, true, 0.5);
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("offhook_http_requests_total{class=\"2xx\"} 1"));
  EXPECT_THAT(text, HasSubstr("offhook_http_requests_total{class=\"4xx\"} 1"));
  EXPECT_THAT(text, HasSubstr("offhook_http_request_seconds_count 2"));
  EXPECT_THAT(text, HasSubstr("outcome=\"ok\""));
  EXPECT_THAT(text, HasSubstr(R"(offhook_tokens_total{estimated="true",kind="prompt",model="model-63"} 3)"));
  EXPECT_THAT(text, HasSubstr(R"(offhook_tokens_total{estimated="true",kind="prompt",model="other"} 108)"))
      << "36 names too many";
  EXPECT_EQ(text.find("model-64"), std::string::npos);
}

}  // namespace
}  // namespace offhook::obs
