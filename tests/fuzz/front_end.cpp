// What a machine in front of us says of the client: a PROXY header, or the argument of XCLIENT; the first
// octet chooses.  A header reads the same however much of it and behind it has come; what is believed is what
// was said.
#include <arpa/inet.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/net/proxy_protocol.h"
#include "gateway/smtp/command.h"
#include "gateway/smtp/xclient.h"

namespace {

using gateway::IpAddress;
using gateway::net::ProxyHeader;
using Octets16 = std::array<std::uint8_t, 16>;
using enum ProxyHeader::State;

constexpr std::size_t kLongestV1 = 107;
constexpr std::size_t kLongestV2 = 4096;

void demand(bool good) {
  if (!good) __builtin_trap();
}

// As the C library reads it; IPv4 as ::ffff:a.b.c.d.
std::optional<Octets16> system_address(const std::string& text) {
  Octets16 octets{};
  octets[10] = octets[11] = 0xff;
  if (inet_pton(AF_INET, text.c_str(), octets.data() + 12) == 1) return octets;
  if (inet_pton(AF_INET6, text.c_str(), octets.data()) == 1) return octets;
  return std::nullopt;
}

bool same(const ProxyHeader& one, const ProxyHeader& other) {
  return one.state == other.state && one.octets == other.octets && one.client == other.client &&
         one.port == other.port;
}

void look_at_v1(const ProxyHeader& header, std::string_view input) {
  demand(header.octets <= kLongestV1 && input.substr(0, header.octets).ends_with("\r\n"));
  if (!header.client) return;
  const std::string line(input.substr(0, header.octets - 2));
  std::istringstream words(line);
  std::string name, family, source, destination, port, other_port;
  words >> name >> family >> source >> destination >> port >> other_port;
  demand(line == name + " " + family + " " + source + " " + destination + " " + port + " " + other_port);
  demand(family == (source.find(':') == source.npos ? "TCP4" : "TCP6"));
  demand(system_address(source) == header.client->octets() && system_address(destination).has_value());
  demand(port == std::to_string(header.port));
}

void look_at_v2(const ProxyHeader& header, std::string_view input) {
  const auto octet = [&](std::size_t at) { return static_cast<std::uint8_t>(input[at]); };
  demand(header.octets <= kLongestV2 && header.octets == 16u + octet(14) * 256u + octet(15));
  demand(octet(12) == 0x20 || octet(12) == 0x21);
  if (!header.client) return;
  const bool v6 = octet(13) == 0x21;
  demand(octet(12) == 0x21 && (v6 || octet(13) == 0x11) && header.octets >= (v6 ? 52u : 28u));
  Octets16 address{};
  address[10] = address[11] = 0xff;
  for (std::size_t i = 0; i < (v6 ? 16u : 4u); ++i) address[v6 ? i : 12 + i] = octet(16 + i);
  demand(address == header.client->octets());
  const std::size_t port = v6 ? 48 : 24;
  demand(header.port == octet(port) * 256u + octet(port + 1));
}

void proxy_header(std::string_view input) {
  const ProxyHeader header = gateway::net::parse_proxy_header(input);
  for (std::size_t size = 0; size < input.size(); ++size) {
    const bool matters =
        size < kLongestV1 + 2 || (size + 2 > header.octets && size < header.octets + 2) || size % 64 == 0;
    if (!matters) continue;
    const std::string alone(input.substr(0, size));
    const ProxyHeader before = gateway::net::parse_proxy_header(alone);
    // Until it is whole it is incomplete; then nothing behind it matters; what is wrong stays wrong.
    if (header.state == complete)
      demand(size < header.octets ? before.state == incomplete : same(before, header));
    if (header.state == incomplete) demand(before.state == incomplete);
    if (header.state == malformed) demand(before.state != complete);
  }
  if (header.state == incomplete) demand(input.size() < kLongestV2);
  if (header.state != complete) return demand(!header.client);
  demand(header.octets > 0 && header.octets <= input.size());
  if (input.starts_with("PROXY "))
    look_at_v1(header, input);
  else
    look_at_v2(header, input);
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

// "+2B" is "+".  RFC 3461 §4
std::string decoded(const std::string& xtext) {
  std::string text;
  for (std::size_t at = 0; at < xtext.size(); ++at) {
    if (xtext[at] != '+') {
      text += xtext[at];
      continue;
    }
    text += static_cast<char>(std::stoi(xtext.substr(at + 1, 2), nullptr, 16));
    at += 2;
  }
  return text;
}

void xclient(std::string_view argument) {
  const auto said = gateway::smtp::parse_xclient(argument);
  if (!said) return;
  std::optional<std::string> address, port, helo, protocol;
  std::set<std::string> given;
  std::string word;
  for (std::istringstream words{std::string(argument)}; std::getline(words, word, ' ');) {
    if (word.empty()) continue;
    const std::size_t equals = word.find('=');
    demand(equals != word.npos);
    const std::string name = upper(word.substr(0, equals));
    demand(given.insert(name).second);  // which of two would be the client?
    const std::string value = decoded(word.substr(equals + 1));
    const std::string spoken = upper(value);
    if (spoken == "[UNAVAILABLE]" || spoken == "[TEMPUNAVAIL]") continue;
    if (name == "ADDR")
      address = spoken.starts_with("IPV6:") ? value.substr(5) : value;
    else if (name == "PORT")
      port = value;
    else if (name == "HELO")
      helo = value;
    else if (name == "PROTO")
      protocol = spoken;
    else
      demand(name == "NAME" || name == "LOGIN" || name == "REVERSE_NAME" || name == "DESTADDR" ||
             name == "DESTPORT");
  }
  demand(said->address.has_value() == address.has_value() && said->port.has_value() == port.has_value());
  demand(said->helo == helo && said->esmtp.has_value() == protocol.has_value());
  if (address) demand(system_address(*address) == said->address->octets());
  if (port) demand(std::stoul(*port) == *said->port);
  if (helo) demand(gateway::smtp::is_hello_name(*helo));
  if (protocol) demand(*protocol == (*said->esmtp ? "ESMTP" : "SMTP"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0)
    proxy_header(rest);
  else
    xclient(rest);
  return 0;
}
