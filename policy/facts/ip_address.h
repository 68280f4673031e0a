#pragma once
// An IPv4 or IPv6 address and a network (CIDR).  An IPv4-mapped IPv6 address is IPv4 from the start.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace policy::inline facts {

class IpAddress {
 public:
  IpAddress() = default;  // 0.0.0.0
  static IpAddress v4(std::uint32_t host_order);
  static IpAddress v6(const std::array<std::uint8_t, 16>& octets);  // becomes IPv4 when it is ::ffff:a.b.c.d

  // Plain textual form, no brackets, no port, no zone.  RFC 4291 §2.2
  static std::optional<IpAddress> parse(std::string_view text);

  bool is_v4() const { return v4_; }
  bool is_loopback() const;
  std::string text() const;                                               // RFC 5952
  const std::array<std::uint8_t, 16>& octets() const { return octets_; }  // IPv4 as ::ffff:a.b.c.d
  unsigned bits() const { return v4_ ? 32 : 128; }

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> octets_{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
  bool v4_ = true;
};

class Network {
 public:
  Network() = default;
  Network(const IpAddress& address,
          unsigned prefix);  // host bits are cleared; prefix is clamped to the family

  // "192.0.2.0/24", "2001:db8::/32", or one address.
  static std::optional<Network> parse(std::string_view text);

  bool contains(const IpAddress& address) const;
  bool overlaps(const Network& other) const;
  const IpAddress& address() const { return address_; }
  unsigned prefix() const { return prefix_; }
  std::string text() const;

  friend auto operator<=>(const Network&, const Network&) = default;

 private:
  IpAddress address_;
  unsigned prefix_ = 32;
};

// The network that counts as one client: /24 for IPv4, /64 for IPv6.
Network client_network(const IpAddress& address);

}  // namespace policy::inline facts
