// What every voice engine must do, whichever it is.

#include <gtest/gtest.h>

#include <map>

#include "async/cancel.hpp"
#include "speech/engines/espeak/espeak_synthesizer.hpp"
#include "speech/request_check.hpp"
#include "speech/testing/scripted_synthesizer.hpp"
#include "speech/testing/speak.hpp"

namespace offhook::speech {
namespace {

using testing::loudness;
using testing::speak;
using testing::SpokenPieces;

struct EngineCase {
  std::string name;
  std::unique_ptr<Synthesizer> (*make)();
};

// NOLINTNEXTLINE(readability-identifier-naming): the name that GoogleTest looks for
void PrintTo(const EngineCase& engine, std::ostream* out) { *out << engine.name; }

class SynthesizerContract : public ::testing::TestWithParam<EngineCase> {
 protected:
  Result<SpokenPieces> say(SynthesisRequest request) {
    return loop_.block_on(speak(*synthesizer_, std::move(request)));
  }

  VirtualClock clock_{UtcTime{}};
  Loop loop_{clock_, 1};
  std::unique_ptr<Synthesizer> synthesizer_ = GetParam().make();
};

TEST_P(SynthesizerContract, SpeaksInPiecesOf20To60Ms) {
  for (const int rate : kSampleRates) {
    const auto spoken = say({.text = "The apartment is available from the first of May.", .sample_rate_hz = rate});
    ASSERT_TRUE(spoken) << spoken.error().log_text();
    EXPECT_GT(loudness(spoken->samples), 500) << rate;
    const auto ms = [rate](std::size_t samples) { return samples * 1000 / static_cast<std::size_t>(rate); };
    ASSERT_GE(spoken->sizes.size(), 10U);
    for (std::size_t i = 0; i + 1 < spoken->sizes.size(); ++i) {
      EXPECT_GE(ms(spoken->sizes[i]), 20U) << rate;
      EXPECT_LE(ms(spoken->sizes[i]), 60U) << rate;
    }
    // Eight to twenty letters a second is speech.
    EXPECT_GT(ms(spoken->samples.size()), 2000U) << rate;
    EXPECT_LT(ms(spoken->samples.size()), 6000U) << rate;
  }
}

TEST_P(SynthesizerContract, LastsAsLongAtEveryRate) {
  const std::string text = "Your tour is confirmed for Saturday.";
  const auto reference = say({.text = text, .sample_rate_hz = 22050}).value();
  for (const int rate : kSampleRates) {
    const auto spoken = say({.text = text, .sample_rate_hz = rate}).value();
    const double ratio =
        static_cast<double>(spoken.samples.size()) * 22050 / (static_cast<double>(reference.samples.size()) * rate);
    EXPECT_NEAR(ratio, 1.0, 0.03) << rate;
  }
}

TEST_P(SynthesizerContract, SpeaksAll17Languages) {
  static const std::map<std::string_view, std::string> kHello = {{"en", "Hello, how can I help you?"},
                                                                 {"es", "Hola, ¿en qué puedo ayudarle?"},
                                                                 {"fr", "Bonjour, comment puis-je vous aider ?"},
                                                                 {"de", "Guten Tag, wie kann ich Ihnen helfen?"},
                                                                 {"it", "Buongiorno, come posso aiutarla?"},
                                                                 {"pt", "Olá, como posso ajudar?"},
                                                                 {"pl", "Dzień dobry, w czym mogę pomóc?"},
                                                                 {"tr", "Merhaba, size nasıl yardımcı olabilirim?"},
                                                                 {"ru", "Здравствуйте, чем могу помочь?"},
                                                                 {"nl", "Hallo, waarmee kan ik u helpen?"},
                                                                 {"cs", "Dobrý den, jak vám mohu pomoci?"},
                                                                 {"ar", "مرحبا، كيف يمكنني مساعدتك؟"},
                                                                 {"zh-cn", "您好，有什么可以帮您？"},
                                                                 {"hu", "Jó napot, miben segíthetek?"},
                                                                 {"ko", "안녕하세요, 무엇을 도와드릴까요?"},
                                                                 {"ja", "こんにちは、なにか おてつだい しましょうか。"},
                                                                 {"hi", "नमस्ते, मैं आपकी कैसे मदद कर सकता हूँ?"}};
  for (const auto language : kLanguages) {
    ASSERT_TRUE(kHello.contains(language)) << language;
    const auto spoken = say({.text = kHello.at(language), .language = std::string(language), .sample_rate_hz = 16000});
    ASSERT_TRUE(spoken) << language << ": " << spoken.error().log_text();
    EXPECT_GT(spoken->samples.size(), 16000U * 8 / 10) << language;
    EXPECT_LT(spoken->samples.size(), 16000U * 7) << language;
    EXPECT_GT(loudness(spoken->samples), 500) << language;
  }
}

TEST_P(SynthesizerContract, SpeaksWithEveryVoiceItOffers) {
  const auto voices = synthesizer_->voices();
  ASSERT_FALSE(voices.empty());
  for (const auto& voice : voices) {
    const auto spoken = say({.text = "1 2 3", .language = voice.language, .voice = voice.name});
    ASSERT_TRUE(spoken) << voice.name << ": " << spoken.error().log_text();
    EXPECT_GT(loudness(spoken->samples), 100) << voice.name;
  }
}

TEST_P(SynthesizerContract, RefusesBadRequestsAndSaysWhichField) {
  const struct {
    SynthesisRequest request;
    std::string field;
  } cases[] = {
      {{.text = ""}, "text"},
      {{.text = " \n\t"}, "text"},
      {{.text = std::string(16 * 1024 + 1, 'a')}, "text"},
      {{.text = "caf\xE9"}, "text"},
      {{.text = "hello", .language = "tlh"}, "language"},
      {{.text = "hello", .language = ""}, "language"},
      {{.text = "hello", .voice = "no such voice"}, "voice"},
      {{.text = "hello", .voice = "en-us+nonsense"}, "voice"},
      {{.text = "hello", .voice = "fr-fr"}, "voice"},
      {{.text = "hello", .sample_rate_hz = 0}, "sample_rate"},
      {{.text = "hello", .sample_rate_hz = 44100}, "sample_rate"},
      {{.text = "hello", .sample_rate_hz = 48000}, "sample_rate"},
  };
  for (const auto& c : cases) {
    const auto spoken = say(c.request);
    ASSERT_FALSE(spoken) << c.field;
    EXPECT_EQ(spoken.error().kind, ErrorKind::invalid_argument) << c.field;
    EXPECT_EQ(spoken.error().param, c.field);
    EXPECT_EQ(spoken.error().code, "invalid_value") << c.field;
  }
}

TEST_P(SynthesizerContract, TakesALanguageInUpperCase) {
  EXPECT_TRUE(say({.text = "hello", .language = "EN"}));
  EXPECT_TRUE(say({.text = "hello", .language = "zh-CN"}));
}

Task<SpokenPieces> speak_after_hanging_up(Synthesizer& synthesizer, std::size_t pieces) {
  SynthesisRequest first{.text = testing::long_text(), .sample_rate_hz = 8000};
  auto stream = co_await synthesizer.open(std::move(first));
  if (!stream) co_return fail(stream);
  for (std::size_t i = 0; i < pieces; ++i) {
    auto piece = co_await (*stream)->next();
    if (!piece) co_return fail(piece);
  }
  stream->reset();
  co_return co_await speak(synthesizer, {.text = "And the next one.", .sample_rate_hz = 8000});
}

TEST_P(SynthesizerContract, DestroyingAStreamStopsItAndTheNextOneIsWhole) {
  const auto reference = say({.text = "And the next one.", .sample_rate_hz = 8000}).value();
  for (const std::size_t pieces : {0U, 1U, 5U, 50U}) {
    const auto spoken = loop_.block_on(speak_after_hanging_up(*synthesizer_, pieces));
    ASSERT_TRUE(spoken) << spoken.error().log_text();
    EXPECT_NEAR(static_cast<double>(spoken->samples.size()), static_cast<double>(reference.samples.size()), 400);
  }
}

Task<SpokenPieces> speak_side_by_side(Synthesizer& synthesizer, std::size_t count) {
  std::vector<std::unique_ptr<SpeechStream>> streams;
  for (std::size_t i = 0; i < count; ++i) {
    auto stream = co_await synthesizer.open({.text = "Hello.", .sample_rate_hz = 8000});
    if (!stream) co_return fail(stream);
    streams.push_back(std::move(*stream));
  }
  SpokenPieces all;
  for (auto& stream : streams) {
    auto spoken = co_await testing::read_all(*stream);
    if (!spoken) co_return spoken;
    all.sizes.push_back(spoken->samples.size());
  }
  co_return all;
}

TEST_P(SynthesizerContract, AnUnreadShortStreamHoldsNobodyUp) {
  const auto all = loop_.block_on(speak_side_by_side(*synthesizer_, 10));
  ASSERT_TRUE(all) << all.error().log_text();
  for (const std::size_t samples : all->sizes) EXPECT_GT(samples, 2000U);
}

TEST_P(SynthesizerContract, VirtualTimeStandsStillWhileItWorks) {
  const auto before = clock_.now();
  ASSERT_TRUE(say({.text = "Time flies."}));
  EXPECT_EQ(clock_.now(), before);
}

std::unique_ptr<Synthesizer> make_espeak() { return make_espeak_synthesizer({.helper_path = OFFHOOK_ESPEAK_HELPER}); }
std::unique_ptr<Synthesizer> make_scripted() { return std::make_unique<testing::ScriptedSynthesizer>(); }

INSTANTIATE_TEST_SUITE_P(Engines, SynthesizerContract,
                         ::testing::Values(EngineCase{"espeak", make_espeak}, EngineCase{"scripted", make_scripted}),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace offhook::speech
