#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "audio/samples.hpp"
#include "base/result.hpp"

namespace offhook::audio {

/// How the samples of a WAV file are laid out: 16-bit signed little-endian PCM, interleaved.
struct WavFormat {
  int rate_hz = 22050;
  int channels = 1;  ///< 1 or 2
};

/// The 44 bytes before the samples of a WAV file.
/// Source: "Multimedia Programming Interface and Data Specifications 1.0" (IBM, Microsoft, 1991), WAVE.
[[nodiscard]] std::string wav_header(WavFormat format, std::uint32_t data_bytes);

/// A whole WAV file in memory.
[[nodiscard]] std::string to_wav(WavFormat format, SampleView samples);

/// Writes a WAV file as the samples come. The sizes in its header are right only after close(); a file
/// that was never closed is still read by read_wav, to its end. One thread at a time; movable.
class WavWriter {
 public:
  /// Creates or replaces the file. Errors: invalid_argument (format), unavailable (the file system says no).
  [[nodiscard]] static Result<WavWriter> create(const std::filesystem::path& path, WavFormat format);

  WavWriter(WavWriter&&) = default;
  WavWriter& operator=(WavWriter&&) = delete;
  /// Closes, ignoring errors.
  ~WavWriter();

  /// Appends interleaved samples. Errors: too_large (a WAV file ends at 4 GiB), unavailable (disk).
  Result<void> write(SampleView samples);
  /// Puts the sizes into the header and closes the file. Nothing may follow.
  Result<void> close();

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  WavWriter(std::unique_ptr<std::FILE, CloseFile> file, WavFormat format) : file_(std::move(file)), format_(format) {}

  std::unique_ptr<std::FILE, CloseFile> file_;
  WavFormat format_;
  std::uint64_t data_bytes_ = 0;
};

/// What a WAV file holds.
struct WavFile {
  WavFormat format;
  Samples samples;  ///< interleaved
};

/// Reads a file of 16-bit PCM with one or two channels; unknown chunks are skipped, samples that are
/// missing at the end are not an error. Errors: not_found (cannot be opened), invalid_argument (no WAV
/// file), unsupported_media (another encoding).
[[nodiscard]] Result<WavFile> read_wav(const std::filesystem::path& path);
/// The same from memory.
[[nodiscard]] Result<WavFile> parse_wav(std::string_view bytes);

}  // namespace offhook::audio
