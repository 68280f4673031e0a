// Sessions and attempts: when they end, and that there are never too many of them.
#include "gateway/web/access/sessions.h"

#include <gtest/gtest.h>

#include "gateway/sha256_hex.h"
#include "gateway/web/access/attempts.h"
#include "gateway/web/access/basic.h"

namespace gateway::web::access {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::steady_clock::time_point kStart{1h};

TEST(Sessions, are_found_by_their_secret_alone) {
  Sessions sessions;
  const std::string secret = sessions.begin("erika", "hash", kStart);
  EXPECT_EQ(secret.size(), 64u);
  const auto found = sessions.find(secret, kStart);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "erika");
  EXPECT_EQ(found->form_token.size(), 64u);
  EXPECT_NE(found->form_token, secret);
  EXPECT_FALSE(sessions.find(sha256_hex(secret), kStart)) << "what is kept of it opens nothing";
  for (const char* const other : {"", "x"}) EXPECT_FALSE(sessions.find(other, kStart));
}

TEST(Sessions, end) {
  Sessions sessions({.idle = 10min, .longest = 30min});
  const std::string left = sessions.begin("a", "", kStart);
  EXPECT_FALSE(sessions.find(left, kStart + 10min + 1s)) << "when nobody comes";
  const std::string used = sessions.begin("a", "", kStart);
  for (auto now = kStart; now <= kStart + 30min; now += 5min) EXPECT_TRUE(sessions.find(used, now));
  EXPECT_FALSE(sessions.find(used, kStart + 30min + 1s)) << "however much it is used";
  const std::string ended = sessions.begin("a", "", kStart);
  sessions.end(ended);
  EXPECT_FALSE(sessions.find(ended, kStart));
  EXPECT_EQ(sessions.size(), 0u);
}

TEST(Sessions, make_room_for_new_ones) {
  Sessions sessions({.most = 3, .most_of_one = 2});
  const std::string first = sessions.begin("a", "", kStart);
  const std::string second = sessions.begin("a", "", kStart + 1s);
  EXPECT_TRUE(sessions.find(first, kStart + 2s));
  const std::string third = sessions.begin("a", "", kStart + 3s);
  EXPECT_FALSE(sessions.find(second, kStart + 4s)) << "the one of that name that was used longest ago went";
  sessions.begin("b", "", kStart + 5s);
  sessions.begin("c", "", kStart + 6s);
  EXPECT_EQ(sessions.size(), 3u);
  EXPECT_FALSE(sessions.find(first, kStart + 7s));
  EXPECT_TRUE(sessions.find(third, kStart + 7s));
}

TEST(Attempts, are_limited_for_a_while) {
  Attempts attempts({.most = 2, .window = 10min});
  EXPECT_FALSE(attempts.count("a", kStart));
  EXPECT_FALSE(attempts.count("a", kStart + 1min));
  EXPECT_EQ(attempts.count("a", kStart + 2min), 8min);
  EXPECT_FALSE(attempts.count("b", kStart + 2min));
  EXPECT_FALSE(attempts.count("a", kStart + 10min));
}

TEST(Attempts, that_were_right_do_not_count) {
  Attempts attempts({.most = 1});
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(attempts.count("a", kStart));
    attempts.forgive("a");
  }
  EXPECT_EQ(attempts.size(), 0u);
  attempts.forgive("nobody");
}

TEST(Attempts, take_a_bounded_memory) {
  Attempts attempts({.most = 1, .keys = 100});
  for (int i = 0; i < 1000; ++i)
    EXPECT_FALSE(attempts.count(std::to_string(i), kStart + std::chrono::seconds(i)));
  EXPECT_EQ(attempts.size(), 100u);
  EXPECT_TRUE(attempts.count("999", kStart + 1000s)) << "the latest are kept";
}

TEST(Basic, is_read) {
  const auto given = basic_credentials("bAsIc ZXJpa2E6YTpi");
  ASSERT_TRUE(given);
  EXPECT_EQ(given->name, "erika");
  EXPECT_EQ(given->password, "a:b");
  EXPECT_EQ(basic_credentials("Basic Og==")->password, "");
  for (const char* const broken : {"", "Basic", "Basic ", "Basic Zg", "Basic ZXJpa2E=", "Basic ****",
                                   "Basic ====", "Bearer ZXJpa2E6YQ=="})
    EXPECT_FALSE(basic_credentials(broken)) << broken;
  EXPECT_FALSE(basic_credentials("Basic " + std::string(40'000, 'A')));
}

TEST(Proven, knows_only_what_was_right_a_moment_ago) {
  Proven proven;
  const std::string key = proven.key({"a", "b"}, "hash");
  EXPECT_FALSE(proven.has(key, kStart));
  proven.add(key, kStart);
  EXPECT_TRUE(proven.has(key, kStart + 1min));
  EXPECT_FALSE(proven.has(proven.key({"a", "b"}, "changed"), kStart));
  EXPECT_FALSE(proven.has(proven.key({"ab", ""}, "hash"), kStart));
  EXPECT_FALSE(proven.has(key, kStart + 6min));
}

}  // namespace
}  // namespace gateway::web::access
