// Filters of the session, of the transactions on it and of their recipients.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "gateway/pipeline/examination.h"
#include "policy/facts/base_facts.h"
#include "tests/support/fake_filter.h"

namespace gateway::pipeline {
namespace {

using support::FakeFilter;
using support::FakeResolver;

constexpr FactSpec kClient[] = {
    {"first.found", Type::text, Phase::message, Owner::session, "of the session"},
    {"first.count", Type::number, Phase::message, Owner::session, "of the session"}};
constexpr FactSpec kMail[] = {
    {"second.found", Type::text, Phase::message, Owner::transaction, "of the transaction"},
    {"second.count", Type::number, Phase::message, Owner::transaction, "of the transaction"}};
constexpr FactSpec kBox[] = {
    {"third.found", Type::text, Phase::message, Owner::recipient, "of the recipient"},
    {"third.count", Type::number, Phase::message, Owner::recipient, "of the recipient"}};

const Vocabulary& vocabulary() {
  static const Vocabulary all(std::array<Vocabulary::Group, 4>{
      {{"", policy::base_facts()}, {"first", kClient}, {"second", kMail}, {"third", kBox}}});
  return all;
}

// Answers when the test says so.
class SlowState final : public state::Store {
 public:
  std::optional<std::vector<StateAnswer>> ask(std::span<const StateQuestion> questions, Time,
                                              asio::any_io_executor, Reply reply) override {
    batches.push_back(questions.size());
    replies.push_back(std::move(reply));
    return std::nullopt;
  }
  void update(std::vector<StateUpdate>, Time) override {}
  std::vector<std::size_t> batches;
  std::vector<Reply> replies;
};

struct Bench {
  void add(std::string_view name, Owner owner, filters::Needs needs, FakeFilter::Examine examine) {
    auto filter = std::make_unique<FakeFilter>(name, std::move(needs), std::move(examine));
    filter->set_owner(owner);
    set->push_back(std::move(filter));
  }
  // A set as it might be: what is found of a recipient needs what was found of the client.
  void add_three() {
    add("first", Owner::session, {Phase::connect, {}}, [](const Facts&, const Answers& answers) {
      if (!answers.dns("client.example", RecordType::txt))
        return FakeFilter::asks({{"client.example", RecordType::txt}});
      return FakeFilter::found("first", "c");
    });
    add("second", Owner::transaction, {Phase::mail, {}},
        [](const Facts&, const Answers&) { return FakeFilter::found("second", "m"); });
    add("third", Owner::recipient, {Phase::rcpt, {"first", "second"}},
        [](const Facts& facts, const Answers&) {
          return FakeFilter::found(
              "third", *facts.get<std::string>("first.found") + *facts.get<std::string>("second.found"));
        });
  }
  std::shared_ptr<Examination> start(Facts& facts, std::shared_ptr<Examination> outer = nullptr) {
    return Examination::start(set, facts, {resolver, *store, loop.get_executor()}, {}, std::move(outer));
  }
  void poll() {
    loop.restart();
    loop.poll();
  }
  static std::string text(const Facts& facts, std::string_view name) {
    const auto* found = facts.get<std::string>(name);
    return found ? *found : "not known";
  }

