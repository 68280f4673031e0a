#include "policy/facts/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>

namespace policy::inline facts {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

IpAddress IpAddress::v4(std::uint32_t host_order) {
  IpAddress address;
  for (int i = 0; i < 4; ++i) address.octets_[12 + i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  return address;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& octets) {
  IpAddress address;
  address.octets_ = octets;
  address.v4_ = std::equal(kMapped.begin(), kMapped.end(), octets.begin());
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  char terminated[INET6_ADDRSTRLEN];
  if (text.empty() || text.size() >= sizeof terminated || text.find('\0') != text.npos) return std::nullopt;
  std::memcpy(terminated, text.data(), text.size());
  terminated[text.size()] = '\0';
  in_addr four{};
  if (inet_pton(AF_INET, terminated, &four) == 1) return v4(ntohl(four.s_addr));
  std::array<std::uint8_t, 16> six{};
  if (inet_pton(AF_INET6, terminated, six.data()) == 1) return v6(six);
  return std::nullopt;
}

bool IpAddress::is_loopback() const {
  if (v4_) return octets_[12] == 127;
  return std::all_of(octets_.begin(), octets_.end() - 1, [](auto octet) { return octet == 0; }) &&
         octets_[15] == 1;
}

std::string IpAddress::text() const {
  char buffer[INET6_ADDRSTRLEN] = {};
  if (!v4_) return inet_ntop(AF_INET6, octets_.data(), buffer, sizeof buffer);
  // By hand, as every record says it several times: inet_ntop goes by way of sprintf.
  char* at = buffer;
  for (std::size_t i = 12; i < octets_.size(); ++i) {
    if (i > 12) *at++ = '.';
    at = std::to_chars(at, std::end(buffer), octets_[i]).ptr;
  }
  return {buffer, at};
}

Network::Network(const IpAddress& address, unsigned prefix) : prefix_(std::min(prefix, address.bits())) {
  auto octets = address.octets();
  const unsigned keep = address.is_v4() ? 96 + prefix_ : prefix_;
  for (unsigned bit = keep; bit < 128; ++bit)
    octets[bit / 8] &= static_cast<std::uint8_t>(~(0x80u >> (bit % 8)));
  address_ = IpAddress::v6(octets);
}

std::optional<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == text.npos) return Network(*address, address->bits());
  const std::string_view digits = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc{} || end != digits.data() + digits.size() || prefix > address->bits())
    return std::nullopt;
  return Network(*address, prefix);
}

bool Network::contains(const IpAddress& address) const {
  return address.is_v4() == address_.is_v4() && Network(address, prefix_).address_ == address_;
}

bool Network::overlaps(const Network& other) const {
  return prefix_ <= other.prefix_ ? contains(other.address_) : other.contains(address_);
}

std::string Network::text() const { return address_.text() + "/" + std::to_string(prefix_); }

Network client_network(const IpAddress& address) { return Network(address, address.is_v4() ? 24 : 64); }

}  // namespace policy::inline facts
