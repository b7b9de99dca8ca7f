#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/runtime.hpp"
#include "app/voice.hpp"
#include "audio/wav.hpp"

namespace offhook::app {
namespace {

struct SayFlags {
  std::string text;
  std::string output = "said.wav";
  std::string voice;
  std::string language = "en";
  int rate = 22050;
};

Task<void> say(speech::Synthesizer& voice, const SayFlags& flags) {
  speech::SynthesisRequest request{
      .text = flags.text, .language = flags.language, .voice = flags.voice, .sample_rate_hz = flags.rate};
  auto stream = co_await voice.open(std::move(request));
  if (!stream) co_return fail(stream);
  auto file = audio::WavWriter::create(flags.output, {.rate_hz = flags.rate, .channels = 1});
  if (!file) co_return fail(file);
  for (;;) {
    auto frame = co_await (*stream)->next();
    if (!frame) co_return fail(frame);
    if (frame->empty()) break;
    if (auto written = file->write(*frame); !written) co_return written;
  }
  co_return file->close();
}

int run_say(const SayFlags& flags) {
  const RealClock clock;
  obs::Log log(clock, obs::Level::warning, obs::Log::Format::key_value);
  Loop loop(clock, entropy_seed());
  const auto voice = make_voice(log);
  auto said = loop.block_on(say(*voice, flags));
  if (!said) return report(said.error());
  fmt::print("{}\n", flags.output);
  return kFine;
}

}  // namespace

void add_say(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("say", "Speak a text into a WAV file");
  auto flags = std::make_shared<SayFlags>();
  command->add_option("text", flags->text, "What to say")->required();
  command->add_option("-o,--output", flags->output, "The file to write");
  command->add_option("--voice", flags->voice, "A voice by name");
  command->add_option("--language", flags->language, "Language code");
  command->add_option("--rate", flags->rate, "Sample rate: 8000, 16000, 22050 or 24000");
  command->callback([flags, &exit_code] { exit_code = run_say(*flags); });
}

}  // namespace offhook::app
