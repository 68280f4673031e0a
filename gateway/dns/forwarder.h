#pragma once
// The servers that are asked: as the configuration or the system names them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/vocabulary.h"

namespace gateway::dns {

struct Forwarder {
  IpAddress ip;
  std::uint16_t port = 53;
};

// "IP:port", "[IPv6]:port" or "IP".
std::optional<Forwarder> parse_forwarder(std::string_view server);

// {"recursive"}: there is no server, the roots are asked.
bool is_recursive(const std::vector<std::string>& servers);

// The first one; empty `servers` are those of /etc/resolv.conf.  None where the roots are asked.
std::optional<Forwarder> first_forwarder(const std::vector<std::string>& servers);

}  // namespace gateway::dns
