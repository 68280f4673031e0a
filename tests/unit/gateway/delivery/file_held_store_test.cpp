#include "gateway/delivery/file_held_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>
#include <cerrno>
#include <fstream>

#include "gateway/delivery/held_file.h"
#include "tests/support/fault_disk.h"
#include "tests/support/named.h"
#include "tests/support/parcels.h"
#include "tests/support/temporary_directory.h"

namespace gateway::delivery {
namespace {

using testing::ElementsAre;

HeldMessage held(Keep keep = Keep::retry) {
  HeldMessage message;
  message.parcel = support::parcel({"u@example.com", "v@example.com"});
  message.keep = keep;
  message.reason = "unreachable";
  message.verdict = R"({"rule":"x"})";
  message.since = Time(std::chrono::seconds(1'700'000'000));
  message.next = Time(std::chrono::seconds(1'700'000'060));
  message.attempts = 3;
  message.authenticated = true;
  return message;
}

std::string body_of(const Parcel& parcel) {
  std::string body;
  std::vector<char> room(7);
  for (std::uint64_t at = parcel.body_offset; at < parcel.octets->size();) {
    const std::string_view part = parcel.octets->read(at, room);
    body += part;
    at += part.size();
  }
  return body;
}

class FileHeldStoreTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(store_.prepare()); }
  Result<void> hold(FileHeldStore& store, HeldMessage message) {
    return support::await(loop_, store.hold(std::move(message)));
  }
  std::vector<HeldEntry> scan(Keep keep = Keep::retry) { return support::await(loop_, store_.scan(keep)); }

  support::TemporaryDirectory directory_;
  support::FaultDisk disk_;
  asio::io_context loop_;
  asio::thread_pool pool_{1};
  FileHeldStore store_{directory_.path(), disk_, pool_.get_executor(), 0.05};
};

TEST_F(FileHeldStoreTest, WhatWasHeldIsReadBackAfterARestart) {
  ASSERT_TRUE(hold(store_, held()));
  FileHeldStore restarted(directory_.path(), disk_, pool_.get_executor(), 0.05);
  ASSERT_TRUE(restarted.prepare());
  const std::vector<HeldEntry> found = support::await(loop_, restarted.scan(Keep::retry));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].path.filename(), "0ABCDEFGHJK1.held");
  const Result<HeldMessage> back = support::await(loop_, restarted.load(found[0].path));
  ASSERT_TRUE(back) << back.error().text();
  const HeldMessage expected = held();
  EXPECT_EQ(back->parcel.id, expected.parcel.id);
  EXPECT_EQ(back->parcel.mailstore, "main");
  EXPECT_EQ(back->parcel.sender, expected.parcel.sender);
  EXPECT_EQ(back->parcel.recipients, expected.parcel.recipients);
  EXPECT_EQ(back->parcel.header, expected.parcel.header);
  EXPECT_EQ(body_of(back->parcel), body_of(expected.parcel));
  EXPECT_EQ(back->reason, expected.reason);
  EXPECT_EQ(back->verdict, expected.verdict);
  EXPECT_EQ(back->since, expected.since);
  EXPECT_EQ(back->next, expected.next);
  EXPECT_EQ(back->attempts, 3u);
  EXPECT_TRUE(back->authenticated);
  EXPECT_EQ(back->keep, Keep::retry);
}

TEST_F(FileHeldStoreTest, TheFileIsSyncedBeforeItsNameAndTheDirectoryAfter) {
  const std::size_t before = disk_.calls().size();
  ASSERT_TRUE(hold(store_, held()));
  std::vector<std::string> calls = disk_.calls();
  calls.erase(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_THAT(calls, ElementsAre("free_share", "open retry", "write", "write", "write", "fsync",
                                 "rename retry", "fsync_dir retry"));
}

TEST_F(FileHeldStoreTest, RetryAndQuarantineAreKeptApart) {
  ASSERT_TRUE(hold(store_, held(Keep::retry)));
  ASSERT_TRUE(hold(store_, held(Keep::quarantine)));
  EXPECT_EQ(scan(Keep::retry).size(), 1u);
  EXPECT_EQ(scan(Keep::quarantine).size(), 1u);
}

TEST_F(FileHeldStoreTest, TwoMessagesOfOneTransactionDoNotOverwriteEachOther) {
  ASSERT_TRUE(hold(store_, held()));
  ASSERT_TRUE(hold(store_, held()));
  EXPECT_EQ(scan().size(), 2u);
}

TEST_F(FileHeldStoreTest, OddEnvelopesAndOctetsSurvive) {
  HeldMessage message = held();
  message.parcel.sender = Address();
  message.parcel.recipients = {{Address::bare_postmaster()},
                               {Address::parse("\"a b\"@[192.0.2.1]").value()},
                               {Address::parse("jörg@exämple.com").value()}};
  message.reason = "bad \xff utf-8";
  ASSERT_TRUE(hold(store_, message));
  const std::vector<HeldEntry> found = scan();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].message.parcel.sender.is_null());
  EXPECT_EQ(found[0].message.parcel.recipients, message.parcel.recipients);
  EXPECT_EQ(found[0].message.reason, message.reason);
}

TEST_F(FileHeldStoreTest, WishesForNotificationsAreKept) {
  HeldMessage message = held();
  message.parcel.recipients = {{Address::parse("u@example.com").value(), "NEVER", ""},
                               {Address::parse("v@example.com").value(), "", "rfc822;w@example.com"}};
  message.parcel.ret = "HDRS";
  message.parcel.envid = "QQ+2B314";
  ASSERT_TRUE(hold(store_, message));
  const std::vector<HeldEntry> found = scan();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].message.parcel.recipients, message.parcel.recipients);
  EXPECT_EQ(found[0].message.parcel.ret, "HDRS");
  EXPECT_EQ(found[0].message.parcel.envid, "QQ+2B314");
}

