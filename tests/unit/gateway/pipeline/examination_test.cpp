#include "gateway/pipeline/examination.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <future>
#include <thread>

#include "gateway/dns/zone_resolver.h"
#include "tests/support/fake_filter.h"
#include "tests/support/named.h"

namespace gateway::pipeline {
namespace {

using support::FakeFilter;
using support::FakeResolver;

DnsQuestion txt(std::string_view name) { return {name, RecordType::txt}; }
std::vector<Question> questions(std::initializer_list<std::string_view> names) {
  std::vector<Question> all;
  for (const auto name : names) all.emplace_back(txt(name));
  return all;
}

// Asks for each name in turn, one a round, and says how many it was answered.
FakeFilter::Examine asks_in_turn(std::string_view filter, std::vector<std::string> names) {
  return [filter, names = std::move(names)](const Facts&, const Answers& answers) {
    for (const std::string& name : names)
      if (!answers.dns(name, RecordType::txt)) return FakeFilter::asks({txt(name)});
    return FakeFilter::found(filter, std::string(names.size(), 'x'));
  };
}
FakeFilter::Examine finds(std::string_view filter) { return asks_in_turn(filter, {}); }

struct Bench {
  std::shared_ptr<Examination> start(asio::thread_pool* workers = nullptr, Bounds bounds = {}) {
    return Examination::start(std::exchange(set, std::make_shared<FilterSet>()), facts,
                              {resolver, state, loop.get_executor(), workers}, {}, nullptr, bounds);
  }
  void add(std::string_view name, filters::Needs needs, FakeFilter::Examine examine,
           FakeFilter::Foresee foresee = {}) {
    set->push_back(
        std::make_unique<FakeFilter>(name, std::move(needs), std::move(examine), std::move(foresee)));
  }
  void poll() {
    loop.restart();
    loop.poll();
  }
  // Runs the loop until all filters are done.
  void finish(const std::shared_ptr<Examination>& examination) {
    bool over = false;
    asio::co_spawn(loop, examination->all_done(), [&](const std::exception_ptr& error) {
      EXPECT_FALSE(error);
      over = true;
    });
    loop.restart();
    while (!over && loop.run_one() != 0) continue;
    EXPECT_TRUE(over);
  }
  std::string found(std::string_view fact) const {
    const Fact& value = facts.at(fact);
    if (value.troubled()) return "troubled: " + value.because.at(0);
    return value.known() ? to_text(value.value) : "open";
  }
  std::string evidence() const {
    std::string methods;
    for (const Evidence& piece : facts.evidence()) methods += (methods.empty() ? "" : " ") + piece.method;
    return methods;
  }

