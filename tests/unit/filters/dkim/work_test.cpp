// What is much work for a signature check, however small or large the message is.
#include "filters/dkim/work.h"

#include <gtest/gtest.h>

#include "filters/dkim/dkim_filter.h"
#include "filters/registry.h"

namespace filters::dkim {
namespace {

constexpr std::uint64_t kOnLoop = 256 << 10;  // what the pipeline does itself

std::string many(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::uint64_t work_of(const std::string& text) { return work(*Message::parse(text), {}); }

const std::string kSignature = "DKIM-Signature: v=1; h=from:to; b=\r\n";
const std::string kFrom = "From: a@a.example\r\n";

TEST(DkimWork, OfAnOrdinaryMessageIsLittle) {
  EXPECT_LE(work_of(kSignature + kFrom + "\r\n" + std::string(50'000, 'x')), kOnLoop);
  EXPECT_LE(work_of(many(kSignature, 3) + kFrom + "\r\n" + std::string(10'000, 'x')), kOnLoop);
}

TEST(DkimWork, WithoutSignaturesIsNone) {
  EXPECT_EQ(work_of(kFrom + "\r\n" + std::string(1'000'000, 'x')), 0u);
}

TEST(DkimWork, GrowsWithBodyHashesAndTheirNumberIsBounded) {
  const std::string body = "\r\n" + std::string(100'000, 'x');
  EXPECT_GT(work_of(many(kSignature, 2) + kFrom + body), kOnLoop);
  const Limits limits{.signatures = 10, .body_hashes = 1};
  EXPECT_LT(work(*Message::parse(many(kSignature, 10) + kFrom + body), limits),
            work_of(many(kSignature, 10) + kFrom + body));
}

TEST(DkimWork, GrowsWithKeysAndIsOfThoseJudgedOnly) {
  EXPECT_GT(work_of(many(kSignature, 10) + kFrom + "\r\n"), kOnLoop);
  EXPECT_LT(work_of(many(kSignature, 100) + kFrom + "\r\n"),
            2 * work_of(many(kSignature, 10) + kFrom + "\r\n"));
}

TEST(DkimWork, GrowsWithTheHeaderSectionOfEachSignature) {
  EXPECT_GT(work_of(kSignature + kFrom + "X: " + std::string(250'000, 'x') + "\r\n\r\n"), kOnLoop);
}

// libopendkim looks through all fields for each name in h=.
TEST(DkimWork, GrowsWithNamesTimesFields) {
  EXPECT_GT(
      work_of("DKIM-Signature: h=from" + many(":x", 1000) + "\r\n" + kFrom + many("x:\r\n", 1000) + "\r\n"),
      kOnLoop);
}

TEST(DkimWork, IsWhatTheFilterSays) {
  const Vocabulary vocabulary = make_vocabulary();
  policy::Facts facts{vocabulary};
  const auto filter = make_dkim({});
  EXPECT_EQ(filter->work(facts, {}), 0u);
  const auto message = Message::parse(kSignature + kFrom + "\r\nx\r\n");
  facts.set_message(message);
  EXPECT_EQ(filter->work(facts, {}), work(*message, {}));
}

}  // namespace
}  // namespace filters::dkim
