// The client behind a relay, from the Received fields of common servers.
#include "gateway/trace/received_client.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace gateway::trace {
namespace {

struct Case {
  std::string name;
  std::string value;
  std::string client;  // "address helo", or "none"
};
POSTERN_NAMED(Case)

std::string text(const std::optional<ReceivedClient>& client) {
  return client ? client->ip.text() + " " + client->helo : "none";
}

class ReceivedBy : public testing::TestWithParam<Case> {};

TEST_P(ReceivedBy, NamesItsClient) { EXPECT_EQ(text(received_client(GetParam().value)), GetParam().client); }

INSTANTIATE_TEST_SUITE_P(
    Servers, ReceivedBy,
    testing::Values(
        Case{"Postfix",
             " from mx.a.example (mail.a.example [192.0.2.7])\r\n\t(using TLSv1.3 with cipher X (256/256 "
             "bits))\r\n"
             "\tby mx2.example.com (Postfix) with ESMTPS id 4B for <u@example.com>; Thu, 26 Nov 2026",
             "192.0.2.7 mx.a.example"},
        Case{"Postfix, IPv6", " from a (unknown [IPv6:2001:db8::7]) by b; x", "2001:db8::7 a"},
        Case{"Postfix, HELO with an address", " from [198.51.100.1] (unknown [192.0.2.7]) by b; x",
             "192.0.2.7 [198.51.100.1]"},
        Case{"Exim", " from mail.a.example ([192.0.2.7] helo=mx.a.example) by b with esmtps id x; y",
             "192.0.2.7 mx.a.example"},
        Case{"Exim, port", " from mail.a.example ([192.0.2.7]:4711 helo=mx.a.example) by b; y",
             "192.0.2.7 mx.a.example"},
        Case{"Exim, no name", " from [192.0.2.7] (helo=mx.a.example) by b; y", "192.0.2.7 mx.a.example"},
        Case{"Exim, HELO with an address", " from [192.0.2.7] (port=25 helo=[198.51.100.1]) by b; y",
             "192.0.2.7 [198.51.100.1]"},
        Case{"Exim, HELO with an address, name", " from c.example ([192.0.2.7] helo=[198.51.100.1]) by b; y",
             "192.0.2.7 [198.51.100.1]"},
        Case{"Sendmail",
             " from mx.a.example (mail.a.example [192.0.2.7] (may be forged)) by b (8.17) id x; y",
             "192.0.2.7 mx.a.example"},
        Case{"Sendmail, ident",
             " from mx.a.example (IDENT:[198.51.100.1]@mail.a.example [192.0.2.7]) by b; y",
             "192.0.2.7 mx.a.example"},
        Case{"qmail", " from unknown (HELO mx.a.example) (192.0.2.7) by b with SMTP; y",
             "192.0.2.7 mx.a.example"},
        Case{"Exchange", " from mx.a.example (192.0.2.7) by b with Microsoft SMTP Server; y",
             "192.0.2.7 mx.a.example"},
        Case{"Exchange, IPv6", " from mx.a.example (2001:db8::7) by b; y", "2001:db8::7 mx.a.example"},
        Case{"tabs and folds", "\tfrom\r\n a\r\n\t([192.0.2.7])\r\n by b", "192.0.2.7 a"},
        Case{"upper case", " FROM a ([192.0.2.7]) BY b; y", "192.0.2.7 a"},
        Case{"local", " by mx2.example.com (Postfix, from userid 0) id 4B; y", "none"},
        Case{"no address", " from a by b; y", "none"},
        Case{"an address behind by", " from a by b ([192.0.2.7]); y", "none"},
        Case{"an address in the date", " from a; ([192.0.2.7])", "none"},
        Case{"no address in brackets", " from a ([x] [300.1.1.1]) by b; y", "none"},
        Case{"an open comment", " from a ((((([192.0.2.7] ", "192.0.2.7 a"}, Case{"empty", "", "none"},
        Case{"only from", " from", "none"},
        Case{"very long", " from a (" + std::string(100'000, '(') + "[192.0.2.7]) by b", "none"}));

std::string behind(const std::string& header) {
  const std::vector<Network> relays{*Network::parse("198.51.100.0/28")};
  return text(client_behind(*Message::parse(header + "\r\n"),
                            {*IpAddress::parse("198.51.100.2"), "mx2.example.com"}, relays));
}

TEST(ClientBehind, IsInTheFieldOfTheRelay) {
  EXPECT_EQ(
      behind("Received: from a ([192.0.2.7]) by mx2; x\r\nReceived: from b ([203.0.113.9]) by a; x\r\n"),
      "192.0.2.7 a");
}

TEST(ClientBehind, IsBelowOtherRelaysAndFiltersOfTheirs) {
  EXPECT_EQ(behind("Received: from localhost (localhost [127.0.0.1]) by mx2; x\r\n"
                   "Received: from mx3 ([198.51.100.3]) by mx2; x\r\n"
                   "Received: from a ([192.0.2.7]) by mx3; x\r\n"),
            "192.0.2.7 a");
}

TEST(ClientBehind, WhatItCannotReadIsNotGuessed) {
  EXPECT_EQ(behind("Received: from a by mx2; x\r\nReceived: from b ([203.0.113.9]) by a; x\r\n"), "none");
  EXPECT_EQ(behind("Received: from localhost ([127.0.0.1]) by mx2; x\r\nReceived: by a; x\r\n"), "none");
}

TEST(ClientBehind, WhatTheRelayMadeItselfIsFromTheRelay) {
  EXPECT_EQ(behind("Subject: x\r\n"), "198.51.100.2 mx2.example.com");
  EXPECT_EQ(behind("Received: by mx2 (Postfix); x\r\n"), "198.51.100.2 mx2.example.com");
}

TEST(ClientBehind, DoesNotFollowForEver) {
  std::string header;
  for (int i = 0; i < 21; ++i) header += "Received: from mx3 ([198.51.100.3]) by mx2; x\r\n";
  EXPECT_EQ(behind(header), "none");
}

}  // namespace
}  // namespace gateway::trace
