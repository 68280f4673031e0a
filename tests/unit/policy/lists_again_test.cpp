// List files read again while the rules stay: what is taken, what is kept and why, and which entries count
// when.
#include <gtest/gtest.h>

#include <fstream>

#include "policy/lists.h"
#include "policy/policy.h"
#include "tests/support/named.h"
#include "tests/support/policy_bench.h"
#include "tests/support/temporary_directory.h"

namespace {

using namespace policy;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::string_view kRules = R"([lists]
blocked  = { file = "blocked.txt", type = "network" }
partners = { file = "partners.txt" }
[[rule]]
id   = "blocked"
when = 'client.ip in lists.blocked'
then = "reject"
[[rule]]
id   = "partners"
when = 'sender.domain under lists.partners'
then = "quarantine"
)";

class ListsAgain : public testing::Test {
 protected:
  void SetUp() override {
    write("blocked.txt", "192.0.2.1\n");
    write("partners.txt", "a.example\n");
    write("policy.toml", kRules);
  }

  void write(const std::string& name, std::string_view text) {
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
  }
  fs::path file(const std::string& name) const { return folder_.path() / name; }

  std::shared_ptr<const Policy> load(Time now = support::noon()) {
    Diagnostics diagnostics;
    auto policy =
        Policy::load(std::array{file("policy.toml")}, support::full_vocabulary(), {}, now, diagnostics);
    warnings_ = diagnostics.render();
    if (!policy) ADD_FAILURE() << warnings_;
    return policy;
  }

  // Reads the files again; what was taken becomes the policy.
  std::vector<ListReading> again(std::shared_ptr<const Policy>& policy, const std::vector<std::string>& names,
                                 std::size_t taken_out = 0, Time now = support::noon()) {
    std::vector<fs::path> files;
    for (const std::string& name : names) files.push_back(file(name));
    ListsRead read =
        policy->with_lists_read_again(files, taken_out, support::full_vocabulary(), nullptr, now);
    if (read.policy) policy = read.policy;
    return read.lists;
  }

  static std::string rule(const Policy& policy, std::string_view said) {
    Facts facts(support::full_vocabulary());
    support::set_facts(facts, std::string(said) + "; *");
    return policy.decide(facts, {.at_end = true}).rule;
  }

  support::TemporaryDirectory folder_;
  std::string warnings_;
};

constexpr auto kListed = "client.ip=192.0.2.1";

TEST_F(ListsAgain, AChangedFileIsTakenAndTheVersionChanges) {
  auto policy = load();
  const auto first = policy;
  EXPECT_EQ(rule(*policy, kListed), "blocked");
  write("blocked.txt", "198.51.100.0/24\n203.0.113.1\n");
  const auto readings = again(policy, {"blocked.txt"});
  ASSERT_EQ(readings.size(), 1u);
  EXPECT_EQ(readings[0].list, "blocked");
  EXPECT_EQ(readings[0].kept, "");
  EXPECT_EQ(readings[0].before, 1u);
  EXPECT_EQ(readings[0].found, 2u);
  EXPECT_EQ(rule(*policy, kListed), "@default");
  EXPECT_EQ(rule(*policy, "client.ip=198.51.100.7"), "blocked");
  EXPECT_NE(policy->version(), first->version());
  EXPECT_EQ(rule(*first, kListed), "blocked") << "what is in force elsewhere does not change";
  EXPECT_EQ(policy->version(), load()->version()) << "as if all were read anew";
}

TEST_F(ListsAgain, OtherListsAreNotRead) {
  auto policy = load();
  write("blocked.txt", "198.51.100.7\n");
  write("partners.txt", "b.example\n");
  again(policy, {"blocked.txt"});
  EXPECT_EQ(rule(*policy, "client.ip=203.0.113.9; sender.domain=mx.a.example"), "partners");
  again(policy, {"partners.txt"});
  EXPECT_EQ(rule(*policy, "client.ip=203.0.113.9; sender.domain=mx.a.example"), "@default");
  EXPECT_EQ(rule(*policy, "client.ip=203.0.113.9; sender.domain=b.example"), "partners");
  EXPECT_EQ(rule(*policy, "client.ip=198.51.100.7"), "blocked");
}

TEST_F(ListsAgain, PolicyFilesAreNotRead) {
  auto policy = load();
  write("policy.toml", "nonsense");
  write("blocked.txt", "198.51.100.7\n");
  again(policy, {"blocked.txt"});
  EXPECT_EQ(rule(*policy, "client.ip=198.51.100.7"), "blocked");
}

