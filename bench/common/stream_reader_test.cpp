#include "bench/common/stream_reader.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace offhook::bench {
namespace {

const std::string kHead = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
// Both events with words lie in two chunks.
const std::string kStream = kHead + "1b\r\ndata: {\"delta\":{\"content\":\"\r\n" + "c\r\nwords \"}}\n\nd\r\n" +
                            "17\r\nata: {\"content\":\"12\"}\n\n\r\n" + "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";

TEST(StreamReader, countsTheSameWhereverTheBytesAreCut) {
  for (std::size_t cut = 0; cut <= kStream.size(); ++cut) {
    StreamReader reader;
    reader.feed(kStream.substr(0, cut));
    EXPECT_EQ(reader.is_over(), cut == kStream.size()) << cut;
    reader.feed(kStream.substr(cut));
    EXPECT_TRUE(reader.is_over() && reader.is_done() && !reader.is_refused()) << cut;
    EXPECT_EQ(reader.word_bytes(), 8U) << cut;
  }
}

TEST(StreamReader, takesARoleWithoutWordsForNoWords) {
  StreamReader reader;
  reader.feed(kHead + "15\r\ndata: {\"content\":\"\"}\n\r\n");
  EXPECT_EQ(reader.word_bytes(), 0U);
  EXPECT_FALSE(reader.is_over());
}

TEST(StreamReader, saysThatAnAnswerIsRefused) {
  StreamReader reader;
  reader.feed("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_TRUE(reader.is_over() && reader.is_refused());
}

TEST(StreamReader, throwsAtWhatIsNoChunkedAnswer) {
  for (const std::string& bytes :
       {std::string("SSH-2.0\r\n\r\n"), std::string("HTTP/1.1 200 OK\r\n\r\n"), kHead + "xyz\r\n"}) {
    StreamReader reader;
    EXPECT_THROW(reader.feed(bytes), std::runtime_error) << bytes;
  }
}

}  // namespace
}  // namespace offhook::bench