  asio::io_context loop;
  FakeResolver resolver;
  state::NoState state;
  Facts session{support::fake_vocabulary()};
  Facts facts{session, Owner::transaction};
  std::shared_ptr<FilterSet> set = std::make_shared<FilterSet>();
};

TEST(Examination, RunsAFilterWhenItsPhaseIsReached) {
  Bench bench;
  bench.add("first", {Phase::mail}, finds("first"));
  bench.add("second", {Phase::message}, finds("second"));
  const auto examination = bench.start();
  examination->reach(Phase::connect);
  EXPECT_EQ(bench.found("first.found"), "open");
  examination->reach(Phase::rcpt);
  EXPECT_EQ(bench.found("first.count"), "0");
  EXPECT_EQ(bench.found("second.count"), "open");
  examination->reach(Phase::message);
  EXPECT_EQ(bench.found("second.count"), "0");
}

TEST(Examination, RunsAFilterBehindThoseItReadsAndOnlyThose) {
  Bench bench;
  bench.add("first", {Phase::mail}, asks_in_turn("first", {"slow.example"}));
  bench.add("second", {Phase::mail, {"first", "switched-off"}}, [](const Facts& facts, const Answers&) {
    return FakeFilter::found("second", "after " + *facts.get<std::string>("first.found"));
  });
  bench.add("third", {Phase::mail, {"switched-off"}}, finds("third"));
  const auto examination = bench.start();
  examination->reach(Phase::mail);
  EXPECT_EQ(bench.found("third.count"), "0");
  EXPECT_EQ(bench.found("second.found"), "open");
  ASSERT_TRUE(bench.resolver.answer("slow.example", FakeResolver::text("")));
  bench.poll();
  EXPECT_EQ(bench.found("second.found"), "after x");
  EXPECT_EQ(bench.evidence(), "first second third") << "in the order of the filters, not of their ends";
}

TEST(Examination, AFilterThatReadsOneBelowItIsABugAndSaysSo) {
  Bench bench;
  bench.add("first", {Phase::mail, {"second"}}, finds("first"));
  bench.add("second", {Phase::mail}, finds("second"));
  EXPECT_THROW(bench.start(), std::logic_error);
}

TEST(Examination, AsksAllQuestionsAtOnceAndTheSameOnlyOnce) {
  Bench bench;
  const auto both = [](std::string_view filter) {
    return [filter](const Facts&, const Answers& answers) {
      if (!answers.has(txt("a.example")) || !answers.has(txt("b.example")))
        return FakeFilter::asks({txt("a.example"), txt("b.example"), txt("a.example")});
      return FakeFilter::found(filter, answers.dns("b.example", RecordType::txt)->records.at(0).text);
    };
  };
  bench.add("first", {Phase::mail}, both("first"));
  bench.add("second", {Phase::mail}, both("second"));
  const auto examination = bench.start();
  examination->reach(Phase::mail);
  EXPECT_EQ(bench.resolver.asked, (std::vector<std::string>{"a.example", "b.example"}));
  ASSERT_TRUE(bench.resolver.answer("b.example", FakeResolver::text("bee")));
  bench.poll();
  EXPECT_EQ(bench.found("first.found"), "open") << "one answer is missing";
  ASSERT_TRUE(bench.resolver.answer("a.example", FakeResolver::text("ay")));
  bench.poll();
  EXPECT_EQ(bench.found("first.found"), "bee");
  EXPECT_EQ(bench.found("second.found"), "bee");
  EXPECT_EQ(examination->answers().all().size(), 2u);
}

TEST(Examination, WhatIsKnownNeedsNoTripThroughTheLoop) {
  Bench bench;
  for (const char* name : {"a.example", "b.example", "c.example"})
    bench.resolver.memory[txt(name)] = FakeResolver::text("");
  bench.add("first", {Phase::mail}, asks_in_turn("first", {"a.example", "b.example", "c.example"}));
  const auto examination = bench.start();
  examination->reach(Phase::mail);
  EXPECT_EQ(bench.found("first.count"), "3");
  EXPECT_TRUE(bench.resolver.asked.empty());
}

struct Misdeed {
  std::string name;
  FakeFilter::Examine examine;
  std::string reason;
};
POSTERN_NAMED(Misdeed)

class Misbehaving : public testing::TestWithParam<Misdeed> {};

TEST_P(Misbehaving, FilterIsTroubledAndOthersGoOn) {
  Bench bench;
  bench.add("first", {Phase::mail}, GetParam().examine);
  bench.add("second", {Phase::mail, {"first"}}, finds("second"));
  dns::Zone zone;
  dns::ZoneResolver resolver(zone);
  const auto examination =
      Examination::start(bench.set, bench.facts, {resolver, bench.state, bench.loop.get_executor()}, {});
  examination->reach(Phase::mail);
  EXPECT_EQ(bench.found("first.found"), "troubled: " + GetParam().reason);
  EXPECT_TRUE(bench.facts.at("first.count").troubled());
  EXPECT_EQ(bench.facts.evidence().at(0).outcome, Outcome::temperror);
  EXPECT_EQ(bench.found("second.count"), "0");
}

FakeFilter::Examine always(filters::Finding finding) {
  return [finding](const Facts&, const Answers&) { return finding; };
}
filters::Finding one_fact(std::string_view name, Value value) {
  filters::Finding finding;
  finding.facts.push_back(filters::FactValue::known("first.count", 1.0));
  finding.facts.push_back(filters::FactValue::known(name, std::move(value)));
  return finding;
}
filters::Finding left_open() {
  filters::Finding finding = one_fact("first.found", std::string());
  finding.facts.back().fact.state = Fact::State::open;
  return finding;
}
std::vector<DnsQuestion> many(int count) {
  std::vector<DnsQuestion> all;
  for (int i = 0; i < count; ++i) all.push_back(txt(std::to_string(i) + ".example"));
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Misbehaving,
    testing::Values(
        Misdeed{"it throws",
                [](const Facts&, const Answers&) -> filters::Finding { throw std::runtime_error("no good"); },
                "no good"},
        Misdeed{"it throws what is no exception",
                [](const Facts&, const Answers&) -> filters::Finding { throw 7; },
                "threw what is no exception"},
        Misdeed{"a question for every round",
                [](const Facts&, const Answers& answers) {
                  return FakeFilter::asks({txt(std::to_string(answers.all().size()))});
                },
                "not done after 32 rounds of questions"},
        Misdeed{"too many questions at once", always(FakeFilter::asks(many(201))), "more than 200 questions"},
        Misdeed{"too many questions in all",
                [](const Facts&, const Answers& answers) {
                  return FakeFilter::asks(many(static_cast<int>(answers.all().size()) + 20));
                },
                "more than 200 questions"},
        Misdeed{"the same question again", always(FakeFilter::asks({txt("a.example")})),
                "asked again what it had been answered"},
        Misdeed{"a fact is forgotten", always({}), "said nothing of 'first.found'"},
        Misdeed{"a fact of another filter", always(one_fact("second.found", std::string())),
                "found 'second.found', which is not its fact"},
        Misdeed{"a fact nobody knows", always(one_fact("first.other", true)),
                "found 'first.other', which is not its fact"},
        Misdeed{"a fact of the wrong type", always(one_fact("first.found", true)),
                "found 'first.found' of the wrong type"},
        Misdeed{"a fact left open", always(left_open()), "left 'first.found' open"}));

TEST(Examination, TwoHundredQuestionsAreFine) {
  Bench bench;
  bench.add("first", {Phase::mail}, [](const Facts&, const Answers& answers) {
    return answers.all().empty() ? FakeFilter::asks(many(200)) : FakeFilter::found("first", "all");
  });
  const auto examination = bench.start();
  examination->reach(Phase::mail);
  for (const DnsQuestion& question : many(200))
    ASSERT_TRUE(bench.resolver.answer(question.name, FakeResolver::text("")));
  bench.poll();
  EXPECT_EQ(bench.found("first.found"), "all");
}

TEST(Examination, WhenTimeIsOverTheUnansweredCountsAsTimeout) {
  Bench bench;
  bench.add("first", {Phase::mail}, [](const Facts&, const Answers& answers) {
    const DnsAnswer* quick = answers.dns("quick.example", RecordType::txt);
    const DnsAnswer* slow = answers.dns("slow.example", RecordType::txt);
    if (!quick || !slow) return FakeFilter::asks({txt("quick.example"), txt("slow.example")});
    return FakeFilter::found("first",
                             std::string(name(quick->status)) + " " + std::string(name(slow->status)));
  });
  bench.add("second", {Phase::mail},
            asks_in_turn("second", {"slow.example", "further.example", "last.example"}));
  const auto examination = bench.start(nullptr, {.time = std::chrono::milliseconds(1)});
  examination->reach(Phase::mail);
  ASSERT_TRUE(bench.resolver.answer("quick.example", FakeResolver::text("")));
  examination->reach(Phase::message);
  bench.finish(examination);
  EXPECT_EQ(bench.found("first.found"), "ok timeout") << "a filter may still conclude";
  EXPECT_TRUE(bench.found("second.found").starts_with("troubled: no time left to ask for "))
      << bench.found("second.found");
  EXPECT_EQ(examination->answers().dns("slow.example", RecordType::txt)->status, DnsStatus::timeout);
  ASSERT_TRUE(bench.resolver.answer("slow.example", FakeResolver::text("too late")));
  bench.poll();
  EXPECT_EQ(examination->answers().dns("slow.example", RecordType::txt)->status, DnsStatus::timeout);
}

TEST(Examination, AsksBeforehandAtTheHeadersAndNotAgain) {
  Bench bench;
  bench.add("first", {Phase::message}, asks_in_turn("first", {"key.example", "next.example"}),
            [](const Facts& facts, const Answers& answers) {
              if (!facts.message()) ADD_FAILURE() << "asked before the headers";
              return answers.has(txt("key.example")) ? questions({"next.example"})
                                                     : questions({"key.example"});
            });
  const auto examination = bench.start();
  examination->reach(Phase::data);
  EXPECT_TRUE(bench.resolver.asked.empty());
  bench.facts.set_message(std::make_shared<const Message>("Subject: x\r\n"));
  examination->reach(Phase::headers);
  EXPECT_EQ(bench.resolver.asked, (std::vector<std::string>{"key.example"}));
  ASSERT_TRUE(bench.resolver.answer("key.example", FakeResolver::text("")));
  bench.poll();
  EXPECT_EQ(bench.resolver.asked, (std::vector<std::string>{"key.example", "next.example"}));
  EXPECT_EQ(bench.found("first.found"), "open");
  examination->reach(Phase::message);  // the second answer is still under way, and is waited for
  ASSERT_TRUE(bench.resolver.answer("next.example", FakeResolver::text("")));
  bench.finish(examination);
  EXPECT_EQ(bench.found("first.count"), "2");
  EXPECT_EQ(bench.resolver.asked.size(), 2u);
}

TEST(Examination, WhoseForesightHangsOnTheMessageAloneIsAskedOnce) {
  Bench bench;
  int calls = 0;
  auto filter = std::make_unique<FakeFilter>("first", filters::Needs{Phase::message}, finds("first"),
                                             [&](const Facts&, const Answers&) {
                                               ++calls;
                                               return questions({"key.example"});
                                             });
  filter->foresee_once();
  bench.set->push_back(std::move(filter));
  const auto examination = bench.start();
  bench.facts.set_message(std::make_shared<const Message>("Subject: x\r\n"));
  examination->reach(Phase::headers);
  EXPECT_EQ(calls, 1);
  ASSERT_TRUE(bench.resolver.answer("key.example", FakeResolver::text("")));
  bench.poll();
  EXPECT_EQ(calls, 1);
}

TEST(Examination, ForeseeingIsBoundedAndMayThrow) {
  Bench bench;
  int calls = 0;
  bench.add(
      "first", {Phase::message}, finds("first"),
      [](const Facts&, const Answers&) -> std::vector<Question> { throw std::runtime_error("cannot see"); });
  bench.add("second", {Phase::message}, finds("second"),
            [&calls](const Facts&, const Answers&) { return questions({std::to_string(++calls)}); });
  bench.add("third", {Phase::message}, finds("third"), [](const Facts&, const Answers&) {
    const auto all = many(1000);
    return std::vector<Question>(all.begin(), all.end());
  });
  for (int i = 0; i < 100; ++i) bench.resolver.memory[txt(std::to_string(i))] = FakeResolver::text("");
  const auto examination = bench.start();
  examination->reach(Phase::headers);
  EXPECT_EQ(calls, 32);
  EXPECT_EQ(bench.resolver.asked.size(), 200u);
  examination->reach(Phase::message);
  EXPECT_EQ(bench.found("first.count"), "0");
  EXPECT_EQ(bench.found("third.count"), "0") << "what was foreseen is not waited for";
}

TEST(Examination, DoneWaitsForWhatIsUnderWayOnly) {
  Bench bench;
  bench.add("first", {Phase::mail}, asks_in_turn("first", {"a.example"}));
  bench.add("second", {Phase::mail, {"first"}}, asks_in_turn("second", {"b.example"}));
  bench.add("third", {Phase::message}, finds("third"));
  const auto examination = bench.start();
  examination->reach(Phase::mail);
  bool over = false;
  const auto on_end = [&](const std::exception_ptr&) { over = true; };
  const std::vector<std::string> names{"second", "third", "no such filter"};
  asio::co_spawn(bench.loop, examination->done(names), on_end);
  bench.poll();
  EXPECT_FALSE(over);
  ASSERT_TRUE(bench.resolver.answer("a.example", FakeResolver::text("")));
  bench.poll();
  EXPECT_FALSE(over) << "the filter that reads another is under way with it";
  ASSERT_TRUE(bench.resolver.answer("b.example", FakeResolver::text("")));
  bench.poll();
  EXPECT_TRUE(over) << "the third filter lacks its phase and is not waited for";
}

TEST(Examination, CancelDropsAnswersAndWakesWaiters) {
  Bench bench;
  bench.add("first", {Phase::mail}, asks_in_turn("first", {"a.example"}));
  const auto examination = bench.start();
  examination->reach(Phase::mail);
  bool over = false;
  asio::co_spawn(bench.loop, examination->all_done(), [&](const std::exception_ptr&) { over = true; });
  bench.poll();
  EXPECT_FALSE(over);
  examination->cancel();
  ASSERT_TRUE(bench.resolver.answer("a.example", FakeResolver::text("")));
  bench.poll();
  EXPECT_TRUE(over);
  examination->reach(Phase::message);
  EXPECT_EQ(bench.found("first.found"), "open");
  EXPECT_TRUE(examination->answers().all().empty());
}

TEST(Examination, AnswersOutliveItSafely) {
  Bench bench;
  bench.add("first", {Phase::mail}, asks_in_turn("first", {"a.example"}));
  {
    auto facts = std::make_unique<Facts>(bench.session, Owner::transaction);
    auto examination =
        Examination::start(bench.set, *facts, {bench.resolver, bench.state, bench.loop.get_executor()}, {});
    examination->reach(Phase::mail);
  }
  ASSERT_TRUE(bench.resolver.answer("a.example", FakeResolver::text("")));
  bench.poll();
}

std::shared_ptr<const Message> large_message() {
  return Message::parse("Subject: x\r\n\r\n" + std::string(300 << 10, 'x') + "\r\n");
}

TEST(Examination, LargeMessagesAreExaminedOnAWorkerSmallOnesOnTheLoop) {
  for (const bool large : {true, false}) {
    Bench bench;
    asio::thread_pool workers(2);
    std::thread::id ran;
    Envelope envelope;
    envelope.sender = Address::parse("a@a.example").value();
    bench.facts.set_envelope(&envelope);
    bench.facts.set("message.size", 5.0);
    bench.add("first", {Phase::mail}, finds("first"));
    const auto second = [&ran](const Facts& facts, const Answers& answers) {
      ran = std::this_thread::get_id();
      if (!answers.has(txt("a.example"))) return FakeFilter::asks({txt("a.example")});
      return FakeFilter::found("second", facts.envelope()->sender.text() + " " +
                                             to_text(facts.at("message.size").value) + " " +
                                             facts.evidence().at(0).method);
    };
    bench.add("second", {Phase::message}, second);
    bench.add("third", {Phase::message}, finds("third"));
    bench.resolver.memory[txt("a.example")] = FakeResolver::text("");
    const auto examination = bench.start(&workers);
    examination->reach(Phase::mail);
    bench.facts.set_message(large ? large_message() : Message::parse("Subject: x\r\n\r\n"));
    examination->reach(Phase::message);
    bench.finish(examination);
    EXPECT_EQ(bench.found("second.found"), "a@a.example 5 first");
    EXPECT_EQ(ran == std::this_thread::get_id(), !large);
    EXPECT_EQ(bench.evidence(), "first second third");
  }
}

// The size of the message is the estimate of filters that make none.
TEST(Examination, MuchWorkIsDoneOnAWorkerHoweverSmallTheMessage) {
  for (const bool much : {true, false}) {
    Bench bench;
    asio::thread_pool workers(1);
    std::thread::id ran;
    const auto examine = [&ran](const Facts&, const Answers&) {
      ran = std::this_thread::get_id();
      return FakeFilter::found("first", "");
    };
    auto filter = std::make_unique<FakeFilter>("first", filters::Needs{Phase::message}, examine);
    filter->set_work(much ? (256 << 10) + 1 : 256 << 10);
    bench.set->push_back(std::move(filter));
    const auto examination = bench.start(&workers);
    bench.facts.set_message(much ? Message::parse("Subject: x\r\n\r\n") : large_message());
    examination->reach(Phase::message);
    bench.finish(examination);
    EXPECT_EQ(ran == std::this_thread::get_id(), !much);
  }
}

TEST(Examination, TheTransactionMayEndWhileAWorkerExamines) {
  asio::thread_pool workers(1);
  std::promise<void> entered, leave;
  std::promise<std::string> seen;
  Bench bench;
  bench.add("first", {Phase::message}, [&](const Facts& facts, const Answers&) {
    entered.set_value();
    leave.get_future().wait();
    seen.set_value(std::string(facts.message()->fields().at(0).value) + facts.envelope()->sender.text());
    return FakeFilter::found("first", "late");
  });
  {
    Envelope envelope;
    envelope.sender = Address::parse("a@a.example").value();
    auto facts = std::make_unique<Facts>(bench.session, Owner::transaction);
    facts->set_envelope(&envelope);
    facts->set_message(large_message());
    auto examination = Examination::start(
        bench.set, *facts, {bench.resolver, bench.state, bench.loop.get_executor(), &workers}, {});
    examination->reach(Phase::message);
    entered.get_future().wait();
    examination->cancel();
  }
  leave.set_value();
  EXPECT_EQ(seen.get_future().get(), " xa@a.example");
  workers.join();
  bench.poll();
}

TEST(Examination, AWorkerThatTakesTooLongIsNotWaitedFor) {
  asio::thread_pool workers(1);
  std::promise<void> leave;
  Bench bench;
  bench.add("first", {Phase::message}, [&](const Facts&, const Answers&) {
    leave.get_future().wait();
    return FakeFilter::found("first", "late");
  });
  bench.facts.set_message(large_message());
  const auto examination = bench.start(&workers, {.time = std::chrono::milliseconds(1)});
  examination->reach(Phase::message);
  bench.finish(examination);
  EXPECT_EQ(bench.found("first.found"), "troubled: not done after 1 ms");
  leave.set_value();
  workers.join();
  bench.poll();
  EXPECT_EQ(bench.found("first.found"), "troubled: not done after 1 ms");
  EXPECT_EQ(bench.facts.evidence().size(), 1u);
}

}  // namespace
}  // namespace gateway::pipeline