TEST_F(ListsAgain, AListWithAMistakeKeepsItsEntriesAndOthersAreTaken) {
  auto policy = load();
  write("blocked.txt", "192.0.2.2\nhalf an entr");
  write("partners.txt", "b.example\n");
  const auto readings = again(policy, {"blocked.txt", "partners.txt"});
  ASSERT_EQ(readings.size(), 2u);
  EXPECT_EQ(readings[0].kept,
            "line 2: 'half an entr' is not an IP address or a network: 'client.ip' is looked up in list "
            "'blocked'");
  EXPECT_EQ(readings[1].kept, "");
  EXPECT_EQ(rule(*policy, kListed), "blocked");
  EXPECT_EQ(rule(*policy, "client.ip=203.0.113.9; sender.domain=b.example"), "partners");
}

TEST_F(ListsAgain, AFileThatIsGoneKeepsItsEntries) {
  auto policy = load();
  fs::remove(file("blocked.txt"));
  const auto first = policy;
  const auto readings = again(policy, {"blocked.txt"}, 9);
  EXPECT_EQ(readings[0].kept, "it cannot be read: No such file or directory");
  EXPECT_EQ(policy, first);
  fs::create_directory(file("blocked.txt"));
  EXPECT_EQ(again(policy, {"blocked.txt"}, 9)[0].kept, "it cannot be read: it is a directory");
}

TEST_F(ListsAgain, WhatLooksLikeAnAccidentIsTakenOnlyWhenItIsKnownToBeNone) {
  std::string ten;
  for (int i = 1; i <= 10; ++i) ten += "192.0.2." + std::to_string(i) + "\n";
  write("blocked.txt", ten);
  auto policy = load();
  write("blocked.txt", "192.0.2.9\n");
  EXPECT_EQ(again(policy, {"blocked.txt"})[0].kept, "it has shrunk by half or more, from 10 to 1");
  EXPECT_EQ(rule(*policy, kListed), "blocked");
  EXPECT_EQ(again(policy, {"blocked.txt"}, 5)[0].kept, "it has shrunk by half or more, from 5 to 1")
      << "more is gone than was taken out";
  EXPECT_EQ(again(policy, {"blocked.txt"}, 9)[0].kept, "");
  EXPECT_EQ(rule(*policy, kListed), "@default");
  EXPECT_EQ(rule(*policy, "client.ip=192.0.2.9"), "blocked");
}

TEST_F(ListsAgain, AnEntryCountsUntilItsEnd) {
  write("blocked.txt",
        "192.0.2.1 # until 2026-06-01T13:00:00Z: flood\n192.0.2.2 # until 2026-06-01T15:00:00Z\n192.0.2.3\n");
  auto policy = load();
  const Time end = support::noon() + 1h;
  ASSERT_EQ(policy->list_files().size(), 2u);
  EXPECT_EQ(policy->list_files()[0].entries, 3u);
  EXPECT_EQ(policy->list_files()[0].next_end, end);
  EXPECT_EQ(policy->list_files()[1].next_end, std::nullopt);
  again(policy, {"blocked.txt"}, 0, end - 1s);
  EXPECT_EQ(rule(*policy, kListed), "blocked");
  const auto readings = again(policy, {"blocked.txt"}, 0, end);
  EXPECT_EQ(readings[0].before, 2u) << "what has ended is nothing that got lost";
  EXPECT_EQ(readings[0].found, 2u);
  EXPECT_EQ(rule(*policy, kListed), "@default");
  EXPECT_EQ(rule(*policy, "client.ip=192.0.2.2"), "blocked");
  EXPECT_EQ(policy->list_files()[0].next_end, end + 2h);
  EXPECT_EQ(policy->version(), load(end)->version());
  EXPECT_NE(policy->version(), load(end - 1s)->version());
}

TEST_F(ListsAgain, AnEntryEndsWhateverBecomesOfItsFile) {
  constexpr std::string_view kEnding = "192.0.2.1 # until 2026-06-01T13:00:00Z\n192.0.2.3\n";
  const Time end = support::noon() + 1h;
  for (const std::vector<std::string>& asked : {std::vector<std::string>{"blocked.txt"}, {}}) {
    write("blocked.txt", kEnding);
    auto policy = load();
    write("blocked.txt", "no network\n");
    const auto readings = again(policy, asked, 0, end);
    if (!asked.empty()) EXPECT_NE(readings[0].kept, "");
    EXPECT_EQ(rule(*policy, kListed), "@default");
    EXPECT_EQ(rule(*policy, "client.ip=192.0.2.3"), "blocked");
    EXPECT_EQ(policy->list_files()[0].next_end, std::nullopt);
    write("blocked.txt", "192.0.2.1\n192.0.2.3\n");
    EXPECT_EQ(again(policy, {"blocked.txt"}, 0, end + 1h)[0].kept, "");
    EXPECT_EQ(rule(*policy, kListed), "blocked");
  }
}

