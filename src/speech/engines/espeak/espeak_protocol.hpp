#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What the server and `offhook-espeak` say to each other over a socketpair. Both programs compile this
/// file; it needs nothing but the standard library.
///
/// Every message is
///
///     u32 length of what follows │ u8 type │ u32 id │ payload           (little-endian)
///
///     server ──► helper   speak   u16 words a minute, u8 pitch, u8 length of the voice name, name, text
///                         cancel  nothing: stop that utterance soon
///     helper ──► server   audio   samples: 16-bit signed mono, 22050 Hz
///                         done    nothing: the utterance's last message, also after a cancel
///                         error   text for the log: the last message too; id 0 means the helper gives up
///
/// One utterance at a time. Whatever comes for an id that is not running is late, and ignored. Either side
/// ends by closing the socket.
namespace offhook::speech::espeak {

/// The rate that espeak-ng 1.51 works at, whatever the voice.
inline constexpr int kEngineRateHz = 22050;
/// The longest body (all behind the length) that either side accepts.
inline constexpr std::size_t kMaxBodyBytes = 256 * 1024;

enum class MessageType : std::uint8_t { speak = 1, cancel = 2, audio = 3, done = 4, error = 5 };

/// One message. `payload` points into the reader and lives until its next call.
struct Message {
  MessageType type = MessageType::done;
  std::uint32_t id = 0;
  std::string_view payload;
};

/// The content of a speak message. Zero or 255 leave rate and pitch at the voice's own.
struct SpeakCommand {
  std::uint16_t words_per_minute = 0;  ///< 80 to 450, or 0
  std::uint8_t pitch = 255;            ///< 0 to 99, or 255
  std::string voice;                   ///< a voice file's name, e.g. "en-us" or "de+f3"; at most 255 bytes
  std::string text;                    ///< UTF-8 without NUL
};

[[nodiscard]] std::string encode(MessageType type, std::uint32_t id, std::string_view payload = {});
[[nodiscard]] std::string encode_audio(std::uint32_t id, std::span<const std::int16_t> samples);
[[nodiscard]] std::string encode_speak(std::uint32_t id, const SpeakCommand& command);

/// nullopt: the payload is cut short.
[[nodiscard]] std::optional<SpeakCommand> decode_speak(std::string_view payload);
[[nodiscard]] std::vector<std::int16_t> decode_audio(std::string_view payload);

/// Cuts a stream of bytes into messages.
class MessageReader {
 public:
  void feed(std::string_view bytes);
  /// The next whole message, or nullopt: feed more.
  [[nodiscard]] std::optional<Message> next();
  /// The other side does not speak this protocol; nothing more will come out.
  [[nodiscard]] bool is_broken() const { return broken_; }

 private:
  std::string buffer_;
  std::size_t begin_ = 0;  // what lies before it was given out
  bool broken_ = false;
};

}  // namespace offhook::speech::espeak