TEST_F(FileHeldStoreTest, WishesThatWouldBreakTheMailstoresCommandsAreNotHeld) {
  HeldMessage message = held();
  message.parcel.envid = "x\r\nRCPT TO:<evil@example.com>";
  EXPECT_FALSE(hold(store_, message));
  message.parcel.envid.clear();
  message.parcel.recipients[0].notify = "NEVER\r\nDATA";
  EXPECT_FALSE(hold(store_, message));
  EXPECT_EQ(scan().size(), 0u);
}

// A version that does not know what was promised must not read the file: it would send the message in clear,
// or a binary body behind DATA.
TEST_F(FileHeldStoreTest, AFileWithPromisesIsOfAnotherFormat) {
  const auto head_of = [](const HeldMessage& message) {
    return held_file_head(message).value().substr(0, 16);
  };
  HeldMessage plain = held();
  plain.parcel.ret = "FULL";
  EXPECT_EQ(head_of(plain), "postern held 1\r\n");
  HeldMessage required = held();
  required.parcel.requiretls = true;
  EXPECT_EQ(head_of(required), "postern held 2\r\n");
  HeldMessage binary = held();
  binary.parcel.binary = true;
  EXPECT_EQ(head_of(binary), "postern held 2\r\n");
  ASSERT_TRUE(hold(store_, required));
  ASSERT_TRUE(hold(store_, binary));
  const std::vector<HeldEntry> found = scan();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_NE(found[0].message.parcel.requiretls, found[1].message.parcel.requiretls);
  EXPECT_NE(found[0].message.parcel.binary, found[1].message.parcel.binary);
}

TEST_F(FileHeldStoreTest, BelowMinFreeNothingIsHeld) {
  disk_.share = 0.049;
  const Result<void> result = hold(store_, held());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().system_code(), ENOSPC);
  EXPECT_EQ(support::files_in(store_.directory(Keep::retry)), 0u);
}