TEST_F(ListsAgain, AllEntriesMayEnd) {
  std::string text = "# who floods us\n";
  for (int i = 1; i <= 9; ++i) text += "192.0.2." + std::to_string(i) + " # until 2026-06-01T13:00:00Z\n";
  write("blocked.txt", text);
  auto policy = load();
  EXPECT_EQ(again(policy, {"blocked.txt"}, 0, support::noon() + 1h)[0].kept, "");
  EXPECT_EQ(rule(*policy, kListed), "@default");
  load(support::noon() + 1h);
  EXPECT_EQ(warnings_, "") << "an emergency list without an emergency is as it should be";
}

TEST_F(ListsAgain, AnEmptyFileIsWarnedOfUnlessItSaysThatItIsMeantSo) {
  write("blocked.txt", "\n \n");
  load();
  EXPECT_NE(warnings_.find("blocked.txt has no entries (a comment in it says that it is meant so)"),
            std::string::npos);
  write("blocked.txt", "# nobody, at present\n");
  load();
  EXPECT_EQ(warnings_, "");
}

TEST_F(ListsAgain, AnEndThatIsNoneIsWarnedOf) {
  write("blocked.txt", "192.0.2.1   # until 2026-06-31\n");
  load();
  EXPECT_NE(warnings_.find("blocked.txt:1:15: warning: this is no end: the entry stays"), std::string::npos)
      << warnings_;
}

TEST_F(ListsAgain, LookAlikesAreThoseOfTheNewEntries) {
  write("policy.toml",
        "[lists]\nknown = { file = \"partners.txt\" }\n[[rule]]\nid = \"alike\"\n"
        "when = 'sender.domain resembles lists.known'\nthen = \"reject\"\n");
  write("partners.txt", "partner.example\n");
  auto policy = load();
  const auto verdict = [&] { return rule(*policy, "sender.domain=partmer.example"); };
  EXPECT_EQ(verdict(), "alike");
  write("partners.txt", "partner.example\nAnn Lee\n");
  EXPECT_EQ(again(policy, {"partners.txt"})[0].kept,
            "line 2: 'Ann Lee' is not a domain: 'sender.domain' is looked up in list 'known'");
  EXPECT_EQ(verdict(), "alike");
  write("partners.txt", "partner.example\nsupplier.example\n");
  EXPECT_EQ(again(policy, {"partners.txt"})[0].kept, "");
  EXPECT_EQ(rule(*policy, "sender.domain=suppliers.example"), "alike");
  EXPECT_EQ(verdict(), "alike");
}

TEST_F(ListsAgain, ListsAreFoundInAPolicyWithMistakesToo) {
  write("policy.toml",
        std::string(kRules) + "[[rule]]\nid = \"broken\"\nwhen = 'no.such.fact'\nthen = \"tag\"\n");
  write("blocked.txt", "nonsense\n");
  fs::remove(file("partners.txt"));
  Diagnostics diagnostics;
  const auto lists = Policy::lists_in(std::array{file("policy.toml")}, support::full_vocabulary(),
                                      support::noon(), diagnostics);
  EXPECT_TRUE(diagnostics.has_errors());
  ASSERT_EQ(lists.size(), 2u);
  EXPECT_EQ(lists[0].name, "blocked");
  EXPECT_EQ(lists[0].where, "policy.toml:2");
  EXPECT_EQ(lists[0].file, file("blocked.txt"));
  EXPECT_EQ(lists[0].kinds, std::vector{EntryList::Kind::network});
  EXPECT_EQ(lists[1].file, file("partners.txt"));
  EXPECT_TRUE(lists[1].kinds.empty()) << "neither declared nor read";
}

struct Shrink {
  std::size_t before;
  std::size_t found;
  bool blank;
  bool taken;
};
void PrintTo(const Shrink& row, std::ostream* out) {
  *out << row.before << " to " << row.found << (row.blank ? " blank" : "");
}

class Shrinking : public testing::TestWithParam<Shrink> {};

TEST_P(Shrinking, IsAnAccidentOrNot) {
  const Shrink& row = GetParam();
  EXPECT_EQ(why_not_taken(row.before, row.found, row.blank).empty(), row.taken);
}

INSTANTIATE_TEST_SUITE_P(Table, Shrinking,
                         testing::Values(Shrink{0, 0, true, true},  // it was empty before
                                         Shrink{1, 0, true, false}, Shrink{1, 0, false, true},
                                         Shrink{2, 0, false, true}, Shrink{3, 0, false, false},
                                         Shrink{3, 1, false, true}, Shrink{4, 2, false, true},
                                         Shrink{4, 1, false, false}, Shrink{5, 3, false, true},
                                         Shrink{5, 2, false, false}, Shrink{1000, 501, false, true},
                                         Shrink{1000, 500, false, false}, Shrink{1000, 2000, false, true}));

}  // namespace
