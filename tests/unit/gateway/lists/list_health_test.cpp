// The lists of a configuration together, and what is asked of them.
#include "gateway/lists/list_health.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "gateway/dns/zone_resolver.h"
#include "gateway/lists/list_probe.h"
#include "gateway/lists/list_watch.h"
#include "tests/support/fake_filter.h"

namespace gateway::lists {
namespace {

using filters::dnsxl::DnsList;
using filters::dnsxl::Kind;
using filters::dnsxl::TestResult;
using namespace std::chrono_literals;

DnsList list(std::string id) {
  DnsList made{.id = id, .zone = id + ".example", .test_point = "127.0.0.2"};
  made.codes.push_back({"127.0.0.2", {filters::dnsxl::CodePattern::any()}, 1});
  return made;
}

DnsAnswer status(DnsStatus status) { return support::FakeResolver::status(status); }

const TestResult kFails{TestResult::State::fails, "it lists 127.0.0.1"};
const ListHealth::Clock::time_point kNow{1000h};

class Health : public testing::Test {
 protected:
  policy::List aside() const {
    const auto all = health_->set_aside();
    return all ? *all : policy::List();
  }
  const std::shared_ptr<ListHealth> health_ = std::make_shared<ListHealth>();
};

TEST_F(Health, TellsWhoIsSetAsideAndWhy) {
  health_->use({list("zen"), list("cop")});
  EXPECT_EQ(aside(), (policy::List{"zen: it has not been tested yet", "cop: it has not been tested yet"}));
  ASSERT_EQ(health_->take_due(kNow).size(), 2u);
  EXPECT_TRUE(health_->take_due(kNow).empty());
  health_->tested(list("zen"), {}, kNow);
  EXPECT_FALSE(health_->all_tested());
  health_->tested(list("cop"), kFails, kNow);
  EXPECT_TRUE(health_->all_tested());
  EXPECT_EQ(aside(), policy::List{"cop: it lists 127.0.0.1"});
  EXPECT_EQ(health_->next_test(), kNow + 1min);
}

TEST_F(Health, SaysNothingWhereAllIsWell) {
  EXPECT_EQ(health_->set_aside(), nullptr);
  EXPECT_EQ(health_->next_test(), ListHealth::Clock::time_point::max());
  EXPECT_TRUE(health_->all_tested());
  health_->use({list("zen")});
  health_->take_due(kNow);
  health_->tested(list("zen"), {}, kNow);
  EXPECT_EQ(health_->set_aside(), nullptr);
}

TEST_F(Health, IsKeptOverAReload) {
  int hurries = 0;
  health_->on_hurry([&] { ++hurries; });
  health_->use({list("zen"), list("cop")});
  for (const DnsList& due : health_->take_due(kNow)) health_->tested(due, {}, kNow);
  DnsList renamed = list("zen");
  renamed.id = "spamhaus";
  health_->use({renamed, list("new")});
  EXPECT_EQ(aside(), policy::List{"new: it has not been tested yet"});
  EXPECT_EQ(hurries, 2);
  health_->tested(list("cop"), kFails, kNow);  // a test that was under way
  EXPECT_EQ(aside(), policy::List{"new: it has not been tested yet"});
}

TEST_F(Health, KnowsTheQuestionsForItsLists) {
  health_->use({list("zen")});
  EXPECT_TRUE(health_->has({"1.2.0.192.zen.example", RecordType::a}));
  EXPECT_FALSE(health_->has({"1.2.0.192.zen.example", RecordType::txt}));
  EXPECT_FALSE(health_->has({"frozen.example", RecordType::a}));
  EXPECT_FALSE(health_->has({"1.2.0.192.cop.example", RecordType::a}));
}

TEST_F(Health, HurriesWhereAListLooksWrong) {
  health_->use({list("zen")});
  health_->take_due(kNow);
  health_->tested(list("zen"), {}, kNow);
  int hurries = 0;
  health_->on_hurry([&] { ++hurries; });
  DnsAnswer listed = status(DnsStatus::ok);
  listed.records.push_back({.text = {}, .address = IpAddress::parse("127.0.0.2").value()});
  for (int i = 0; i < 20; ++i) health_->answered({"1.2.0.192.zen.example", RecordType::a}, listed, kNow);
  EXPECT_EQ(hurries, 1);
  EXPECT_EQ(aside(), policy::List{"zen: it suddenly lists far more than before"});
}

// --- with a resolver

class Probe : public Health {
 protected:
  static dns::Zone zone(std::initializer_list<std::pair<const char*, const char*>> entries) {
    dns::Zone made;
    for (const auto& [name, code] : entries)
      made.add(name, RecordType::a, {.text = {}, .address = IpAddress::parse(code).value()});
    return made;
  }
  void run(dns::Resolver& resolver, bool from_file) {
    ListProbe probe(loop_.get_executor(), {resolver, health_, [] { return 0x01020304u; }, from_file});
    probe.run();
    bool done = false;
    asio::co_spawn(loop_, probe.first_round(1h), [&](std::exception_ptr) { done = true; });
    while (!done && loop_.run_one() > 0) {
    }
    EXPECT_TRUE(done);
  }
  asio::io_context loop_{1};
};

TEST_F(Probe, TestsEachListOnce) {
  dns::ZoneResolver resolver(zone({{"2.0.0.127.good.example", "127.0.0.2"},
                                   {"2.0.0.127.wild.example", "127.0.0.2"},
                                   {"1.0.0.127.wild.example", "127.0.0.2"},
                                   {"2.0.0.127.open.example", "127.255.255.254"}}));
  health_->use({list("good"), list("wild"), list("open"), list("empty")});
  run(resolver, false);
  EXPECT_EQ(
      aside(),
      (policy::List{"wild: it lists 127.0.0.1, which no list may (RFC 5782 §5)",
                    "open: it answers 127.255.255.254 (asked through an open resolver), which is an error",
                    "empty: it does not list 127.0.0.2, which each list must (RFC 5782 §5)"}));
}

TEST_F(Probe, AsksNoPointsOfAFileForTryingOut) {
  dns::ZoneResolver resolver(zone({{"1.0.0.127.wild.example", "127.0.0.2"}}));
  health_->use({list("good"), list("wild")});
  run(resolver, true);
  EXPECT_EQ(aside(), policy::List{"wild: it lists 127.0.0.1, which no list may (RFC 5782 §5)"});
}

TEST_F(Probe, TestsAtOnceWhatIsNew) {
  dns::ZoneResolver resolver(zone({{"2.0.0.127.good.example", "127.0.0.2"}}));
  ListProbe probe(loop_.get_executor(), {resolver, health_, [] { return 1u; }, false});
  probe.run();
  health_->use({list("good")});
  while (health_->set_aside() && loop_.run_one() > 0) {
  }
  EXPECT_EQ(health_->set_aside(), nullptr);
}

TEST_F(Probe, MayEndBeforeItsAnswersCome) {
  support::FakeResolver resolver;
  health_->use({list("slow")});
  {
    ListProbe probe(loop_.get_executor(), {resolver, health_, [] { return 1u; }, false});
    probe.run();
  }
  for (const std::string& name : std::vector<std::string>(resolver.asked))
    EXPECT_TRUE(resolver.answer(name, status(DnsStatus::nxdomain)));
  loop_.run();
  EXPECT_EQ(aside(), policy::List{"slow: it has not been tested yet"});
}

TEST(Watch, ShowsTheHealthWhatListsAnswer) {
  const auto health = std::make_shared<ListHealth>();
  health->use({list("zen")});
  health->take_due(kNow);
  health->tested(list("zen"), {}, kNow);
  auto owned = std::make_unique<support::FakeResolver>();
  support::FakeResolver& inner = *owned;
  ListWatch watch(std::move(owned), health);
  asio::io_context loop(1);
  int answers = 0;
  for (const auto* name : {"1.zen.example", "2.zen.example", "3.zen.example", "a.example"})
    watch.ask({name, RecordType::a}, loop.get_executor(), [&](const DnsAnswer&) { ++answers; });
  for (const auto* name : {"1.zen.example", "2.zen.example", "3.zen.example", "a.example"})
    EXPECT_TRUE(inner.answer(name, status(DnsStatus::timeout)));
  loop.run();
  EXPECT_EQ(answers, 4);
  ASSERT_NE(health->set_aside(), nullptr);
  EXPECT_EQ(health->set_aside()->front(), "zen: it does not answer (timeout), 3 times in a row");
}

}  // namespace
}  // namespace gateway::lists
