#include "speech/engines/espeak/espeak_protocol.hpp"

#include <gtest/gtest.h>

namespace offhook::speech::espeak {
namespace {

struct Owned {
  MessageType type;
  std::uint32_t id;
  std::string payload;
  friend bool operator==(const Owned&, const Owned&) = default;
};

std::vector<Owned> read_in_pieces(std::string_view bytes, std::size_t piece) {
  MessageReader reader;
  std::vector<Owned> messages;
  for (std::size_t i = 0; i < bytes.size(); i += piece) {
    reader.feed(bytes.substr(i, piece));
    while (const auto message = reader.next()) {
      messages.push_back({message->type, message->id, std::string(message->payload)});
    }
  }
  EXPECT_FALSE(reader.is_broken());
  return messages;
}

TEST(EspeakProtocol, MessagesComeOutHoweverTheBytesArrive) {
  const std::vector<Owned> expected = {{MessageType::audio, 7, std::string(1000, 'x')},
                                       {MessageType::cancel, 0xFFFFFFFF, ""},
                                       {MessageType::error, 0, "no data"},
                                       {MessageType::done, 7, ""}};
  std::string bytes;
  for (const auto& message : expected) bytes += encode(message.type, message.id, message.payload);
  for (const std::size_t piece : {1U, 2U, 3U, 9U, 100U, 5000U}) {
    EXPECT_EQ(read_in_pieces(bytes, piece), expected) << "pieces of " << piece;
  }
}

TEST(EspeakProtocol, HasTheDocumentedBytes) {
  EXPECT_EQ(encode(MessageType::cancel, 0x01020304), std::string("\x05\0\0\0\x02\x04\x03\x02\x01", 9));
  EXPECT_EQ(encode_speak(1, {.words_per_minute = 180, .pitch = 40, .voice = "de", .text = "ja"}),
            std::string("\x0D\0\0\0\x01\x01\0\0\0\xB4\0\x28\x02"
                        "deja",
                        17));
}

TEST(EspeakProtocol, SpeakRoundTrip) {
  const SpeakCommand command{.words_per_minute = 300, .pitch = 99, .voice = "cmn-latn-pinyin", .text = "您好\nhello"};
  MessageReader reader;
  reader.feed(encode_speak(5, command));
  const auto message = reader.next();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->id, 5U);
  const auto decoded = decode_speak(message->payload);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->words_per_minute, 300);
  EXPECT_EQ(decoded->pitch, 99);
  EXPECT_EQ(decoded->voice, command.voice);
  EXPECT_EQ(decoded->text, command.text);
}

TEST(EspeakProtocol, AudioRoundTrip) {
  const std::vector<std::int16_t> samples = {0, 1, -1, 32767, -32768};
  MessageReader reader;
  reader.feed(encode_audio(1, samples));
  EXPECT_EQ(decode_audio(reader.next()->payload), samples);
}

TEST(EspeakProtocol, ACutSpeakPayloadIsNone) {
  for (const std::string_view payload : {std::string_view(""), std::string_view("\x01\x02\x03"),
                                         std::string_view("\x01\x02\x03\x05"
                                                          "abcd")}) {
    EXPECT_FALSE(decode_speak(payload)) << payload.size();
  }
}

TEST(EspeakProtocol, NonsenseBreaksTheReaderForGood) {
  const std::string cases[] = {
      std::string("\x04\0\0\0\x01\x01\0\0", 8),    // too short for a type and an id
      std::string("\xFF\xFF\xFF\xFF", 4),          // four gigabytes
      std::string("\x05\0\0\0\x00\x01\0\0\0", 9),  // type 0
      std::string("\x05\0\0\0\x06\x01\0\0\0", 9),  // a type behind the last
      "HTTP/1.1 400 Bad Request\r\n",
  };
  for (const auto& bytes : cases) {
    MessageReader reader;
    reader.feed(bytes);
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.is_broken());
    reader.feed(encode(MessageType::done, 1));
    EXPECT_FALSE(reader.next());
  }
}

}  // namespace
}  // namespace offhook::speech::espeak
