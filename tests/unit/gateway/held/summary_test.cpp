// What is held in a list: pages of it, at the cost of what they show.
#include "gateway/held/summary.h"

#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <boost/asio/thread_pool.hpp>
#include <fstream>
#include <set>

#include "gateway/net/descriptor.h"
#include "tests/support/parcels.h"
#include "tests/support/temporary_directory.h"

namespace gateway::held {
namespace {

namespace index = journal::index;
using delivery::Keep;

class HeldListTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(store_.prepare()); }
  void hold(const std::string& id, const std::string& recipient = "u@example.com") {
    delivery::HeldMessage message;
    message.parcel = support::parcel({recipient, "v@example.com"});
    message.parcel.id = id;
    message.keep = Keep::quarantine;
    message.reason = "rule";
    ASSERT_TRUE(support::await(loop_, store_.hold(std::move(message))));
  }
  std::filesystem::path file(const std::string& id) const { return directory() / (id + ".held"); }
  std::filesystem::path directory() const { return store_.directory(Keep::quarantine); }
  void damage(const std::string& id) { std::ofstream(file(id), std::ios::trunc) << "damaged"; }
  Listing all(std::size_t skip = 0, std::size_t most = 100) const {
    return list(directory(), index::Query(), skip, most).value();
  }
  static std::vector<std::string> ids(const Listing& listing) {
    std::vector<std::string> ids;
    for (const Summary& one : listing.messages) ids.push_back(one.id);
    return ids;
  }
  using Texts = std::vector<std::string>;

  support::TemporaryDirectory directory_;
  delivery::RealDisk disk_;
  asio::io_context loop_;
  asio::thread_pool pool_{1};
  delivery::FileHeldStore store_{directory_.path(), disk_, pool_.get_executor(), 0};
};

TEST_F(HeldListTest, TheNewestComesFirstPageByPage) {
  for (const char* id : {"4F7K2M9QX0TB", "4F7K2M9QX0TA", "4F7K2M9QX0TC", "4F7K2M9QX0TD"}) hold(id);
  EXPECT_EQ(ids(all(0, 2)), (Texts{"4F7K2M9QX0TD", "4F7K2M9QX0TC"}));
  EXPECT_EQ(ids(all(2, 2)), (Texts{"4F7K2M9QX0TB", "4F7K2M9QX0TA"}));
  EXPECT_TRUE(all(4, 2).messages.empty());
  EXPECT_EQ(all(2, 2).all, 4u);
  EXPECT_EQ(all().octets, 4 * std::filesystem::file_size(file("4F7K2M9QX0TA")));
}

// Which files of a directory are opened.
class Opened {
 public:
  explicit Opened(const std::filesystem::path& directory)
      : watch_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    EXPECT_GE(::inotify_add_watch(watch_.get(), directory.c_str(), IN_OPEN), 0);
  }
  std::set<std::string> names() {
    std::set<std::string> all;
    alignas(inotify_event) std::array<char, 16384> room{};
    for (ssize_t got = 0; (got = ::read(watch_.get(), room.data(), room.size())) > 0;)
      for (ssize_t at = 0; at < got;) {
        const auto* const event = reinterpret_cast<const inotify_event*>(room.data() + at);
        if (event->len > 0) all.insert(event->name);
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      }
    return all;
  }

 private:
  net::Descriptor watch_;
};

TEST_F(HeldListTest, OnlyWhatAPageShowsIsRead) {
  for (const char* id : {"4F7K2M9QX0TA", "4F7K2M9QX0TB", "4F7K2M9QX0TC"}) hold(id);
  Opened opened(directory());
  EXPECT_EQ(ids(all(1, 1)), Texts{"4F7K2M9QX0TB"});
  EXPECT_EQ(opened.names(), std::set<std::string>{"4F7K2M9QX0TB.held"});
  const index::Query query{.all_of = {index::by_recipient("nobody.example").value()}};
  EXPECT_EQ(list(directory(), query, 0, 1).value().all, 0u);
  EXPECT_EQ(opened.names().size(), 3u) << "a search reads them all";
}

TEST_F(HeldListTest, ADamagedFileIsShownAsSuchAndFitsNoSearch) {
  hold("4F7K2M9QX0TA");
  hold("4F7K2M9QX0TB");
  damage("4F7K2M9QX0TA");
  const Listing listing = all();
  ASSERT_EQ(ids(listing), (Texts{"4F7K2M9QX0TB", "4F7K2M9QX0TA"}));
  EXPECT_EQ(listing.messages[1].reason, "unreadable: the file is cut short");
  EXPECT_EQ(listing.messages[1].octets, 7u);
  const index::Query query{.all_of = {index::by_recipient("example.com").value()}};
  const Listing found = list(directory(), query, 0, 100).value();
  EXPECT_EQ(ids(found), Texts{"4F7K2M9QX0TB"});
  EXPECT_EQ(found.all, 1u);
}

TEST_F(HeldListTest, ADirectoryThatCannotBeReadIsNotAnEmptyOne) {
  std::ofstream(directory_.path() / "file") << "x";
  EXPECT_FALSE(list(directory_.path() / "file", index::Query(), 0, 10));
  const auto nowhere = list(directory_.path() / "nowhere", index::Query(), 0, 10);
  ASSERT_TRUE(nowhere);
  EXPECT_EQ(nowhere->all, 0u);
}

TEST_F(HeldListTest, ASearchCountsWhatFitsOnAllPages) {
  hold("4F7K2M9QX0TA", "x@a.example");
  hold("4F7K2M9QX0TB");
  hold("4F7K2M9QX0TC", "y@a.example");
  const index::Query query{.all_of = {index::by_recipient("a.example").value()}};
  const Listing found = list(directory(), query, 1, 1).value();
  EXPECT_EQ(ids(found), Texts{"4F7K2M9QX0TA"});
  EXPECT_EQ(found.all, 2u);
}

TEST_F(HeldListTest, ABegunReleaseIsOfThoseWhoStillWait) {
  hold("4F7K2M9QX0TA");
  EXPECT_FALSE(all().messages[0].begun);
  const delivery::ReleaseMark mark{
      Time(std::chrono::seconds(1'795'000'000)), "alice", "web", {"u@example.com", "gone@example.com"}};
  ASSERT_TRUE(support::await(loop_, store_.mark_release(file("4F7K2M9QX0TA"), mark)));
  const Listing listing = all();
  ASSERT_EQ(listing.all, 1u) << "the mark is no message";
  ASSERT_TRUE(listing.messages[0].begun);
  EXPECT_EQ(begun_text(*listing.messages[0].begun),
            "a release was begun 2026-11-18T11:06:40Z by alice and its end is not known: the mailstore may "
            "have the "
            "message for u@example.com");
  journal::JsonWriter json;
  write(json, listing.messages[0], Keep::quarantine);
  EXPECT_NE(json.view().find(R"("release_begun":{"time":"2026-11-18T11:06:40Z","who":"alice","via":"web",)"
                             R"("recipients":["u@example.com"]})"),
            std::string_view::npos)
      << json.view();
}

TEST_F(HeldListTest, WhoBeganItIsShownHarmlessly) {
  const delivery::ReleaseMark mark{Time(), "a\x1b[31m\xe2\x80\xae", "web", {"u@example.com"}};
  EXPECT_EQ(begun_text(mark).find('\x1b'), std::string::npos);
  EXPECT_EQ(begun_text(mark).find("\xe2\x80\xae"), std::string::npos);
}

}  // namespace
}  // namespace gateway::held
