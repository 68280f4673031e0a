// What the settings ask of the limit of open files.
#include "gateway/commands/descriptor_need.h"

#include <gtest/gtest.h>

namespace gateway::commands {
namespace {

settings::Settings small() {
  settings::Settings settings;
  settings.limits.connections = 100;
  settings.listeners.push_back({.address = {{}, {}}});
  return settings;
}

TEST(DescriptorNeed, grows_with_what_is_configured) {
  const net::DescriptorNeed one = descriptor_need(small(), 1);
  EXPECT_EQ(one.connections, 100u);
  EXPECT_GT(one.besides, 100u);

  EXPECT_EQ(descriptor_need(small(), 2).besides - one.besides, 10u) << "a loop: 8, and 2 listening sockets";

  settings::Settings more = small();
  more.mailstores["main"].servers = {"192.0.2.1:25", "192.0.2.2:25"};
  more.mailstores["main"].connections = 50;
  EXPECT_EQ(descriptor_need(more, 1).besides - one.besides, 100u) << "to each server";

  settings::Settings pages = small();
  pages.review_listen.emplace();
  EXPECT_EQ(descriptor_need(pages, 1).besides - one.besides, 148u)
      << "24 threads, each with a file, and 100 wait";
}

}  // namespace
}  // namespace gateway::commands
