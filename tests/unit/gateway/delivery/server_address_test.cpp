#include "gateway/delivery/server_address.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>

#include "tests/support/named.h"
#include "tests/support/parcels.h"
#include "tests/support/temporary_directory.h"

namespace gateway::delivery {
namespace {

struct Case {
  std::string name;
  std::string text;
  bool good;
  std::string host;
  std::uint16_t port = 0;
  std::string path = {};
};
POSTERN_NAMED(Case)

class ServerAddressTest : public testing::TestWithParam<Case> {};

TEST_P(ServerAddressTest, IsReadAsWritten) {
  const std::optional<ServerAddress> address = ServerAddress::parse(GetParam().text);
  ASSERT_EQ(address.has_value(), GetParam().good);
  if (!address) return;
  EXPECT_EQ(address->host, GetParam().host);
  EXPECT_EQ(address->port, GetParam().port);
  EXPECT_EQ(address->path, GetParam().path);
}

INSTANTIATE_TEST_SUITE_P(Table, ServerAddressTest,
                         testing::Values(Case{"IPv4", "10.0.0.5:25", true, "10.0.0.5", 25},
                                         Case{"IPv6", "[::1]:2525", true, "::1", 2525},
                                         Case{"a name", "localhost:24", true, "localhost", 24},
                                         Case{"a Unix socket", "unix:/run/lmtp", true, "", 0, "/run/lmtp"},
                                         Case{"IPv6 without brackets", "::1:25", false, ""},
                                         Case{"brackets around IPv4", "[10.0.0.5]:25", false, ""},
                                         Case{"no port", "10.0.0.5", false, ""},
                                         Case{"port 0", "10.0.0.5:0", false, ""},
                                         Case{"a port too large", "10.0.0.5:65536", false, ""},
                                         Case{"something behind the port", "10.0.0.5:25x", false, ""},
                                         Case{"no host", ":25", false, ""},
                                         Case{"an empty path", "unix:", false, ""},
                                         Case{"a path too long", "unix:/" + std::string(107, 'x'), false, ""},
                                         Case{"a name with a space", "a b:25", false, ""}));

TEST(ConnectTo, WhereNobodyListensIsAnError) {
  asio::io_context loop;
  const ServerAddress nobody = *ServerAddress::parse("unix:/nonexistent/socket");
  EXPECT_FALSE(support::await(loop, connect_to(nobody, std::chrono::seconds(1))));
}

TEST(ConnectTo, AUnixSocketIsReached) {
  const support::TemporaryDirectory directory;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (directory.path() / "lmtp").string();
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::copy(path.begin(), path.end(), address.sun_path);
  const net::Descriptor listener(::socket(AF_UNIX, SOCK_STREAM, 0));
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  asio::io_context loop;
  const ServerAddress server = *ServerAddress::parse("unix:" + path);
  const Result<net::Descriptor> connected =
      support::await(loop, connect_to(server, std::chrono::seconds(10)));
  ASSERT_TRUE(connected) << connected.error().text();
  const net::Descriptor accepted(::accept(listener.get(), nullptr, nullptr));
  EXPECT_GE(accepted.get(), 0);
}

}  // namespace
}  // namespace gateway::delivery
