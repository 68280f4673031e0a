#include "gateway/dns/forwarder.h"

#include <charconv>
#include <fstream>
#include <sstream>

namespace gateway::dns {
namespace {

// The first server of the system.  resolv.conf(5)
std::optional<Forwarder> system_forwarder() {
  std::ifstream file("/etc/resolv.conf");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word, address;
    if (words >> word >> address && word == "nameserver")
      if (const auto ip = IpAddress::parse(address)) return Forwarder{*ip};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Forwarder> parse_forwarder(std::string_view server) {
  if (const auto ip = IpAddress::parse(server)) return Forwarder{*ip};
  const std::size_t colon = server.rfind(':');
  if (colon == server.npos) return std::nullopt;
  std::string_view host = server.substr(0, colon);
  const std::string_view digits = server.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto ip = IpAddress::parse(host);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (!ip || error != std::errc() || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  if (!ip->is_v4() && !bracketed) return std::nullopt;
  return Forwarder{*ip, port};
}

bool is_recursive(const std::vector<std::string>& servers) {
  return servers == std::vector<std::string>{"recursive"};
}

std::optional<Forwarder> first_forwarder(const std::vector<std::string>& servers) {
  if (is_recursive(servers)) return std::nullopt;
  return servers.empty() ? system_forwarder() : parse_forwarder(servers.front());
}

}  // namespace gateway::dns
