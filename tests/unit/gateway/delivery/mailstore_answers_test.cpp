// How a mailstore's answers are understood, one row for each way to answer.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/mailstore_server.h"
#include "tests/support/named.h"
#include "tests/support/smtp_bench.h"

namespace gateway::delivery {
namespace {

using support::fates;
using support::kHangUp;
using support::kLong;
using support::kShort;
using support::kStall;
using support::MailstoreServer;
using support::ServerManner;
using support::SmtpBench;

struct Case {
  std::string name;
  std::map<std::string, std::string> answers;
  std::string one;  // with one recipient
  std::string two;  // with u and v
  bool lmtp = false;
};
POSTERN_NAMED(Case)

class MailstoreAnswer : public testing::TestWithParam<std::tuple<Case, bool>> {};

TEST_P(MailstoreAnswer, IsUnderstoodWithAndWithoutPipelining) {
  const auto& [row, pipelining] = GetParam();
  ServerManner manner;
  manner.lmtp = row.lmtp;
  manner.answers = row.answers;
  if (!pipelining) manner.features = {"8BITMIME"};
  const bool waits = std::any_of(row.answers.begin(), row.answers.end(),
                                 [](const auto& answer) { return answer.second == kStall; });
  for (const bool two : {false, true}) {
    SCOPED_TRACE(two ? "two recipients" : "one recipient");
    const MailstoreServer server(manner);
    SmtpBench bench(waits ? kShort : kLong, waits ? kShort : kLong);
    bench.manner().lmtp = row.lmtp;
    bench.open({server.address()});
    const Parcel parcel =
        two ? support::parcel({"u@example.com", "v@example.com"}) : support::parcel({"u@example.com"});
    EXPECT_EQ(fates(bench.deliver(parcel)), two ? row.two : row.one);
  }
}

const std::string kU = "RCPT TO:<u@example.com>";

INSTANTIATE_TEST_SUITE_P(
    Table, MailstoreAnswer,
    testing::Combine(testing::Values(Case{"all is well", {}, "taken 250", "taken 250, taken 250"},
                                     Case{"a recipient unknown",
                                          {{kU, "550 5.1.1 no such user"}},
                                          "failed for good 550",
                                          "failed for good 550, taken 250"},
                                     Case{"a mailbox full",
                                          {{kU, "552 5.2.2 full"}},
                                          "failed for good 552",
                                          "failed for good 552, taken 250"},
                                     Case{"550 without an enhanced code",
                                          {{kU, "550 no"}},
                                          "failed for good 550",
                                          "failed for good 550, taken 250"},
                                     Case{"a recipient later",
                                          {{kU, "451 4.3.0 later"}},
                                          "failed for now 451",
                                          "failed for now 451, taken 250"},
                                     Case{"relaying denied is our trouble",
                                          {{kU, "554 5.7.1 relaying denied"}},
                                          "failed for now 554; refuses us",
                                          "failed for now 554, taken 250; refuses us"},
                                     Case{"a sequence error is our trouble",
                                          {{kU, "503 5.5.1 sequence"}},
                                          "failed for now 503; refuses us",
                                          "failed for now 503, taken 250; refuses us"},
                                     Case{"354 though nobody was accepted",
                                          {{"RCPT", "550 5.1.1 no"}, {"DATA", "354 go"}},
                                          "failed for good 550",
                                          "failed for good 550, failed for good 550"},
                                     Case{"greeting 554",
                                          {{"greeting", "554 5.7.1 go away"}},
                                          "failed for now 554; refuses us",
                                          "failed for now 554, failed for now 554; refuses us"},
                                     Case{"greeting 421",
                                          {{"greeting", "421 4.3.2 busy"}},
                                          "failed for now 421",
                                          "failed for now 421, failed for now 421"},
                                     Case{"EHLO refused",
                                          {{"EHLO", "550 no"}},
                                          "failed for now 550; refuses us",
                                          "failed for now 550, failed for now 550; refuses us"},
                                     Case{"MAIL refused",
                                          {{"MAIL", "550 5.7.1 not you"}},
                                          "failed for now 550; refuses us",
                                          "failed for now 550, failed for now 550; refuses us"},
                                     Case{"too large, at MAIL",
                                          {{"MAIL", "552 5.3.4 too large"}},
                                          "failed for good 552",
                                          "failed for good 552, failed for good 552"},
                                     Case{"MAIL later",
                                          {{"MAIL", "452 4.3.1 full"}},
                                          "failed for now 452",
                                          "failed for now 452, failed for now 452"},
                                     Case{"421 to MAIL",
                                          {{"MAIL", "421 4.3.2 going"}},
                                          "failed for now 421",
                                          "failed for now 421, failed for now 421"},
                                     Case{"DATA refused",
                                          {{"DATA", "554 5.5.1 no"}},
                                          "failed for now 554; refuses us",
                                          "failed for now 554, failed for now 554; refuses us"},
                                     Case{"DATA later",
                                          {{"DATA", "451 4.3.0 later"}},
                                          "failed for now 451",
                                          "failed for now 451, failed for now 451"},
                                     Case{"421 to DATA",
                                          {{"DATA", "421 4.3.2 going"}},
                                          "failed for now 421",
                                          "failed for now 421, failed for now 421"}),
                     testing::Bool()));

INSTANTIATE_TEST_SUITE_P(AroundTheDot, MailstoreAnswer,
                         testing::Combine(testing::Values(Case{"the message refused",
                                                               {{"dot", "554 5.6.0 no"}},
                                                               "failed for good 554",
                                                               "failed for good 554, failed for good 554"},
                                                          Case{"the message later",
                                                               {{"dot", "451 4.3.0 later"}},
                                                               "failed for now 451",
                                                               "failed for now 451, failed for now 451"},
                                                          Case{"lost after the dot",
                                                               {{"dot", kHangUp}},
                                                               "perhaps delivered",
                                                               "perhaps delivered, perhaps delivered"},
                                                          Case{"silence after the dot",
                                                               {{"dot", kStall}},
                                                               "perhaps delivered",
                                                               "perhaps delivered, perhaps delivered"},
                                                          Case{"nonsense after the dot",
                                                               {{"dot", "Hello"}},
                                                               "perhaps delivered",
                                                               "perhaps delivered, perhaps delivered"},
                                                          Case{"354 after the dot",
                                                               {{"dot", "354 more"}},
                                                               "perhaps delivered",
                                                               "perhaps delivered, perhaps delivered"},
                                                          Case{"hangs up in DATA",
                                                               {{"DATA", kHangUp}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"hangs up at RCPT",
                                                               {{kU, kHangUp}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"silence at RCPT",
                                                               {{kU, kStall}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"silence at the greeting",
                                                               {{"greeting", kStall}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"no SMTP at all",
                                                               {{"greeting", "SSH-2.0-OpenSSH"}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"250 to DATA",
                                                               {{"DATA", "250 Ok"}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"354 to RCPT",
                                                               {{kU, "354 go"}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"lmtp answers for each",
                                                               {{"dot <u@example.com>", "550 5.2.2 full"}},
                                                               "failed for good 550",
                                                               "failed for good 550, taken 250",
                                                               true},
                                                          Case{"lmtp hangs up between answers",
                                                               {{"dot <v@example.com>", kHangUp}},
                                                               "taken 250",
                                                               "taken 250, perhaps delivered",
                                                               true}),
                                          testing::Bool()));

}  // namespace
}  // namespace gateway::delivery
