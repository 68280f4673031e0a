#include "gateway/net/proxy_protocol.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace gateway::net {
namespace {

using State = ProxyHeader::State;

constexpr std::size_t kLongestV1 = 107;
constexpr std::size_t kLongestV2 = 4096;
constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kFixedV2 = 16;
constexpr std::string_view kV1 = "PROXY ";

unsigned octet(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

bool could_become(std::string_view input, std::string_view start) {
  return input.substr(0, start.size()) == start.substr(0, input.size());
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool plain = text.size() == 1 || !text.starts_with('0');
  if (error != std::errc() || end != text.data() + text.size() || !plain) return std::nullopt;
  return port;
}

// "TCP4 192.0.2.1 198.51.100.2 4711 25", single spaces.
ProxyHeader parse_v1_line(std::string_view line, std::size_t octets) {
  if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) return {State::complete, octets, std::nullopt, 0};
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  if (words.size() != 5 || (words[0] != "TCP4" && words[0] != "TCP6")) return {State::malformed};
  const bool v6 = words[0] == "TCP6";
  const auto is_family = [v6](std::string_view address) { return (address.find(':') != address.npos) == v6; };
  const auto client = IpAddress::parse(words[1]);
  const auto port = parse_port(words[3]);
  if (!client || !IpAddress::parse(words[2]) || !is_family(words[1]) || !is_family(words[2]) || !port ||
      !parse_port(words[4]))
    return {State::malformed};
  return {State::complete, octets, client, *port};
}

ProxyHeader parse_v1(std::string_view input) {
  const std::string_view head = input.substr(0, kLongestV1);
  const std::size_t end = head.find("\r\n");
  if (end == head.npos) return {input.size() < kLongestV1 ? State::incomplete : State::malformed};
  if (end < kV1.size()) return {State::malformed};
  return parse_v1_line(head.substr(kV1.size(), end - kV1.size()), end + 2);
}

ProxyHeader parse_v2(std::string_view input) {
  if (input.size() < kFixedV2) return {State::incomplete};
  const unsigned version = octet(input, 12) >> 4;
  const unsigned command = octet(input, 12) & 15;
  const unsigned family = octet(input, 13);
  const std::size_t length = octet(input, 14) << 8 | octet(input, 15);
  if (version != 2 || command > 1 || kFixedV2 + length > kLongestV2) return {State::malformed};
  if (input.size() < kFixedV2 + length) return {State::incomplete};
  ProxyHeader header{State::complete, kFixedV2 + length, std::nullopt, 0};
  constexpr unsigned kLocal = 0, kUnspecified = 0x00, kTcp4 = 0x11, kTcp6 = 0x21, kUnixStream = 0x31;
  if (command == kLocal || family == kUnspecified || family == kUnixStream) return header;
  const std::string_view addresses = input.substr(kFixedV2, length);
  if (family == kTcp4 && length >= 12) {
    header.client = IpAddress::v4(octet(addresses, 0) << 24 | octet(addresses, 1) << 16 |
                                  octet(addresses, 2) << 8 | octet(addresses, 3));
    header.port = static_cast<std::uint16_t>(octet(addresses, 8) << 8 | octet(addresses, 9));
    return header;
  }
  if (family == kTcp6 && length >= 36) {
    std::array<std::uint8_t, 16> octets{};
    std::copy_n(addresses.begin(), octets.size(), octets.begin());
    header.client = IpAddress::v6(octets);
    header.port = static_cast<std::uint16_t>(octet(addresses, 32) << 8 | octet(addresses, 33));
    return header;
  }
  return {State::malformed};
}

constexpr std::size_t kShortestV1 = 15;  // "PROXY UNKNOWN\r\n"

}  // namespace

std::size_t proxy_header_missing(std::string_view input) {
  if (input.empty()) return std::min(kShortestV1, kFixedV2);
  if (!could_become(input, kSignature)) return input.size() < kShortestV1 ? kShortestV1 - input.size() : 1;
  if (input.size() < kFixedV2) return kFixedV2 - input.size();
  return kFixedV2 + (octet(input, 14) << 8 | octet(input, 15)) - input.size();
}

ProxyHeader parse_proxy_header(std::string_view input) {
  if (input.size() < kSignature.size() && could_become(input, kSignature)) return {State::incomplete};
  if (input.starts_with(kSignature)) return parse_v2(input);
  if (input.starts_with(kV1)) return parse_v1(input);
  return {could_become(input, kV1) && input.size() < kV1.size() ? State::incomplete : State::malformed};
}

}  // namespace gateway::net
