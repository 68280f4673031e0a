#include "gateway/state/key_hash.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/named.h"

namespace gateway::state {
namespace {

// The octets 00 01 02 … under the secret 00 01 … 0f, as OpenSSL and the authors' reference have them.
struct Vector {
  std::string name;
  std::size_t octets;
  KeyHash hash;
};
POSTERN_NAMED(Vector)

class KeyHashVector : public testing::TestWithParam<Vector> {};

TEST_P(KeyHashVector, IsSipHash) {
  Secret secret;
  for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<std::uint8_t>(i);
  std::string key;
  for (std::size_t i = 0; i < GetParam().octets; ++i) key += static_cast<char>(i);
  EXPECT_EQ(hash_key(secret, key), GetParam().hash);
}

const Vector kVectors[] = {
    {"nothing", 0, {0xe6a825ba047f81a3, 0x930255c71472f66d}},
    {"one octet", 1, {0x44af996bd8c187da, 0x45fc229b11597634}},
    {"part of a word", 15, {0x11a8b03399e99354, 0xd9c3cf970fec087e}},
    {"many words", 63, {0x4a83502f77d15051, 0x7cbd3f979a063e50}},
};
INSTANTIATE_TEST_SUITE_P(Table, KeyHashVector, testing::ValuesIn(kVectors));

TEST(KeyHash, AnotherSecretHashesAnotherWay) {
  EXPECT_FALSE(hash_key(random_secret(), "a") == hash_key(random_secret(), "a"));
}

}  // namespace
}  // namespace gateway::state
