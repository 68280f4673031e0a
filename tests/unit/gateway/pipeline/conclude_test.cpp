// What is said and done about verdicts: modes, replies, and one outcome for several recipients.
#include "gateway/pipeline/conclude.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace gateway::pipeline {
namespace {

using policy::Disposition;
using settings::Mode;

std::string shown(const smtp::Reply& reply) { return reply.empty() ? "" : reply.text(); }

struct Case {
  std::string name;
  Disposition verdict;
  Mode mode;
  std::string footer;
  std::string wanted;  // "action; reply; would"
};
POSTERN_NAMED(Case)

class DecideOn : public testing::TestWithParam<Case> {};

TEST_P(DecideOn, says_and_does) {
  policy::Verdict verdict;
  verdict.settled = true;
  verdict.action = GetParam().verdict;
  verdict.rule = "r";
  verdict.reply = {GetParam().verdict == Disposition::defer ? 451 : 550, "7.26", "not from you"};
  settings::Settings settings;
  settings.mode = GetParam().mode;
  settings.footer = GetParam().footer;
  const Decision decision = decide_on(verdict, settings, "0ID000000001");
  const bool refuses = decision.action >= Disposition::defer;
  EXPECT_EQ(
      fmt::format("{}; {}; {}", name(decision.action), refuses ? shown(decision.reply) : "", decision.would),
      GetParam().wanted);
}

TEST(DecideOnRelay, QuarantinesWhatIsRejected) {
  policy::Verdict verdict;
  verdict.settled = true;
  verdict.action = Disposition::reject;
  verdict.rule = "r";
  settings::Settings settings;
  EXPECT_EQ(decide_on(verdict, settings, "0ID000000001", true).action, Disposition::quarantine);
  settings.mode = Mode::soft;
  EXPECT_EQ(decide_on(verdict, settings, "0ID000000001", true).action, Disposition::quarantine);
  settings.mode = Mode::observe;
  EXPECT_EQ(decide_on(verdict, settings, "0ID000000001", true).would, "quarantine; rule=r");
  verdict.action = Disposition::defer;
  settings.mode = Mode::enforce;
  EXPECT_EQ(decide_on(verdict, settings, "0ID000000001", true).action, Disposition::defer)
      << "a relay keeps the mail and tries again";
}

INSTANTIATE_TEST_SUITE_P(
    Table, DecideOn,
    testing::Values(
        Case{"accept", Disposition::accept, Mode::enforce, "", "accept; ; "},
        Case{"quarantine says nothing", Disposition::quarantine, Mode::enforce, "Help: x", "quarantine; ; "},
        Case{"defer ends in the id", Disposition::defer, Mode::enforce, "",
             "defer; 451 4.7.26 not from you (id 0ID000000001); "},
        Case{"reject ends in the id", Disposition::reject, Mode::enforce, "",
             "reject; 550 5.7.26 not from you (id 0ID000000001); "},
        Case{"the footer comes last", Disposition::reject, Mode::enforce, "Help: https://example.com/",
             "reject; 550 5.7.26 not from you (id 0ID000000001) Help: https://example.com/; "},
        Case{"soft makes it try again", Disposition::reject, Mode::soft, "",
             "defer; 450 4.7.26 not from you (id 0ID000000001); "},
        Case{"soft keeps the code of a defer", Disposition::defer, Mode::soft, "",
             "defer; 451 4.7.26 not from you (id 0ID000000001); "},
        Case{"soft quarantines", Disposition::quarantine, Mode::soft, "", "quarantine; ; "},
        Case{"observe would reject", Disposition::reject, Mode::observe, "", "accept; ; reject; rule=r"},
        Case{"observe would defer", Disposition::defer, Mode::observe, "", "accept; ; defer; rule=r"},
        Case{"observe would quarantine", Disposition::quarantine, Mode::observe, "",
             "accept; ; quarantine; rule=r"},
        Case{"observe has nothing to add", Disposition::accept, Mode::observe, "", "accept; ; "}));

TEST(WithId, keeps_codes_and_text) {
  EXPECT_EQ(with_id({550, "1.1", "No such recipient here"}, "X").text(),
            "550 5.1.1 No such recipient here (id X)");
  EXPECT_EQ(message_loops("X").text(),
            "554 5.4.6 Message has passed too many servers, it is in a loop (id X)");
}

// a accept, q quarantine, d defer, r reject: of each recipient in turn.
struct Several {
  std::string name;
  std::string verdicts;
  std::string wanted;  // what is done; numbers are recipients
};
POSTERN_NAMED(Several)

class Combine : public testing::TestWithParam<Several> {};

TEST_P(Combine, makes_one_outcome) {
  std::vector<Decision> decisions;
  for (const char c : GetParam().verdicts)
    decisions.push_back({.action = c == 'a'   ? Disposition::accept
                                   : c == 'q' ? Disposition::quarantine
                                   : c == 'd' ? Disposition::defer
                                              : Disposition::reject});
  const Outcome outcome = combine(decisions);
  std::string done;
  if (outcome.kind == Outcome::Kind::deliver) {
    done = fmt::format("deliver {} quarantine {}", fmt::join(outcome.deliver, ","),
                       fmt::join(outcome.quarantine, ","));
  } else {
    done =
        fmt::format("{} as {}", outcome.kind == Outcome::Kind::defer ? "defer" : "reject", outcome.speaker);
    EXPECT_TRUE(outcome.deliver.empty());
    EXPECT_TRUE(outcome.quarantine.empty());
  }
  EXPECT_EQ(done, GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(Table, Combine,
                         testing::Values(Several{"one accepts", "a", "deliver 0 quarantine "},
                                         Several{"one is quarantined", "q", "deliver  quarantine 0"},
                                         Several{"one refuses", "r", "reject as 0"},  //
                                         Several{"one defers", "d", "defer as 0"},    //
                                         Several{"all accept", "aaa", "deliver 0,1,2 quarantine "},
                                         Several{"all refuse", "rrr", "reject as 0"},
                                         Several{"who refuses is quarantined for", "ara",
                                                 "deliver 0,2 quarantine 1"},
                                         Several{"refusal and quarantine", "rq", "deliver  quarantine 0,1"},
                                         Several{"any defer defers the whole", "aqrd", "defer as 3"},
                                         Several{"the first who defers speaks", "rdad", "defer as 1"}));

}  // namespace
}  // namespace gateway::pipeline
