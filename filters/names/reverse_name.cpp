#include "filters/names/reverse_name.h"

#include "policy/facts/hex.h"

namespace filters::names {

std::string reversed(const IpAddress& address) {
  const auto& octets = address.octets();
  std::string name;
  name.reserve(63);
  const std::size_t first = address.is_v4() ? 12 : 0;
  for (std::size_t i = octets.size(); i-- > first;) {
    if (!name.empty()) name += '.';
    if (address.is_v4()) {
      name += std::to_string(octets[i]);
    } else {
      name += kHexDigits[octets[i] & 15];
      name += '.';
      name += kHexDigits[octets[i] >> 4];
    }
  }
  return name;
}

DnsQuestion reverse_question(const IpAddress& address) {
  return {reversed(address) + (address.is_v4() ? ".in-addr.arpa" : ".ip6.arpa"), RecordType::ptr};
}

}  // namespace filters::names
