#include "llm/providers/event_stream.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "crypto/encoding.hpp"
#include "json/json.hpp"
#include "llm/providers/bedrock_wire.hpp"

namespace offhook::llm {
namespace {

/// Frames that the official codec has made (npm @smithy/eventstream-codec 4.5.2).
json::value vectors() {
  std::ifstream file(std::string(OFFHOOK_SOURCE_DIR) + "/test/data/bedrock/eventstream.json");
  EXPECT_TRUE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return parse_json(text.str()).value();
}

std::string bytes_of(const json::value& hex) { return crypto::from_hex(to_std_string(hex)).value(); }

TEST(EventStreamParser, ReadsWhatTheOfficialCodecWrites) {
  const auto document = vectors();
  for (const auto& vector : document.at("vectors").as_array()) {
    const std::string name = to_std_string(vector.at("name"));
    EventStreamParser parser;
    const auto fed = parser.feed(bytes_of(vector.at("frame_hex")));
    if (!vector.at("valid").as_bool()) {
      // A frame that is only too short is one that has not come whole yet.
      EXPECT_TRUE(parser.frames.empty()) << name;
      EXPECT_TRUE(!fed || parser.is_inside_frame()) << name;
      continue;
    }
    ASSERT_TRUE(fed) << name << ": " << fed.error().log_text();
    ASSERT_EQ(parser.frames.size(), 1) << name;
    EXPECT_FALSE(parser.is_inside_frame()) << name;
    const EventFrame& frame = parser.frames.front();
    EXPECT_EQ(frame.payload, to_std_string(vector.at("payload_utf8"))) << name;
    const auto& headers = vector.at("headers").as_object();
    ASSERT_EQ(frame.headers.size(), headers.size()) << name;
    for (const auto& header : frame.headers) {
      const auto& want = headers.at(header.name);
      const auto type = to_std_string(want.at("type"));
      if (type == "string") {
        EXPECT_EQ(frame.text(header.name), to_std_string(want.at("value"))) << name;
      } else if (type == "binary") {
        EXPECT_EQ(crypto::to_hex(header.bytes), to_std_string(want.at("value"))) << name;
      } else if (type == "uuid") {
        EXPECT_EQ(header.bytes.size(), 16) << name;
      } else if (type == "boolean") {
        EXPECT_EQ(header.number != 0, want.at("value").as_bool()) << name;
      } else {
        EXPECT_EQ(header.number, static_cast<std::int64_t>(find_number(want, "value").value())) << name;
      }
    }
  }
}

TEST(EventStreamParser, RefusesWhatIsDamaged) {
  const auto document = vectors();
  int refused = 0;
  for (const auto& vector : document.at("vectors").as_array()) {
    if (to_std_string(vector.at("name")).find("crc") == std::string::npos) continue;
    EventStreamParser parser;
    const auto fed = parser.feed(bytes_of(vector.at("frame_hex")));
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().kind, ErrorKind::bad_gateway);
    EXPECT_FALSE(parser.feed("more"));
    ++refused;
  }
  EXPECT_EQ(refused, 2);
  // Every single flipped bit of a good frame is found.
  const std::string good = bytes_of(document.at("vectors").at(0).at("frame_hex"));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EventStreamParser parser;
    const auto fed = parser.feed(bad);
    EXPECT_TRUE(!fed || parser.frames.empty()) << bit;
  }
}

TEST(BedrockStreamDecoder, ReadsARecordedConverseStream) {
  const auto document = vectors();
  const std::string stream = bytes_of(document.at("stream_hex"));
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, stream.size()}) {
    BedrockStreamDecoder decoder;
    Result<void> status;
    for (std::size_t at = 0; status && at < stream.size(); at += piece) {
      status = decoder.feed_bytes(std::string_view(stream).substr(at, piece));
    }
    // The recording cuts the tool's arguments short, and that is found out at its end.
    ASSERT_EQ(decoder.events.size(), 1);
    EXPECT_EQ(std::get<TextDelta>(decoder.events.front()).text, "Olá, 世界 👋");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::bad_gateway);
    EXPECT_NE(status.error().log_text().find("get_weather"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace offhook::llm
