#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/secrets.hpp"

namespace offhook::crypto {
namespace {

std::string hex_bytes(std::string_view hex) { return from_hex(hex).value(); }

TEST(Encoding, HexGoesBothWays) {
  EXPECT_EQ(to_hex(std::string("\x00\xff\x1a", 3)), "00ff1a");
  EXPECT_EQ(from_hex("00FF1a"), std::string("\x00\xff\x1a", 3));
  for (const char* text : {"0", "0g", "zz", " 00"}) EXPECT_FALSE(from_hex(text)) << text;
}

// RFC 4648, section 10.
TEST(Encoding, Base64MatchesTheVectorsOfTheRfc) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Encoding, Base64TakesMissingPaddingAndRefusesTheRest) {
  EXPECT_EQ(from_base64("Zg"), "f");
  EXPECT_EQ(from_base64("Zm8"), "fo");
  for (const char* text : {"Z", "Zg=", "Zh==", "Zm9v\n", "Zm 9v", "Z===", "====", "Zm9-"}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

// FIPS 180-4 examples.
TEST(Hash, MatchesThePublishedDigests) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(hash(HashAlgorithm::sha1, "abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(to_hex(hash(HashAlgorithm::sha512, "abc")),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Hash, KnowsItsAlgorithmsByName) {
  for (const char* name : {"sha1", "sha256", "sha512"}) EXPECT_EQ(to_string(parse_hash_algorithm(name).value()), name);
  EXPECT_FALSE(parse_hash_algorithm("md5"));
}

// RFC 4231, section 4: test cases 1 to 4, 6 and 7 (5 truncates its output).
TEST(Hmac, MatchesTheVectorsOfRfc4231) {
  struct Case {
    std::string key, data, sha256, sha512;
  };
  const Case cases[] = {
      {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
       "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f17"
       "0"
       "2e696c203a126854"},
      {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
       "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4"
       "b"
       "636e070a38bce737"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
       "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942"
       "6"
       "74278859e13292fb"},
      {hex_bytes("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
       "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2"
       "d"
       "e2adebeb10a298dd"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
       "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0ae"
       "c"
       "8b915a985d786598"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
       "hashed "
       "before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
       "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446"
       "0"
       "65c97440fa8c6a58"}};
  for (const auto& [key, data, sha256, sha512] : cases) {
    EXPECT_EQ(to_hex(hmac(HashAlgorithm::sha256, key, data)), sha256);
    EXPECT_EQ(to_hex(hmac(HashAlgorithm::sha512, key, data)), sha512);
  }
}

// RFC 2202, section 3, case 1.
TEST(Hmac, SignsWithSha1) {
  EXPECT_EQ(to_hex(hmac(HashAlgorithm::sha1, std::string(20, '\x0b'), "Hi There")),
            "b617318655057264e28bc0b6fb378c8ef146be00");
}

TEST(Hmac, AKeyServesManyMessagesAndManyThreads) {
  const HmacKey key(HashAlgorithm::sha256, "Jefe");
  const std::string first = key.sign("what do ya want for nothing?");
  std::vector<int> equal(4, 0);
  {
    std::vector<std::jthread> threads;
    for (auto& count : equal) {
      threads.emplace_back([&key, &first, &count] {
        for (int i = 0; i < 200; ++i) {
          if (key.sign("other text") != first && key.sign("what do ya want for nothing?") == first) ++count;
        }
      });
    }
  }
  EXPECT_EQ(equal, std::vector<int>(4, 200));
}

TEST(Hmac, AnEmptyKeyIsAKey) {
  EXPECT_EQ(to_hex(hmac(HashAlgorithm::sha256, "", "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Secrets, ComparesWholeTexts) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  for (const char* other : {"", "ab", "abd", "abcd"}) EXPECT_FALSE(equal_in_constant_time("abc", other)) << other;
}

TEST(Secrets, TokensCarryTheirPrefixAndDiffer) {
  const auto token = random_token("ok_", 16);
  EXPECT_EQ(token.size(), 3u + 32u);
  EXPECT_TRUE(token.starts_with("ok_"));
  EXPECT_NE(token, random_token("ok_", 16));
}

}  // namespace
}  // namespace offhook::crypto
