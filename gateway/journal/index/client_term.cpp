#include "gateway/journal/index/client_term.h"

#include <utility>

namespace gateway::journal::index {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kNetworkOctets = 8;  // of IPv6: longer ones are a few addresses of one client

// "4c0000207", "620010db8…": a network of n octets is that many of its digits, and a dot behind.
std::string digits(const IpAddress& address, std::size_t octets) {
  const std::size_t first = address.is_v4() ? 12 : 0;
  std::string text(address.is_v4() ? "4" : "6");
  for (std::size_t i = first; i < first + octets; ++i) {
    text += kDigits[address.octets()[i] >> 4];
    text += kDigits[address.octets()[i] & 15];
  }
  return text;
}

std::string network_term(std::string digits) {
  digits += '.';
  return digits;
}

}  // namespace

std::vector<std::string> client_terms(std::string_view ip) {
  std::vector<std::string> terms;
  const auto address = IpAddress::parse(ip);
  if (!address) return terms;
  const std::size_t octets = address->bits() / 8;
  const std::string all = digits(*address, octets);
  terms.push_back(all);
  for (std::size_t n = 0; n < octets && n <= kNetworkOctets; ++n)
    terms.push_back(network_term(all.substr(0, 1 + 2 * n)));
  return terms;
}

ClientTerms terms_of(const Network& network) {
  const std::size_t whole = network.address().bits() / 8;
  const std::string all = digits(network.address(), whole);
  const std::size_t octets = (network.prefix() + 7) / 8;
  ClientTerms terms;
  terms.prefix = octets < whole && octets > kNetworkOctets;
  // The last digit, or two, of the network's own; its host bits are clear, so that nothing is carried over.
  const unsigned unit = terms.prefix ? 4 : 8;
  const std::size_t units = (network.prefix() + unit - 1) / unit;
  const std::size_t kept = 1 + units * unit / 4;
  const unsigned spare = static_cast<unsigned>(units * unit) - network.prefix();
  const std::string front = all.substr(0, units == 0 ? kept : kept - unit / 4);
  unsigned first = 0;
  for (const char c : std::string_view(all).substr(front.size(), kept - front.size()))
    first = first * 16 + static_cast<unsigned>(kDigits.find(c));
  for (unsigned i = 0; i < 1u << spare; ++i) {
    std::string text = front;
    if (unit == 8 && units > 0) text += kDigits[(first + i) >> 4];
    if (units > 0) text += kDigits[(first + i) & 15];
    terms.texts.push_back(terms.prefix || octets == whole ? std::move(text) : network_term(std::move(text)));
  }
  return terms;
}

}  // namespace gateway::journal::index
