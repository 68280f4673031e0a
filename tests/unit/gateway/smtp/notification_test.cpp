#include "gateway/smtp/notification.h"

#include <gtest/gtest.h>

#include "gateway/smtp/command.h"
#include "tests/support/named.h"

namespace {

using namespace gateway::smtp;
using gateway::Envelope;

constexpr Offers kDsn{.dsn = true};

struct Case {
  std::string name;
  std::string parameters;
  std::string taken;  // "ret envid" or "notify original"; or the code, where it is refused
};
POSTERN_NAMED(Case)

std::string refusal(const Reply& reply) { return std::to_string(reply.code()) + " " + reply.enhanced(); }

class MailWishes : public testing::TestWithParam<Case> {};

TEST_P(MailWishes, are_read) {
  const auto parsed = parse_sender("FROM:<a@b.example> " + GetParam().parameters, 1000, kDsn);
  const auto* const envelope = std::get_if<Envelope>(&parsed);
  EXPECT_EQ(envelope ? envelope->ret + " " + envelope->envid : refusal(std::get<Reply>(parsed)),
            GetParam().taken);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MailWishes,
    testing::Values(
        Case{"nothing said", "", " "}, Case{"RET FULL", "RET=FULL", "FULL "},
        Case{"RET in any case", "ret=hdrs", "hdrs "}, Case{"RET of a third kind", "RET=BODY", "501 5.5.4"},
        Case{"RET without a value", "RET", "501 5.5.4"}, Case{"RET twice", "RET=FULL RET=FULL", "501 5.5.4"},
        Case{"ENVID", "ENVID=QQ314159", " QQ314159"},
        Case{"ENVID with both and others", "SIZE=7 ENVID=x RET=HDRS SMTPUTF8", "HDRS x"},
        Case{"ENVID in xtext", "ENVID=a+2Bb+3Dc+20d", " a+2Bb+3Dc+20d"},
        Case{"ENVID of 100", "ENVID=" + std::string(100, 'x'), " " + std::string(100, 'x')},
        Case{"ENVID of 101", "ENVID=" + std::string(101, 'x'), "501 5.5.4"},
        Case{"ENVID empty", "ENVID=", "501 5.5.4"}, Case{"ENVID without a value", "ENVID", "501 5.5.4"},
        Case{"ENVID with an equals sign", "ENVID=a=b", "501 5.5.4"},
        Case{"ENVID with a plus alone", "ENVID=a+", "501 5.5.4"},
        Case{"ENVID with half an octet", "ENVID=a+2", "501 5.5.4"},
        Case{"ENVID with small digits", "ENVID=a+2b", "501 5.5.4"},
        Case{"ENVID with no digits", "ENVID=a+ZZ", "501 5.5.4"},
        Case{"ENVID with a line end in disguise", "ENVID=a+0D+0AX-Evil:+20yes", "501 5.5.4"},
        Case{"ENVID with a NUL in disguise", "ENVID=a+00", "501 5.5.4"},
        Case{"ENVID with UTF-8", "ENVID=\u00e4 SMTPUTF8", "501 5.5.4"},
        Case{"NOTIFY belongs to RCPT", "NOTIFY=NEVER", "555 5.5.4"}));

class RcptWishes : public testing::TestWithParam<Case> {};

TEST_P(RcptWishes, are_read) {
  const auto parsed = parse_recipient("TO:<a@b.example> " + GetParam().parameters, true, kDsn);
  const auto* const recipient = std::get_if<Recipient>(&parsed);
  EXPECT_EQ(recipient ? recipient->notify + " " + recipient->original : refusal(std::get<Reply>(parsed)),
            GetParam().taken);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RcptWishes,
    testing::Values(
        Case{"nothing said", "", " "}, Case{"never", "NOTIFY=NEVER", "NEVER "},
        Case{"one", "NOTIFY=failure", "failure "},
        Case{"all three", "NOTIFY=SUCCESS,FAILURE,DELAY", "SUCCESS,FAILURE,DELAY "},
        Case{"never and another", "NOTIFY=NEVER,DELAY", "501 5.5.4"},
        Case{"another and never", "NOTIFY=DELAY,NEVER", "501 5.5.4"},
        Case{"a fourth", "NOTIFY=SUCCESS,RELAY", "501 5.5.4"},
        Case{"a comma at the end", "NOTIFY=SUCCESS,", "501 5.5.4"},
        Case{"a comma at the front", "NOTIFY=,SUCCESS", "501 5.5.4"},
        Case{"longer than any sense", "NOTIFY=DELAY,DELAY,DELAY,DELAY,DELAY", "501 5.5.4"},
        Case{"NOTIFY without a value", "NOTIFY", "501 5.5.4"},
        Case{"NOTIFY twice", "NOTIFY=DELAY NOTIFY=DELAY", "501 5.5.4"},
        Case{"ORCPT", "ORCPT=rfc822;a@b.example", " rfc822;a@b.example"},
        Case{"ORCPT in xtext", "ORCPT=rfc822;a+2Bb@c.example", " rfc822;a+2Bb@c.example"},
        Case{"both", "ORCPT=rfc822;a@b.example NOTIFY=NEVER", "NEVER rfc822;a@b.example"},
        Case{"ORCPT without type", "ORCPT=a@b.example", "501 5.5.4"},
        Case{"ORCPT with an empty type", "ORCPT=;a@b.example", "501 5.5.4"},
        Case{"ORCPT with a type that is no atom", "ORCPT=rfc@822;a@b.example", "501 5.5.4"},
        Case{"ORCPT without address", "ORCPT=rfc822;", "501 5.5.4"},
        Case{"ORCPT with a line end in disguise", "ORCPT=rfc822;a@b.example+0D+0A", "501 5.5.4"},
        Case{"ORCPT of 500", "ORCPT=rfc822;" + std::string(493, 'a'), " rfc822;" + std::string(493, 'a')},
        Case{"ORCPT of 501", "ORCPT=rfc822;" + std::string(494, 'a'), "501 5.5.4"},
        Case{"ORCPT in UTF-8", "ORCPT=utf-8;\u00e4@b.example", " utf-8;\u00e4@b.example"},
        Case{"ORCPT in UTF-8, encoded", "ORCPT=utf-8;\\x{E4}@b.example", " utf-8;\\x{E4}@b.example"},
        Case{"UTF-8 of another type", "ORCPT=rfc822;\u00e4@b.example", "501 5.5.4"},
        Case{"RET belongs to MAIL", "RET=FULL", "555 5.5.4"}));

TEST(Notification, utf8_in_orcpt_needs_smtputf8) {
  EXPECT_TRUE(is_original_recipient("utf-8;\u00e4@b.example", true));
  EXPECT_FALSE(is_original_recipient("utf-8;\u00e4@b.example", false));
}

}  // namespace
