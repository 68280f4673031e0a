// The Quarantine page by role: who may view sees everything and can do nothing.
#include "gateway/review/quarantine_pages.h"

#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>
#include <fstream>

#include "gateway/delivery/file_held_store.h"
#include "tests/support/parcels.h"
#include "tests/support/temporary_directory.h"

namespace gateway::review {
namespace {

using web::Role;

class QuarantinePages : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(store_.prepare());
    delivery::HeldMessage message;
    message.parcel = support::parcel({"a@example.com", "\"<script>\"@example.com"});
    message.keep = delivery::Keep::quarantine;
    message.reason = "<b>rule";
    ASSERT_TRUE(support::await(loop_, store_.hold(std::move(message))));
    world_.now = [] { return Time(std::chrono::seconds(1'795'600'000)); };
    world_.quarantine = store_.directory(delivery::Keep::quarantine);
    add_quarantine_pages(routes_, world_);
  }
  web::Response get(Role role) const {
    web::Request request;
    request.method = "GET";
    request.path = "/quarantine";
    request.visitor.role = role;
    const auto found = routes_.find("GET", {"quarantine"});
    return found.route->handler(request);
  }
  web::Response post(const std::string& what, const std::string& form) const {
    web::Request request;
    request.method = "POST";
    request.path = "/quarantine/" + what;
    request.visitor.role = Role::operate;
    request.form = web::Fields::parse(form).value();
    return routes_.find("POST", {"quarantine", what}).route->handler(request);
  }

  support::TemporaryDirectory directory_;
  delivery::RealDisk disk_;
  asio::io_context loop_;
  asio::thread_pool pool_{1};
  delivery::FileHeldStore store_{directory_.path(), disk_, pool_.get_executor(), 0};
  World world_;
  web::Routes routes_;
};

TEST_F(QuarantinePages, WhoMayOnlyViewFindsNoButtons) {
  const std::string body = get(Role::view).body;
  EXPECT_NE(body.find("a@example.com"), body.npos);
  EXPECT_EQ(body.find("/quarantine/release"), body.npos);
  EXPECT_EQ(body.find("checkbox"), body.npos);
}

TEST_F(QuarantinePages, WhoMayOperateFindsThem) {
  const std::string body = get(Role::operate).body;
  EXPECT_NE(body.find("formaction='/quarantine/release'"), body.npos);
  EXPECT_NE(body.find("formaction='/quarantine/delete'"), body.npos);
  EXPECT_NE(body.find("name='id' value='0ABCDEFGHJK1'"), body.npos);
}

TEST_F(QuarantinePages, WhatCameFromOutsideIsText) {
  const std::string body = get(Role::operate).body;
  EXPECT_EQ(body.find("<script>\"@"), body.npos);
  EXPECT_EQ(body.find("<b>rule"), body.npos);
  EXPECT_NE(body.find("&lt;b&gt;rule"), body.npos);
}

// What is asked before a release of the message.
class BegunRelease : public QuarantinePages {
 protected:
  void SetUp() override {
    QuarantinePages::SetUp();
    const auto file = delivery::find_held(world_.quarantine, "0ABCDEFGHJK1").at(0);
    delivery::ReleaseMark mark{Time(std::chrono::seconds(1'795'000'000)), "<i>eve", "web", {"a@example.com"}};
    ASSERT_TRUE(support::await(loop_, store_.mark_release(file, std::move(mark))));
  }
};

TEST_F(BegunRelease, IsShownInTheList) {
  EXPECT_NE(get(Role::view).body.find("release begun"), std::string::npos);
}

TEST_F(BegunRelease, IsSaidBeforeAnotherWithABoxToSendItAgain) {
  const std::string body = post("release", "id=0ABCDEFGHJK1").body;
  EXPECT_NE(
      body.find("begun 2026-11-18T11:06:40Z by &lt;i&gt;eve and its end is not known: the mailstore may have "
                "the message for a@example.com."),
      std::string::npos)
      << body;
  EXPECT_NE(body.find("type='checkbox' name='again' value='yes'"), std::string::npos);
  const std::string deletion = post("delete", "id=0ABCDEFGHJK1").body;
  EXPECT_EQ(deletion.find("name='again'"), std::string::npos);
}

TEST_F(BegunRelease, AnythingButYesIsRefused) {
  EXPECT_EQ(post("release", "id=0ABCDEFGHJK1&confirm=yes&again=on").status, 400);
}

TEST_F(QuarantinePages, WithoutABegunReleaseThereIsNoSuchBox) {
  const std::string body = post("release", "id=0ABCDEFGHJK1").body;
  EXPECT_NE(body.find("To be released"), std::string::npos);
  EXPECT_EQ(body.find("name='again'"), std::string::npos);
}

TEST_F(QuarantinePages, ADamagedFileIsListedAndCanBeDeleted) {
  std::ofstream(world_.quarantine / "0ABCDEFGHJK1.held", std::ios::trunc) << "damaged";
  EXPECT_NE(get(Role::operate).body.find("unreadable: the file is cut short"), std::string::npos);
  const std::string body = post("delete", "id=0ABCDEFGHJK1").body;
  EXPECT_NE(body.find("unreadable: the file is cut short"), std::string::npos);
  EXPECT_NE(body.find("Delete this message"), std::string::npos);
}

TEST_F(QuarantinePages, ReleaseAndDeletionAreForThoseWhoMayOperate) {
  for (const std::string what : {"release", "delete"}) {
    const auto page = routes_.find("POST", {"quarantine", what});
    ASSERT_TRUE(page.route);
    EXPECT_EQ(page.route->role, Role::operate);
    const auto api = routes_.find("POST", {"api", "v1", "quarantine", what});
    ASSERT_TRUE(api.route);
    EXPECT_EQ(api.route->role, Role::operate);
  }
}

}  // namespace
}  // namespace gateway::review
