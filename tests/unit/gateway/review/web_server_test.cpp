// The review pages' server: a port of its own, and an end whenever it is wanted.
#include "gateway/review/web_server.h"

#include <gtest/gtest.h>

namespace gateway::review {
namespace {

Entrance loopback(std::uint16_t port) { return {.listen = {*IpAddress::parse("127.0.0.1"), port}}; }

WebServer::Watched watched() {
  return {{"/nonexistent", [] { return Status(); }, [] { return nullptr; }, [] { return Time{}; }},
          [] { return true; },
          [] { return std::string(); }};
}

TEST(WebServer, shares_its_port_with_nobody) {
  const auto first = WebServer::start(loopback(0), watched());
  ASSERT_TRUE(first);
  const auto second = WebServer::start(loopback((*first)->port()), watched());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text().find("in use"), std::string::npos) << second.error().text();
}

// A start that fails further on takes down what has just been started.
TEST(WebServer, ends_as_soon_as_it_began) {
  for (int i = 0; i < 50; ++i) {
    const auto server = WebServer::start(loopback(0), watched());
    ASSERT_TRUE(server);
  }
}

}  // namespace
}  // namespace gateway::review
