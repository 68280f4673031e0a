// A changed list file becomes what is in force, once, and by itself or not at all.
#include "gateway/list_files/keeper.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <fstream>

#include "tests/support/policy_bench.h"
#include "tests/support/temporary_directory.h"

namespace gateway::list_files {
namespace {

class Keeping : public testing::Test {
 protected:
  void SetUp() override {
    write("postern.toml",
          "hostname = \"mx.example.com\"\n[[listener]]\naddress = [\"127.0.0.1:2525\"]\ntls = \"off\"\n"
          "[domains.\"example.com\"]\nmailstore = \"main\"\n"
          "[mailstore.main]\nprotocol = \"maildir\"\npath = \"Maildir\"\n[policy]\nfiles = "
          "[\"policy.toml\"]\n");
    write("policy.toml",
          "[lists]\nblocked = { file = \"blocked.txt\", type = \"network\" }\n[[rule]]\nid = \"blocked\"\n"
          "when = 'client.ip in lists.blocked'\nthen = \"reject\"\n");
    write("blocked.txt", "192.0.2.1\n");
    in_force_ = load();
  }

  void write(const std::string& name, std::string_view text) {
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
  }
  std::shared_ptr<pipeline::InForce> load() {
    policy::Diagnostics diagnostics;
    auto loaded = pipeline::InForce::load(folder_.path() / "postern.toml", support::noon(), diagnostics);
    EXPECT_TRUE(loaded) << diagnostics.render();
    return loaded;
  }

  Keeper keeper() {
    return Keeper({.loop = loop_.get_executor(),
                   .reader = reader_.get_executor(),
                   .in_force = [this] { return in_force_; },
                   .replace =
                       [this](const auto& from, auto next) {
                         if (before_replacing_) std::exchange(before_replacing_, nullptr)();
                         if (from.lock() != in_force_) return false;
                         in_force_ = std::move(next);
                         ++replaced_;
                         return true;
                       },
                   .now = [] { return support::noon(); },
                   .news = &news_});
  }

  Keeper::Taken take(std::size_t taken_out = 0, const std::string& name = "blocked.txt") {
    Keeper keeper = this->keeper();
    auto taken = asio::co_spawn(
        loop_, keeper.take(std::filesystem::canonical(folder_.path()) / name, taken_out), asio::use_future);
    loop_.run();
    loop_.restart();
    return taken.get();
  }

  support::TemporaryDirectory folder_;
  std::shared_ptr<const pipeline::InForce> in_force_;
  std::function<void()> before_replacing_;
  int replaced_ = 0;
  News news_{support::noon() - std::chrono::hours(1)};
  asio::io_context loop_;
  asio::thread_pool reader_{1};
};

TEST_F(Keeping, APolicyWithTheNewEntriesComesInForceWithAllElseAsItWas) {
  const auto before = in_force_;
  write("blocked.txt", "192.0.2.1\n192.0.2.2\n");
  const Keeper::Taken taken = take();
  ASSERT_EQ(taken.lists.size(), 1u);
  EXPECT_EQ(taken.lists[0].kept, "");
  EXPECT_EQ(taken.lists[0].found, 2u);
  EXPECT_EQ(taken.policy_version, in_force_->policy->version());
  EXPECT_NE(in_force_->policy->version(), before->policy->version());
  EXPECT_EQ(in_force_->settings, before->settings);
  EXPECT_EQ(in_force_->filters, before->filters);
  EXPECT_EQ(in_force_->policy->version(), load()->policy->version());
  EXPECT_EQ(news_.of("blocked").taken, support::noon());
  EXPECT_EQ(news_.of("blocked").alerted, std::nullopt);
}

TEST_F(Keeping, WhatIsNotTakenLeavesEverythingAsItIs) {
  const auto before = in_force_;
  write("blocked.txt", "nonsense\n");
  const Keeper::Taken taken = take();
  ASSERT_EQ(taken.lists.size(), 1u);
  EXPECT_NE(taken.lists[0].kept, "");
  EXPECT_EQ(in_force_, before);
  EXPECT_EQ(taken.policy_version, before->policy->version());
  const News::Item item = news_.of("blocked");
  EXPECT_EQ(item.taken, support::noon() - std::chrono::hours(1));
  EXPECT_EQ(item.alerted, support::noon());
  EXPECT_EQ(item.alert, taken.lists[0].kept);
  news_.all_taken(support::noon() + std::chrono::hours(1));
  EXPECT_EQ(news_.of("blocked").taken, support::noon() + std::chrono::hours(1));
  EXPECT_EQ(news_.of("blocked").alerted, support::noon()) << "the last alert is still told";
}

TEST_F(Keeping, AFileOfNoListIsNotRead) {
  write("other.txt", "192.0.2.9\n");
  EXPECT_TRUE(take(0, "other.txt").lists.empty());
  EXPECT_EQ(replaced_, 0);
}

// A reload that comes in between has read the file as it was before.
TEST_F(Keeping, AReloadMeanwhileIsNotUndone) {
  const auto reloaded = load();
  write("blocked.txt", "192.0.2.1\n192.0.2.2\n");
  before_replacing_ = [&] { in_force_ = reloaded; };
  EXPECT_EQ(take().lists.size(), 1u);
  EXPECT_EQ(replaced_, 1);
  EXPECT_EQ(in_force_->settings, reloaded->settings);
  EXPECT_EQ(in_force_->policy->list_files()[0].entries, 2u);
}

TEST_F(Keeping, AReloadSaysWhatAListHasLost) {
  write("blocked.txt", "192.0.2.1\n192.0.2.2\n192.0.2.3\n192.0.2.4\n");
  const auto before = load();
  write("blocked.txt", "192.0.2.1\n192.0.2.2\n");
  EXPECT_TRUE(shrunk(*before->policy, *load()->policy).empty()) << "two may go";
  write("blocked.txt", "192.0.2.1\n");
  const auto lost = shrunk(*before->policy, *load()->policy);
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].before, 4u);
  EXPECT_EQ(lost[0].found, 1u);
  EXPECT_TRUE(shrunk(*load()->policy, *before->policy).empty());
}

TEST(LogLines, CannotBeForgedByWhatStandsInAFile) {
  policy::ListReading reading{
      .list = "blocked", .file = "/etc/postern/blocked.txt", .before = 9, .found = 12};
  EXPECT_EQ(
      as_log_line(reading, "abc"),
      "event=list_reloaded list=blocked file=\"/etc/postern/blocked.txt\" entries=12 before=9 policy=abc");
  reading.kept = "line 1: 'x\" event=started\n' is none";
  EXPECT_EQ(
      as_log_line(reading, ""),
      "event=list_kept list=blocked file=\"/etc/postern/blocked.txt\" entries=9 found=12 "
      "why=\"line 1: 'x\\\" event=started\\\\x0a' is none\" what=\"the entries read before stay in force; "
      "if the file is meant so: postern reload\"");
}

}  // namespace
}  // namespace gateway::list_files
