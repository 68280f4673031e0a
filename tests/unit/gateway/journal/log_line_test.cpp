#include "gateway/journal/log_line.h"

#include <gtest/gtest.h>

#include "tests/support/journal_entry.h"
#include "tests/support/named.h"

namespace gateway::journal {
namespace {

using support::sample_entry;
using support::SampleEntry;

std::string log_line(const Entry& entry) {
  LogWords line;
  write_log_line(line, entry);
  return line.str();
}

TEST(LogLine, Whole) {
  const SampleEntry entry = sample_entry();
  EXPECT_EQ(log_line(entry),
            "1A2B3C4D5E6F verdict=reject rule=dmarc-reject client=out.a.example[192.0.2.7] helo=mx.a.example "
            "from=<joe@a.example> hfrom=joe@a.example to=<user@example.com> nrcpt=1 size=1234 "
            "msgid=<1@a.example> spf=fail dkim=none dmarc=fail relay= "
            "reply=\"550 5.7.26 the author's domain asks to refuse this\" delay=0.25");
}

struct Case {
  std::string name;
  void (*change)(SampleEntry&);
  std::string part;
};
POSTERN_NAMED(Case)

class LogLinePart : public testing::TestWithParam<Case> {};

TEST_P(LogLinePart, Says) {
  SampleEntry entry = sample_entry();
  GetParam().change(entry);
  const std::string line = log_line(entry);
  EXPECT_NE(line.find(" " + GetParam().part + " "), line.npos) << line;
  EXPECT_EQ(line.find_first_of("\r\n"), line.npos);
}

INSTANTIATE_TEST_SUITE_P(
    Table, LogLinePart,
    testing::Values(
        Case{"null sender", [](SampleEntry& entry) { entry.sender.clear(); }, "from=<>"},
        Case{"no recipient", [](SampleEntry& entry) { entry.recipients.clear(); }, "to= nrcpt=0"},
        Case{"client without a name", [](SampleEntry& entry) { entry.client_name.clear(); },
             "client=unknown[192.0.2.7]"},
        Case{"a blank cannot begin a field",
             [](SampleEntry& entry) { entry.client.helo = "x verdict=accept"; },
             R"(helo="x verdict=accept")"},
        Case{"a quote cannot end the value",
             [](SampleEntry& entry) { entry.message_id = R"(a" verdict=accept \)"; },
             R"(msgid="a\" verdict=accept \\")"},
        Case{"an equal sign is quoted", [](SampleEntry& entry) { entry.client.helo = "a=b"; },
             R"(helo="a=b")"},
        Case{"quoted local part", [](SampleEntry& entry) { entry.sender = R"("a> b"@a.example)"; },
             R"(from="<\"a> b\"@a.example>")"},
        Case{"line ends are shown", [](SampleEntry& entry) { entry.message_id = "a\r\nb"; },
             R"(msgid="a\\x0d\\x0ab")"},
        Case{"a wide blank is quoted",
             [](SampleEntry& entry) {
               entry.client.helo =
                   "a\xc2\xa0"
                   "b";
             },
             "helo=\"a\xc2\xa0"
             "b\""},
        Case{"a reply cannot end its quotes", [](SampleEntry& entry) { entry.reply = "550 \" delay=0"; },
             R"(reply="550 \" delay=0")"},
        Case{"refused outside the rules", [](SampleEntry& entry) { entry.refused_by = "@relay"; },
             "verdict=reject rule=@relay"},
        Case{"the fact is preferred to the evidence",
             [](SampleEntry& entry) {
               entry.facts.push_back({"dkim.result", Fact(Fact::State::known, Outcome::pass)});
             },
             "dkim=pass"},
        Case{"an open fact is not",
             [](SampleEntry& entry) {
               entry.facts.push_back({"dkim.result", {}});
             },
             "dkim=none"},
        Case{"the best signature",
             [](SampleEntry& entry) {
               entry.evidence.push_back({.method = "dkim",
                                         .property = "header.d",
                                         .value = {},
                                         .outcome = Outcome::pass,
                                         .reason = {},
                                         .details = {}});
             },
             "dkim=pass"},
        Case{"nothing was examined", [](SampleEntry& entry) { entry.evidence.clear(); }, "spf= dkim= dmarc="},
        Case{"helo evidence is not mailfrom's",
             [](SampleEntry& entry) { entry.evidence[0].property = "smtp.helo"; }, "spf= dkim=none"},
        Case{"relay", [](SampleEntry& entry) { entry.delivery.server = "10.0.0.5:25"; },
             "relay=10.0.0.5:25"}));

}  // namespace
}  // namespace gateway::journal
