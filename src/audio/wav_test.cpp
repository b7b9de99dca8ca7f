#include "audio/wav.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace offhook::audio {
namespace {

/// A file name of its own that disappears with the test.
struct TemporaryFile {
  std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / ("offhook_wav_" + std::to_string(::getpid()) + ".wav");
  ~TemporaryFile() { std::filesystem::remove(path); }
};

Samples ramp(std::size_t count) {
  Samples out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::int16_t>(i * 7 - 3000);
  return out;
}

TEST(Wav, ReadsBackWhatItWrote) {
  for (const int channels : {1, 2}) {
    const TemporaryFile file;
    auto writer = WavWriter::create(file.path, {.rate_hz = 16000, .channels = channels}).value();
    const auto samples = ramp(5000);
    ASSERT_TRUE(writer.write(SampleView(samples).first(1234)));
    ASSERT_TRUE(writer.write(SampleView(samples).subspan(1234)));
    ASSERT_TRUE(writer.close());
    EXPECT_EQ(std::filesystem::file_size(file.path), 44 + 10000U);
    const auto read = read_wav(file.path);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->format.rate_hz, 16000);
    EXPECT_EQ(read->format.channels, channels);
    EXPECT_EQ(read->samples, samples);
  }
}

TEST(Wav, HeaderHasTheBytesOfTheSpecification) {
  // Field by field: RIFF, size, WAVE, fmt, 16, PCM, 1 channel, 8000 Hz, 16000 B/s, block 2, 16 bits, data, 4.
  const std::string expected(
      "RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x04\0\0\0", 44);
  EXPECT_EQ(wav_header({.rate_hz = 8000, .channels = 1}, 4), expected);
}

TEST(Wav, AFileThatWasNeverClosedIsReadToItsEnd) {
  const auto bytes = wav_header({.rate_hz = 8000}, 0) + std::string("\x01\x00\x02\x00\x03\x00", 6);
  EXPECT_EQ(parse_wav(bytes)->samples, (Samples{1, 2, 3}));
}

TEST(Wav, MissingSamplesAtTheEndAreNoError) {
  const auto bytes = to_wav({.rate_hz = 8000, .channels = 2}, ramp(100));
  const auto read = parse_wav(std::string_view(bytes).substr(0, 44 + 11));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->samples.size(), 4U) << "whole frames of two samples only";
}

TEST(Wav, SkipsUnknownChunksOfOddLength) {
  const auto plain = to_wav({.rate_hz = 8000}, ramp(10));
  const auto with_list = plain.substr(0, 36) + std::string("LIST\x03\0\0\0abc\0", 12) + plain.substr(36);
  EXPECT_EQ(parse_wav(with_list)->samples, ramp(10));
}

TEST(Wav, RefusesWhatItCannotRead) {
  const auto plain = to_wav({.rate_hz = 8000}, ramp(10));
  auto eight_bit = plain;
  eight_bit[34] = 8;
  auto mu_law = plain;
  mu_law[20] = 7;
  auto no_format = plain;
  no_format.replace(12, 4, "junk");
  const struct {
    std::string name;
    std::string bytes;
    ErrorKind kind;
  } cases[] = {
      {"nothing", "", ErrorKind::invalid_argument},
      {"text", "hello, this is no sound at all", ErrorKind::invalid_argument},
      {"another RIFF", std::string("RIFF\x04\0\0\0AVI ", 12), ErrorKind::invalid_argument},
      {"header only", plain.substr(0, 36), ErrorKind::invalid_argument},
      {"short format chunk", plain.substr(0, 24), ErrorKind::invalid_argument},
      {"no format", no_format, ErrorKind::invalid_argument},
      {"8 bits", eight_bit, ErrorKind::unsupported_media},
      {"mu-law", mu_law, ErrorKind::unsupported_media},
  };
  for (const auto& c : cases) {
    const auto read = parse_wav(c.bytes);
    ASSERT_FALSE(read) << c.name;
    EXPECT_EQ(read.error().kind, c.kind) << c.name;
  }
  EXPECT_EQ(read_wav("/nonexistent/offhook.wav").error().kind, ErrorKind::not_found);
}

TEST(Wav, SaysWhenTheFileCannotBeCreated) {
  EXPECT_EQ(WavWriter::create("/nonexistent/offhook.wav", {}).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(WavWriter::create("/tmp/offhook.wav", {.channels = 3}).error().kind, ErrorKind::invalid_argument);
}

}  // namespace
}  // namespace offhook::audio
