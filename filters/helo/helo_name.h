#pragma once
// What a client calls itself: a domain or an address literal.  RFC 5321 §4.1.1.1, §4.1.3

#include <optional>
#include <string_view>

#include "policy/facts/domain.h"
#include "policy/facts/ip_address.h"

namespace filters::helo {

using namespace policy::facts;

struct HeloName {
  // As RFC 5321 wants it: letters, digits and hyphens inside labels, of which there are two or more, the last
  // not of digits alone (that would be an address without its brackets); or an address literal.  U-labels
  // are taken where they have A-labels.
  bool valid = false;

  // What it names, even where the grammar does not allow it: neither, or one of the two.
  std::optional<Domain> domain = {};      // with two labels or more, the last not of digits alone
  std::optional<IpAddress> address = {};  // "[192.0.2.1]", "[IPv6:2001:db8::1]", and "192.0.2.1"
};

HeloName read_helo_name(std::string_view text);

}  // namespace filters::helo
