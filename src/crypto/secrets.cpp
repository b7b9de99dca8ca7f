#include "crypto/secrets.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <stdexcept>

#include "crypto/encoding.hpp"

namespace offhook::crypto {

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    throw std::runtime_error("libcrypto failed: RAND_bytes");
  }
  return bytes;
}

std::string random_token(std::string_view prefix, std::size_t bytes) {
  return std::string(prefix) + to_hex(random_bytes(bytes));
}

}  // namespace offhook::crypto
