#include "gateway/trace/received.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/support/named.h"

namespace gateway::trace {
namespace {

struct Sample {
  smtp::Client client{.ip = *IpAddress::parse("192.0.2.7"),
                      .helo = "mx.a.example",
                      .esmtp = true,
                      .tls = {.version = "TLSv1.3", .cipher = "TLS_AES_256_GCM_SHA384", .client_name = ""}};
  std::string client_name = "out.a.example";
  std::string hostname = "gate.example.com";
  bool smtputf8 = false;
  std::optional<Address> recipient = Address::parse("user@example.com");

  std::string field() const {
    return received_field({.client = client,
                           .client_name = client_name,
                           .hostname = hostname,
                           .id = "1A2B3C4D5E6F",
                           .smtputf8 = smtputf8,
                           .recipient = recipient ? &*recipient : nullptr,
                           .when = Time(std::chrono::seconds(1795573800))});
  }
};

struct Case {
  std::string name;
  void (*change)(Sample&);
  std::string field;
};
POSTERN_NAMED(Case)

class Received : public testing::TestWithParam<Case> {};

TEST_P(Received, Reads) {
  Sample sample;
  GetParam().change(sample);
  EXPECT_EQ(sample.field(), GetParam().field);
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
        Case{"one recipient under TLS", [](Sample&) {}, kFrom + kBy + kTls + kFor + kDate},
        Case{"nobody is named", [](Sample& info) { info.recipient.reset(); }, kFrom + kBy + kTls + kDate},
        Case{"HELO in clear",
             [](Sample& info) {
               info.client.tls = {};
               info.client.esmtp = false;
             },
             with("SMTP") + kFor + kDate},
        Case{"EHLO in clear", [](Sample& info) { info.client.tls = {}; }, with("ESMTP") + kFor + kDate},
        Case{"UTF-8 in clear",
             [](Sample& info) {
               info.client.tls = {};
               info.smtputf8 = true;
             },
             with("UTF8SMTP") + kFor + kDate},
        Case{"UTF-8 under TLS, recipient with UTF-8",
             [](Sample& info) {
               info.smtputf8 = true;
               info.recipient = Address::parse("dömi@example.com");
             },
             with("UTF8SMTPS") + "\r\n" + kTls + "\r\n\tfor <dömi@example.com>" + kDate},
        Case{"UTF-8 does not appear unless it was negotiated",
             [](Sample& info) { info.recipient = Address::parse("dömi@example.com"); },
             kFrom + kBy + kTls + kDate},
        Case{"a client without a name", [](Sample& info) { info.client_name.clear(); },
             from("mx.a.example ([192.0.2.7])")},
        Case{"IPv6", [](Sample& info) { info.client.ip = *IpAddress::parse("2001:DB8::1"); },
             from("mx.a.example (out.a.example [IPv6:2001:db8::1])")},
        Case{"HELO with an address literal", [](Sample& info) { info.client.helo = "[IPv6:2001:db8::1]"; },
             from("[IPv6:2001:db8::1] (out.a.example [192.0.2.7])")},
        Case{"no HELO", [](Sample& info) { info.client.helo.clear(); },
             from("unknown (out.a.example [192.0.2.7])")},
        Case{"HELO cannot close a comment", [](Sample& info) { info.client.helo = "a) (b\\[1.2.3.4]"; },
             from("a???b??1.2.3.4? (out.a.example [192.0.2.7])")},
        Case{"HELO cannot end the line", [](Sample& info) { info.client.helo = "a\r\nX-Evil: 1;\x01\xff"; },
             from("a??X-Evil??1??? (out.a.example [192.0.2.7])")},
        Case{"brackets inside a literal", [](Sample& info) { info.client.helo = "[a[b]c]"; },
             from("[a?b?c] (out.a.example [192.0.2.7])")},
        Case{"a hostile client name", [](Sample& info) { info.client_name = "x [192.0.2.1]) (y"; },
             from("mx.a.example (x??192.0.2.1????y [192.0.2.7])")},
        Case{"a long HELO is folded", [](Sample& info) { info.client.helo = std::string(60, 'a'); },
             from(std::string(60, 'a') + "\r\n\t(out.a.example [192.0.2.7])")},
        Case{"the space of a quoted recipient is not folded",
             [](Sample& info) {
               info.recipient = Address::parse("\"a b\"@" + std::string(60, 'x') + ".example");
             },
             kFrom + kBy + kTls + "\r\n\tfor\r\n\t<\"a b\"@" + std::string(60, 'x') + ".example>" + kDate}));

TEST(ReceivedLength, NoLineIsTooLongHoweverLongTheNames) {
  Sample sample;
  sample.client.helo = sample.client_name = std::string(5000, 'h');
  const std::string field = sample.field();
  for (std::size_t at = 0; at < field.size();) {
    const auto end = field.find("\r\n", at);
    ASSERT_NE(end, field.npos);
    EXPECT_LE(end - at, 998u);
    at = end + 2;
  }
}

// Whatever octet stands wherever in a name: the field has the lines, comments and words that it should.
TEST(ReceivedNames, NoOctetSlipsThroughAtAnyPlace) {
  const auto tame = [](char c) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    return plain ? c : '?';
  };
  for (const std::size_t size : {1, 2, 7, 8, 9, 15, 16, 17})
    for (std::size_t at = 0; at < size; ++at)
      for (unsigned value = 0; value < 256; ++value) {
        std::string name(size, 'a');
        std::string shown(size, 'a');
        name[at] = static_cast<char>(value);
        shown[at] = tame(static_cast<char>(value));
        Sample sample;
        sample.client.helo = sample.client_name = sample.hostname = name;
        sample.client.tls.version = sample.client.tls.cipher = name;
        sample.recipient.reset();
        ASSERT_EQ(sample.field(), "Received: from " + shown + " (" + shown + " [192.0.2.7])\r\n\tby " +
                                      shown + " with ESMTPS id 1A2B3C4D5E6F\r\n\t(" + shown + " " + shown +
                                      ")" + kDate);
      }
}

TEST(DateTime, PadsClockAndYearNotTheDay) {
  std::string text = "; ";
  append_date_time(text, Time{});
  EXPECT_EQ(text, "; Thu, 1 Jan 1970 00:00:00 +0000");
  text.clear();
  append_date_time(text, Time(std::chrono::seconds(951782399)));
  EXPECT_EQ(text, "Mon, 28 Feb 2000 23:59:59 +0000");
}

}  // namespace
}  // namespace gateway::trace
