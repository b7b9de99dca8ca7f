#include "app/voice.hpp"

#include "speech/engines/espeak/espeak_synthesizer.hpp"

namespace offhook::app {

std::filesystem::path helper_program(const char* name) {
  std::error_code error;
  const auto here = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  auto beside = here / name;
  if (std::filesystem::exists(beside, error)) return beside;
  return here.parent_path() / "libexec" / "offhook" / name;
}

std::unique_ptr<speech::Synthesizer> make_voice(obs::Log& log) {
  speech::EspeakOptions options{.helper_path = helper_program("offhook-espeak")};
  options.on_trouble = [&log](std::string_view what) { log.warning("voice helper", {{"detail", what}}); };
  return speech::make_espeak_synthesizer(std::move(options));
}

}  // namespace offhook::app
