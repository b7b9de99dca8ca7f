#include "audio/resampler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.hpp"

namespace offhook::audio {
namespace {

constexpr int kRates[] = {8000, 16000, 22050, 24000, 48000};

Samples tone(double hz, int rate, std::size_t count, double amplitude = 10000) {
  Samples out(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double phase = 2 * std::numbers::pi * hz * static_cast<double>(i) / rate;
    out[i] = static_cast<std::int16_t>(std::lround(amplitude * std::sin(phase)));
  }
  return out;
}

Samples resample(Resampler& resampler, SampleView input, std::size_t piece) {
  Samples out;
  while (!input.empty()) {
    const auto part = input.first(std::min(piece, input.size()));
    const auto ready = resampler.process(part);
    out.insert(out.end(), ready.begin(), ready.end());
    input = input.subspan(part.size());
  }
  const auto rest = resampler.flush();
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

/// Level of the best-fitting sine of `hz` against everything else, in dB.
double snr_db(SampleView samples, double hz, int rate) {
  double in_phase = 0;
  double quadrature = 0;
  double total = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double phase = 2 * std::numbers::pi * hz * static_cast<double>(i) / rate;
    in_phase += samples[i] * std::cos(phase);
    quadrature += samples[i] * std::sin(phase);
    total += static_cast<double>(samples[i]) * samples[i];
  }
  const double signal = 2 * (in_phase * in_phase + quadrature * quadrature) / static_cast<double>(samples.size());
  return 10 * std::log10(signal / std::max(total - signal, 1e-9));
}

TEST(Resampler, KeepsATonePureBetweenAllRates) {
  for (const int from : kRates) {
    for (const int to : kRates) {
      auto resampler = Resampler::make(from, to).value();
      const auto out = resample(resampler, tone(1000, from, static_cast<std::size_t>(from)), 441);
      // A quarter to three quarters of a second: whole periods, away from the edges.
      const auto middle = SampleView(out).subspan(static_cast<std::size_t>(to / 4), static_cast<std::size_t>(to / 2));
      EXPECT_GT(snr_db(middle, 1000, to), 70) << from << " to " << to;
    }
  }
}

TEST(Resampler, RemovesWhatTheLowerRateCannotHold) {
  auto resampler = Resampler::make(22050, 8000).value();
  const auto out = resample(resampler, tone(5000, 22050, 22050), 441);
  const auto middle = SampleView(out).subspan(1000, 6000);
  const auto loudest = std::ranges::max(middle, {}, [](std::int16_t sample) { return std::abs(sample); });
  EXPECT_LE(std::abs(loudest), 3) << "of 10000: the alias of 5 kHz at 3 kHz";
}

TEST(Resampler, GivesAsManySamplesAsTheRatesSay) {
  for (const int to : kRates) {
    for (const std::size_t count : {1U, 10U, 441U, 22050U, 50001U}) {
      auto resampler = Resampler::make(22050, to).value();
      const auto out = resample(resampler, tone(300, 22050, count), 882);
      EXPECT_EQ(out.size(), (count * static_cast<std::size_t>(to) + 22049) / 22050) << count << " to " << to;
    }
  }
}

TEST(Resampler, DoesNotCareHowTheStreamIsCut) {
  Random random(7);
  Samples noise(20000);
  for (auto& sample : noise) sample = static_cast<std::int16_t>(static_cast<int>(random.below(20000)) - 10000);
  for (const int to : kRates) {
    auto whole = Resampler::make(22050, to).value();
    const auto expected = resample(whole, noise, noise.size());
    for (const std::size_t piece : {1U, 37U, 441U, 1323U}) {
      auto pieces = Resampler::make(22050, to).value();
      EXPECT_EQ(resample(pieces, noise, piece), expected) << "pieces of " << piece << " to " << to;
    }
  }
}

TEST(Resampler, IsAsNewAfterAFlush) {
  auto resampler = Resampler::make(22050, 16000).value();
  const auto input = tone(700, 22050, 5000);
  const auto first = resample(resampler, input, 441);
  EXPECT_EQ(resample(resampler, input, 441), first);
}

TEST(Resampler, PassesEqualRatesThrough) {
  auto resampler = Resampler::make(22050, 22050).value();
  const auto input = tone(700, 22050, 500);
  EXPECT_EQ(resampler.process(input), input);
  EXPECT_TRUE(resampler.flush().empty());
}

TEST(Resampler, RefusesOtherRates) {
  for (const int rate : {0, -8000, 44100, 11025}) {
    const auto made = Resampler::make(22050, rate);
    ASSERT_FALSE(made) << rate;
    EXPECT_EQ(made.error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(made.error().param, "sample_rate");
    EXPECT_FALSE(Resampler::make(rate, 22050));
  }
}

}  // namespace
}  // namespace offhook::audio
