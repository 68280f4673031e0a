#pragma once
// The header a load balancer puts before a connection to name the real client: PROXY protocol, versions 1 and
// 2 (HAProxy, proxy-protocol.txt).  A pure parser over what has come in so far.

#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::net {

struct ProxyHeader {
  enum class State { incomplete, malformed, complete };
  State state = State::incomplete;
  std::size_t octets = 0;           // of the header, when complete
  std::optional<IpAddress> client;  // empty: the proxy speaks for itself (LOCAL) or does not know (UNKNOWN)
  std::uint16_t port = 0;
};

// `input` begins with the first octet of the connection.  Version 1 has at most 107 octets, version 2 is
// taken up to 4,096.
ProxyHeader parse_proxy_header(std::string_view input);

// How many octets an incomplete header lacks at the least: whoever reads no more than that never reads beyond
// it, where the octets behind are not his.
std::size_t proxy_header_missing(std::string_view input);

}  // namespace gateway::net
