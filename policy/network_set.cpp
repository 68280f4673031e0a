#include "policy/network_set.h"

namespace policy {
namespace {

std::uint32_t number_of(const IpAddress& v4) {
  std::uint32_t number = 0;
  for (std::size_t i = 12; i < 16; ++i) number = number << 8 | v4.octets()[i];
  return number;
}

}  // namespace

NetworkSet::NetworkSet(std::vector<Network> networks) {
  std::ranges::sort(networks);  // by address, then the wider one
  for (const Network& network : networks) {
    if (network.address().is_v4()) {
      const std::uint32_t first = number_of(network.address());
      const std::uint32_t rest = network.prefix() == 0 ? ~0u : (1u << (32 - network.prefix())) - 1;
      v4_.add(first, first | rest);
      continue;
    }
    auto last = network.address().octets();
    for (unsigned bit = network.prefix(); bit < 128; ++bit)
      last[bit / 8] |= static_cast<std::uint8_t>(0x80u >> (bit % 8));
    v6_.add(network.address().octets(), last);
  }
  v4_.settle();
  v6_.settle();
}

bool NetworkSet::has(const IpAddress& address) const {
  return address.is_v4() ? v4_.has(number_of(address)) : v6_.has(address.octets());
}

}  // namespace policy
