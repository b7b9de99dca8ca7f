#include "speech/engines/espeak/espeak_protocol.hpp"

#include <bit>
#include <cstring>

namespace offhook::speech::espeak {

static_assert(std::endian::native == std::endian::little, "numbers are sent as they lie in memory");

namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kTypeAndIdBytes = 5;
constexpr std::size_t kSpeakHeadBytes = 4;

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T get(std::string_view bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

}  // namespace

std::string encode(MessageType type, std::uint32_t id, std::string_view payload) {
  std::string out;
  out.reserve(kLengthBytes + kTypeAndIdBytes + payload.size());
  put(out, static_cast<std::uint32_t>(kTypeAndIdBytes + payload.size()));
  put(out, static_cast<std::uint8_t>(type));
  put(out, id);
  out += payload;
  return out;
}

std::string encode_audio(std::uint32_t id, std::span<const std::int16_t> samples) {
  return encode(MessageType::audio, id, {reinterpret_cast<const char*>(samples.data()), samples.size_bytes()});
}

std::string encode_speak(std::uint32_t id, const SpeakCommand& command) {
  std::string payload;
  put(payload, command.words_per_minute);
  put(payload, command.pitch);
  put(payload, static_cast<std::uint8_t>(command.voice.size()));
  payload += command.voice;
  payload += command.text;
  return encode(MessageType::speak, id, payload);
}

std::optional<SpeakCommand> decode_speak(std::string_view payload) {
  if (payload.size() < kSpeakHeadBytes) return std::nullopt;
  const std::size_t voice_bytes = get<std::uint8_t>(payload, 3);
  if (payload.size() < kSpeakHeadBytes + voice_bytes) return std::nullopt;
  return SpeakCommand{.words_per_minute = get<std::uint16_t>(payload, 0),
                      .pitch = get<std::uint8_t>(payload, 2),
                      .voice = std::string(payload.substr(kSpeakHeadBytes, voice_bytes)),
                      .text = std::string(payload.substr(kSpeakHeadBytes + voice_bytes))};
}

std::vector<std::int16_t> decode_audio(std::string_view payload) {
  std::vector<std::int16_t> samples(payload.size() / 2);
  if (!samples.empty()) std::memcpy(samples.data(), payload.data(), samples.size() * 2);
  return samples;
}

void MessageReader::feed(std::string_view bytes) {
  buffer_.erase(0, begin_);
  begin_ = 0;
  buffer_ += bytes;
}

std::optional<Message> MessageReader::next() {
  const auto rest = std::string_view(buffer_).substr(begin_);
  if (broken_ || rest.size() < kLengthBytes) return std::nullopt;
  const std::size_t length = get<std::uint32_t>(rest, 0);
  if (length < kTypeAndIdBytes || length > kMaxBodyBytes) {
    broken_ = true;
    return std::nullopt;
  }
  if (rest.size() < kLengthBytes + length) return std::nullopt;
  const auto type = get<std::uint8_t>(rest, kLengthBytes);
  if (type < static_cast<std::uint8_t>(MessageType::speak) || type > static_cast<std::uint8_t>(MessageType::error)) {
    broken_ = true;
    return std::nullopt;
  }
  begin_ += kLengthBytes + length;
  return Message{.type = static_cast<MessageType>(type),
                 .id = get<std::uint32_t>(rest, kLengthBytes + 1),
                 .payload = rest.substr(kLengthBytes + kTypeAndIdBytes, length - kTypeAndIdBytes)};
}

}  // namespace offhook::speech::espeak