TEST_F(FileHeldStoreTest, AnIdThatLeadsElsewhereIsNotUsed) {
  HeldMessage message = held();
  message.parcel.id = "../x";
  EXPECT_FALSE(hold(store_, message));
}

TEST_F(FileHeldStoreTest, ACrashLeavesNothingAfterTheNextStart) {
  std::ofstream(store_.directory(Keep::retry) / "A.tmp") << "half";
  std::ofstream(store_.directory(Keep::retry) / "A.new") << "half";
  std::ofstream(store_.directory(Keep::retry) / "A.release-new") << "half";
  ASSERT_TRUE(store_.prepare());
  EXPECT_EQ(support::files_in(store_.directory(Keep::retry)), 0u);
}

ReleaseMark alices() {
  return {
      Time(std::chrono::seconds(1'700'000'100)), "alice", "web", {"u@example.com", "\"\xff\"@example.com"}};
}

TEST_F(FileHeldStoreTest, AMarkIsSyncedWithItsDirectoryAndReadBackAfterARestart) {
  ASSERT_TRUE(hold(store_, held()));
  const Path path = scan().at(0).path;
  EXPECT_TRUE(support::await(loop_, store_.release_mark(path)).recipients.empty());
  const std::size_t before = disk_.calls().size();
  ASSERT_TRUE(support::await(loop_, store_.mark_release(path, alices())));
  std::vector<std::string> calls = disk_.calls();
  calls.erase(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_THAT(calls, ElementsAre("open retry", "write", "fsync", "rename retry", "fsync_dir retry"));
  FileHeldStore restarted(directory_.path(), disk_, pool_.get_executor(), 0.05);
  ASSERT_TRUE(restarted.prepare());
  const ReleaseMark back = support::await(loop_, restarted.release_mark(path));
  EXPECT_EQ(back.begun, alices().begun);
  EXPECT_EQ(back.who, "alice");
  EXPECT_EQ(back.via, "web");
  EXPECT_EQ(back.recipients, alices().recipients);
  EXPECT_THAT(back.in_doubt(held().parcel.recipients), ElementsAre("u@example.com"));
  EXPECT_EQ(support::await(loop_, restarted.scan(Keep::retry)).size(), 1u);
}

TEST_F(FileHeldStoreTest, AMarkGoesWithItsMessage) {
  ASSERT_TRUE(hold(store_, held()));
  const Path path = scan().at(0).path;
  ASSERT_TRUE(support::await(loop_, store_.mark_release(path, alices())));
  ASSERT_TRUE(support::await(loop_, store_.remove(path)));
  EXPECT_EQ(support::files_in(store_.directory(Keep::retry)), 0u);
}

TEST_F(FileHeldStoreTest, AMarkThatStayedBehindSpeaksOfNoOtherMessage) {
  ASSERT_TRUE(hold(store_, held()));
  const Path path = scan().at(0).path;
  ASSERT_TRUE(support::await(loop_, store_.mark_release(path, alices())));
  std::filesystem::remove(path);
  ASSERT_TRUE(hold(store_, held()));
  ASSERT_EQ(scan().size(), 1u);
  const Path next = scan().at(0).path;
  EXPECT_NE(next, path);
  EXPECT_TRUE(support::await(loop_, store_.release_mark(next)).recipients.empty());
  ASSERT_TRUE(store_.prepare());
  EXPECT_EQ(support::files_in(store_.directory(Keep::retry)), 1u);
}

TEST_F(FileHeldStoreTest, AMarkThatCannotBeReadIsOfEverybody) {
  ASSERT_TRUE(hold(store_, held()));
  const Path path = scan().at(0).path;
  for (const char* text : {"", "{", "[]", R"({"begun":1,"who":"a","via":"web","recipients":[1]})",
                           R"({"begun":"1","who":"a","via":"web","recipients":[]})"}) {
    std::ofstream(release_mark_of(path), std::ios::trunc) << text;
    const ReleaseMark mark = support::await(loop_, store_.release_mark(path));
    EXPECT_TRUE(mark.everybody) << text;
    EXPECT_EQ(mark.in_doubt(held().parcel.recipients).size(), 2u) << text;
  }
}

TEST_F(FileHeldStoreTest, ADoubtThatTheDiskDoesNotTakeIsRemembered) {
  ASSERT_TRUE(hold(store_, held()));
  const Path path = scan().at(0).path;
  ASSERT_TRUE(support::await(loop_, store_.mark_release(path, alices())));
  disk_.fault = {static_cast<unsigned>(disk_.calls().size()), EIO, true};
  EXPECT_FALSE(support::await(loop_, store_.doubt_release(path, {})));
  EXPECT_TRUE(support::await(loop_, store_.release_mark(path)).recipients.empty());
  EXPECT_FALSE(read_release_mark(path).recipients.empty()) << "as a restart finds it";
  disk_.fault.reset();
  EXPECT_TRUE(support::await(loop_, store_.doubt_release(path, {})));
  EXPECT_TRUE(read_release_mark(path).recipients.empty());
}

TEST_F(FileHeldStoreTest, AllMessagesOfATransactionAreFoundInTheirOrder) {
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(hold(store_, held()));
  const Path directory = store_.directory(Keep::retry);
  std::filesystem::remove(directory / "0ABCDEFGHJK1-3.held");
  const std::vector<Path> found = find_held(directory, "0ABCDEFGHJK1");
  ASSERT_EQ(found.size(), 11u);
  EXPECT_EQ(found[0].filename(), "0ABCDEFGHJK1.held");
  EXPECT_EQ(found[2].filename(), "0ABCDEFGHJK1-2.held");
  EXPECT_EQ(found[3].filename(), "0ABCDEFGHJK1-4.held");
  EXPECT_EQ(found[10].filename(), "0ABCDEFGHJK1-11.held");
  EXPECT_TRUE(find_held(directory, "../retry/0ABCDEFGHJK1").empty());
  EXPECT_TRUE(find_held(directory, "0ABCDEFGHJK").empty());
}

TEST_F(FileHeldStoreTest, ARewriteKeepsTheMessageAndChangesTheRecord) {
  ASSERT_TRUE(hold(store_, held()));
  const Path path = scan().at(0).path;
  HeldMessage message = *support::await(loop_, store_.load(path));
  message.attempts = 4;
  message.parcel.recipients.pop_back();
  ASSERT_TRUE(support::await(loop_, store_.rewrite(path, message)));
  const Result<HeldMessage> back = support::await(loop_, store_.load(path));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->attempts, 4u);
  EXPECT_EQ(back->parcel.recipients.size(), 1u);
  EXPECT_EQ(back->parcel.header, held().parcel.header);
  EXPECT_EQ(body_of(back->parcel), body_of(held().parcel));
  ASSERT_TRUE(support::await(loop_, store_.remove(path)));
  EXPECT_EQ(support::files_in(store_.directory(Keep::retry)), 0u);
}

TEST_F(FileHeldStoreTest, ARewriteThatFailsLeavesTheOldOrTheNewMessageWhole) {
  const HeldMessage original = held();
  for (unsigned at = 0; at < 7; ++at)
    for (const bool crash : {false, true})
      for (const bool half_done : {false, true}) {
        SCOPED_TRACE(at);
        support::FaultDisk disk;
        FileHeldStore store(directory_.path(), disk, pool_.get_executor(), 0);
        ASSERT_TRUE(hold(store, original));
        const Path path = scan().at(0).path;
        HeldMessage message = *support::await(loop_, store.load(path));
        message.attempts = 4;
        disk.fault = {static_cast<unsigned>(disk.calls().size()) + at, EIO, crash, half_done};
        EXPECT_FALSE(support::await(loop_, store.rewrite(path, message)));
        const std::vector<HeldEntry> found = scan();
        ASSERT_EQ(found.size(), 1u);
        const Result<HeldMessage> back = support::await(loop_, store_.load(path));
        ASSERT_TRUE(back);
        EXPECT_EQ(body_of(back->parcel), body_of(original.parcel));
        std::filesystem::remove(path);
        ASSERT_TRUE(store_.prepare());
      }
}

// Every call fails in turn: never success, and nothing that recovery would take for a message.
TEST_F(FileHeldStoreTest, NoFailureIsASuccessAndNothingIsLeft) {
  disk_.most_at_once = 100;
  const std::size_t before = disk_.calls().size();
  ASSERT_TRUE(hold(store_, held()));
  const std::vector<std::string> calls = disk_.calls();
  std::filesystem::remove(scan().at(0).path);
  for (std::size_t at = before; at < calls.size(); ++at)
    for (const int code : {ENOSPC, EIO})
      for (const bool crash : {false, true})
        for (const bool half_done : {false, true}) {
          SCOPED_TRACE(calls[at] + (crash ? ", crash" : "") + (half_done ? ", half done" : ""));
          support::FaultDisk disk;
          disk.most_at_once = 100;
          disk.fault = {static_cast<unsigned>(at - before), code, crash, half_done};
          FileHeldStore store(directory_.path(), disk, pool_.get_executor(), 0.05);
          const Result<void> result = hold(store, held());
          ASSERT_FALSE(result);
          EXPECT_EQ(result.error().system_code(), code);
          // Once renamed it can only stay where nothing works any more: then it is whole.
          const bool renamed =
              calls[at].starts_with("fsync_dir") || (calls[at].starts_with("rename") && half_done);
          if (!(crash && renamed)) EXPECT_EQ(scan().size(), 0u);
          if (!crash && !half_done) EXPECT_EQ(support::files_in(store_.directory(Keep::retry)), 0u);
          for (const HeldEntry& entry : scan()) std::filesystem::remove(entry.path);
          ASSERT_TRUE(store_.prepare());
        }
}

struct Damage {
  std::string name;
  void (*spoil)(std::string& file);
};
POSTERN_NAMED(Damage)

class HeldFileDamage : public FileHeldStoreTest, public testing::WithParamInterface<Damage> {};

TEST_P(HeldFileDamage, IsNotTakenForAMessage) {
  ASSERT_TRUE(hold(store_, held()));
  const Path path = scan().at(0).path;
  std::string text = support::file_text(path);
  GetParam().spoil(text);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  EXPECT_EQ(scan().size(), 0u);
  EXPECT_FALSE(read_held_file(path));
}

INSTANTIATE_TEST_SUITE_P(
    Table, HeldFileDamage,
    testing::Values(Damage{"an empty file", [](std::string& file) { file.clear(); }},
                    Damage{"cut in the magic", [](std::string& file) { file.resize(5); }},
                    Damage{"cut in the record", [](std::string& file) { file.resize(100); }},
                    Damage{"the last octet is missing", [](std::string& file) { file.pop_back(); }},
                    Damage{"something follows", [](std::string& file) { file += "x"; }},
                    Damage{"another magic", [](std::string& file) { file[0] = 'P'; }},
                    Damage{"a length that is no number", [](std::string& file) { file[17] = 'x'; }},
                    Damage{"a length beyond all bounds", [](std::string& file) { file[16] = 'f'; }},
                    Damage{"a changed record", [](std::string& file) { file[file.find("main")] = 'n'; }}));

TEST_F(FileHeldStoreTest, AllOctetsCutAwayLeaveNoMessage) {
  ASSERT_TRUE(hold(store_, held()));
  const Path path = scan().at(0).path;
  const std::string text = support::file_text(path);
  for (std::size_t size = 0; size < text.size(); ++size) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text.substr(0, size);
    ASSERT_FALSE(read_held_file(path)) << size;
  }
}

}  // namespace
}  // namespace gateway::delivery
