// Facts and times given on the command line.
#include "gateway/rehearsal/fact_value.h"

#include <gtest/gtest.h>

#include "filters/registry.h"
#include "tests/support/named.h"

namespace {

using namespace gateway;

struct Case {
  std::string name;
  std::string given;
  std::string comes_to;  // the value as text, or what the error says
};
POSTERN_NAMED(Case)

class GivenFact : public testing::TestWithParam<Case> {};

TEST_P(GivenFact, HasTheTypeOfTheFact) {
  static const Vocabulary vocabulary = filters::make_vocabulary();
  const auto fact = rehearsal::parse_fact(vocabulary, GetParam().given);
  const std::string found = fact ? to_text(fact->second) : fact.error().text();
  EXPECT_NE(found.find(GetParam().comes_to), std::string::npos) << found;
  if (!GetParam().comes_to.empty() && fact) EXPECT_EQ(found, GetParam().comes_to);
}

INSTANTIATE_TEST_SUITE_P(
    Table, GivenFact,
    testing::Values(Case{"ip", "client.ip=192.0.2.1", "192.0.2.1"},
                    Case{"bool", "client.trusted=yes", "true"}, Case{"outcome", "spf.mailfrom=fail", "fail"},
                    Case{"choice", "dmarc.policy=reject", "reject"},
                    Case{"list", "dkim.pass_domains=a.example, b.example", "a.example, b.example"},
                    Case{"number", "rcpt.count=3", "3"}, Case{"text with equals", "subject=a=b", "a=b"},
                    Case{"unknown fact", "spf.result=fail", "unknown fact 'spf.result'"},
                    Case{"no value", "spf.mailfrom", "NAME=VALUE"},
                    Case{"wrong outcome", "spf.mailfrom=failed",
                         "'failed' is no outcome, as spf.mailfrom has it; did you mean fail?"},
                    Case{"wrong choice", "dmarc.policy=no", "'no' is not a value of dmarc.policy"},
                    Case{"wrong ip", "client.ip=300.1.1.1", "not a value of type ip"},
                    Case{"wrong bool", "client.trusted=maybe", "true or false"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

struct Moment {
  std::string name;
  std::string given;
  long long seconds;  // -1: refused
};
POSTERN_NAMED(Moment)
class GivenTime : public testing::TestWithParam<Moment> {};
TEST_P(GivenTime, IsRfc3339OrUnixSeconds) {
  const auto time = rehearsal::parse_moment(GetParam().given);
  EXPECT_EQ(time ? time->time_since_epoch().count() : -1, GetParam().seconds);
}
INSTANTIATE_TEST_SUITE_P(Table, GivenTime,
                         testing::Values(Moment{"utc", "2026-06-01T12:00:00Z", 1780315200},
                                         Moment{"east", "2026-06-01T14:00:00+02:00", 1780315200},
                                         Moment{"west", "2026-06-01T06:30:00-05:30", 1780315200},
                                         Moment{"unix", "1780315200", 1780315200},
                                         Moment{"day", "2026-06-01", 1780272000},
                                         Moment{"fraction", "2026-06-01T12:00:00.5Z", 1780315200},
                                         Moment{"small letters", "2026-06-01t12:00:00z", 1780315200},
                                         Moment{"a space", "2026-06-01 12:00:00Z", 1780315200},
                                         Moment{"no zone", "2026-06-01T12:00:00", -1},
                                         Moment{"no digits behind the point", "2026-06-01T12:00:00.Z", -1},
                                         Moment{"no such offset", "2026-06-01T12:00:00+99:99", -1},
                                         Moment{"an offset of letters", "2026-06-01T12:00:00+1e:00", -1},
                                         Moment{"text behind it", "2026-06-01T12:00:00Zx", -1},
                                         Moment{"no such day", "2026-02-30T00:00:00Z", -1},
                                         Moment{"words", "yesterday", -1}, Moment{"empty", "", -1},
                                         Moment{"too large", "99999999999999999999", -1}),
                         [](const auto& info) { return "n" + std::to_string(info.index); });

}  // namespace
