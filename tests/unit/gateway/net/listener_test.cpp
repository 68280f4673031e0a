// Connections come to a loop that has time for them.
#include "gateway/net/listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <vector>

namespace gateway::net {
namespace {

const IpAddress kLoopback = *IpAddress::parse("127.0.0.1");

Descriptor connect_to(std::uint16_t port) {
  Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return client;
}

TEST(Listener, a_loop_that_stands_still_keeps_no_client_waiting) {
  constexpr std::size_t kClients = 40;  // more than are accepted at once
  auto bound = bind_listener({kLoopback, 0}, 2);
  ASSERT_TRUE(bound) << bound.error().text();
  ASSERT_EQ(bound->sockets.size(), 2u);
  asio::io_context still{1};
  asio::io_context moving{1};
  std::size_t accepted = 0;
  const Listener asleep(still, std::move(bound->sockets[0]), [](Descriptor, const IpAddress&, std::uint16_t) {
    FAIL() << "its loop does not run";
  });
  const Listener awake(moving, std::move(bound->sockets[1]),
                       [&](Descriptor, const IpAddress& peer, std::uint16_t) {
                         EXPECT_EQ(peer, kLoopback);
                         if (++accepted == kClients) moving.stop();
                       });
  std::vector<Descriptor> clients;
  for (std::size_t i = 0; i < kClients; ++i) clients.push_back(connect_to(bound->endpoint.port));
  moving.run_for(std::chrono::seconds(20));
  EXPECT_EQ(accepted, kClients);
}

TEST(Listener, its_address_is_its_own) {
  const auto first = bind_listener({kLoopback, 0}, 2);
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_NE(first->endpoint.port, 0);
  const auto second = bind_listener(first->endpoint, 2);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().system_code(), EADDRINUSE);
}

}  // namespace
}  // namespace gateway::net
