#include "gateway/settings/endpoint.h"

#include <fmt/format.h>

#include <charconv>

namespace gateway::settings {
namespace {

struct Parts {  // of "host:port", "[v6]:port"
  std::string_view host;
  std::string_view port;
  bool bracketed = false;
  bool has_port = false;
};

std::optional<Parts> split(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return std::nullopt;
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return std::nullopt;
    return Parts{text.substr(1, end - 1), rest.empty() ? rest : rest.substr(1), true, !rest.empty()};
  }
  const std::size_t colon = text.find(':');
  if (colon == text.npos || text.find(':', colon + 1) != text.npos) return Parts{text, {}, false, false};
  return Parts{text.substr(0, colon), text.substr(colon + 1), false, true};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

// A name that looks like an address is a mistyped address: 10.0.0.256.
bool like_an_address(std::string_view host) {
  return host.substr(host.rfind('.') + 1).find_first_not_of("0123456789") == host.npos;
}

}  // namespace

std::string Endpoint::text() const {
  return ip.is_v4() ? fmt::format("{}:{}", ip.text(), port) : fmt::format("[{}]:{}", ip.text(), port);
}

Result<Endpoint> parse_endpoint(std::string_view text, PortZero zero,
                                std::optional<std::uint16_t> default_port) {
  const auto refused = [&](std::string_view why) {
    return Error(fmt::format("'{}' {}: expected {}", printable(text, 80), why,
                             default_port ? "\"192.0.2.1\", \"192.0.2.1:53\" or \"[2001:db8::1]:53\""
                                          : "\"192.0.2.1:25\" or \"[2001:db8::1]:25\""));
  };
  const auto parts = split(text);
  if (!parts) return refused("is no address with a port");
  const auto ip = IpAddress::parse(parts->host);
  if (!ip) return refused("is no IP address with a port");
  const bool colons = parts->host.find(':') != parts->host.npos;
  if (colons != parts->bracketed && (parts->bracketed || !default_port))
    return refused(colons ? "lacks a port, or the brackets around an IPv6 address"
                          : "has brackets around IPv4");
  if (!parts->has_port) {
    if (!default_port) return refused("lacks a port");
    return Endpoint{*ip, *default_port};
  }
  const auto port = parse_port(parts->port);
  if (!port || (*port == 0 && zero == PortZero::refused)) return refused("has no port from 1 to 65535");
  return Endpoint{*ip, *port};
}

std::optional<Error> check_server(std::string_view text) {
  const auto refused = [&](std::string_view why) {
    return Error(
        fmt::format("'{}' {}: expected \"mail.example.com:25\", \"192.0.2.1:25\" or \"[2001:db8::1]:25\"",
                    printable(text, 80), why));
  };
  const auto parts = split(text);
  if (!parts) return refused("is no host with a port");
  const auto ip = IpAddress::parse(parts->host);
  const bool v6 = ip && parts->host.find(':') != parts->host.npos;
  if (v6 && !parts->bracketed) return refused("lacks the brackets around an IPv6 address");
  if (parts->bracketed && !v6) return refused("has no IPv6 address in brackets");
  if (!ip && (!Domain::parse(parts->host) || like_an_address(parts->host))) return refused("names no host");
  if (!parts->has_port) return refused("lacks a port");
  const auto port = parse_port(parts->port);
  if (!port || *port == 0) return refused("has no port from 1 to 65535");
  return std::nullopt;
}

Result<Network> parse_network(std::string_view text) {
  const auto network = Network::parse(text);
  if (!network)
    return Error(
        fmt::format("'{}' is no network: expected \"192.0.2.0/24\", \"2001:db8::/32\" or one address",
                    printable(text, 80)));
  const auto address = IpAddress::parse(text.substr(0, text.find('/')));
  if (address && *address != network->address())
    return Error(fmt::format("'{}' has bits beyond its prefix; did you mean {}?", printable(text, 80),
                             network->text()));
  return *network;
}

}  // namespace gateway::settings
