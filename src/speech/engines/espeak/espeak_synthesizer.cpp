#include "speech/engines/espeak/espeak_synthesizer.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "audio/resampler.hpp"
#include "base/text.hpp"
#include "speech/engines/espeak/espeak_voices.hpp"
#include "speech/engines/espeak/helper_pool.hpp"
#include "speech/request_check.hpp"
#include "speech/speakable.hpp"

namespace offhook::speech {

namespace {

using espeak::HelperPool;
using espeak::SpeakCommand;
using espeak::Utterance;

/// A loop that is destroyed closes the pools that live on it, so that no helper outlives it.
struct PoolsOfLoop : asio::execution_context::service {
  static inline asio::execution_context::id id;
  explicit PoolsOfLoop(asio::execution_context& context) : service(context) {}
  void shutdown() override {
    for (const auto& one : pools) {
      if (const auto pool = one.lock()) pool->close();
    }
  }
  std::vector<std::weak_ptr<HelperPool>> pools;
};

/// What all loops share: the options and one pool for each loop. Thread-safe.
class Engine {
 public:
  explicit Engine(EspeakOptions options) : options_(std::make_shared<const EspeakOptions>(std::move(options))) {}

  /// Ends all helpers; what still asks for one afterwards is refused.
  void close() {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
    for (const auto& [loop, pool] : pools_) pool->close();
  }

  std::shared_ptr<HelperPool> pool_of(Loop& loop) {
    const std::scoped_lock lock(mutex_);
    auto& pool = pools_[&loop];
    // A closed pool belonged to an earlier loop at the same address.
    if (!pool || pool->is_closed()) {
      pool = std::make_shared<HelperPool>(loop, options_);
      if (is_closed_) pool->close();
      asio::use_service<PoolsOfLoop>(loop.context()).pools.push_back(pool);
    }
    return pool;
  }
  [[nodiscard]] const EspeakOptions& options() const { return *options_; }

 private:
  std::shared_ptr<const EspeakOptions> options_;
  std::mutex mutex_;
  std::map<Loop*, std::shared_ptr<HelperPool>> pools_;
  bool is_closed_ = false;
};

/// Resamples what an utterance gives and joins pieces that are too short.
class EspeakStream final : public SpeechStream {
 public:
  /// utterance: null for a text that is silent.
  EspeakStream(std::unique_ptr<Utterance> utterance, audio::Resampler resampler, int rate_hz)
      : utterance_(std::move(utterance)),
        resampler_(std::move(resampler)),
        enough_samples_(static_cast<std::size_t>(rate_hz) * kShortestPieceMs / 1000) {}

  Task<std::vector<std::int16_t>> next() override {
    std::vector<std::int16_t> piece;
    while (utterance_ && piece.size() < enough_samples_) {
      auto frame = co_await utterance_->next();
      if (!frame) co_return fail(frame);
      const auto ready = frame->empty() ? resampler_.flush() : resampler_.process(*frame);
      piece.insert(piece.end(), ready.begin(), ready.end());
      if (frame->empty()) utterance_.reset();
    }
    co_return piece;
  }

 private:
  static constexpr std::size_t kShortestPieceMs = 20;
  std::unique_ptr<Utterance> utterance_;
  audio::Resampler resampler_;
  std::size_t enough_samples_;
};

/// The engine's text is a C string, and a control character is nothing to say.
std::string without_controls(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  return text;
}

Result<std::string> choose_voice(const SynthesisRequest& request) {
  if (request.voice.empty()) return std::string(espeak::default_voice(to_lower(request.language)));
  if (espeak::language_of_voice(request.voice).empty()) {
    return fail(invalid_value("voice", "The voice is not known to this engine."));
  }
  return request.voice;
}

Task<std::unique_ptr<SpeechStream>> open_stream(std::shared_ptr<Engine> engine, SynthesisRequest request) {
  if (auto checked = check_request(request); !checked) co_return fail(checked.error());
  auto voice = choose_voice(request);
  if (!voice) co_return fail(voice);
  auto resampler = audio::Resampler::make(espeak::kEngineRateHz, request.sample_rate_hz);
  if (!resampler) co_return fail(resampler);

  const bool is_english = espeak::language_of_voice(*voice) == "en";
  auto text = without_controls(is_english ? to_speakable_english(request.text) : request.text);
  std::unique_ptr<Utterance> utterance;
  if (!trim(text).empty()) {
    SpeakCommand command{
        .words_per_minute = static_cast<std::uint16_t>(std::clamp(engine->options().words_per_minute, 0, 450)),
        .voice = std::move(*voice),
        .text = std::move(text)};
    Loop& loop = co_await this_loop();
    auto begun = co_await HelperPool::speak(engine->pool_of(loop), std::move(command));
    if (!begun) co_return fail(begun);
    utterance = std::move(*begun);
  }
  co_return std::make_unique<EspeakStream>(std::move(utterance), std::move(*resampler), request.sample_rate_hz);
}

class EspeakSynthesizer final : public Synthesizer {
 public:
  explicit EspeakSynthesizer(EspeakOptions options) : engine_(std::make_shared<Engine>(std::move(options))) {}
  ~EspeakSynthesizer() override { engine_->close(); }
  EspeakSynthesizer(const EspeakSynthesizer&) = delete;
  EspeakSynthesizer& operator=(const EspeakSynthesizer&) = delete;
  [[nodiscard]] std::string_view name() const override { return "espeak"; }
  Task<std::unique_ptr<SpeechStream>> open(SynthesisRequest request) override {
    return open_stream(engine_, std::move(request));
  }
  [[nodiscard]] std::vector<Voice> voices() const override { return espeak::all_voices(); }

 private:
  std::shared_ptr<Engine> engine_;
};

}  // namespace

std::unique_ptr<Synthesizer> make_espeak_synthesizer(EspeakOptions options) {
  return std::make_unique<EspeakSynthesizer>(std::move(options));
}

}  // namespace offhook::speech
