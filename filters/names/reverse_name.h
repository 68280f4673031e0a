#pragma once
// An address as a name in the DNS: for its own names, and for lists of addresses.

#include <string>

#include "policy/facts/ip_address.h"
#include "policy/facts/question.h"

namespace filters::names {

using namespace policy::facts;

// The octets of an IPv4 address from the last to the first, "1.2.0.192"; the 32 nibbles of an IPv6 address
// likewise.  RFC 1035 §3.5, RFC 3596 §2.5, RFC 5782 §2.1, §2.4
std::string reversed(const IpAddress& address);

// For the names of the address: reversed() in in-addr.arpa or ip6.arpa.
DnsQuestion reverse_question(const IpAddress& address);

}  // namespace filters::names
