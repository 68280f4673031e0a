// A draft on trial: one at a time, bounded, and told what became of it.
#include "gateway/review/policy_trial.h"

#include <gtest/gtest.h>

#include "tests/support/rehearsed_policy.h"
#include "tests/support/temporary_directory.h"

namespace gateway::review {
namespace {

using Stage = PolicyTrial::Stage;

class Trials : public testing::Test {
 protected:
  PolicyTrial::State ended(PolicyTrial& trial) {
    while (trial.state().stage == Stage::running) std::this_thread::yield();
    return trial.state();
  }

  support::TemporaryDirectory directory_;
  const std::shared_ptr<pipeline::InForce> in_force_ = support::rehearse("").in_force;
};

TEST_F(Trials, tell_where_a_draft_is_wrong) {
  PolicyTrial trial;
  EXPECT_EQ(trial.state().stage, Stage::none);
  ASSERT_TRUE(
      trial.start({.by = "erika", .draft = "[[rule]]\nid = 'x'\nwhen = 'nonsense'\nthen = 'reject'\n"},
                  in_force_, directory_.path(), Time{std::chrono::hours(480'000)}));
  const PolicyTrial::State state = ended(trial);
  EXPECT_EQ(state.stage, Stage::wrong);
  EXPECT_NE(state.diagnostics.render().find("unknown fact 'nonsense'"), std::string::npos);
}

TEST_F(Trials, end_when_their_time_is_over_and_say_so) {
  PolicyTrial trial({.time = std::chrono::seconds(-1)});
  ASSERT_TRUE(
      trial.start({.draft = "# nothing\n"}, in_force_, directory_.path(), Time{std::chrono::hours(480'000)}));
  const PolicyTrial::State state = ended(trial);
  EXPECT_EQ(state.stage, Stage::done) << state.failure;
  EXPECT_TRUE(state.stopped_early);
}

TEST_F(Trials, say_why_they_could_not_be_made) {
  PolicyTrial trial;
  ASSERT_TRUE(trial.start({.draft = "# nothing\n"}, in_force_, directory_.path() / "nowhere",
                          Time{std::chrono::hours(480'000)}));
  const PolicyTrial::State state = ended(trial);
  EXPECT_EQ(state.stage, Stage::failed);
  EXPECT_FALSE(state.failure.empty());
  EXPECT_TRUE(
      trial.start({.draft = "# another\n"}, in_force_, directory_.path(), Time{std::chrono::hours(480'000)}));
}

}  // namespace
}  // namespace gateway::review
