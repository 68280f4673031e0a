#include "gateway/trace/received.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace gateway::trace {
namespace {

ReceivedInfo sample() {
  ReceivedInfo info;
  info.client.ip = *IpAddress::parse("192.0.2.7");
  info.client.helo = "mx.a.example";
  info.client.esmtp = true;
  info.client.tls = {.version = "TLSv1.3", .cipher = "TLS_AES_256_GCM_SHA384", .client_name = ""};
  info.client_name = "out.a.example";
  info.hostname = "gate.example.com";
  info.id = "1A2B3C4D5E6F";
  info.recipients = {*Address::parse("user@example.com")};
  info.when = Time(std::chrono::seconds(1795573800));
  return info;
}

struct Case {
  std::string name;
  void (*change)(ReceivedInfo&);
  std::string field;
};
POSTERN_NAMED(Case)

class Received : public testing::TestWithParam<Case> {};

TEST_P(Received, Reads) {
  ReceivedInfo info = sample();
  GetParam().change(info);
  EXPECT_EQ(received_field(info), GetParam().field);
}

const std::string kBy = "\tby gate.example.com with ESMTPS id 1A2B3C4D5E6F\r\n";
const std::string kFrom = "Received: from mx.a.example (out.a.example [192.0.2.7])\r\n";
const std::string kTls = "\t(TLSv1.3 TLS_AES_256_GCM_SHA384)";
const std::string kFor = "\r\n\tfor <user@example.com>";
const std::string kDate = ";\r\n\tWed, 25 Nov 2026 02:30:00 +0000\r\n";

std::string from(const std::string& text) {
  return "Received: from " + text + "\r\n" + kBy + kTls + kFor + kDate;
}
std::string with(const std::string& word) {
  return kFrom + "\tby gate.example.com with " + word + " id 1A2B3C4D5E6F";
}

INSTANTIATE_TEST_SUITE_P(
    Table, Received,
    testing::Values(
        Case{"one recipient under TLS", [](ReceivedInfo&) {}, kFrom + kBy + kTls + kFor + kDate},
        Case{"several recipients are not named",
             [](ReceivedInfo& info) { info.recipients.push_back(*Address::parse("b@example.com")); },
             kFrom + kBy + kTls + kDate},
        Case{"no recipient", [](ReceivedInfo& info) { info.recipients.clear(); }, kFrom + kBy + kTls + kDate},
        Case{"HELO in clear",
             [](ReceivedInfo& info) {
               info.client.tls = {};
               info.client.esmtp = false;
             },
             with("SMTP") + kFor + kDate},
        Case{"EHLO in clear", [](ReceivedInfo& info) { info.client.tls = {}; }, with("ESMTP") + kFor + kDate},
        Case{"UTF-8 in clear",
             [](ReceivedInfo& info) {
               info.client.tls = {};
               info.smtputf8 = true;
             },
             with("UTF8SMTP") + kFor + kDate},
        Case{"UTF-8 under TLS, recipient with UTF-8",
             [](ReceivedInfo& info) {
               info.smtputf8 = true;
               info.recipients = {*Address::parse("dömi@example.com")};
             },
             with("UTF8SMTPS") + "\r\n" + kTls + "\r\n\tfor <dömi@example.com>" + kDate},
        Case{"UTF-8 does not appear unless it was negotiated",
             [](ReceivedInfo& info) { info.recipients = {*Address::parse("dömi@example.com")}; },
             kFrom + kBy + kTls + kDate},
        Case{"a client without a name", [](ReceivedInfo& info) { info.client_name.clear(); },
             from("mx.a.example ([192.0.2.7])")},
        Case{"IPv6", [](ReceivedInfo& info) { info.client.ip = *IpAddress::parse("2001:DB8::1"); },
             from("mx.a.example (out.a.example [IPv6:2001:db8::1])")},
        Case{"HELO with an address literal",
             [](ReceivedInfo& info) { info.client.helo = "[IPv6:2001:db8::1]"; },
             from("[IPv6:2001:db8::1] (out.a.example [192.0.2.7])")},
        Case{"no HELO", [](ReceivedInfo& info) { info.client.helo.clear(); },
             from("unknown (out.a.example [192.0.2.7])")},
        Case{"HELO cannot close a comment", [](ReceivedInfo& info) { info.client.helo = "a) (b\\[1.2.3.4]"; },
             from("a???b??1.2.3.4? (out.a.example [192.0.2.7])")},
        Case{"HELO cannot end the line",
             [](ReceivedInfo& info) { info.client.helo = "a\r\nX-Evil: 1;\x01\xff"; },
             from("a??X-Evil??1??? (out.a.example [192.0.2.7])")},
        Case{"brackets inside a literal", [](ReceivedInfo& info) { info.client.helo = "[a[b]c]"; },
             from("[a?b?c] (out.a.example [192.0.2.7])")},
        Case{"a hostile client name", [](ReceivedInfo& info) { info.client_name = "x [192.0.2.1]) (y"; },
             from("mx.a.example (x??192.0.2.1????y [192.0.2.7])")},
        Case{"a long HELO is folded", [](ReceivedInfo& info) { info.client.helo = std::string(60, 'a'); },
             from(std::string(60, 'a') + "\r\n\t(out.a.example [192.0.2.7])")},
        Case{"the space of a quoted recipient is not folded",
             [](ReceivedInfo& info) {
               info.recipients = {*Address::parse("\"a b\"@" + std::string(60, 'x') + ".example")};
             },
             kFrom + kBy + kTls + "\r\n\tfor\r\n\t<\"a b\"@" + std::string(60, 'x') + ".example>" + kDate}));

TEST(ReceivedLength, NoLineIsTooLongHoweverLongTheNames) {
  ReceivedInfo info = sample();
  info.client.helo = info.client_name = std::string(5000, 'h');
  const std::string field = received_field(info);
  for (std::size_t at = 0; at < field.size();) {
    const auto end = field.find("\r\n", at);
    ASSERT_NE(end, field.npos);
    EXPECT_LE(end - at, 998u);
    at = end + 2;
  }
}

TEST(DateTime, PadsClockAndYearNotTheDay) {
  EXPECT_EQ(date_time(Time{}), "Thu, 1 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(date_time(Time(std::chrono::seconds(951782399))), "Mon, 28 Feb 2000 23:59:59 +0000");
}

}  // namespace
}  // namespace gateway::trace