  asio::io_context loop;
  FakeResolver resolver;
  state::NoState nothing;
  state::Store* store = &nothing;
  Facts session{vocabulary(), Owner::session};
  Facts transaction{session, Owner::transaction};
  Facts recipient{transaction, Owner::recipient};
  std::shared_ptr<FilterSet> set = std::make_shared<FilterSet>();
};

TEST(ExaminationOwner, EachRunsForItsOwner) {
  Bench bench;
  bench.add_three();
  const auto of_session = bench.start(bench.session);
  const auto of_mail = bench.start(bench.transaction, of_session);
  const auto of_box = bench.start(bench.recipient, of_mail);
  of_session->reach(Phase::connect);
  of_mail->reach(Phase::rcpt);
  of_box->reach(Phase::rcpt);
  EXPECT_EQ(bench.text(bench.transaction, "second.found"), "m");
  EXPECT_EQ(bench.text(bench.recipient, "third.found"), "not known") << "the client is not known yet";
  EXPECT_TRUE(bench.resolver.answer("client.example", FakeResolver::text("x")));
  bench.poll();
  EXPECT_EQ(bench.text(bench.session, "first.found"), "c");
  EXPECT_EQ(bench.text(bench.recipient, "third.found"), "cm");
}

TEST(ExaminationOwner, ASessionIsLookedAtOnceForAllItsTransactions) {
  Bench bench;
  bench.add_three();
  const auto of_session = bench.start(bench.session);
  of_session->reach(Phase::connect);
  EXPECT_TRUE(bench.resolver.answer("client.example", FakeResolver::text("x")));
  bench.poll();
  for (int i = 0; i < 3; ++i) {
    Facts transaction(bench.session, Owner::transaction);
    const auto of_mail = bench.start(transaction, of_session);
    of_mail->reach(Phase::mail);
    EXPECT_EQ(bench.text(transaction, "second.found"), "m");
    ASSERT_EQ(transaction.evidence().size(), 2u);
    EXPECT_EQ(transaction.evidence()[0].method, "first") << "what the session found stands before";
    EXPECT_EQ(transaction.evidence()[1].method, "second");
    of_mail->cancel();
  }
  EXPECT_EQ(bench.resolver.asked.size(), 1u);
}

TEST(ExaminationOwner, EvidenceOfTheSessionThatComesLateStandsBefore) {
  Bench bench;
  bench.add_three();
  const auto of_session = bench.start(bench.session);
  const auto of_mail = bench.start(bench.transaction, of_session);
  of_session->reach(Phase::connect);
  of_mail->reach(Phase::message);
  ASSERT_EQ(bench.transaction.evidence().size(), 1u);
  EXPECT_TRUE(bench.resolver.answer("client.example", FakeResolver::text("x")));
  bench.poll();
  ASSERT_EQ(bench.transaction.evidence().size(), 2u);
  EXPECT_EQ(bench.transaction.evidence()[0].method, "first");
}

TEST(ExaminationOwner, WhoWaitsForARecipientsFilterWaitsForTheSessions) {
  Bench bench;
  bench.add_three();
  const auto of_session = bench.start(bench.session);
  const auto of_mail = bench.start(bench.transaction, of_session);
  const auto of_box = bench.start(bench.recipient, of_mail);
  of_session->reach(Phase::connect);
  of_mail->reach(Phase::rcpt);
  of_box->reach(Phase::rcpt);
  const std::vector<std::string> wanted{"first", "third"};
  bool over = false;
  asio::co_spawn(bench.loop, of_box->done(wanted), [&](const std::exception_ptr&) { over = true; });
  bench.poll();
  EXPECT_FALSE(over);
  EXPECT_TRUE(bench.resolver.answer("client.example", FakeResolver::text("x")));
  bench.poll();
  EXPECT_TRUE(over);
}

TEST(ExaminationOwner, AFactOfAnotherOwnerIsAMistakeOfTheFilter) {
  Bench bench;
  bench.add("second", Owner::session, {Phase::connect, {}},
            [](const Facts&, const Answers&) { return FakeFilter::found("second", "m"); });
  EXPECT_THROW(bench.start(bench.session), std::logic_error);
}

TEST(ExaminationOwner, StateIsAskedInOneBatchAndItsAnswersPinned) {
  Bench bench;
  SlowState slow;
  bench.store = &slow;
  const StateQuestion first{.table = "seen", .key = "a.example"};
  const StateQuestion second{.asks = StateQuestion::Asks::rate, .table = "rate", .key = "b", .add = 1};
  bench.add("second", Owner::transaction, {Phase::mail, {}}, [&](const Facts&, const Answers& answers) {
    if (!answers.state(first)) {
      filters::Finding finding;
      finding.questions = {first, second};
      return finding;
    }
    return FakeFilter::found("second", std::to_string(answers.state(first)->mark->count) + " " +
                                           std::to_string(static_cast<int>(answers.state(second)->rate)));
  });
  const auto examination = bench.start(bench.transaction);
  examination->reach(Phase::mail);
  ASSERT_EQ(slow.batches, std::vector<std::size_t>{2});
  std::vector<StateAnswer> answers(2);
  answers[0].mark = Mark{.count = 7};
  answers[1].rate = 3;
  slow.replies[0](std::move(answers));
  EXPECT_EQ(bench.text(bench.transaction, "second.found"), "7 3");
  EXPECT_EQ(examination->answers().all_state().size(), 2u);
}

TEST(ExaminationOwner, StateThatDoesNotAnswerIsATimeOutForTheFilter) {
  Bench bench;
  SlowState slow;
  bench.store = &slow;
  const StateQuestion question{.table = "seen", .key = "a.example"};
  bench.add("second", Owner::transaction, {Phase::mail, {}}, [&](const Facts&, const Answers& answers) {
    if (const StateAnswer* answer = answers.state(question))
      return FakeFilter::found("second", answer->failed);
    filters::Finding finding;
    finding.questions = {question};
    return finding;
  });
  Bounds bounds;
  bounds.time = std::chrono::milliseconds(1);
  const auto examination = Examination::start(
      bench.set, bench.transaction, {bench.resolver, slow, bench.loop.get_executor()}, {}, nullptr, bounds);
  examination->reach(Phase::mail);
  bench.loop.run();
  EXPECT_EQ(bench.text(bench.transaction, "second.found"), "no answer in time");
}

}  // namespace
}  // namespace gateway::pipeline
