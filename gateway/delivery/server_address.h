#pragma once
// Where a mailstore listens: "10.0.0.5:25", "[::1]:25", "localhost:25", "unix:/run/lmtp", and how to get
// there in time.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/net/asio.h"
#include "gateway/net/descriptor.h"
#include "gateway/vocabulary.h"

namespace gateway::delivery {

struct ServerAddress {
  std::string host;  // a name or an address without brackets; empty for a Unix socket
  std::uint16_t port = 0;
  std::string path;  // of a Unix socket

  static std::optional<ServerAddress> parse(std::string_view text);
  std::string text() const;
};

// A connected descriptor on the executor's loop.  Names are resolved off the loop; every address has its
// turn, all within `patience`.
asio::awaitable<Result<net::Descriptor>> connect_to(const ServerAddress& server,
                                                    std::chrono::milliseconds patience);

}  // namespace gateway::delivery
