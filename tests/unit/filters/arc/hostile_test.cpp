// Chains made to hurt: each is decided, within the bounds that judgement.h states.
#include <gtest/gtest.h>

#include "filters/arc/judgement.h"
#include "tests/support/named.h"
#include "tests/unit/filters/arc/bench.h"

namespace filters::arc {
namespace {

// `count` sets, each by a domain of its own with a key of its own name.
std::string many_sets(int count) {
  std::string message = kMessage;
  for (int i = 1; i <= count; ++i) message = sealed(message, by("d" + std::to_string(i) + ".example", "ed"));
  return message;
}

struct ManyKeys : Bench {
  explicit ManyKeys(const std::string& message) : Bench(message) {
    for (int i = 1; i <= 50; ++i)
      zone.txt("ed._domainkey.d" + std::to_string(i) + ".example", ed25519().record());
  }
};

const std::string& fifty() {
  static const std::string message = many_sets(50);
  return message;
}

std::string repeated(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(ArcHostile, FiftySetsPass) {
  ManyKeys bench(fifty());
  EXPECT_EQ(shown(bench.examine()), "pass: unchanged since the first seal");
  EXPECT_EQ(bench.answers.all().size(), 50u);
}

TEST(ArcHostile, FiftyOneDoNot) {
  const std::string message = sealed(fifty(), by("d50.example", "ed"));
  ManyKeys bench(message);
  EXPECT_EQ(shown(bench.examine()), "fail: there are more than 50 sets");
  EXPECT_EQ(bench.answers.all().size(), 0u);
}

TEST(ArcHostile, ManyKeysAreNotAsked) {
  std::string message = kMessage;
  for (int i = 1; i <= 40; ++i) {
    support::ArcSealing sealing = by("d" + std::to_string(i) + ".example", "ed");
    sealing.message.selector = "m";
    message = sealed(message, sealing);
  }
  ManyKeys bench(message);
  for (int i = 1; i <= 40; ++i)
    bench.zone.txt("m._domainkey.d" + std::to_string(i) + ".example", ed25519().record());
  const Finding finding = bench.examine();
  EXPECT_EQ(bench.answers.all().size(), 64u);
  EXPECT_EQ(shown(finding), "pass: unchanged since set 17 was sealed");
}

TEST(ArcHostile, OlderSignaturesOverMuchAreLeftOut) {
  std::string message = "From: a@a.example\r\nX: " + std::string(200'000, 'x') + "\r\n\r\nbody\r\n";
  for (int i = 1; i <= 12; ++i) {
    support::ArcSealing sealing = by("d" + std::to_string(i) + ".example", "ed");
    sealing.message.fields = {"From", "X"};
    message = sealed(message, sealing);
  }
  // 1 MiB is reached with the sixth of those below the newest.
  EXPECT_EQ(shown(ManyKeys(message).examine()), "pass: unchanged since set 6 was sealed");
}

TEST(ArcHostile, NoMoreThanFourBodyHashes) {
  std::string message = kMessage;
  for (int i = 1; i <= 6; ++i) {
    support::ArcSealing sealing = by("d" + std::to_string(i) + ".example", "ed");
    sealing.message.length = i == 6 ? std::optional<std::size_t>() : std::optional<std::size_t>(100 + i);
    message = sealed(message, sealing);
  }
  EXPECT_EQ(shown(ManyKeys(message).examine()), "pass: unchanged since set 3 was sealed");
}

TEST(ArcHostile, LongChainsAreForAWorker) {
  const auto filter = make_arc({});
  constexpr std::uint64_t kOnLoop = 256 << 10;
  EXPECT_GT(filter->work(Bench(fifty()).facts, {}), kOnLoop);
  EXPECT_LT(filter->work(Bench(sealed(kMessage, "one.example")).facts, {}), kOnLoop);
  EXPECT_EQ(filter->work(Bench(kMessage).facts, {}), 0u);
}

struct Case {
  std::string name;
  std::string fields;
  std::string expect;
};
POSTERN_NAMED(Case)

class ArcHostileFields : public testing::TestWithParam<Case> {};

TEST_P(ArcHostileFields, AreDecidedWithoutAQuestion) {
  Bench bench(GetParam().fields + kMessage);
  EXPECT_EQ(shown(bench.examine()), GetParam().expect);
  EXPECT_EQ(bench.answers.all().size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ArcHostileFields,
    testing::Values(Case{"10,000 seals", repeated("ARC-Seal: i=1; cv=fail\r\n", 10'000),
                         "fail: there are more than 50 sets"},
                    Case{"10,000 empty ones", repeated("ARC-Message-Signature:\r\n", 10'000),
                         "fail: there are more than 50 sets"},
                    Case{"10,000 other fields", repeated("ARC-Seals: i=1\r\n", 10'000), "none"},
                    Case{"a value of 200 kB", "ARC-Seal: i=1; b=" + std::string(200'000, 'A') + "\r\n",
                         "fail: ARC-Seal: tag list over 32768 octets"},
                    Case{"101 tags",
                         [] {
                           std::string value;
                           for (int i = 0; i < 101; ++i) value += " t" + std::to_string(i) + "=;";
                           return "ARC-Seal:" + value + "\r\n";
                         }(),
                         "fail: ARC-Seal: over 100 tags"},
                    Case{"comments without end",
                         "ARC-Authentication-Results: " + std::string(100'000, '(') + "\r\n",
                         "fail: ARC-Authentication-Results: it does not begin with i="},
                    Case{"a number without end",
                         "ARC-Authentication-Results: i=" + std::string(30, '9') + ";\r\n",
                         "fail: ARC-Authentication-Results: i=" + std::string(30, '9') + " is no instance"},
                    Case{"NUL", std::string("ARC-Seal: i=1\0; cv=none\r\n", 25),
                         "fail: ARC-Seal: tag i= holds a control character"},
                    Case{"no field at all", "ARC-Seal\r\n", "none"}));

}  // namespace
}  // namespace filters::arc
