#include "gateway/trace/received_spf.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace gateway::trace {
namespace {

struct Sample {
  Evidence evidence{.method = "spf",
                    .property = "smtp.mailfrom",
                    .value = "a.example",
                    .outcome = Outcome::pass,
                    .reason = "192.0.2.7 is allowed by a.example: ip4:192.0.2.7 matched",
                    .details = {{"mechanism", "ip4:192.0.2.7"}}};
  IpAddress client = *IpAddress::parse("192.0.2.7");
  std::string helo = "mx.a.example";
  std::string envelope_from = "u@a.example";
  bool utf8 = false;

  std::string field() const {
    return received_spf_field({.evidence = evidence,
                               .client = client,
                               .helo = helo,
                               .envelope_from = envelope_from,
                               .hostname = "gate.example.com",
                               .utf8 = utf8});
  }
};

struct Case {
  std::string name;
  void (*change)(Sample&);
  std::string field;
};
POSTERN_NAMED(Case)

class ReceivedSpf : public testing::TestWithParam<Case> {};

TEST_P(ReceivedSpf, Reads) {
  Sample sample;
  GetParam().change(sample);
  EXPECT_EQ(sample.field(), GetParam().field);
}

const std::string kTop =
    "Received-SPF: pass (gate.example.com: 192.0.2.7 is allowed by a.example:\r\n\tip4:192.0.2.7 "
    "matched)\r\n";
const std::string kReceiver = "\treceiver=\"gate.example.com\";\r\n";
const std::string kIp = "\tclient-ip=\"192.0.2.7\";\r\n";
const std::string kFrom = "\tidentity=\"mailfrom\";\r\n\tenvelope-from=\"u@a.example\";\r\n";
const std::string kHelo = "\thelo=\"mx.a.example\"";
const std::string kMechanism = ";\r\n\tmechanism=\"ip4:192.0.2.7\"\r\n";

INSTANTIATE_TEST_SUITE_P(
    Table, ReceivedSpf,
    testing::Values(
        Case{"a pass", [](Sample&) {}, kTop + kReceiver + kIp + kFrom + kHelo + kMechanism},
        Case{"of the HELO name, for bounces, over IPv6",
             [](Sample& s) {
               s.evidence = {.method = "spf", .property = "smtp.helo", .outcome = Outcome::none};
               s.client = *IpAddress::parse("2001:db8::1");
               s.envelope_from.clear();
             },
             "Received-SPF: none\r\n" + kReceiver +
                 "\tclient-ip=\"2001:db8::1\";\r\n\tidentity=\"helo\";\r\n\tenvelope-from=\"<>\";\r\n" +
                 kHelo + "\r\n"},
        Case{"an error names the problem",
             [](Sample& s) {
               s.evidence.outcome = Outcome::permerror;
               s.evidence.reason = "a.example publishes 2 SPF records";
               s.evidence.details.clear();
             },
             "Received-SPF: permerror (gate.example.com: a.example publishes 2 SPF records)\r\n" + kReceiver +
                 kIp + kFrom + kHelo + ";\r\n\tproblem=\"a.example publishes 2 SPF records\"\r\n"},
        Case{"nothing ends its comment, its quotes or its field",
             [](Sample& s) {
               s.evidence.reason = "x) receiver=evil (\\\r\nSubject: y";
               s.evidence.details = {{"mechanism", "exists:\"%{l}\\"}};
               s.helo = "a\"; client-ip=\"1.2.3.4\r\nX: y";
               s.envelope_from = "\"a \\\" b\"@a.example";
             },
             "Received-SPF: pass (gate.example.com: x\\) receiver=evil "
             "\\(\\\\\\\\x0d\\\\x0aSubject:\r\n\ty)\r\n" +
                 kReceiver + kIp +
                 "\tidentity=\"mailfrom\";\r\n\tenvelope-from=\"\\\"a \\\\\\\" b\\\"@a.example\";\r\n"
                 "\thelo=\"a\\\"; client-ip=\\\"1.2.3.4\\\\x0d\\\\x0aX: y\";\r\n"
                 "\tmechanism=\"exists:\\\"%{l}\\\\\"\r\n"},
        Case{"octets above 127 only under SMTPUTF8",
             [](Sample& s) { s.envelope_from = "\xc3\xa4@a.example"; },
             kTop + kReceiver + kIp + "\tidentity=\"mailfrom\";\r\n\tenvelope-from=\"??@a.example\";\r\n" +
                 kHelo + kMechanism},
        Case{"and there they stand",
             [](Sample& s) {
               s.envelope_from = "\xc3\xa4@a.example";
               s.utf8 = true;
             },
             kTop + kReceiver + kIp +
                 "\tidentity=\"mailfrom\";\r\n\tenvelope-from=\"\xc3\xa4@a.example\";\r\n" + kHelo +
                 kMechanism}));

// Whatever octet stands there: lines that continue the field, and printable ASCII alone.
TEST(ReceivedSpfField, StaysOneFieldWithEveryOctet) {
  for (int octet = 0; octet < 256; ++octet) {
    Sample sample;
    const std::string text(3, static_cast<char>(octet));
    sample.helo = sample.envelope_from = sample.evidence.reason = text;
    sample.evidence.details = {{"mechanism", text}};
    const std::string field = sample.field();
    ASSERT_TRUE(field.ends_with("\r\n"));
    for (std::size_t at = 0; at + 2 < field.size(); ++at) {
      if (field[at] == '\r') {
        ASSERT_EQ(field.substr(at, 3), "\r\n\t") << octet;
        at += 2;
      } else {
        ASSERT_TRUE(field[at] >= ' ' && field[at] <= '~') << octet;
      }
    }
  }
}

TEST(ReceivedSpfField, HasLinesOfABoundedLength) {  // RFC 5322 §2.1.1
  Sample sample;
  sample.helo = sample.envelope_from = sample.evidence.reason = std::string(5000, '"');
  sample.evidence.details = {{"mechanism", std::string(5000, '\\')}};
  std::size_t line = 0;
  for (const char c : sample.field()) {
    line = c == '\n' ? 0 : line + 1;
    ASSERT_LE(line, 998u);
  }
}

}  // namespace
}  // namespace gateway::trace
