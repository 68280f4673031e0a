// What each list must have and none may.  RFC 5782 §5
#include "filters/dnsxl/test_points.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"
#include "tests/unit/filters/dnsxl/bench.h"

namespace filters::dnsxl {
namespace {

using support::AnswerBook;

constexpr std::uint32_t kRandom = 0xab010203;  // 235.1.2.3
constexpr auto kMapped = ".0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl.example";

DnsList addresses() { return make_list("bl", "bl.example", {{"127.0.0.2", 1}}); }
DnsList domains() { return make_list("dbl", "dbl.example", {{"127.0.1.2", 1}}, Kind::domains); }

TestResult test(const DnsList& list, const AnswerBook& book, bool must_list = true) {
  const auto points = test_points(list, kRandom);
  std::vector<DnsAnswer> answers;
  for (const TestPoint& point : points) answers.push_back(book.answer(point.question));
  return judge_test_points(points, answers, must_list);
}

TEST(TestPoints, OfAddressesAreThoseOfTheRfc) {
  const auto points = test_points(addresses(), kRandom);
  ASSERT_EQ(points.size(), 5u);
  EXPECT_EQ(points[0].question, DnsQuestion("2.0.0.127.bl.example", RecordType::a));
  EXPECT_EQ(points[1].question, DnsQuestion("2.0" + std::string(kMapped), RecordType::a));
  EXPECT_EQ(points[2].question, DnsQuestion("1.0.0.127.bl.example", RecordType::a));
  EXPECT_EQ(points[3].question, DnsQuestion("1.0" + std::string(kMapped), RecordType::a));
  EXPECT_EQ(points[4].question, DnsQuestion("3.2.1.235.bl.example", RecordType::a));
  EXPECT_EQ(points[1].entry, "::ffff:127.0.0.2");
}

TEST(TestPoints, OfDomainsAreThoseOfTheRfc) {
  const auto points = test_points(domains(), kRandom);
  ASSERT_EQ(points.size(), 3u);
  EXPECT_EQ(points[0].question, DnsQuestion("test.dbl.example", RecordType::a));
  EXPECT_EQ(points[1].question, DnsQuestion("invalid.dbl.example", RecordType::a));
  EXPECT_EQ(points[2].question, DnsQuestion("ab010203.invalid.dbl.example", RecordType::a));
}

TEST(TestPoints, MayBeOthersOrNone) {
  DnsList list = domains();
  list.test_point = "dbltest.com";
  EXPECT_EQ(test_points(list, kRandom).front().question,
            DnsQuestion("dbltest.com.dbl.example", RecordType::a));
  list.test_point.clear();
  EXPECT_EQ(test_points(list, kRandom).front().question, DnsQuestion("invalid.dbl.example", RecordType::a));
  list = addresses();
  list.test_point.clear();
  EXPECT_EQ(test_points(list, kRandom).front().question, DnsQuestion("1.0.0.127.bl.example", RecordType::a));
  EXPECT_EQ(test(list, AnswerBook()).state, TestResult::State::holds);
}

TEST(TestPoints, HideTheKey) {
  DnsList list = addresses();
  list.zone = "s3cret.bl.example";
  list.secret_octets = 6;
  for (const TestPoint& point : test_points(list, kRandom))
    EXPECT_TRUE(point.question.shown().ends_with(".{key}.bl.example")) << point.question.shown();
}

struct Row {
  std::string name;
  std::string list;  // bl, dbl
  std::vector<std::pair<std::string, std::string>> entries;
  std::string silent;  // a name that hangs
  TestResult::State state;
  std::string why = "";
};
POSTERN_NAMED(Row)

class TestPoints : public testing::TestWithParam<Row> {};

TEST_P(TestPoints, AreJudged) {
  const Row& row = GetParam();
  AnswerBook book;
  for (const auto& [name, code] : row.entries) add_code(book, name, code);
  if (!row.silent.empty()) book.status(row.silent, DnsStatus::timeout);
  const TestResult result = test(row.list == "bl" ? addresses() : domains(), book);
  EXPECT_EQ(result.state, row.state);
  EXPECT_EQ(result.why, row.why);
}

using enum TestResult::State;

INSTANTIATE_TEST_SUITE_P(
    Table, TestPoints,
    testing::Values(
        Row{"as it should be", "bl", {{"2.0.0.127.bl.example", "127.0.0.2"}}, "", holds},
        Row{"IPv6 alone", "bl", {{"2.0" + std::string(kMapped), "127.0.0.2"}}, "", holds},
        Row{"whatever code", "bl", {{"2.0.0.127.bl.example", "127.0.0.10"}}, "", holds},
        Row{"domains", "dbl", {{"test.dbl.example", "127.0.1.2"}}, "", holds},
        Row{"an empty list",
            "bl",
            {},
            "",
            fails,
            "it does not list 127.0.0.2, which each list must (RFC 5782 §5)"},
        Row{"an empty list of domains",
            "dbl",
            {},
            "",
            fails,
            "it does not list test, which each list must (RFC 5782 §5)"},
        Row{"it lists the loop",
            "bl",
            {{"2.0.0.127.bl.example", "127.0.0.2"}, {"1.0.0.127.bl.example", "127.0.0.2"}},
            "",
            fails,
            "it lists 127.0.0.1, which no list may (RFC 5782 §5)"},
        Row{"it lists the loop for IPv6",
            "bl",
            {{"2.0.0.127.bl.example", "127.0.0.2"}, {"1.0" + std::string(kMapped), "127.0.0.2"}},
            "",
            fails,
            "it lists ::ffff:127.0.0.1, which no list may (RFC 5782 §5)"},
        // A wildcard does not reach below names that exist, as those of a test point do.  RFC 4592 §2.2.2
        Row{"it lists whatever comes",
            "bl",
            {{"2.0.0.127.bl.example", "127.0.0.2"}, {"3.2.1.235.bl.example", "127.0.0.2"}},
            "",
            fails,
            "it lists 235.1.2.3, which no list may (RFC 5782 §5)"},
        Row{"it lists whatever domain comes",
            "dbl",
            {{"test.dbl.example", "127.0.1.2"}, {"ab010203.invalid.dbl.example", "127.0.1.2"}},
            "",
            fails,
            "it lists ab010203.invalid, which no list may (RFC 5782 §5)"},
        Row{"it wants no more of us",
            "bl",
            {{"2.0.0.127.bl.example", "127.255.255.255"}},
            "",
            fails,
            "it answers 127.255.255.255 (asked too often), which is an error"},
        Row{"its name has been sold",
            "bl",
            {{"2.0.0.127.bl.example", "203.0.113.9"}},
            "",
            fails,
            "it answers 203.0.113.9, which is an error"},
        Row{"it hangs", "bl", {}, "2.0.0.127.bl.example", silent, "it does not answer (timeout)"},
        Row{"it hangs where it should say no",
            "bl",
            {{"2.0.0.127.bl.example", "127.0.0.2"}},
            "1.0.0.127.bl.example",
            silent,
            "it does not answer (timeout)"},
        Row{"what is wrong counts more than what hangs",
            "bl",
            {{"1.0.0.127.bl.example", "127.0.0.2"}},
            "2.0.0.127.bl.example",
            fails,
            "it lists 127.0.0.1, which no list may (RFC 5782 §5)"}));

TEST(TestPoints, NeedNotStandInAFileForTryingOut) {
  AnswerBook book;
  EXPECT_EQ(test(addresses(), book, false).state, holds);
  add_code(book, "1.0.0.127.bl.example", "127.0.0.2");
  EXPECT_EQ(test(addresses(), book, false).state, fails);
}

}  // namespace
}  // namespace filters::dnsxl
