#include "gateway/journal/tell_session.h"

#include <gtest/gtest.h>

#include "tests/support/journal_entry.h"

namespace gateway::journal {
namespace {

support::SampleSession sample() {
  support::SampleSession entry;
  entry.id = "4F7K2M9QX0TC";
  entry.start = Time(std::chrono::seconds(1'795'573'800));
  entry.client.ip = *IpAddress::parse("203.0.113.66");
  entry.client.helo = "mail.attacker.example";
  entry.ended = "limit";
  entry.commands = 12;
  entry.errors = 11;
  entry.last_command = "?";
  entry.refused_by = "@limit";
  entry.reply = "421 4.7.0 too many errors";
  return entry;
}

TEST(TellSession, SaysHowItEndedAndWhoItWas) {
  const support::SampleSession entry = sample();
  const std::string told = tell(SessionEntry(entry));
  EXPECT_TRUE(told.starts_with("ended: limit\nrefused: by @limit\nreply:   421 4.7.0 too many errors\n"))
      << told;
  EXPECT_NE(told.find("client    unknown [203.0.113.66], HELO mail.attacker.example\n"), std::string::npos)
      << told;
  EXPECT_NE(told.find("commands  12, 11 of them wrong; the last was ?\n"), std::string::npos) << told;
  EXPECT_EQ(told.find("not recorded"), std::string::npos);
}

TEST(TellSession, NothingFromOutsideIsPrintedRaw) {
  support::SampleSession entry = sample();
  entry.client.helo = "\x1b[2J\xe2\x80\xae";
  entry.detail = "two\nlines";
  entry.reply = "421 \x07";
  entry.unrecorded = 7;
  const std::string told = tell(SessionEntry(entry));
  for (const char* bad : {"\x1b", "\xe2\x80\xae", "two\n", "\x07"})
    EXPECT_EQ(told.find(bad), std::string::npos);
  EXPECT_NE(told.find("7 connections were not recorded"), std::string::npos);
}

TEST(TellSession, TheOriginHasTlsAndProxy) {
  support::SampleSession entry = sample();
  entry.client.peer = *IpAddress::parse("10.0.0.1");
  entry.client.port = 4711;
  entry.client.listener = "0.0.0.0:25";
  entry.client.esmtp = true;
  entry.client.tls.version = "TLSv1.3";
  entry.client.tls.cipher = "TLS_AES_256_GCM_SHA384";
  entry.hostname = "mx1.example.com";
  entry.mode = "observe";
  entry.policy_version = "abc";
  const std::string told = tell_origin(SessionEntry(entry));
  EXPECT_NE(told.find("from     203.0.113.66 port 4711 to 0.0.0.0:25, through 10.0.0.1\n"), std::string::npos)
      << told;
  EXPECT_NE(told.find("spoke    ESMTP, TLSv1.3 TLS_AES_256_GCM_SHA384\n"), std::string::npos) << told;
  EXPECT_NE(told.find("judged   by mx1.example.com in mode observe, policy abc\n"), std::string::npos)
      << told;
}

}  // namespace
}  // namespace gateway::journal
