#include "audio/wav.hpp"

#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

namespace offhook::audio {

static_assert(std::endian::native == std::endian::little, "samples are written as they lie in memory");

namespace {

constexpr std::uint32_t kHeaderBytes = 44;
constexpr std::uint64_t kMaxDataBytes = std::numeric_limits<std::uint32_t>::max() - kHeaderBytes;
constexpr std::uint16_t kPcm = 1;
constexpr std::uint16_t kExtensible = 0xFFFE;

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// The number at `offset`, which must lie inside `bytes`.
template <class T>
T get(std::string_view bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::unexpected<Error> disk_error(const char* what) {
  return fail(ErrorKind::unavailable, {}, std::string(what) + ": " + std::strerror(errno));
}

/// Is this the format chunk of something we read? Gives the format.
Result<WavFormat> parse_format(std::string_view chunk) {
  if (chunk.size() < 16) return fail(ErrorKind::invalid_argument, "The WAV file's format chunk is too short.");
  auto encoding = get<std::uint16_t>(chunk, 0);
  // WAVE_FORMAT_EXTENSIBLE: the real encoding is in the first two bytes of the sub-format GUID.
  if (encoding == kExtensible && chunk.size() >= 26) encoding = get<std::uint16_t>(chunk, 24);
  const WavFormat format{.rate_hz = static_cast<int>(get<std::uint32_t>(chunk, 4)),
                         .channels = get<std::uint16_t>(chunk, 2)};
  const bool is_ours = encoding == kPcm && get<std::uint16_t>(chunk, 14) == 16 && format.channels >= 1 &&
                       format.channels <= 2 && format.rate_hz > 0;
  if (!is_ours) {
    return fail(ErrorKind::unsupported_media, "The WAV file must hold 16-bit PCM with one or two channels.");
  }
  return format;
}

}  // namespace

std::string wav_header(WavFormat format, std::uint32_t data_bytes) {
  const auto block = static_cast<std::uint16_t>(format.channels * 2);
  std::string out;
  out.reserve(kHeaderBytes);
  out += "RIFF";
  put(out, static_cast<std::uint32_t>(kHeaderBytes - 8 + data_bytes));
  out += "WAVEfmt ";
  put(out, std::uint32_t{16});
  put(out, kPcm);
  put(out, static_cast<std::uint16_t>(format.channels));
  put(out, static_cast<std::uint32_t>(format.rate_hz));
  put(out, static_cast<std::uint32_t>(format.rate_hz) * block);
  put(out, block);
  put(out, std::uint16_t{16});
  out += "data";
  put(out, data_bytes);
  return out;
}

std::string to_wav(WavFormat format, SampleView samples) {
  auto out = wav_header(format, static_cast<std::uint32_t>(samples.size_bytes()));
  out.append(reinterpret_cast<const char*>(samples.data()), samples.size_bytes());
  return out;
}

Result<WavWriter> WavWriter::create(const std::filesystem::path& path, WavFormat format) {
  if (format.channels < 1 || format.channels > 2 || format.rate_hz <= 0) {
    return fail(ErrorKind::invalid_argument, "A WAV file needs a sample rate and one or two channels.");
  }
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "wbe"));
  if (!file) return disk_error(path.c_str());
  const auto header = wav_header(format, 0);
  if (std::fwrite(header.data(), 1, header.size(), file.get()) != header.size()) return disk_error(path.c_str());
  return WavWriter(std::move(file), format);
}

WavWriter::~WavWriter() {
  if (file_) (void)close();
}

Result<void> WavWriter::write(SampleView samples) {
  if (data_bytes_ + samples.size_bytes() > kMaxDataBytes) {
    return fail(ErrorKind::too_large, "A WAV file cannot be larger than 4 GiB.");
  }
  if (std::fwrite(samples.data(), sizeof(std::int16_t), samples.size(), file_.get()) != samples.size()) {
    return disk_error("writing a WAV file");
  }
  data_bytes_ += samples.size_bytes();
  return {};
}

Result<void> WavWriter::close() {
  const auto header = wav_header(format_, static_cast<std::uint32_t>(data_bytes_));
  std::FILE* file = file_.release();
  const bool patched = std::fseek(file, 0, SEEK_SET) == 0 &&
                       std::fwrite(header.data(), 1, header.size(), file) == header.size() && std::fflush(file) == 0;
  const bool closed = std::fclose(file) == 0;
  if (!patched || !closed) return disk_error("closing a WAV file");
  return {};
}

Result<WavFile> parse_wav(std::string_view bytes) {
  if (bytes.size() < 12 || !bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WAVE") {
    return fail(ErrorKind::invalid_argument, "This is not a WAV file.");
  }
  WavFile file;
  bool has_format = false;
  std::size_t offset = 12;
  while (offset + 8 <= bytes.size()) {
    const auto name = bytes.substr(offset, 4);
    const std::size_t declared = get<std::uint32_t>(bytes, offset + 4);
    const auto chunk = bytes.substr(offset + 8, declared);
    if (name == "fmt ") {
      auto format = parse_format(chunk);
      if (!format) return fail(format);
      file.format = *format;
      has_format = true;
    } else if (name == "data") {
      if (!has_format) return fail(ErrorKind::invalid_argument, "The WAV file has samples before their format.");
      // A writer that died left the size at zero: everything that follows is samples then.
      const auto data = declared == 0 ? bytes.substr(offset + 8) : chunk;
      const auto block = static_cast<std::size_t>(file.format.channels) * 2;
      file.samples.resize(data.size() / block * block / 2);
      if (!file.samples.empty()) std::memcpy(file.samples.data(), data.data(), file.samples.size() * 2);
      return file;
    }
    offset += 8 + declared + (declared & 1);  // chunks begin at even offsets
  }
  return fail(ErrorKind::invalid_argument, "The WAV file has no samples.");
}

Result<WavFile> read_wav(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return fail(ErrorKind::not_found, "The WAV file cannot be opened.", path.string() + " cannot be opened");
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  return parse_wav(bytes);
}

}  // namespace offhook::audio
